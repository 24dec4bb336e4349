#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "../support/command.hpp"
#include "commands.hpp"
#include "play.hpp"
#include "words.hpp"

using command_test::contains;
using namespace handshim::tool;

TEST_CASE(
    "demo shows the incident on one screen: three reports, one fault, a class for each policy, and the recovery") {
  const auto begin = std::chrono::steady_clock::now();
  const auto got = command_test::run(command_demo, {});
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(10));
  CHECK(got.code == 0);
  CHECK(contains(got.out, "handshim.net:1"));
  CHECK(contains(got.out, "legacy_client::invalid_message"));
  CHECK(contains(got.out, "new_client::eof_error"));
  CHECK(contains(got.out, "[eof_before_status_line]"));
  CHECK(contains(got.out, "\n  websockets-13.1          invalid_message   tries again\n"));
  CHECK(contains(got.out, "\n  websockets-asyncio-13.0  connection_error  no loop\n"));
  CHECK(contains(got.out, "\n  websockets-14.0          eof_error         tries again\n"));
  CHECK(contains(got.out, "\n  websockets-14.2          invalid_message   tries again\n"));
  CHECK(contains(got.out, "\n  unified-1                invalid_message   no loop\n"));
  for (const std::string_view name : backend_names())
    CHECK(contains(got.out, "\n  " + std::string(name) + (name.size() == 8 ? "   " : "") +
                                "  ok  connected, sent \"hello\", got \"hello\" back, closed\n"));
  CHECK(std::count(got.out.begin(), got.out.end(), '\n') < 45);
}

TEST_CASE("demo takes no arguments") { CHECK_FALSE(command_test::usage_error_of(command_demo, {"x"}).empty()); }
