#include "handshim/counters.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "../support/policies.hpp"
#include "catching.hpp"
#include "handshim/handshim.hpp"
#include "handshim/observe.hpp"

using handshim::counters;
using handshim::failure;
using handshim::fault;
using handshim::policy;
using policy_test::find;

namespace {

// Counts as long as it lives, from zero.
struct counting {
  counting() {
    handshim::count_failures();
    handshim::take_counters();
  }
  ~counting() {
    handshim::count_failures(false);
    handshim::reset_candidate();
    handshim::take_counters();
  }
  counting(const counting&) = delete;
  counting& operator=(const counting&) = delete;
};

std::uint64_t at(const counters::rows& rows, std::string_view name) {
  for (const counters::row& row : rows)
    if (row.name == name) return row.count;
  return 0;
}

std::uint64_t sum(const counters::rows& rows) {
  std::uint64_t out = 0;
  for (const counters::row& row : rows) out += row.count;
  return out;
}

failure of_backend(fault f, std::string_view backend) {
  handshim::evidence known;
  known.backend = backend;
  return failure(f, known);
}

void tell(failure f, const policy& by) { handshim::observe(f, by); }

// The rules of OpenMetrics 1.0 that the text can break: families of unique names, each with HELP and TYPE before its
// samples, samples of the family's name and "_total", label values in quotes, no series twice, and the end.
class exposition {
 public:
  explicit exposition(const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      if (ended_) wrong_ = "something behind # EOF";
      read(line);
    }
    if (!ended_ || text.empty() || text.back() != '\n') wrong_ = "no # EOF at the end";
  }
  const std::string& wrong() const { return wrong_; }
  const std::map<std::string, std::uint64_t>& series() const { return series_; }

 private:
  void read(const std::string& line) {
    if (line == "# EOF") {
      ended_ = true;
    } else if (line.rfind("# HELP ", 0) == 0) {
      family_ = line.substr(7, line.find(' ', 7) - 7);
      typed_ = false;
      if (!families_.insert(family_).second) wrong_ = "family twice: " + line;
    } else if (line.rfind("# TYPE ", 0) == 0) {
      typed_ = line == "# TYPE " + family_ + " counter";
      if (!typed_) wrong_ = line;
    } else {
      sample(line);
    }
  }
  void sample(const std::string& line) {
    const std::size_t blank = line.rfind(' ');
    const std::string name = line.substr(0, blank), number = line.substr(blank + 1);
    const bool digits = !number.empty() &&
                        std::all_of(number.begin(), number.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
    const std::string metric = name.substr(0, name.find('{'));
    if (!typed_ || metric != family_ + "_total" || !digits || !labels(name.substr(metric.size()))) wrong_ = line;
    if (!series_.emplace(name, digits ? std::stoull(number) : 0).second) wrong_ = "series twice: " + line;
  }
  // Nothing, or {name="value"} with \\, \" and \n as the only escapes.
  static bool labels(const std::string& text) {
    if (text.empty()) return true;
    const std::size_t quote = text.find("=\"");
    if (text[0] != '{' || quote == std::string::npos || text.size() < quote + 4) return false;
    for (std::size_t i = 1; i < quote; ++i)
      if (std::islower(static_cast<unsigned char>(text[i])) == 0 && text[i] != '_') return false;
    std::size_t i = quote + 2;
    for (; i < text.size() && text[i] != '"'; ++i) {
      if (text[i] < 0x20 || text[i] > 0x7e) return false;
      if (text[i] == '\\' && std::string("\\\"n").find(text[++i]) == std::string::npos) return false;
    }
    return text.substr(i) == "\"}";
  }

  std::string wrong_, family_;
  bool typed_ = false, ended_ = false;
  std::set<std::string> families_;
  std::map<std::string, std::uint64_t> series_;
};

}  // namespace

TEST_CASE("failures are counted by fault, kind, policy and backend, from the moment that it is asked for") {
  tell(failure(fault::cancelled), policy());
  const counting scope;
  CHECK(handshim::read_counters().failures == 0);
  tell(of_backend(fault::connection_refused, "beast"), policy());
  tell(of_backend(fault::eof_in_headers, "beast"), find("websockets-14.0"));
  tell(failure(fault::timeout_in_headers), policy());
  tell(failure(fault::timeout_in_headers), find("native"));
  const counters now = handshim::read_counters();
  CHECK(now.failures == 4);
  CHECK(at(now.by_fault, "timeout_in_headers") == 2);
  CHECK(at(now.by_fault, "connection_refused") == 1);
  CHECK(at(now.by_kind, "timeout_error") == 1);
  CHECK(at(now.by_kind, "invalid_handshake") == 1);
  CHECK(at(now.by_kind, "eof_error") == 1);
  CHECK(at(now.by_kind, "native") == 1);
  CHECK(at(now.by_policy, "unified-1") == 2);
  CHECK(at(now.by_policy, "websockets-14.0") == 1);
  CHECK(at(now.by_backend, "beast") == 2);
  CHECK(at(now.by_backend, "none") == 2);
  CHECK(now.changed == 2);
  CHECK(at(now.changed_by_fault, "eof_in_headers") == 1);
  CHECK(now.would_differ == 0);
}

