#include "handshim/ready.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "../support/backends.hpp"
#include "../support/late_proxy.hpp"
#include "../support/server.hpp"
#include "../support/timing.hpp"
#include "handshim/retry.hpp"

using namespace handshim;
using namespace client_test;

namespace {

std::string uri_at(std::uint16_t port) { return "ws://127.0.0.1:" + std::to_string(port) + "/"; }

// A port where nothing listens.
std::string nowhere() {
  scripted_server server(upgraded(echo));
  const std::uint16_t port = server.port();
  server.stop();
  return uri_at(port);
}

scripted_server::handler answers(const std::string& response) {
  return [response](peer& client) {
    client.read_request();
    client.send(response + "\r\nContent-Length: 0\r\n\r\n");
  };
}

// Handlers one after the other, the last one for all further connections.
scripted_server::handler one_by_one(std::vector<scripted_server::handler> all) {
  auto served = std::make_shared<std::atomic<std::size_t>>(0);
  return [all, served](peer& client) { all[std::min((*served)++, all.size() - 1)](client); };
}

}  // namespace

TEST_CASE_TEMPLATE("the incident: a proxy accepts and closes until the server behind it is up", B, EVERY_BACKEND) {
  late_proxy proxy;
  std::unique_ptr<scripted_server> server;
  ready_options how;
  how.on_wait = [&](const failure& f, std::chrono::nanoseconds) {
    CHECK(f.fault() == fault::eof_before_status_line);
    if (proxy.turned_away() < 3 || server) return;
    server = std::make_unique<scripted_server>(upgraded(echo));
    proxy.server_is_up(server->port());
  };
  failure why;
  const readiness got = wait_until_ready<B>(uri_at(proxy.port()), 60s, how, {}, why);
  CHECK_MESSAGE(why.fault() == fault::none, why.describe());
  CHECK(got.attempts >= 4);
  auto c = connected<B>(uri_at(proxy.port()));
  c.send("hello");
  CHECK(c.recv().data == "hello");
}

TEST_CASE("a refused connection, a reset and a 502 are waited out, one after the other") {
  scripted_server first(upgraded(echo));
  const std::uint16_t port = first.port();
  first.stop();
  std::unique_ptr<scripted_server> server;
  std::vector<fault> seen;
  ready_options how;
  how.on_wait = [&](const failure& f, std::chrono::nanoseconds) {
    seen.push_back(f.fault());
    if (!server)
      server = std::make_unique<scripted_server>(
          one_by_one({[](peer& client) { client.reset(); }, answers("HTTP/1.1 502 Bad Gateway"),
                      answers("HTTP/1.1 503 Busy\r\nRetry-After: 600"), upgraded(echo)}),
          port);
  };
  failure why;
  const readiness got = wait_until_ready(uri_at(port), 60s, how, {}, why);
  CHECK_MESSAGE(why.fault() == fault::none, why.describe());
  CHECK(got.attempts == 5);
  REQUIRE(seen.size() == 4);
  CHECK(seen[0] == fault::connection_refused);
  CHECK(is_a(seen[1], fault::reset_in_response));
  CHECK(seen[3] == fault::upgrade_rejected);
}

TEST_CASE("404 ends it at once, unless it is a part of the start") {
  scripted_server server(
      one_by_one({answers("HTTP/1.1 404 Not Found"), answers("HTTP/1.1 404 Not Found"), upgraded(echo)}));
  failure why;
  wait_until_ready(uri_of(server), 60s, why);
  CHECK(why.fault() == fault::upgrade_rejected);
  CHECK(why.evidence().attempt == 1);
  CHECK(why.what().find("404 Not Found: waiting cannot mend this: the server refuses this request") !=
        std::string::npos);
  CHECK_THROWS_AS(wait_until_ready("http://127.0.0.1/", 60s), invalid_uri);
  ready_options how;
  how.keep_waiting = [](const failure& f) { return f.evidence().http_status == 404; };
  wait_until_ready(uri_of(server), 60s, how, {}, why);
  CHECK_FALSE(why);
}

