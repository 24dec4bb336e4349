#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "../support/late_proxy.hpp"
#include "../support/server.hpp"
#include "../support/timing.hpp"
#include "commands.hpp"
#include "json_checker.hpp"
#include "tool_support.hpp"

using namespace handshim::tool;
using namespace client_test;
using tool_test::result;

namespace {

result wait(std::vector<std::string> words) { return tool_test::run(command_wait, words); }

std::string uri_at(std::uint16_t port) { return "ws://127.0.0.1:" + std::to_string(port) + "/"; }

scripted_server::handler answers(const std::string& status, int times) {
  auto left = std::make_shared<std::atomic<int>>(times);
  return [status, left](peer& client) {
    if ((*left)-- <= 0) {
      if (client.upgrade()) client.echo_close();
      return;
    }
    client.read_request();
    client.send("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n");
  };
}

}  // namespace

TEST_CASE("a server that is ready is told so in one line") {
  scripted_server server(answers("", 0));
  const result got = wait({uri_at(server.port())});
  CHECK(got.code == 0);
  CHECK(got.lines() == 1);
  CHECK(got.says(": ready after 0."));
  CHECK(got.says("(1 attempt)\n"));
}

TEST_CASE("the incident: a proxy that accepts and closes, and a server that comes up behind it") {
  late_proxy proxy;
  scripted_server server(upgraded(echo));
  meanwhile starting([&] {
    for (int i = 0; i < 3000 && proxy.turned_away() < 3; ++i) std::this_thread::sleep_for(10ms);
    proxy.server_is_up(server.port());
  });
  const result got = wait({uri_at(proxy.port()), "--timeout", "60"});
  CHECK(got.code == 0);
  CHECK(got.lines() == 2);
  CHECK(got.says(": not yet: the connection ended before the HTTP response began\n"));
  CHECK(got.says(": ready after "));
}

TEST_CASE("each trouble is told once, and what waiting cannot mend with a way out") {
  scripted_server server(answers("404 Not Found", 1000));
  const result got = wait({uri_at(server.port())});
  CHECK(got.code == 1);
  CHECK(got.lines() == 3);
  CHECK(
      got.says("not ready: the server answered with a status other than 101: 404 Not Found; waiting cannot mend this"));
  CHECK(got.says("--also 404"));
  CHECK_FALSE(wait({"http://127.0.0.1/"}).says("--also"));
}

TEST_CASE("what --also names is waited out") {
  scripted_server server(answers("404 Not Found", 3));
  const result got = wait({uri_at(server.port()), "--also", "404", "--timeout", "60"});
  CHECK(got.code == 0);
  CHECK(got.lines() == 2);
  CHECK(got.says("not yet: the server answered with a status other than 101: 404 Not Found\n"));
  scripted_server by_fault(answers("404 Not Found", 1));
  CHECK(wait({uri_at(by_fault.port()), "--also", "upgrade_rejected"}).code == 0);
}

TEST_CASE("the time is bounded") {
  scripted_server server(answers("503 Busy", 1000000));
  result got;
  CHECK(time_of([&] { got = wait({uri_at(server.port()), "--timeout", "0.3"}); }) < 10s);
  CHECK(got.code == 1);
  CHECK(got.says("503 Busy; the time is up ("));
}

TEST_CASE("nothing, or one JSON object") {
  scripted_server server(answers("", 0));
  const result quiet = wait({uri_at(server.port()), "--quiet"});
  CHECK(quiet.code == 0);
  CHECK(quiet.out.empty());
  CHECK(wait({"ws://127.0.0.1:1/", "--quiet", "--timeout", "0.05"}).code == 1);
  const result ready = wait({uri_at(server.port()), "--json"});
  CHECK(json_test::is_json(ready.out.substr(0, ready.out.size() - 1)));
  CHECK(ready.says("\"ready\":true,\"attempts\":1,"));
  CHECK(ready.says("\"failure\":null}"));
  const result failed = wait({"http://ann:pw@127.0.0.1/?token=abc", "--json"});
  CHECK(failed.code == 1);
  CHECK(json_test::is_json(failed.out.substr(0, failed.out.size() - 1)));
  CHECK(failed.says("\"fault\":\"uri_scheme_unsupported\""));
  CHECK_FALSE(failed.says("pw"));
  CHECK_FALSE(failed.says("abc"));
}

TEST_CASE("wrong usage is told") {
  for (const std::vector<std::string>& words : {std::vector<std::string>{},
                                                {"ws://a/", "ws://b/"},
                                                {"ws://a/", "--timeout", "0"},
                                                {"ws://a/", "--timeout", "x"},
                                                {"ws://a/", "--also", "nonsense"},
                                                {"ws://a/", "--also", "99"},
                                                {"ws://a/", "--also", "cancelled"},
                                                {"ws://a/", "--also", "uri_invalid"},
                                                {"ws://a/", "--backend", "x"},
                                                {"ws://a/", "--quiet", "--json"}})
    CHECK_THROWS_AS(wait(words), usage_error);
}
