#include <doctest/doctest.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "arguments.hpp"
#include "script.hpp"
#include "tsv.hpp"

#if !defined(HANDSHIM_SCENARIOS)
#define HANDSHIM_SCENARIOS "tests/corpus/scenarios.tsv"
#endif

using namespace handshim::tool;
using namespace std::chrono_literals;

namespace {

template <class Parse>
std::string error_of(Parse parse, std::string_view text, std::size_t position) {
  try {
    parse(text);
  } catch (const script_error& error) {
    CHECK(error.position() == position);
    return error.what();
  }
  return "no error";
}

std::string corpus_folder() {
  const std::string path = HANDSHIM_SCENARIOS;
  return path.substr(0, path.find_last_of('/') + 1);
}

}  // namespace

TEST_CASE("each step of a server is read with its operands") {
  const auto steps = parse_server(
      "read-request; send \"a\"; fill 3 \"b\"; drip 20 \"cd\"; upgrade; read-frame; echo-close; sleep 7; close; reset; "
      "stall");
  REQUIRE(steps.size() == 11);
  CHECK(steps[0].action == server_action::read_request);
  CHECK(steps[1].action == server_action::send);
  CHECK(steps[1].bytes == "a");
  CHECK(steps[2].action == server_action::fill);
  CHECK(steps[2].count == 3);
  CHECK(steps[2].bytes == "b");
  CHECK(steps[3].action == server_action::drip);
  CHECK(steps[3].pause == 20ms);
  CHECK(steps[3].bytes == "cd");
  CHECK(steps[4].action == server_action::upgrade);
  CHECK(steps[5].action == server_action::read_frame);
  CHECK(steps[6].action == server_action::echo_close);
  CHECK(steps[7].action == server_action::sleep);
  CHECK(steps[7].pause == 7ms);
  CHECK(steps[8].action == server_action::close);
  CHECK(steps[9].action == server_action::reset);
  CHECK(steps[10].action == server_action::stall);
  CHECK(parse_server("refuse").at(0).action == server_action::refuse);
  CHECK(parse_server("blackhole").at(0).action == server_action::blackhole);
}

TEST_CASE("each step of a client is read with its operands") {
  const auto steps = parse_client(
      "opt open_timeout=1.25; opt max_size=1000; opt subprotocols=chat,superchat; connect; recv; recv-until-error; "
      "send \"h; i\"; sleep 300; close");
  REQUIRE(steps.size() == 9);
  CHECK(steps[0].action == client_action::option);
  CHECK(steps[0].name == "open_timeout");
  CHECK(steps[0].text == "1.25");
  CHECK(steps[0].number == doctest::Approx(1.25));
  CHECK(steps[1].number == doctest::Approx(1000));
  CHECK(steps[2].name == "subprotocols");
  CHECK(steps[2].text == "chat,superchat");
  CHECK(steps[3].action == client_action::connect);
  CHECK(steps[3].text == "ws://127.0.0.1:{port}/");
  CHECK(steps[4].action == client_action::receive);
  CHECK(steps[5].action == client_action::receive_until_error);
  CHECK(steps[6].action == client_action::send);
  CHECK(steps[6].text == "h; i");
  CHECK(steps[7].pause == 300ms);
  CHECK(steps[8].action == client_action::close);
  CHECK(parse_client("connect ws://[::1:{port}/;x; close").at(0).text == "ws://[::1:{port}/;x");
}

TEST_CASE("escapes stand for their bytes, and what separates steps stands for itself inside quotes") {
  const auto steps = parse_server(R"(send "\r\n\t\"\\\x00\xFf\x41; close"; close)");
  REQUIRE(steps.size() == 2);
  CHECK(steps[0].bytes == std::string("\r\n\t\"\\\0\xff"
                                      "A; close",
                                      15));
  CHECK(parse_server("send \"\"").at(0).bytes.empty());
}

TEST_CASE("an error tells the text, the position and the valid steps") {
  const std::string text = error_of(parse_server, "read-request; sned \"x\"", 15);
  CHECK(text.find("at character 15, `sned \"x\"`: unknown step `sned`; valid steps") == 0);
  for (const char* const name : {"refuse", "blackhole", "read-request", "send \"bytes\"", "fill n \"byte\"",
                                 "drip ms \"bytes\"", "upgrade", "read-frame", "echo-close", "sleep ms", "reset"})
    CHECK(text.find(name) != std::string::npos);
  CHECK(error_of(parse_client, "connect; upgrade", 10).find("recv-until-error") != std::string::npos);
}

TEST_CASE("a script of a server that cannot be read tells where") {
  const auto fails = [](std::string_view text, std::size_t position, std::string_view why) {
    CAPTURE(text);
    const std::string what = error_of(parse_server, text, position);
    CAPTURE(what);
    CHECK(what.find(why) != std::string::npos);
  };
  fails("", 1, "expected a step");
  fails("close; ", 8, "expected a step");
  fails("close;", 1, "unknown step `close;`");
  fails("close now", 6, "expected the end of the step");
  fails("sleep", 6, "expected `sleep ms`");
  fails("sleep x", 7, "a number from 0 to 600000");
  fails("sleep -1", 7, "a number from 0 to 600000");
  fails("sleep 600001", 7, "a number from 0 to 600000");
  fails("sleep 5 6", 8, "expected the end of the step");
  fails("send x", 6, "expected bytes in double quotes");
  fails("send", 5, "expected `send \"bytes\"`");
  fails("send \"x", 6, "the closing quote is missing");
  fails("send \"x\\\"", 6, "the closing quote is missing");
  fails("send \"x\"; close\"", 11, "unknown step `close\"`");
  fails("send \"a\\q\"", 8, "unknown escape");
  fails("send \"a\\", 8, "cut off");
  fails("send \"a\\x4\"", 8, "two hexadecimal digits");
  fails("send \"a\\x", 8, "two hexadecimal digits");
  fails("fill 3", 7, "expected `fill n \"byte\"`");
  fails("fill 3 \"\"", 8, "expected one byte");
  fails("fill 3 \"ab\"", 8, "expected one byte");
  fails("fill 1000000001 \"a\"", 6, "a number from 0 to 1000000000");
  fails("drip \"a\"", 6, "expected milliseconds");
  fails("refuse; close", 1, "`refuse` must be the only step");
  fails("upgrade; blackhole", 1, "`blackhole` must be the only step");
}

