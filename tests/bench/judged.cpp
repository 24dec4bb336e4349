// What it costs to judge a failure: the kinds under a policy and under a bridge, and whoever watches.
#include <string>

#include "handshim/bridge.hpp"
#include "handshim/counters.hpp"
#include "handshim/observe.hpp"

#include "harness.hpp"

namespace {

using handshim::failure;
using handshim::fault;
using handshim::policy;

constexpr const char* kinds_row = "kinds of a failure";
constexpr const char* made_row = "failure to exception_ptr";

policy found(const char* spec) { return handshim::find_policy(spec); }

void nothing(std::size_t times) {
  const failure f(fault::eof_before_status_line);
  for (std::size_t i = 0; i < times; ++i) bench::keep(f);
}

bench::maker judging(const char* spec) {
  return [spec] {
    return [by = found(spec)](std::size_t times) {
      const failure f(fault::eof_before_status_line);
      for (std::size_t i = 0; i < times; ++i) bench::keep(by.kinds(f));
    };
  };
}

bench::maker making(const char* spec) {
  return [spec] {
    return [by = handshim::policy_choice(found(spec))](std::size_t times) {
      const failure f(fault::eof_before_status_line);
      for (std::size_t i = 0; i < times; ++i) bench::keep(handshim::to_exception_ptr(f, by));
    };
  };
}

struct seen {
  std::size_t count = 0;
  void operator()(const handshim::event&) noexcept { ++count; }
};

enum watching { candidate_too = 1, observer_too = 2, counters_too = 4 };

// All that is put in place is taken away again: the next subject of the row is measured in the same program.
bench::maker watched(int who) {
  return [who] {
    return [who, by = handshim::policy_choice(policy())](std::size_t times) {
      static seen them;
      if ((who & candidate_too) != 0) handshim::set_candidate(found("websockets-14.0"));
      if ((who & observer_too) != 0) handshim::set_observer(handshim::observer::of(them));
      if ((who & counters_too) != 0) handshim::count_failures(true);
      const failure f(fault::eof_before_status_line);
      for (std::size_t i = 0; i < times; ++i) bench::keep(handshim::to_exception_ptr(f, by));
      handshim::reset_observer();
      handshim::count_failures(false);
      handshim::reset_candidate();
    };
  };
}

constexpr const char* bridged = "bridge(websockets-13.1,websockets-14.0)";

const bench::entry none(kinds_row, "nothing", bench::always(nothing));
const bench::entry unified(kinds_row, "unified-1", judging("unified-1"));
const bench::entry release(kinds_row, "websockets-14.0", judging("websockets-14.0"));
const bench::entry overridden(kinds_row, "with an override",
                              judging("websockets-14.0,eof_before_status_line=invalid_message"));
const bench::entry both(kinds_row, bridged, judging(bridged));

const bench::entry made(made_row, "unified-1", making("unified-1"));
const bench::entry made_release(made_row, "websockets-14.0", making("websockets-14.0"));
const bench::entry made_both(made_row, bridged, making(bridged));
const bench::entry observed(made_row, "unified-1, an observer", watched(observer_too));
const bench::entry judged(made_row, "unified-1, an observer and a candidate", watched(observer_too | candidate_too));
const bench::entry counted(made_row, "unified-1, counters", watched(counters_too));
const bench::entry all_three(made_row, "unified-1, all three", watched(observer_too | candidate_too | counters_too));

}  // namespace
