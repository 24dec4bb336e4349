#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "../support/command.hpp"
#include "commands.hpp"
#include "handshim/fault.hpp"
#include "handshim/policy.hpp"

using namespace handshim;
using command_test::contains;
using command_test::usage_error_of;
using tool::command_policies;

namespace {

std::string policies(const std::vector<std::string>& words) {
  const auto got = command_test::run(command_policies, words);
  CHECK(got.code == 0);
  return got.out;
}

std::size_t lines_of(const std::string& text, const std::string& with) {
  std::size_t out = 0;
  for (std::size_t at = text.find(with); at != std::string::npos; at = text.find(with, at + 1)) ++out;
  return out;
}

}  // namespace

TEST_CASE("policies lists every family and every policy that differs from the one before") {
  const std::string list = policies({});
  for (const policy_family& family : detail::families) CHECK(contains(list, "\n  " + std::string(family.name)));
  CHECK(contains(list, "\nwebsockets-asyncio\n  13.0  the oldest that was recorded\n"));
  CHECK(contains(list, "kind     invalid_message -> eof_error: eof_in_response*"));
}

TEST_CASE("policies P has a row for every fault, with the kinds that the policy gives") {
  const std::string table = policies({"websockets-14.2"});
  for (const fault_facts& row : all_faults())
    CHECK_MESSAGE(lines_of(table, " " + std::string(row.name) + " ") >= 1, row.name);
  CHECK(contains(table, "eof_before_status_line"));
  const std::string with_override = policies({"websockets-14.0,eof_in_headers=invalid_header"});
  CHECK(lines_of(with_override, "eof_in_headers") >= 1);
  CHECK(lines_of(with_override, " invalid_header ") + lines_of(with_override, " invalid_header\n") >= 1);
}

TEST_CASE("policies P Q tells the differences alone, and says so if there are none") {
  const std::string changed = policies({"websockets-14.0", "websockets-14.2"});
  CHECK(contains(changed, "eof_in_response*"));
  CHECK(contains(changed, "eof_error"));
  CHECK_FALSE(contains(changed, "connection_refused"));
  const std::string same = policies({"websockets-14.0", "websockets-14.0.3"});
  CHECK_FALSE(contains(same, "->"));
  CHECK(contains(same, "They do not differ in anything."));
}

TEST_CASE("policies --markdown prints tables that have as many cells in each row") {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"--markdown"},
                                                {"unified-1", "--markdown"},
                                                {"websockets-13.1", "websockets-14.0", "--markdown"}}) {
    const std::string page = policies(words);
    CHECK(contains(page, "|---|"));
    std::size_t cells = 0;
    for (std::size_t at = 0; at < page.size();) {
      const std::size_t end = page.find('\n', at);
      const std::string line = page.substr(at, end - at);
      at = end + 1;
      const std::size_t bars = line.empty() || line[0] != '|' ? 0 : lines_of(line, "|") - lines_of(line, "\\|");
      if (bars == 0 || cells == 0)
        cells = bars;
      else
        CHECK(bars == cells);
    }
  }
}

TEST_CASE("what stands behind `by status` is what the policies do") {
  CHECK(contains(policies({}), "by status: HTTP 500, 502,\n503 and 504 are tried again"));
  for (const policy_family& family : detail::families) {
    if (family.newest.empty() ||
        policies({std::string(family.name) + "-" + std::string(family.newest)}).find("by status") == std::string::npos)
      continue;
    failure why;
    const policy newest = find_policy(std::string(family.name) + "-" + std::string(family.newest), why);
    for (int status = 100; status < 600; ++status) {
      CAPTURE(status);
      evidence known;
      known.http_status = status;
      const bool listed = status == 500 || status == 502 || status == 503 || status == 504;
      CHECK((newest.release_retries(failure(fault::upgrade_rejected, known)) == verdict::retries) == listed);
    }
  }
}

TEST_CASE("policies names what is wrong with its words") {
  CHECK(contains(usage_error_of(command_policies, {"nope"}), "[policy_family_unknown]"));
  CHECK(contains(usage_error_of(command_policies, {"websockets-14.0", "websockets-7"}), "[policy_too_old]"));
  CHECK(contains(usage_error_of(command_policies, {"a", "b", "c"}), "c"));
}