TEST_CASE("a script of a client that cannot be read tells where") {
  const auto fails = [](std::string_view text, std::size_t position, std::string_view why) {
    CAPTURE(text);
    CHECK(error_of(parse_client, text, position).find(why) != std::string::npos);
  };
  fails("opt", 4, "expected `opt name=value`");
  fails("opt open_timeout", 5, "expected `name=value`");
  fails("opt open_timeout=", 5, "expected `name=value`");
  fails("opt open_timeuot=1", 5, "did you mean `open_timeout`?");
  fails("opt open_timeout=soon", 18, "expected seconds");
  fails("opt open_timeout=.", 18, "expected seconds");
  fails("opt max_size=1.5", 14, "expected bytes");
  fails("connect ", 9, "expected a URI");
  fails("recv 2", 5, "expected the end of the step");
  fails("send hi", 6, "expected bytes in double quotes");
}

TEST_CASE("a long text is shown in part") {
  const std::string what = error_of(parse_server, "x" + std::string(100000, 'y'), 1);
  CHECK(what.substr(0, 70).find("yyy`...: ") != std::string::npos);
}

TEST_CASE("a step is described in a few words") {
  const auto steps = parse_server("send \"ab\"; fill 1 \"a\"; drip 5 \"abc\"; sleep 50; read-request");
  CHECK(describe(steps[0]) == "send 2 bytes");
  CHECK(describe(steps[1]) == "fill 1 byte");
  CHECK(describe(steps[2]) == "drip 3 bytes, 5 ms each");
  CHECK(describe(steps[3]) == "sleep 50 ms");
  CHECK(describe(steps[4]) == "read-request");
  const auto client = parse_client("opt max_size=5; connect; connect ws://h/; recv; send \"abc\"; sleep 2");
  CHECK(describe(client[0]) == "opt max_size=5");
  CHECK(describe(client[1]) == "connect");
  CHECK(describe(client[2]) == "connect ws://h/");
  CHECK(describe(client[3]) == "recv");
  CHECK(describe(client[4]) == "send 3 bytes");
  CHECK(describe(client[5]) == "sleep 2 ms");
}

TEST_CASE("only {port} and {accept} are filled in") {
  CHECK(fill_in("{port}{accept} {x} {port", 80, "{accept}") == "80{accept} {x} {port");
}

TEST_CASE("every scenario of the corpus is read") {
  const auto scenarios = load_scenarios(HANDSHIM_SCENARIOS);
  CHECK(scenarios.size() == 186);
  for (const scenario& one : scenarios) {
    CAPTURE(one.id);
    CHECK_FALSE(one.id.empty());
    CHECK_FALSE(one.phase.empty());
    CHECK_FALSE(one.summary.empty());
    CHECK_FALSE(one.client.empty());
    CHECK_FALSE(one.server.empty());
    CHECK_FALSE(one.texts.server.empty());
  }
  const scenario& chunked = find_scenario(scenarios, "hs-body-huge");
  CHECK(chunked.server.at(2).count == 3000000);
  CHECK(chunked.texts.client == "connect");
}

TEST_CASE("every row of the other tables names a scenario of the corpus") {
  const auto scenarios = load_scenarios(HANDSHIM_SCENARIOS);
  const tsv_table expected = read_tsv(corpus_folder() + "expected.tsv");
  expected.require({"scenario", "family", "version", "step", "kind", "attrs", "retry"});
  CHECK(expected.size() > 3000);
  for (std::size_t i = 0; i < expected.size(); ++i) CHECK_NOTHROW(find_scenario(scenarios, expected[i]["scenario"]));
  const tsv_table changes = read_tsv(corpus_folder() + "changes.tsv");
  changes.require({"family", "from", "to", "scenario", "was", "is"});
  CHECK(changes.size() > 200);
  for (std::size_t i = 0; i < changes.size(); ++i) CHECK_NOTHROW(find_scenario(scenarios, changes[i]["scenario"]));
}

TEST_CASE("an unknown scenario is named with the nearest") {
  const auto scenarios = load_scenarios(HANDSHIM_SCENARIOS);
  CHECK_THROWS_WITH_AS(find_scenario(scenarios, "hs-stal"), doctest::Contains("did you mean `hs-stall`?"), usage_error);
}

TEST_CASE("a scenario that cannot be read tells the file, the line and the column") {
  const std::string path = "tool_script_test.tsv";
  const auto fails = [&](const char* rows, const char* why) {
    std::ofstream(path) << "id\tphase\tclient\tserver\tsummary\n" << rows;
    CHECK_THROWS_WITH_AS(load_scenarios(path), doctest::Contains(why), tsv_error);
  };
  fails("a\topen\tconnect\tclose; clsoe\tx\n", "tool_script_test.tsv:2: server: at character 8, `clsoe`");
  fails("a\topen\tconect\tclose\tx\n", "tool_script_test.tsv:2: client: at character 1, `conect`");
  fails("a\topen\tconnect\tclose\tx\na\topen\tconnect\tclose\tx\n", "tool_script_test.tsv:3: a second scenario `a`");
  CHECK(std::remove(path.c_str()) == 0);
}