TEST_CASE("what the candidate would change is counted by fault and by candidate") {
  const counting scope;
  handshim::set_candidate(find("websockets-14.2"));
  for (int i = 0; i < 3; ++i) tell(failure(fault::eof_in_headers), find("websockets-14.0"));
  tell(failure(fault::connection_refused), find("websockets-14.0"));
  handshim::set_candidate(policy());
  tell(failure(fault::connection_refused), find("websockets-14.0"));
  const counters now = handshim::read_counters();
  CHECK(now.would_differ == sum(now.would_differ_by_candidate));
  CHECK(at(now.would_differ_by_fault, "eof_in_headers") == 3);
  CHECK(at(now.would_differ_by_candidate, "websockets-14.2") == 3);
}

TEST_CASE("counting ends when it is told to, and taking begins anew") {
  const counting scope;
  tell(failure(fault::cancelled), policy());
  CHECK(handshim::take_counters().failures == 1);
  CHECK(handshim::read_counters().failures == 0);
  CHECK(handshim::read_counters().by_policy.empty());
  handshim::count_failures(false);
  tell(failure(fault::cancelled), policy());
  CHECK(handshim::read_counters().failures == 0);
}

TEST_CASE("a fault that no table knows is counted as unclassified, and odd numbers of kinds stay in the table") {
  const counting scope;
  tell(failure(static_cast<fault>(9999)), policy());
  CHECK(at(handshim::read_counters().by_fault, "unclassified") == 1);
}

TEST_CASE("counts are exact under eight threads that count, with one that takes") {
  const counting scope;
  constexpr std::uint64_t rounds = 3000, thread_count = 8;
  const policy candidate = find("websockets-14.2"), raised_by = find("websockets-14.0");
  handshim::set_candidate(candidate);
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < thread_count; ++t)
    threads.emplace_back([&, t] {
      const failure own = of_backend(fault::eof_in_headers, "thread " + std::to_string(t));
      const failure shared = of_backend(fault::connection_refused, "shared");
      for (std::uint64_t i = 0; i < rounds; ++i) {
        tell(own, raised_by);
        tell(shared, raised_by);
      }
    });
  std::uint64_t failures = 0, changed = 0, differing = 0, backends = 0, kinds = 0, shared = 0;
  const auto add = [&](const counters& some) {
    failures += some.failures;
    changed += some.changed;
    differing += some.would_differ;
    kinds += sum(some.by_kind);
    backends += sum(some.by_backend);
    shared += at(some.by_backend, "shared");
  };
  for (int i = 0; i < 100; ++i) add(handshim::take_counters());
  for (std::thread& t : threads) t.join();
  add(handshim::take_counters());
  CHECK(failures == 2 * rounds * thread_count);
  CHECK(kinds == failures);
  CHECK(backends == failures);
  CHECK(shared == rounds * thread_count);
  CHECK(changed >= rounds * thread_count);
  CHECK(differing == rounds * thread_count);
}

TEST_CASE("one raise in each of eight threads, all through a guard, is counted once") {
  const counting scope;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([] {
      for (int i = 0; i < 200; ++i)
        catching::thrown_by([] {
          handshim::guard(handshim::phase::open,
                          [] { handshim::guard(handshim::phase::open, [] { throw std::runtime_error("lost"); }); });
        });
    });
  for (std::thread& t : threads) t.join();
  CHECK(handshim::read_counters().failures == 1600);
}

TEST_CASE("the text for OpenMetrics keeps the format's rules, whatever a backend is called") {
  const counting scope;
  CHECK(exposition(handshim::read_counters().to_openmetrics()).wrong().empty());
  handshim::set_candidate(find("websockets-14.2"));
  for (const char* backend : {"plain", "quote\"back\\slash", "line\nfeed", "\xff\xfe{}", "other", "none"})
    tell(of_backend(fault::eof_in_headers, backend), find("websockets-14.0,closed=error"));
  tell(failure(fault::timeout_in_headers), policy());
  const std::string text = handshim::read_counters().to_openmetrics();
  CAPTURE(text);
  const exposition read(text);
  CHECK(read.wrong().empty());
  const auto value = [&read](const std::string& series) {
    const auto found = read.series().find(series);
    return found == read.series().end() ? std::uint64_t{0} : found->second;
  };
  CHECK(value("handshim_failures_total") == 7);
  CHECK(value("handshim_failures_would_differ_total") == 7);
  CHECK(value("handshim_backends_total{backend=\"none\"}") == 2);
  CHECK(value("handshim_backends_total{backend=\"quote\\\"back\\\\x5cslash\"}") == 1);
  CHECK(value("handshim_policies_total{policy=\"websockets-14.0,closed=error\"}") == 6);
  CHECK(exposition("handshim_x_total 1\n# EOF\n").wrong() != "");
}

// Last: the places that it fills are never free again.
TEST_CASE("backends and policies beyond the bound share one counter, and none is lost") {
  const counting scope;
  for (int i = 0; i < 100; ++i) tell(of_backend(fault::cancelled, "backend " + std::to_string(i)), policy());
  for (int i = 0; i < 60; ++i) {
    const handshim::fault_facts& row = handshim::all_faults().begin()[i];
    tell(failure(fault::cancelled), find("websockets-13.1," + std::string(row.name) + "=error"));
  }
  const counters now = handshim::read_counters();
  CHECK(now.failures == 160);
  CHECK(sum(now.by_backend) == 160);
  CHECK(sum(now.by_policy) == 160);
  CHECK(now.by_backend.size() <= 33);
  CHECK(now.by_policy.size() <= 32);
  CHECK(at(now.by_backend, "other") >= 69);
  CHECK(at(now.by_policy, "other") >= 29);
}
