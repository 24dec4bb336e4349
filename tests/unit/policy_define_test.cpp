#include <doctest/doctest.h>

#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "catching.hpp"
#include "handshim/bridge.hpp"
#include "support/environment.hpp"

using handshim::define_policy;
using handshim::failure;
using handshim::fault;
using handshim::find_policy;
using handshim::kind;
using handshim::kind_list;
using handshim::policy;

namespace {

// What the error says; the fault must be that one.
std::string said(std::string_view name, std::string_view spec, fault wanted) {
  failure why;
  CHECK(define_policy(name, spec, why) == policy());
  CHECK(why.fault() == wanted);
  return why.what();
}

bool contains(std::string_view text, std::string_view word) { return text.find(word) != std::string_view::npos; }

}  // namespace

TEST_CASE("a policy of the program's own is found by its name, and does what it was made of does") {
  const policy made = define_policy("acme-2", "websockets-14,eof_before_status_line=invalid_message");
  CHECK(made.name() == "acme-2");
  CHECK(made.spec() == "websockets-14.0,eof_before_status_line=invalid_message");
  CHECK(find_policy("acme-2") == made);
  CHECK(find_policy(" acme-2 ") == made);
  CHECK(find_policy(made.spec()) != made);
  for (const handshim::fault_facts& row : handshim::all_faults()) {
    const failure f(row.id);
    CHECK(made.kinds(f) == find_policy(made.spec()).kinds(f));
    CHECK(made.release_retries(f) == find_policy("websockets-14.0").release_retries(f));
  }
  CHECK_FALSE(made.reading().chunked);
  CHECK(find_policy("websockets-14.0").spec() == "websockets-14.0");
}

TEST_CASE("it can be made of a base and overrides, which the compiler checks") {
  const policy made = define_policy("typed-1", find_policy("websockets-14.0"),
                                    {{fault::eof_in_response, kind::invalid_message},
                                     {fault::eof_in_headers, {kind::timeout_error, kind::invalid_handshake}}});
  CHECK(made.spec() ==
        "websockets-14.0,eof_in_response=invalid_message,eof_in_headers=timeout_error+invalid_handshake");
  CHECK(made.kinds(failure(fault::eof_in_headers)) == kind_list(kind::timeout_error, kind::invalid_handshake));
  CHECK(define_policy("typed-1", made.spec()) == made);
  CHECK(define_policy("typed-2", made, {}).spec() == made.spec());
  CHECK(define_policy("typed-3", made, {{fault::closed, kind::error}}).spec() ==
        std::string(made.spec()) + ",closed=error");
}

TEST_CASE("a number that no fault and no kind has is an error in code too") {
  failure why;
  define_policy("number-1", policy(), {{static_cast<fault>(9999), kind::error}}, why);
  CHECK(why.fault() == fault::policy_fault_unknown);
  define_policy("number-1", policy(), {{fault::closed, static_cast<kind>(63)}}, why);
  CHECK(why.fault() == fault::policy_kind_unknown);
  CHECK(contains(why.what(), "at \"63\""));
  CHECK_THROWS_AS(find_policy("number-1"), handshim::policy_error);
  CHECK_THROWS_AS(define_policy("number-1", policy(), {{static_cast<fault>(9999), kind::error}}),
                  handshim::policy_error);
}

TEST_CASE("its name stands where a built-in one does: under overrides, in bridges, in the environment") {
  define_policy("base-1", "websockets-14.0,closed=connection_closed");
  const policy over = find_policy("base-1,eof_in_response=invalid_status");
  CHECK(over.name() == "base-1,eof_in_response=invalid_status");
  CHECK(over.spec() == "websockets-14.0,closed=connection_closed,eof_in_response=invalid_status");
  CHECK(over.kinds(failure(fault::closed_with_error)) == kind_list(kind::connection_closed));
  const policy bridged = find_policy("bridge(websockets-13.1,base-1)");
  CHECK(bridged.spec() == "bridge(websockets-13.1,websockets-14.0,closed=connection_closed)");
  CHECK(find_policy(bridged.spec()).kinds(failure(fault::closed)) == bridged.kinds(failure(fault::closed)));
  test_support::set_variable("HANDSHIM_POLICY", "base-1");
  CHECK_FALSE(handshim::use_environment());
  test_support::unset_variable("HANDSHIM_POLICY");
  const std::exception_ptr thrown = catching::thrown_by([] { handshim::raise(failure(fault::closed_with_error)); });
  CHECK(catching::object_in(thrown).policy().name() == "base-1");
  handshim::reset_policy();
}