TEST_CASE("time that is up raises the last failure under the policy of the options") {
  options with;
  with.policy = find_policy("websockets-14.0");
  try {
    wait_until_ready(nowhere(), 300ms, {}, with);
    FAIL("did not throw");
  } catch (const connection_refused& e) {
    CHECK(e.policy().name() == "websockets-14.0");
    CHECK_FALSE(e.failure().evidence().earlier.empty());
  }
}

TEST_CASE("the connection that showed it is closed in order") {
  record seen;
  scripted_server server(upgraded([&](peer& client) {
    const auto frame = client.read_frame();
    seen.add(frame && frame->opcode == opcode::close ? "closed" : "not closed");
    if (frame) client.send(client_test::frame(0x88, frame->payload));
  }));
  failure why;
  wait_until_ready(uri_of(server), 60s, why);
  CHECK_FALSE(why);
  CHECK(seen.wait_for(0) == "closed");
}

TEST_CASE("without a failure to fill it tells how it went") {
  scripted_server server(upgraded(echo));
  CHECK(wait_until_ready(uri_of(server), 60s).attempts == 1);
}

TEST_CASE("after a stop no server is asked") {
  scripted_server server(upgraded(echo));
  stop_signal stop;
  stop.request();
  ready_options how;
  how.stop = &stop;
  failure why;
  wait_until_ready(uri_of(server), 60s, how, {}, why);
  CHECK(why.fault() == fault::cancelled);
  CHECK(server.accepted() == 0);
}

TEST_CASE("headers of the options are sent") {
  record seen;
  scripted_server server([&](peer& client) {
    seen.add(client.read_request());
    client.send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
  });
  options with;
  with.headers = {{"X-Start", "yes"}};
  failure why;
  wait_until_ready(uri_of(server), 60s, {}, with, why);
  CHECK(seen.wait_for(0).find("X-Start: yes\r\n") != std::string::npos);
}

TEST_CASE_TEMPLATE("a stop ends an attempt that hangs", B, EVERY_BACKEND) {
  scripted_server server([](peer& client) { client.stall(); });
  stop_signal stop;
  ready_options how;
  how.stop = &stop;
  how.attempt_timeout = 60s;
  options with;
  with.open_timeout = 60s;
  failure why;
  meanwhile waiting([&] { wait_until_ready<B>(uri_of(server), 60s, how, with, why); });
  for (int i = 0; i < 1000 && server.accepted() == 0; ++i) std::this_thread::sleep_for(10ms);
  CHECK(time_of([&] {
          stop.request();
          waiting.join();
        }) < 20s);
  CHECK(why.fault() == fault::cancelled);
}

TEST_CASE_TEMPLATE("a reconnector keeps a real client connected", B, EVERY_BACKEND) {
  // Each connection gets one message and is then dropped.
  scripted_server server(upgraded([](peer& client) { client.send(frame(0x81, "hello")); }));
  client<B> c(patient());
  retry_options how;
  how.backoff.first = how.backoff.base = how.backoff.cap = 1ms;
  reconnector<client<B>> keep(c, uri_of(server), how);
  for (int i = 0; i < 3; ++i) {
    keep.connect();
    CHECK(c.recv().data == "hello");
    CHECK(last_words(c).is(condition::lost));
  }
  CHECK(server.accepted() == 3);
  CHECK(keep.pace().taken() == 2);
}

TEST_CASE("a reconnector is bounded by its total though the server hangs") {
  scripted_server server([](peer& client) { client.stall(); });
  client<raw_sockets> c(patient());
  retry_options how;
  how.total = 300ms;
  failure why;
  CHECK(time_of([&] { reconnect(c, uri_of(server), how, why); }) < 5s);
  CHECK(why.is(condition::timeout));
  CHECK(c.last_failure().is(condition::timeout));
}
