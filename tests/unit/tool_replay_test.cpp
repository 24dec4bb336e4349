#include "replay.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "../support/backends.hpp"
#include "arguments.hpp"
#include "handshim/handshim.hpp"
#include "replay_bridge.hpp"
#include "tsv.hpp"

using namespace handshim;
using namespace handshim::tool;

namespace {

const std::string scenarios_file = "tests/corpus/scenarios.tsv", expected_file = "tests/corpus/expected.tsv";

bool is_wss(const scenario& s) { return s.texts.client.find("wss://") != std::string::npos; }

std::string text_of(const outcome& o) {
  return o.step + " " + (o.failure ? std::string(name(o.failure.fault())) : std::string("ok"));
}

// How each scenario ended, by backend; many at once, as most of the time is waiting.
std::vector<std::map<std::string_view, outcome>> play_everywhere(const std::vector<scenario>& all) {
  std::vector<std::map<std::string_view, outcome>> out(all.size());
  for (auto& one : out)
    for (const std::string_view backend : backend_names()) one[backend];
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    const std::size_t width = backend_names().size();
    for (std::size_t i = next++; i < all.size() * width; i = next++) {
      const std::string_view backend = backend_names()[i % width];
      out[i / width].at(backend) = play(all[i / width], backend, reading());
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 32; ++i) threads.emplace_back(work);
  for (std::thread& t : threads) t.join();
  return out;
}

bool at_least(double percent, std::size_t part, std::size_t whole) {
  return 100.0 * static_cast<double>(part) >= percent * static_cast<double>(whole);
}

expected_row row_with(const std::string& attrs) {
  expected_row row;
  row.attrs = attrs;
  return row;
}

}  // namespace

TEST_CASE("the corpus: what each release raised is what handshim raises under that release's policy") {
  replay_job job = load_replay(scenarios_file, expected_file, "");
  job.backends = backend_names();
  std::ostringstream mismatches;
  const std::vector<tally> tallies = replay(job, mismatches);
  INFO(mismatches.str());
  REQUIRE(tallies.size() == 3);
  for (const tally& t : tallies) {
    CHECK(t.rows > 3000);
    CHECK(at_least(99.5, t.matches, t.rows));
    CHECK(t.attrs_stated > 1000);
    CHECK(at_least(97, t.attrs_match, t.attrs_stated));
    CHECK(t.retries_stated > 500);
    CHECK(at_least(97, t.retries_match, t.retries_stated));
    CHECK(t.matches == tallies[0].matches);
  }
}

TEST_CASE("the corpus: the three backends give the same fault in every scenario") {
  const std::vector<scenario> all = load_scenarios(scenarios_file);
  const auto ends = play_everywhere(all);
  REQUIRE(ends.size() > 150);
  for (std::size_t i = 0; i < all.size(); ++i) {
    CAPTURE(all[i].id);
    const outcome& raw = ends[i].at(raw_sockets::name);
    CHECK(text_of(ends[i].at(legacy_mode::name)) == text_of(raw));
    CHECK(text_of(ends[i].at(new_mode::name)) == text_of(raw));
    CHECK(raw.failure.fault() != fault::unclassified);
    if (is_wss(all[i])) CHECK(raw.failure.fault() == fault::tls_unsupported);
    for (const auto& [backend, end] : ends[i]) CHECK(end.failure.fingerprint() == raw.failure.fingerprint());
  }
}

TEST_CASE("the corpus: under a bridge what both releases raise is caught by code that was written for either") {
  replay_job job = load_replay(scenarios_file, expected_file, "");
  job.backends = backend_names();
  const policy both = find_policy("bridge(websockets-13.1,websockets-14.0)");
  std::ostringstream missed;
  for (const bridge_tally& t : replay_bridge(job, {both, "websockets-13.1", "websockets-14.0"}, missed)) {
    CHECK(t.scenarios > 160);
    CHECK(t.differing > 70);
    CHECK(t.caught + t.caught_by_reading == t.scenarios);
    CHECK(t.caught_by_reading <= 2);  // hs-line-endless, hs-reason-non-ascii: 13.1 reads them otherwise
  }
  CHECK(missed.str().empty());
}

TEST_CASE("a policy that is no bridge of the releases misses what the first one raises, and each is told") {
  replay_job job = load_replay(scenarios_file, expected_file, "hs-eof-before-any-byte");
  job.backends = {raw_sockets::name};
  std::ostringstream missed;
  const policy alone = find_policy("websockets-14.0");
  const auto tallies = replay_bridge(job, {alone, "websockets-13.1", "websockets-14.0"}, missed);
  REQUIRE(tallies.size() == 1);
  CHECK(tallies[0].scenarios == 1);
  CHECK(tallies[0].caught + tallies[0].caught_by_reading == 0);
  CHECK(missed.str() ==
        "hs-eof-before-any-byte\traw_sockets\tconnect\tinvalid_message\teof_error\tconnect\teof_error\t"
        "eof_before_status_line\tconnect\teof_error\teof_before_status_line\n");
  CHECK_THROWS_AS(replay_bridge(job, {alone, "unified-1", "websockets-14.0"}, missed), tool::usage_error);
}