TEST_CASE("a bridge may have a name of the program's own, but stays one") {
  const policy made = define_policy("move-1", "bridge(websockets-13.1,websockets-14.0)");
  CHECK(made.kinds(failure(fault::eof_in_headers)) == kind_list(kind::eof_error, kind::invalid_message));
  CHECK(find_policy("move-1,closed=error").kinds(failure(fault::closed)) == kind_list());
  failure why;
  handshim::bridge(made, policy(), why);
  CHECK(why.fault() == fault::policy_malformed);
}

TEST_CASE("to define a name again is no error if it is the same, and else names what is there") {
  const policy first = define_policy("twice-1", "websockets-14.0,closed=error");
  CHECK(define_policy("twice-1", " websockets-14 , closed = error ") == first);
  const std::string text = said("twice-1", "websockets-14.0", fault::policy_invalid);
  CHECK(contains(text, "\"twice-1\"; it is defined already, as websockets-14.0,closed=error"));
  CHECK(find_policy("twice-1").spec() == "websockets-14.0,closed=error");
  CHECK_THROWS_AS(define_policy("twice-1", "unified-1"), handshim::policy_error);
}

TEST_CASE("a name follows the rules, or the error states them") {
  for (const char* name :
       {"", "-", "acme", "acme-", "-1", "1-1", "_a-1", "acme-x", "acme-1.2.3.4", "acme-1.", "a b-1", "acme-10000",
        "acme-1,closed=error", "acme(1)-1", "a=b-1", "acm\xc3\xa9-1", "a.b-1", "acme-1x"})
    CHECK(contains(said(name, "unified-1", fault::policy_malformed),
                   "a name is family-version, such as acme-2: letters"));
  CHECK(said(std::string(62, 'a') + "-10", "unified-1", fault::policy_malformed).size() > 64);
  for (const char* name : {"unified-2", "unified-mine-1", "native-1", "websockets-99", "websockets-trio-1"})
    CHECK(contains(said(name, "unified-1", fault::policy_malformed), "handshim's own"));
  for (const char* name : {"acme-1", "acme-1.2.3", "a-1", "A_b-c-9999", "websocketsmine-1", "x-2-1"})
    CHECK(define_policy(name, "unified-1").name() == name);
}

TEST_CASE("what is wrong with the spec is said, and nothing is defined") {
  said("broken-1", "websockets-99", fault::policy_too_new);
  said("broken-1", "unified-1,closed=nothing", fault::policy_kind_unknown);
  said("broken-1", "broken-1", fault::policy_family_unknown);
  failure why;
  define_policy("broken-1", find_policy("native"), {{fault::closed, kind::error}}, why);
  CHECK(contains(why.what(), "native has no overrides"));
  CHECK_THROWS_AS(find_policy("broken-1"), handshim::policy_error);
}

TEST_CASE("an unknown version of a family of the program's own is an error that names what there is") {
  define_policy("fleet-3", "unified-1");
  failure why;
  find_policy("fleet-4", why);
  CHECK(why.fault() == fault::policy_family_unknown);
  CHECK(contains(why.what(), "did you mean fleet-3? valid are "));
  define_policy("yard-1.0.2", "unified-1");
  find_policy("yard-1", why);
  CHECK(contains(why.what(), "did you mean yard-1.0.2? "));
  find_policy("flet-3", why);
  CHECK(contains(why.what(), "did you mean fleet"));
  CHECK(contains(why.what(), ", fleet-3"));
}

TEST_CASE("threads that define one name at once all get the same policy, or all but the first an error") {
  std::vector<std::thread> threads;
  std::vector<int> good(8);
  for (std::size_t i = 0; i < good.size(); ++i)
    threads.emplace_back([&good, i] {
      for (int round = 0; round < 50; ++round) {
        const std::string number = std::to_string(round);
        failure why;
        good[i] += define_policy("same-" + number, "unified-1,closed=error", why).name() == "same-" + number;
        const policy p = define_policy("other-" + number, i % 2 == 0 ? "unified-1" : "websockets-14.0", why);
        good[i] += why ? why.fault() == fault::policy_invalid : p.name() == "other-" + number;
      }
    });
  for (std::thread& t : threads) t.join();
  for (const int count : good) CHECK(count == 100);
}
