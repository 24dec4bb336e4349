// The clients against a server that others wrote: INTEROP_PROGRAM runs INTEROP_SCRIPT.
#include <doctest/doctest.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "../support/backends.hpp"
#include "../support/late_proxy.hpp"
#include "child_server.hpp"
#include "handshim/ready.hpp"

using namespace handshim;
using namespace client_test;
using namespace std::chrono_literals;

namespace {

std::string setting(const char* name) {
  const char* value = std::getenv(name);
  REQUIRE_MESSAGE(value != nullptr, name);
  return value;
}

// One server for all tests of this program.
std::string at(const std::string& target) {
  static const interop::child_server server(setting("INTEROP_PROGRAM"), setting("INTEROP_SCRIPT"));
  return "ws://127.0.0.1:" + std::to_string(server.port()) + target;
}

options large() {
  options how = patient();
  how.max_message_size = 8u << 20;
  return how;
}

std::string every_byte(std::size_t size) {
  std::string out(size, '\0');
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<char>(i * 31 + i / 256);
  return out;
}

const std::string words =
    "gr\xc3\xbc\xc3\x9f"
    "e, \xe4\xb8\x96\xe7\x95\x8c \xf0\x9f\x8c\x8d";

template <class B>
void check_echo(const std::string& target) {
  auto c = connected<B>(at(target), large());
  for (const std::string& text : {std::string("hello"), words, std::string(70000, 'x'), std::string(1u << 20, 'y')}) {
    c.send(text);
    const message got = c.recv();
    CHECK(got.text);
    CHECK((got.data == text));
  }
  for (const std::size_t size :
       {std::size_t{1}, std::size_t{126}, std::size_t{65536}, (std::size_t{1} << 20) + 1, std::size_t{5} << 20}) {
    c.send_binary(every_byte(size));
    const message got = c.recv();
    CHECK_FALSE(got.text);
    CHECK((got.data == every_byte(size)));
  }
  failure why;
  c.close(why);
  CHECK_FALSE(why);
  CHECK(last_words(c).fault() == fault::closed_normally);
}

}  // namespace

// The incident's own situation, with a server that is started only when the client waits already.
TEST_CASE_TEMPLATE("a server that comes up late behind a proxy is waited for", B, EVERY_BACKEND) {
  late_proxy proxy;
  std::unique_ptr<interop::child_server> server;
  ready_options how;
  how.on_wait = [&](const failure& f, std::chrono::nanoseconds) {
    CHECK(f.fault() == fault::eof_before_status_line);
    if (proxy.turned_away() < 3 || server) return;
    server = std::make_unique<interop::child_server>(setting("INTEROP_PROGRAM"), setting("INTEROP_SCRIPT"));
    proxy.server_is_up(server->port());
  };
  const std::string uri = "ws://127.0.0.1:" + std::to_string(proxy.port()) + "/echo";
  failure why;
  const readiness got = wait_until_ready<B>(uri, 60s, how, {}, why);
  CHECK_MESSAGE(why.fault() == fault::none, why.describe());
  CHECK(got.attempts >= 4);
  auto c = connected<B>(uri);
  c.send("hello");
  CHECK(c.recv().data == "hello");
}

TEST_CASE_TEMPLATE("a server that refuses for now is waited for, one that has no such place is not", B, EVERY_BACKEND) {
  int refusals = 0;
  ready_options how;
  how.on_wait = [&](const failure& f, std::chrono::nanoseconds) {
    if (f.evidence().http_status != 503) return;  // a later attempt has too little time, on a machine that is busy
    CHECK(advise(f).delay == 7s);                 // more than there is: a start is not waited for like that
    ++refusals;
  };
  failure why;
  wait_until_ready<B>(at("/503"), 3s, how, {}, why);
  CHECK(why);
  CHECK(refusals > 0);
  wait_until_ready<B>(at("/nowhere"), 60s, how, {}, why);
  CHECK(why.evidence().http_status == 404);
  CHECK(why.evidence().attempt == 1);
}

