#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <thread>

#include "../support/addresses.hpp"
#include "../support/backends.hpp"
#include "../support/server.hpp"
#include "net_support.hpp"

using namespace handshim;
using namespace client_test;
using namespace std::chrono_literals;

namespace {

// Records each request; then an echo.
scripted_server::handler recording(record& seen) {
  return [&seen](peer& client) {
    seen.add(client.read_request());
    client.send(tool::fill_in(upgrade_response, client.port(), client.accept()));
    echo(client);
  };
}

bool has_line(const std::string& request, const std::string& line) {
  return request.find("\r\n" + line + "\r\n") != std::string::npos;
}

template <class B>
failure failure_of_connect(const std::string& uri, options how = patient()) {
  client<B> c(std::move(how));
  failure why;
  c.connect(uri, why);
  return why;
}

}  // namespace

TEST_CASE_TEMPLATE("the server sees the request that the options ask for", B, EVERY_BACKEND) {
  record seen;
  scripted_server server(recording(seen));
  options how = patient();
  how.origin = "https://page.test";
  how.user_agent = "agent/1";
  how.headers = {{"X-One", "1"}, {"Cookie", "a=b; c=d"}, {"X-One", "2"}};
  connected<B>(uri_of(server, "/chat%20room?q=1&r=2"), how);
  const std::string got = seen.wait_for(0);
  CHECK(got.rfind("GET /chat%20room?q=1&r=2 HTTP/1.1\r\n", 0) == 0);
  CHECK(has_line(got, "Host: 127.0.0.1:" + std::to_string(server.port())));
  CHECK(has_line(got, "Upgrade: websocket"));
  CHECK(has_line(got, "Connection: Upgrade"));
  CHECK(has_line(got, "Sec-WebSocket-Version: 13"));
  CHECK(has_line(got, "Origin: https://page.test"));
  CHECK(has_line(got, "User-Agent: agent/1"));
  CHECK(has_line(got, "X-One: 1"));
  CHECK(has_line(got, "X-One: 2"));
  CHECK(has_line(got, "Cookie: a=b; c=d"));
  CHECK(got.find("Sec-WebSocket-Protocol") == std::string::npos);
  CHECK(got.find("Authorization") == std::string::npos);
  CHECK(got.find("Sec-WebSocket-Extensions") == std::string::npos);
}

