#include "handshim/impl/redact.hpp"

#include <doctest/doctest.h>

#include <string>

#include "handshim/failure.hpp"
#include "handshim/impl/json.hpp"

namespace {

std::string shown(std::string_view text) {
  handshim::detail::string_text out;
  handshim::detail::append_public(out, text);
  return out.take();
}

bool contains(std::string_view text, std::string_view word) { return text.find(word) != std::string_view::npos; }

}  // namespace

TEST_CASE("text without secrets stays as it is") {
  for (const char* text :
       {"", " ", "the connection ended", "a? b: c", "unexpected 'x' at 3:7", "12:30 \"quoted\" <html>", "key=value",
        "\r\n\t", "what?", "session: ended", "basic authentication is required", "me@example.org wrote", "[::1]:80",
        "\"websockets-99\"; did you mean closed? valid are a=b"}) {
    CAPTURE(text);
    CHECK(shown(text) == text);
  }
}

TEST_CASE("credentials and queries of URIs are not shown, with a scheme or without") {
  CHECK(shown("see ws://u:hunter2@h/p?t=hunter2, or <https://hunter2@x/>") == "see ws://h/p?... or <https://x/>");
  CHECK(shown("GET /chat?token=hunter2 HTTP/1.1") == "GET /chat?... HTTP/1.1");
  CHECK(shown("user:hunter2@host:80 refused") == "host:80 refused");
  CHECK(shown("password=ws://u:hunter2@h/") == "password=ws://h/");
}

TEST_CASE("the values of what is named as a secret are not shown") {
  CHECK(shown("Set-Cookie: id=hunter2; Path=/\r\nServer: x") == "Set-Cookie: ...\r\nServer: x");
  CHECK(shown("Authorization: Basic hunter2") == "Authorization: ...");
  CHECK(shown("authorization : Bearer hunter2\nnext") == "authorization: ...\nnext");
  CHECK(shown("failed with token=hunter2&user=me") == "failed with token=...&user=me");
  CHECK(shown("{\"access_token\": \"hunter2\"}") == "{\"access_token: ...");
  CHECK(shown("Bearer hunter2 refused") == "Bearer ... refused");
  CHECK(shown("no bearer\r\nSet-Cookie: hunter2\nnext") == "no bearer\r\n...\nnext");
  CHECK(shown("bearer token=hunter2 next") == "bearer ... next");
  CHECK(shown("my_api_key='hunter2' x") == "my_api_key=...' x");
  CHECK(shown("X-Password:hunter2") == "X-Password: ...");
  CHECK(shown("a,password=hunter2") == "a,password=...");
}

TEST_CASE("doing it twice changes nothing more") {
  for (const char* text : {"token=hunter2 x", "cookie: a b", "ws://u:p@h/?a=b x", "/p?a=b", "u:p@h", "Bearer a b",
                           "Bearer token: x", "\"token\":\"x\",\"y\":1", "password=\"x y\""}) {
    const std::string once = shown(text);
    CAPTURE(once);
    CHECK(shown(once) == once);
  }
}

TEST_CASE("no secret that a client or a peer puts into any field reaches any text, at any level") {
  using handshim::disclosure;
  for (const char* text :
       {"ws://u:hunter2@h/?hunter2", "/p?token=hunter2", "Cookie: a=hunter2", "authorization=hunter2", "u:hunter2@h",
        "x Authorization: Bearer hunter2", "{\"password\":\"hunter2\"}", "GET /?k=hunter2 HTTP/1.1\r\nCookie: hunter2",
        "HTTP/1.1 2x\r\nSet-Cookie: hunter2\r\nX: y"})
    for (const handshim::fault_facts& row : handshim::all_faults()) {
      const handshim::header_view headers[] = {
          {"X-Plain", text}, {"Set-Cookie", "hunter2"}, {"X-Auth-Token", "hunter2"}, {"Location", "/?hunter2"}};
      handshim::evidence known;
      for (std::string_view handshim::evidence::*member :
           {&handshim::evidence::backend, &handshim::evidence::detail, &handshim::evidence::native_domain,
            &handshim::evidence::native_text, &handshim::evidence::http_reason, &handshim::evidence::header,
            &handshim::evidence::body, &handshim::evidence::first_bytes})
        known.*member = text;
      known.endpoint = "ws://u:hunter2@h/?hunter2";
      known.headers = {headers, 4};
      known.close_received = {1008, text};
      known.close_sent = {1008, text};
      for (const int status : {0, 403}) {
        known.http_status = status;
        const handshim::failure f(row.id, known);
        std::string all = f.what() + f.fingerprint();
        for (const disclosure level : {disclosure::full, disclosure::no_headers, disclosure::opaque})
          all += f.describe(level) + f.to_json(level) + f.to_logfmt(level);
        if (!contains(all, "hunter2")) continue;
        CAPTURE(text);
        FAIL_CHECK("a secret in:\n", all);
      }
    }
}

TEST_CASE("each level shows less than the one before") {
  using handshim::disclosure;
  const handshim::header_view header{"Server", "peer-header"};
  const handshim::attempt_view attempt{"192.0.2.1:80", {}, {}};
  handshim::evidence known;
  known.endpoint = "ws://host.example/";
  known.backend = "mine";
  known.native_text = "client-words";
  known.detail = "detail-words";
  known.http_status = 503;
  known.http_reason = "peer-reason";
  known.body = "peer-body";
  known.headers = {&header, 1};
  known.attempts = {&attempt, 1};
  known.close_received = {1011, "peer-close"};
  known.first_bytes = "peer-bytes";
  const handshim::failure f(handshim::fault::upgrade_rejected, known);
  for (const auto& text : {f.describe(disclosure::full), f.to_json(disclosure::full)})
    for (const char* word : {"peer-header", "peer-body", "peer-reason", "client-words", "host.example", "192.0.2.1"})
      CHECK(contains(text, word));
  for (const auto& text :
       {f.describe(disclosure::no_headers), f.to_json(disclosure::no_headers), f.to_logfmt(disclosure::no_headers)}) {
    CHECK_FALSE(contains(text, "peer-"));
    for (const char* word : {"client-words", "detail-words", "host.example", "503", "upgrade_rejected"})
      CHECK(contains(text, word));
  }
  for (const auto& text :
       {f.describe(disclosure::opaque), f.to_json(disclosure::opaque), f.to_logfmt(disclosure::opaque)}) {
    for (const char* word : {"peer-", "-words", "host.example", "192.0.2.1", "mine"}) CHECK_FALSE(contains(text, word));
    for (const char* word : {"503", "1011", "upgrade_rejected", "handshake"}) CHECK(contains(text, word));
  }
}
