// What the libwebsockets adapter promises beside the scenarios.
#include "handshim/adapters/libwebsockets.hpp"

#include <doctest/doctest.h>

#include <memory>

#include "scripted_server.hpp"
#include "tls_server.hpp"

using namespace handshim;
using adapters::libwebsockets::connection;
using adapters::libwebsockets::observed;
using adapters::libwebsockets::service;
using tool::parse_server;
using tool::scripted_server;

namespace {

int silent(lws*, lws_callback_reasons, void*, void*, std::size_t) { return 0; }

const lws_protocols protocols[] = {{"test", observed<silent>, 0, 4096, 0, nullptr, 0},
                                   {nullptr, nullptr, 0, 0, 0, nullptr, 0}};

struct context {
  explicit context(const char* ca = nullptr) {
    lws_set_log_level(0, nullptr);
    lws_context_creation_info info{};
    info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
    info.client_ssl_ca_filepath = ca;
    info.port = CONTEXT_PORT_NO_LISTEN;
    info.protocols = protocols;
    one = lws_create_context(&info);
  }
  ~context() { lws_context_destroy(one); }
  context(const context&) = delete;
  context& operator=(const context&) = delete;
  lws_client_connect_info info() const {
    lws_client_connect_info out{};
    out.context = one;
    out.local_protocol_name = "test";
    return out;
  }
  lws_context* one;
};

std::string uri_of(const scripted_server& server) { return "ws://127.0.0.1:" + std::to_string(server.port()) + "/"; }

void serve(const context& in, connection& one, int rounds = 2000) {
  while (!one.is_over() && rounds-- > 0) service(in.one, one, std::chrono::milliseconds(10));
}

}  // namespace

TEST_CASE("a connection that cannot begin fails without a callback") {
  const context in;
  connection one;
  lws_client_connect_info info = in.info();
  CHECK_FALSE(one.connect("ws://127.0.0.1:70000/", info));
  CHECK(one.failed().fault() == fault::uri_port_invalid);

  info = in.info();
  info.address = "";
  info.path = "/";
  CHECK_FALSE(one.connect(info));
  CHECK(one.is_over());
  CHECK(one.failed());
  CHECK(one.wsi() == nullptr);
}

TEST_CASE("user info goes neither to the look-up nor into any text") {
  const context in;
  const scripted_server server(
      parse_server("read-request; send \"HTTP/1.1 401 No\\r\\nContent-Length: 0\\r\\n\\r\\n\"; close"));
  connection one;
  lws_client_connect_info info = in.info();
  REQUIRE(one.connect("ws://user:secret@127.0.0.1:" + std::to_string(server.port()) + "/", info));
  serve(in, one);
  CHECK(one.failed().fault() == fault::upgrade_rejected);
  CHECK(one.failed().evidence().http_status == 401);
  CHECK(one.failed().describe().find("secret") == std::string::npos);
}

TEST_CASE("the peer's close and the end behind it are one failure") {
  const context in;
  const scripted_server server(parse_server("upgrade; send \"\\x88\\x06\\x03\\xf3oops\"; read-frame; close"));
  connection one;
  lws_client_connect_info info = in.info();
  REQUIRE(one.connect(uri_of(server), info));
  serve(in, one);
  CHECK(one.failed().fault() == fault::closed_with_error);
  CHECK(one.failed().evidence().close_received.code == 1011);
  CHECK(one.failed().evidence().close_received.reason == "oops");
}

TEST_CASE("a deadline of the program's own, and a cancel, settle at once") {
  const context in;
  const scripted_server server(parse_server("read-request; stall"));
  for (const bool cancels : {false, true}) {
    connection one;
    lws_client_connect_info info = in.info();
    REQUIRE(one.connect(uri_of(server), info));
    for (int i = 0; i < 20; ++i) service(in.one, one, std::chrono::milliseconds(10));
    if (cancels)
      one.cancel();
    else
      one.expire();
    REQUIRE(one.is_over());
    if (cancels)
      CHECK(one.failed().fault() == fault::cancelled);
    else
      CHECK(one.failed().is(condition::timeout));
    for (int i = 0; i < 20; ++i) service(in.one, one, std::chrono::milliseconds(10));
  }
}

TEST_CASE("without service() the failure is coarser, and still one") {
  const context in;
  const scripted_server server(parse_server("read-request; send \"HTTP/1.1 101 Sw\"; close"));
  connection one;
  lws_client_connect_info info = in.info();
  REQUIRE(one.connect(uri_of(server), info));
  for (int i = 0; i < 2000 && !one.is_over(); ++i) lws_service(in.one, 0);
  CHECK(one.failed().is(condition::handshake));
}

TEST_CASE("a connection may be destroyed before its wsi") {
  const context in;
  const scripted_server server(parse_server("upgrade; stall"));
  {
    auto one = std::make_unique<connection>();
    lws_client_connect_info info = in.info();
    REQUIRE(one->connect(uri_of(server), info));
    while (!one->is_open() && !one->is_over()) service(in.one, *one, std::chrono::milliseconds(10));
    CHECK(one->is_open());
  }
  for (int i = 0; i < 10; ++i) lws_service(in.one, -1);
}

namespace {

failure tls_failure_at(const std::string& uri) {
  const std::string ca = tls_test::certificate("ca.pem");
  const context in(ca.c_str());
  connection one;
  lws_client_connect_info info = in.info();
  if (one.connect(uri, info))
    while (!one.is_over() && !one.is_open()) service(in.one, one, std::chrono::milliseconds(10));
  if (one.is_open()) one.cancel();
  return one.failed();
}

}  // namespace

TEST_CASE("over TLS: a good certificate, and what is wrong with the others") {
  const tls_test::tls_server good("good");
  CHECK(tls_failure_at(good.uri("localhost")).fault() == fault::cancelled);  // once it was open
  tls_test::check_certificates(tls_failure_at);
}

TEST_CASE("a server without TLS: what can be told of it") {
  tls_test::without_tls_faults told;
  told.answers_http = told.sends_alert = told.ends_in_record = fault::tls_failed;
  tls_test::check_without_tls(tls_failure_at, told);
}