TEST_CASE_TEMPLATE("text and binary messages up to five megabytes come back", B, EVERY_BACKEND) {
  check_echo<B>("/echo");
  auto c = connected<B>(at("/echo"));
  c.send("");
  CHECK(c.recv().data.empty());
}

TEST_CASE_TEMPLATE("messages that the server sends in fragments are put together", B, EVERY_BACKEND) {
  check_echo<B>("/fragments");
}

TEST_CASE_TEMPLATE("the server's ping is answered", B, EVERY_BACKEND) {
  auto c = connected<B>(at("/ping"));
  CHECK(c.recv().data == "the pong came");
}

TEST_CASE_TEMPLATE("the server answers our pings", B, EVERY_BACKEND) {
  options how = patient();
  how.ping_interval = 50ms;
  how.ping_timeout = 400ms;
  auto c = connected<B>(at("/echo"), how);
  failure why;
  c.recv(900ms, why);
  CHECK(why.fault() == fault::recv_timeout);
  c.ping("by hand");
  c.send("still there");
  CHECK(c.recv().data == "still there");
}

TEST_CASE_TEMPLATE("the close code and reason of the server arrive", B, EVERY_BACKEND) {
  const auto closed_by = [](const std::string& query) {
    auto c = connected<B>(at("/close?" + query));
    return last_words(c);
  };
  const failure ok = closed_by("1000,done");
  CHECK(ok.fault() == fault::closed_normally);
  CHECK(ok.evidence().close_received.reason == "done");
  CHECK(ok.evidence().order == close_order::received_then_sent);
  const failure bad = closed_by("1011,out%20of%20memory");
  CHECK(bad.fault() == fault::closed_with_error);
  CHECK(bad.evidence().close_received.code == 1011);
  CHECK(bad.evidence().close_received.reason == "out of memory");
  CHECK(closed_by("4321,").evidence().close_received.code == 4321);
}

TEST_CASE_TEMPLATE("the close code and reason of the client arrive", B, EVERY_BACKEND) {
  const auto seen_after = [](std::uint16_t code, const std::string& reason) {
    auto c = connected<B>(at("/echo"));
    c.close(code, reason);
    CHECK(last_words(c).evidence().close_received.code == code);
    // The server may still be noting it.
    std::string seen;
    for (int i = 0; i < 100 && seen != std::to_string(code) + " " + reason; ++i) {
      seen = connected<B>(at("/last")).recv().data;
      std::this_thread::sleep_for(10ms);
    }
    return seen;
  };
  CHECK(seen_after(1000, "") == "1000 ");
  CHECK(seen_after(1001, "going away") == "1001 going away");
  CHECK(seen_after(4000, words) == "4000 " + words);
}

TEST_CASE_TEMPLATE("a subprotocol is agreed on", B, EVERY_BACKEND) {
  options how = patient();
  how.subprotocols = {"chat.v2", "chat.v1"};
  CHECK(connected<B>(at("/echo"), how).subprotocol() == "chat.v1");
  CHECK(connected<B>(at("/echo")).subprotocol().empty());
}

TEST_CASE_TEMPLATE("refusals are told with status, headers and body", B, EVERY_BACKEND) {
  const auto refused_at = [](const std::string& target) {
    client<B> c(patient());
    failure why;
    c.connect(at(target), why);
    CHECK(why.fault() == fault::upgrade_rejected);
    CHECK(why.evidence().body_complete);
    return why;
  };
  const failure missing = refused_at("/nowhere");
  CHECK(missing.evidence().http_status == 404);
  CHECK(missing.evidence().body == "no such place\n");
  const failure busy = refused_at("/503");
  CHECK(busy.evidence().http_status == 503);
  CHECK(busy.evidence().body == "not now\n");
  CHECK(busy.describe().find("Retry-After") != std::string::npos);
}

TEST_CASE_TEMPLATE("a message over the limit is refused with 1009, which the server takes", B, EVERY_BACKEND) {
  options how = patient();
  how.max_message_size = 10;
  auto c = connected<B>(at("/echo"), how);
  c.send(std::string(11, 'x'));
  const failure why = last_words(c);
  CHECK(why.fault() == fault::message_too_big);
  CHECK(why.evidence().close_sent.code == 1009);
}
