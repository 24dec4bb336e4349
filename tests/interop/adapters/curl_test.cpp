// What the libcurl adapter promises beside the scenarios: the upgrade by plain HTTP, and the words of curl_ws_recv().
#include "handshim/adapters/curl.hpp"

#include <doctest/doctest.h>

#include <string>

#include "handshim/adapters/curl_stream.hpp"
#include "handshim/backends/raw_sockets.hpp"
#include "handshim/client.hpp"
#include "scripted_server.hpp"
#include "tls_server.hpp"

using namespace handshim;
using adapters::curl::receiver;
using adapters::curl::upgrade_request;
using tool::parse_server;
using tool::scripted_server;

namespace {

struct handle {
  handle() : easy(curl_easy_init()) { curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 2000L); }
  ~handle() { curl_easy_cleanup(easy); }
  handle(const handle&) = delete;
  handle& operator=(const handle&) = delete;
  CURL* easy;
};

failure asked(const std::string& script, const std::string& path = "/") {
  const scripted_server server(parse_server(script));
  const handle one;
  return upgrade_request(one.easy).perform("ws://127.0.0.1:" + std::to_string(server.port()) + path);
}

std::string answer(const std::string& head) { return "read-request; send \"" + head + "\\r\\n\\r\\n\"; close"; }

curl_ws_frame frame_of(int flags, curl_off_t left = 0) {
  curl_ws_frame out{};
  out.flags = flags;
  out.bytesleft = left;
  return out;
}

}  // namespace

TEST_CASE("a server that upgrades is no failure") {
  CHECK_FALSE(asked("upgrade; close"));
  CHECK_FALSE(asked("upgrade; stall"));
}

TEST_CASE("libcurl's codes, with what it knows beside them") {
  const failure refused = asked("refuse");
  CHECK(refused.fault() == fault::connection_refused);
  CHECK(refused.evidence().native_domain == "CURLcode");
  CHECK(refused.evidence().native_value == CURLE_COULDNT_CONNECT);
  CHECK_FALSE(refused.evidence().native_text.empty());

  CHECK(asked("read-request; stall").is(fault::handshake_timeout));
  CHECK(asked("read-request; close").is(condition::handshake));
  const handle one;
  CHECK(upgrade_request(one.easy).perform("http://127.0.0.1/").fault() == fault::uri_scheme_unsupported);
}

TEST_CASE("a refusal keeps status, headers and body") {
  const failure f = asked("read-request; send \"HTTP/1.1 503 Busy\\r\\nContent-Length: 4\\r\\n\\r\\nbusy\"; close");
  CHECK(f.fault() == fault::upgrade_rejected);
  CHECK(f.evidence().http_status == 503);
  CHECK(f.evidence().body == "busy");
  REQUIRE(f.evidence().headers.size() == 1);
  CHECK(f.evidence().headers[0].name == "Content-Length");
}

TEST_CASE("a 101 is checked, which libcurl does not") {
  CHECK(asked(answer("HTTP/1.1 101 ok\\r\\nUpgrade: h2c\\r\\nConnection: Upgrade")).fault() ==
        fault::upgrade_header_invalid);
  CHECK(asked(answer("HTTP/1.1 101 ok\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Accept: no"))
            .fault() == fault::accept_wrong);
}

TEST_CASE("no secret of the URI is told") {
  const failure f = asked("refuse", "/?token=secret");
  CHECK(f.describe().find("secret") == std::string::npos);
}

TEST_CASE("what curl_ws_recv() gives") {
  SUBCASE("CURLE_AGAIN and data are no failure") {
    receiver seen("ws://host/");
    CHECK_FALSE(seen.received(CURLE_AGAIN, nullptr, 0, nullptr));
    const curl_ws_frame text = frame_of(CURLWS_TEXT);
    CHECK_FALSE(seen.received(CURLE_OK, "hi", 2, &text));
    CHECK_FALSE(seen.received(CURLE_OK, "", 0, &text));  // an empty message
    CHECK_FALSE(seen.received(CURLE_OK, "", 0, &text));
  }
  SUBCASE("a close frame as data") {
    receiver seen("ws://host/");
    const curl_ws_frame close = frame_of(CURLWS_CLOSE);
    CHECK(seen.received(CURLE_OK, "\x03\xf3oops", 6, &close).fault() == fault::closed_with_error);
    CHECK(seen.failed().evidence().close_received.code == 1011);
    CHECK(seen.failed().evidence().close_received.reason == "oops");
  }
  SUBCASE("a close frame without a code") {
    receiver seen("ws://host/");
    const curl_ws_frame close = frame_of(CURLWS_CLOSE);
    CHECK(seen.received(CURLE_OK, "", 0, &close).fault() == fault::closed_without_code);
  }
  SUBCASE("an end") {
    receiver seen("ws://host/");
    CHECK(seen.received(CURLE_GOT_NOTHING, nullptr, 0, nullptr).fault() == fault::eof_without_close);
    CHECK(seen.failed().evidence().native_value == CURLE_GOT_NOTHING);
  }
  SUBCASE("nothing for ever, inside a frame") {
    receiver seen("ws://host/");
    const curl_ws_frame part = frame_of(CURLWS_BINARY, 10);
    CHECK_FALSE(seen.received(CURLE_OK, "", 0, &part));
    CHECK(seen.received(CURLE_OK, "", 0, &part).fault() == fault::eof_in_message);
  }
}

namespace {

failure asked_over_tls(const std::string& uri) {
  const handle one;
  curl_easy_setopt(one.easy, CURLOPT_CAINFO, tls_test::certificate("ca.pem").c_str());
  return upgrade_request(one.easy).perform(uri);
}

failure streamed_over_tls(const std::string& uri) {
  options how;
  how.open_stream = adapters::curl::open_stream(
      [](CURL* easy) { curl_easy_setopt(easy, CURLOPT_CAINFO, tls_test::certificate("ca.pem").c_str()); });
  client<raw_sockets> client(how);
  failure why;
  client.connect(uri, why);
  return why;
}

}  // namespace

TEST_CASE("over TLS: a good certificate, and what is wrong with the others") {
  const tls_test::tls_server good("good");
  for (const auto at : {&asked_over_tls, &streamed_over_tls}) {
    CHECK_FALSE(at(good.uri("localhost")));
    tls_test::check_certificates(at);
  }
}

TEST_CASE("a server without TLS: what can be told of it") {
  tls_test::without_tls_faults told;
  told.answers_http = told.sends_alert = told.ends = told.ends_in_record = fault::tls_failed;
  for (const auto at : {&asked_over_tls, &streamed_over_tls}) tls_test::check_without_tls(at, told);
}