TEST_CASE("rows that no client can give are left out, and one scenario can be chosen") {
  const replay_job all = load_replay(scenarios_file, expected_file, "");
  for (const expected_row& row : all.rows) {
    CHECK(row.kind != "hang");
    CHECK_FALSE(is_wss(*row.of));
  }
  const replay_job one = load_replay(scenarios_file, expected_file, "net-refused");
  CHECK(one.rows.size() > 10);
  for (const expected_row& row : one.rows) CHECK(row.of->id == "net-refused");
  CHECK(one.rows[0].policy_name() == "websockets-" + one.rows[0].family + "-" + one.rows[0].version);
  CHECK_THROWS(load_replay(scenarios_file, expected_file, "no-such-scenario"));
  CHECK_THROWS_AS(load_replay(scenarios_file, scenarios_file, ""), tsv_error);
}

TEST_CASE("a failure is caught by its class, the classes above it, and no other") {
  const policy_choice by(find_policy("websockets-14.0"));
  const failure why(fault::eof_before_status_line);
  CHECK(is_caught_as("eof_error", why, by));
  CHECK(is_caught_as("error", why, by));
  CHECK_FALSE(is_caught_as("invalid_message", why, by));
  CHECK_FALSE(is_caught_as("no_such_class", why, by));
  CHECK(is_caught_as("invalid_handshake", why, policy_choice(find_policy("websockets-13.1"))));
  CHECK(is_caught_as("usage_error", failure(fault::uri_fragment), by));
}

TEST_CASE("what a row states of an exception is compared in every part") {
  evidence known;
  known.http_status = 503;
  known.close_received = {1011, "caf\xc3\xa9"};
  known.close_sent = {1000, ""};
  known.order = close_order::received_then_sent;
  known.header = "Upgrade";
  const failure why(fault::closed_with_error, known, std::error_code(111, std::system_category()));
  for (const char* holds : {"status=503", "close_code=1011", "rcvd=1011", "rcvd_reason=caf\\xe9", "sent=1000",
                            "order=rcvd_then_sent", "header=Upgrade", "errno=111", "status=503 sent=1000"})
    CHECK(attrs_hold(row_with(holds), why));
  for (const char* differs : {"status=500", "rcvd=-", "order=-", "status=503 sent=1001", "unknown=1", "nonsense"})
    CHECK_FALSE(attrs_hold(row_with(differs), why));
  CHECK(attrs_hold(row_with("close_code=1006 rcvd=- sent=- order=-"), failure(fault::connection_reset)));
}

TEST_CASE("a tally is told in one line, rounded down") {
  tally t;
  t.rows = 3480, t.matches = 3402, t.attrs_stated = 1000, t.attrs_match = 999, t.retries_stated = 3,
  t.retries_match = 2;
  CHECK(summary_line("raw_sockets", t) == "raw_sockets: 3402 of 3480 rows match (97.7%), attrs 99.9%, retry 66.6%");
  CHECK(summary_line("b", bridge_tally{3, 1, 2, 2}) ==
        "b: of 3 scenarios in which both raise, 1 are caught by code for either, 2 by code for each as it reads; in 2 "
        "they do not raise the same");
  CHECK(summary_line("b", tally()) == "b: 0 of 0 rows match (100.0%), attrs 100.0%, retry 100.0%");
}

// What native reports are compared with: tests/corpus/faults.tsv is the output of `handshim replay --faults`.
TEST_CASE("the recorded faults are what raw_sockets reports") {
  const tsv_table recorded = read_tsv("tests/corpus/faults.tsv");
  recorded.require({"scenario", "backend", "step", "fault", "condition"});
  std::map<std::string, std::string> expected;
  for (std::size_t i = 0; i < recorded.size(); ++i) {
    CHECK(recorded[i]["backend"] == "raw_sockets");
    expected[recorded[i]["scenario"]] = recorded[i]["step"] + " " + recorded[i]["fault"];
    const fault f = find_fault(recorded[i]["fault"]);
    CHECK(recorded[i]["condition"] == (f == fault::none ? "-" : name(facts(f).main)));
  }
  std::vector<scenario> all = load_scenarios(scenarios_file);
  all.erase(std::remove_if(all.begin(), all.end(), is_wss), all.end());
  CHECK(expected.size() == all.size());
  const auto outcomes = play_everywhere(all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    CAPTURE(all[i].id);
    CHECK(text_of(outcomes[i].at("raw_sockets")) == expected[all[i].id]);
  }
}
