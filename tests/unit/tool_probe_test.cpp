#include <doctest/doctest.h>

#include <string>

#include "../support/backends.hpp"
#include "../support/command.hpp"
#include "../support/server.hpp"
#include "commands.hpp"
#include "json_checker.hpp"

using namespace client_test;
using command_test::contains;
using command_test::usage_error_of;
using handshim::tool::command_probe;

namespace {

command_test::result probe(std::vector<std::string> words) { return command_test::run(command_probe, words); }

}  // namespace

TEST_CASE("probe tells each step of a conversation that goes well, with every backend") {
  scripted_server server(upgraded(echo));
  for (const char* backend : {"raw_sockets", "legacy_mode", "new_mode"}) {
    const auto got = probe({uri_of(server), "--send", "hi", "--backend", backend});
    CHECK(got.code == 0);
    CHECK(contains(got.out, uri_of(server) + " with " + backend + "\n  connect  ok"));
    CHECK(contains(got.out, "\n  send     ok"));
    CHECK(contains(got.out, "  text, 2 bytes: \"hi\"\n"));
    CHECK(contains(got.out, "\n  recv     ok"));
    CHECK(contains(got.out, "\n  close    ok"));
  }
}

TEST_CASE("probe tells a failure with its evidence, and what each named policy raises for it") {
  scripted_server server([](peer& client) { client.read_request(); });
  const auto got = probe({uri_of(server), "--policy", "websockets-14.0", "--policy", "unified-1", "--send", "hi"});
  CHECK(got.code == 1);
  CHECK(contains(got.out, "\n  connect  failed"));
  CHECK_FALSE(contains(got.out, "\n  send"));
  CHECK(contains(got.out, "[eof_before_status_line]\n  phase:        handshake\n"));
  CHECK(contains(got.out, "\n  websockets-14.0  eof_error        tries again\n"));
  CHECK(contains(got.out, "\n  unified-1        invalid_message  no loop\n"));
}

TEST_CASE("probe prints one JSON object if asked, and no secret in either form") {
  scripted_server server([](peer& client) { client.read_request(); });
  const std::string uri = "ws://me:secret1@127.0.0.1:" + std::to_string(server.port()) + "/chat?token=secret2";
  const auto json = probe({uri, "--json", "--policy", "websockets-13.1"});
  CHECK(json.code == 1);
  CHECK(json.out.back() == '\n');
  CHECK(json_test::checker(json.out.substr(0, json.out.size() - 1)).valid());
  CHECK(contains(json.out, "\"kinds\":[\"invalid_message\"],\"release_retries\":\"retries\""));
  const auto plain = probe({uri});
  for (const std::string& text : {json.out, plain.out}) {
    CHECK_FALSE(contains(text, "secret"));
    CHECK(contains(text, "/chat?..."));
  }
  scripted_server good(upgraded(echo));
  const auto fine = probe({uri_of(good), "--json"});
  CHECK(fine.code == 0);
  CHECK(contains(fine.out, "\"ok\":true"));
  CHECK(contains(fine.out, "\"failure\":null,\"policies\":[]"));
}

TEST_CASE("probe gives up when its time is over") {
  scripted_server server([](peer& client) { client.stall(); });
  const auto got = probe({uri_of(server), "--timeout", "0.2"});
  CHECK(got.code == 1);
  CHECK(contains(got.out, "[timeout_before_status_line]"));
}

TEST_CASE("probe shows what a server sends without its control characters") {
  scripted_server server(upgraded([](peer& client) {
    client.send(frame(0x81, "\x1b[31mred"));
    client.echo_close();
  }));
  const auto got = probe({uri_of(server), "--send", "x"});
  CHECK(got.code == 0);
  CHECK_FALSE(contains(got.out, "\x1b"));
  CHECK(contains(got.out, "red\""));
}

TEST_CASE("probe names what is wrong with its words, and what would be valid") {
  CHECK(contains(usage_error_of(command_probe, {}), "which URI?"));
  CHECK(contains(usage_error_of(command_probe, {"ws://h/", "--backend", "beast"}),
                 "`beast`; valid are: raw_sockets, legacy_mode, new_mode"));
  for (const char* time : {"0", "x", "1e3", "1.2.3", "90000", ""})
    CHECK(contains(usage_error_of(command_probe, {"ws://h/", "--timeout", time}), "over 0 and at most 86400"));
  CHECK(contains(usage_error_of(command_probe, {"ws://h/", "--policy", "websockets-99"}), "[policy_too_new]"));
  CHECK(contains(usage_error_of(command_probe, {"ws://h/", "ws://i/"}), "ws://i/"));
  const auto bad = probe({"http://h/"});
  CHECK(bad.code == 1);
  CHECK(contains(bad.out, "[uri_scheme_unsupported]"));
}
