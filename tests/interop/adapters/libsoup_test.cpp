// What the libsoup adapter promises beside the scenarios.
#include "handshim/adapters/libsoup.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <vector>

#include "scripted_server.hpp"
#include "tls_server.hpp"

using namespace handshim;
using adapters::libsoup::connection;
using tool::parse_server;
using tool::scripted_server;

namespace {

struct loop {
  loop() : session(soup_session_new()) {}
  ~loop() {
    g_object_unref(session);
    for (int i = 0; i < 20; ++i) g_main_context_iteration(nullptr, FALSE);
  }
  loop(const loop&) = delete;
  loop& operator=(const loop&) = delete;

  template <class Done>
  static void run_until(Done done) {
    const guint wakes = g_timeout_add(
        10, [](gpointer) -> gboolean { return G_SOURCE_CONTINUE; }, nullptr);
    for (int i = 0; i < 2000 && !done(); ++i) g_main_context_iteration(nullptr, TRUE);
    g_source_remove(wakes);
  }
  void open(connection& one, const std::string& uri, connection::opened then = {}) const {
    SoupMessage* message = one.message(uri.c_str());
    REQUIRE(message != nullptr);
    one.connect(session, message, nullptr, nullptr, std::move(then));
    g_object_unref(message);
  }

  SoupSession* session;
};

std::string uri_of(const scripted_server& server) { return "ws://127.0.0.1:" + std::to_string(server.port()) + "/"; }

}  // namespace

TEST_CASE("a URI that libsoup cannot read") {
  std::vector<failure> told;
  connection one([&](const failure& f) { told.push_back(f); });
  CHECK(one.message("ws://127.0.0.1:70000/") == nullptr);
  REQUIRE(told.size() == 1);
  CHECK(told[0].fault() == fault::uri_port_invalid);
  CHECK(one.is_over());
}

TEST_CASE("a refusal keeps its status and headers") {
  const loop in;
  const scripted_server server(parse_server(
      "read-request; send \"HTTP/1.1 503 Busy\\r\\nRetry-After: 3\\r\\nContent-Length: 0\\r\\n\\r\\n\"; close"));
  std::vector<failure> told;
  connection one([&](const failure& f) { told.push_back(f); });
  in.open(one, uri_of(server));
  loop::run_until([&] { return !told.empty(); });
  REQUIRE(told.size() == 1);
  CHECK(told[0].fault() == fault::upgrade_rejected);
  CHECK(told[0].evidence().http_status == 503);
  REQUIRE(told[0].evidence().headers.size() == 2);
  CHECK(told[0].evidence().native_domain == "soup-websocket-error-quark");
}

TEST_CASE("an error that libsoup signals twice is told once") {
  const loop in;
  const scripted_server server(parse_server("upgrade; sleep 50; send \"\\xc1\\x02hi\"; read-frame; close"));
  std::vector<failure> told;
  connection one([&](const failure& f) { told.push_back(f); });
  in.open(one, uri_of(server));
  loop::run_until([&] { return !told.empty(); });
  for (int i = 0; i < 20; ++i) g_main_context_iteration(nullptr, FALSE);
  REQUIRE(told.size() == 1);
  CHECK(told[0].evidence().native_value == 1002);
  CHECK(one.get() == nullptr);
}

TEST_CASE("a deadline of the program's own, a cancel, and an early end of the object") {
  const loop in;
  const scripted_server server(parse_server("read-request; stall"));
  std::vector<failure> told;
  {
    connection expired([&](const failure& f) { told.push_back(f); });
    in.open(expired, uri_of(server));
    for (int i = 0; i < 20; ++i) g_main_context_iteration(nullptr, FALSE);
    expired.expire();
    CHECK(expired.failed().is(condition::timeout));
    connection cancelled([&](const failure& f) { told.push_back(f); });
    in.open(cancelled, uri_of(server));
    cancelled.cancel();
    CHECK(cancelled.failed().fault() == fault::cancelled);
    connection left([&](const failure& f) { told.push_back(f); });
    in.open(left, uri_of(server));
  }
  loop::run_until([] { return false; });
  CHECK(told.size() == 2);
}

TEST_CASE("a close of the program's own is answered") {
  const loop in;
  const scripted_server server(parse_server("upgrade; echo-close; close"));
  std::vector<failure> told;
  connection one([&](const failure& f) { told.push_back(f); });
  in.open(one, uri_of(server), [&](SoupWebsocketConnection*) { one.close(1000, "bye"); });
  loop::run_until([&] { return !told.empty(); });
  REQUIRE(told.size() == 1);
  CHECK(told[0].is(condition::closed_ok));
  CHECK(told[0].evidence().close_received.code == 1000);
  CHECK(told[0].evidence().close_sent.reason == "bye");
}

namespace {

failure tls_failure_at(const std::string& uri) {
  const loop in;
  GTlsDatabase* const trusted = g_tls_file_database_new(tls_test::certificate("ca.pem").c_str(), nullptr);
  REQUIRE(trusted != nullptr);
  soup_session_set_tls_database(in.session, trusted);
  g_object_unref(trusted);
  std::vector<failure> told;
  connection one([&](const failure& f) { told.push_back(f); });
  in.open(one, uri, [&](SoupWebsocketConnection*) { one.close(1000); });
  loop::run_until([&] { return !told.empty(); });
  REQUIRE(told.size() == 1);
  return told[0];
}

}  // namespace

TEST_CASE("over TLS: a good certificate, and what is wrong with the others") {
  const tls_test::tls_server good("good");
  CHECK(tls_failure_at(good.uri("localhost")).is(condition::closed_ok));
  tls_test::check_certificates(tls_failure_at);
}

TEST_CASE("a server without TLS: what can be told of it") {
  tls_test::without_tls_faults told;
  told.answers_http = told.sends_alert = told.ends_in_record = fault::tls_failed;
  tls_test::check_without_tls(tls_failure_at, told);
}