TEST_CASE_TEMPLATE("the user info of the URI goes out as Basic auth and nowhere else", B, EVERY_BACKEND) {
  record seen;
  scripted_server server(recording(seen));
  const std::string uri = "ws://Aladdin:open%20sesame@127.0.0.1:" + std::to_string(server.port()) + "/";
  connected<B>(uri);
  CHECK(has_line(seen.wait_for(0), "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));  // RFC 7617, section 2
  options how = patient();
  how.headers = {{"Authorization", "Bearer x"}};
  connected<B>(uri, how);
  CHECK(has_line(seen.wait_for(1), "Authorization: Bearer x"));
  CHECK(seen.wait_for(1).find("Basic") == std::string::npos);
}

TEST_CASE_TEMPLATE("each connection has a key of its own", B, EVERY_BACKEND) {
  record seen;
  scripted_server server(recording(seen));
  connected<B>(uri_of(server));
  connected<B>(uri_of(server));
  const std::string name = "Sec-WebSocket-Key: ";
  const std::string one = seen.wait_for(0), two = seen.wait_for(1);
  const std::string first = one.substr(one.find(name), name.size() + 26);
  CHECK(has_line(one, first.substr(0, name.size() + 24)));
  CHECK(two.find(first) == std::string::npos);
}

TEST_CASE_TEMPLATE("a subprotocol is agreed on, or there is none", B, EVERY_BACKEND) {
  record seen;
  const auto choosing = [&](const std::string& line) {
    return [&seen, line](peer& client) {
      seen.add(client.read_request());
      std::string answer = tool::fill_in(upgrade_response, client.port(), client.accept());
      client.send(answer.insert(answer.size() - 2, line));
      client.echo_close();
    };
  };
  options how = patient();
  how.subprotocols = {"chat.v2", "chat.v1"};
  scripted_server chooses(choosing("Sec-WebSocket-Protocol: chat.v1\r\n")), none(choosing(""));
  scripted_server invents(choosing("Sec-WebSocket-Protocol: other\r\n"));
  auto c = connected<B>(uri_of(chooses), how);
  CHECK(has_line(seen.wait_for(0), "Sec-WebSocket-Protocol: chat.v2, chat.v1"));
  CHECK(c.subprotocol() == "chat.v1");
  c.close();
  CHECK(c.subprotocol() == "chat.v1");
  c.connect(uri_of(none));
  CHECK(c.subprotocol().empty());
  CHECK(failure_of_connect<B>(uri_of(invents), how).fault() == fault::subprotocol_unknown);
  CHECK(failure_of_connect<B>(uri_of(chooses)).fault() == fault::subprotocol_unrequested);
}

TEST_CASE_TEMPLATE("IPv6 addresses are connected to", B, EVERY_BACKEND) {
  if (!net_test::has_ipv6()) return;
  net_test::listener listener(AF_INET6);
  net::interrupter stop;
  std::string request;
  std::thread serving([&] {
    peer client(listener.accept(), stop, listener.port());
    request = client.read_request();
    client.send(tool::fill_in(upgrade_response, client.port(), client.accept()));
    echo(client);
  });
  const std::string host = "[::1]:" + std::to_string(listener.port());
  {
    auto c = connected<B>("ws://" + host + "/");
    c.send("over IPv6");
    CHECK(c.recv().data == "over IPv6");
  }
  serving.join();
  CHECK(has_line(request, "Host: " + host));
}

TEST_CASE_TEMPLATE("every address of a name is tried in turn, and each attempt is evidence", B, EVERY_BACKEND) {
  scripted_server server(upgraded(echo));
  const std::string port = std::to_string(server.port());
  const addresses several({"127.0.0.2", "127.0.0.3", "127.0.0.1"});
  auto c = connected<B>("ws://several.test:" + port + "/");
  c.close();
  const failure closed = last_words(c);
  const auto& tried = closed.evidence().attempts;
  REQUIRE(tried.size() == 3);
  CHECK(tried[0].address == "127.0.0.2:" + port);
  CHECK(tried[0].error == std::errc::connection_refused);
  CHECK(tried[1].address == "127.0.0.3:" + port);
  CHECK(tried[1].error == std::errc::connection_refused);
  CHECK(tried[2].address == "127.0.0.1:" + port);
  CHECK_FALSE(tried[2].error);
}

TEST_CASE_TEMPLATE("if no address answers, the failure is that of the last one", B, EVERY_BACKEND) {
  const net_test::deaf_port nobody;
  const addresses several({"127.0.0.2", "127.0.0.1"});
  const failure why = failure_of_connect<B>("ws://several.test:" + std::to_string(nobody.port()) + "/");
  CHECK(why.fault() == fault::connection_refused);
  CHECK(why.phase() == phase::connect);
  CHECK(why.native_code() == std::errc::connection_refused);
  CHECK(why.evidence().attempts.size() == 2);
  CHECK(why.describe().find("127.0.0.2:" + std::to_string(nobody.port())) != std::string::npos);
}

TEST_CASE_TEMPLATE("a name that has no address is a failure of the name", B, EVERY_BACKEND) {
  const addresses none({});
  const failure why = failure_of_connect<B>("ws://nowhere.test/");
  CHECK(why.fault() == fault::host_not_found);
  CHECK(why.phase() == phase::resolve);
  CHECK(why.evidence().attempts.empty());
}

TEST_CASE_TEMPLATE("a client connects, closes and connects again to a server that comes back", B, EVERY_BACKEND) {
  client<B> c(patient());
  std::uint16_t port = 0;
  for (int round = 0; round < 2; ++round) {
    {
      scripted_server server(upgraded(echo), port);
      port = server.port();
      c.connect(uri_of(server));
      c.send("round");
      CHECK(c.recv().data == "round");
      if (round == 0) c.close();
    }
    failure why;
    if (round == 1) last_words(c);
    c.connect("ws://127.0.0.1:" + std::to_string(port) + "/", why);
    CHECK(why.fault() == fault::connection_refused);
  }
}

TEST_CASE_TEMPLATE("an endless queue of answers is passed by: the client speaks HTTP to whoever listens", B,
                   EVERY_BACKEND) {
  scripted_server mail([](peer& client) { client.send("220 mail.test ESMTP\r\n"); });
  const failure why = failure_of_connect<B>(uri_of(mail));
  CHECK(why.fault() == fault::status_line_malformed);
  CHECK(why.evidence().first_bytes == "220 mail.test ESMTP\r\n");
}
