#include "handshim/rfc6455/handshake.hpp"

#include <doctest/doctest.h>

using namespace handshim::rfc6455;
using handshim::fault;

namespace {

const std::string key = "dGhlIHNhbXBsZSBub25jZQ==";
const std::string rfc_accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

response answer(const std::vector<header>& changes = {}, std::string_view without = "") {
  response r;
  r.status = 101;
  for (const header& h :
       std::vector<header>{{"Upgrade", "websocket"}, {"Connection", "Upgrade"}, {"Sec-WebSocket-Accept", rfc_accept}})
    if (h.name != without) r.headers.push_back(h);
  r.headers.insert(r.headers.end(), changes.begin(), changes.end());
  return r;
}

std::string checked(const response& r, const std::vector<std::string>& offered = {}) {
  const upgrade u = check_upgrade(r, key, offered);
  CHECK((u.error == fault::none) == u.header.empty());
  if (u.error != fault::none) CHECK(u.subprotocol.empty());
  return std::string(name(u.error)) + (u.header.empty() ? "" : " ") + std::string(u.header);
}

std::string without(std::string_view name) { return checked(answer({}, name)); }
std::string instead(const std::string& name, const std::string& value) {
  return checked(answer({{name, value}}, name));
}

std::string refused(const request_options& options) {
  std::string what = "kept";
  const fault f = check_request(options, what);
  CHECK(f == (what == "kept" ? fault::none : fault::header_not_sendable));
  return what;
}

uri parsed(std::string_view text) {
  uri out;
  REQUIRE(parse_uri(text, out) == fault::none);
  return out;
}

}  // namespace

TEST_CASE("the key of RFC 6455, section 1.3, has the answer that stands there") {
  CHECK(accept_for(key) == rfc_accept);
}

TEST_CASE("a key is 16 bytes in Base64 and never the same") {
  const std::string made = make_key();
  CHECK(made.size() == 24);
  CHECK(made.substr(22) == "==");
  CHECK(made != make_key());
}

TEST_CASE("Basic authentication is as RFC 7617 shows it") {
  CHECK(basic_authorization("Aladdin", "open sesame") == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
}

TEST_CASE("a request has what RFC 6455, section 4.1, asks for") {
  CHECK(build_request(parsed("ws://Example.com:8080/chat?x=1"), {}, key) ==
        "GET /chat?x=1 HTTP/1.1\r\nHost: example.com:8080\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: " +
            key + "\r\nSec-WebSocket-Version: 13\r\nUser-Agent: handshim/" HANDSHIM_VERSION "\r\n\r\n");
}

TEST_CASE("a request has what the options ask for, and a header of the caller replaces it") {
  request_options options;
  options.subprotocols = {"chat", "superchat"};
  options.origin = "http://example.com";
  options.authorization = "Basic x";
  options.headers = {{"X-A", "b"}, {"user-agent", "mine"}};
  CHECK(build_request(parsed("wss://h"), options, "k") ==
        "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: k\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: chat, superchat\r\nOrigin: http://example.com\r\n"
        "Authorization: Basic x\r\nX-A: b\r\nuser-agent: mine\r\n\r\n");
}

TEST_CASE("options that can be sent are left in peace") {
  request_options options;
  CHECK(refused(options) == "kept");
  options.subprotocols = {"a", "b"};
  options.headers = {{"X-A", "tab\tand \xc3\xbc"}, {"X-A", ""}};
  CHECK(refused(options) == "kept");
}

TEST_CASE("options that cannot be sent are named, without their values") {
  const auto with_header = [](const std::string& name, const std::string& value) {
    request_options options;
    options.headers = {{"X-Good", "v"}, {name, value}};
    return refused(options);
  };
  for (const std::string name : {"", "a b", "a:", "a\r\nb", "\xc3\xbc"})
    CHECK(with_header(name, "v") == "the name of headers[1] is not a token");
  for (const std::string value : {"a\r\nX: y", "\n", "\x01", "\x7f"})
    CHECK(with_header("X-A", value) == "the value of header X-A has a control character");
  CHECK(with_header("X-A", std::string(1, '\0')) == "the value of header X-A has a control character");
  for (const std::string name : {"Host", "UPGRADE", "connection", "Sec-WebSocket-Key", "sec-websocket-foo",
                                 "Content-Length", "Transfer-Encoding"})
    CHECK(with_header(name, "v") == "header " + name + " is the client's own");
  CHECK(with_header("Sec-Fetch-Mode", "v") == "kept");
}

TEST_CASE("subprotocols are tokens and stand there once; the fields have no control characters") {
  request_options options;
  options.subprotocols = {"a", "b c"};
  CHECK(refused(options) == "subprotocols[1] is not a token");
  options.subprotocols = {""};
  CHECK(refused(options) == "subprotocols[0] is not a token");
  options.subprotocols = {"a", "b", "a"};
  CHECK(refused(options) == "subprotocols[2] was given before");
  options = {};
  options.origin = "a\nb";
  CHECK(refused(options) == "origin has a control character");
  options = {};
  options.user_agent = "a\rb";
  CHECK(refused(options) == "user_agent has a control character");
  options = {};
  options.authorization = "a\x7f";
  CHECK(refused(options) == "authorization has a control character");
  std::string what;
  CHECK(check_request(options, what) == fault::header_not_sendable);
}

TEST_CASE("a right answer is taken, whatever the case and the company of its tokens") {
  CHECK(checked(answer()) == "none");
  CHECK(instead("Upgrade", "WebSocket") == "none");
  CHECK(instead("Connection", "keep-alive, Upgrade") == "none");
  CHECK(instead("Connection", ",, uPGRADE ,") == "none");
  CHECK(checked(answer({{"connection", "keep-alive"}})) == "none");
}

TEST_CASE("Connection must have the option upgrade") {
  CHECK(without("Connection") == "connection_header_missing Connection");
  CHECK(instead("Connection", "close") == "connection_header_invalid Connection");
  for (const std::string value : {"@", "", ",", "Upgrade;", "Upgrade x", "Upgrade/1"})
    CHECK(instead("Connection", value) == "connection_header_malformed Connection");
  CHECK(checked(answer({{"Connection", "@"}})) == "connection_header_malformed Connection");
}

TEST_CASE("Upgrade must be websocket alone") {
  CHECK(without("Upgrade") == "upgrade_header_missing Upgrade");
  for (const std::string value : {"h2c", "websocket/13", "websocket, h2c", "websocket, websocket"})
    CHECK(instead("Upgrade", value) == "upgrade_header_invalid Upgrade");
  CHECK(checked(answer({{"Upgrade", "websocket"}})) == "upgrade_header_invalid Upgrade");
  for (const std::string value : {"websocket,,;", "", "a/b/c"})
    CHECK(instead("Upgrade", value) == "upgrade_header_malformed Upgrade");
}

TEST_CASE("Sec-WebSocket-Accept must be there once and right") {
  CHECK(without("Sec-WebSocket-Accept") == "accept_missing Sec-WebSocket-Accept");
  CHECK(instead("Sec-WebSocket-Accept", "S3pPLMBiTxaQ9kYGzzhZRbK+xOo=") == "accept_wrong Sec-WebSocket-Accept");
  CHECK(instead("Sec-WebSocket-Accept", "") == "accept_wrong Sec-WebSocket-Accept");
  CHECK(checked(answer({{"sec-websocket-accept", rfc_accept}})) == "accept_repeated Sec-WebSocket-Accept");
}

TEST_CASE("an extension was never asked for") {
  for (const std::string value : {"permessage-deflate", "permessage-deflate; =1", ""})
    CHECK(checked(answer({{"Sec-WebSocket-Extensions", value}})) == "extension_unrequested Sec-WebSocket-Extensions");
}

TEST_CASE("a subprotocol is one of those offered") {
  const std::vector<std::string> offered = {"chat", "superchat"};
  const auto with = [&](const std::string& value) { return answer({{"Sec-WebSocket-Protocol", value}}); };
  CHECK(checked(answer(), offered) == "none");
  CHECK(check_upgrade(answer(), key, offered).subprotocol.empty());
  CHECK(checked(with("superchat"), offered) == "none");
  CHECK(check_upgrade(with("superchat"), key, offered).subprotocol == "superchat");
  CHECK(checked(with("a;b")) == "subprotocol_unrequested Sec-WebSocket-Protocol");
  CHECK(checked(with("a;b"), offered) == "subprotocol_malformed Sec-WebSocket-Protocol");
  CHECK(checked(with(""), offered) == "subprotocol_malformed Sec-WebSocket-Protocol");
  CHECK(checked(with("chat, superchat"), offered) == "subprotocol_repeated Sec-WebSocket-Protocol");
  CHECK(checked(answer({{"Sec-WebSocket-Protocol", "chat"}, {"Sec-WebSocket-Protocol", "chat"}}), offered) ==
        "subprotocol_repeated Sec-WebSocket-Protocol");
  CHECK(checked(with("Chat"), offered) == "subprotocol_unknown Sec-WebSocket-Protocol");
}

TEST_CASE("the headers are checked in order") {
  response r;
  r.headers = {{"Sec-WebSocket-Protocol", "x"}};
  CHECK(checked(r) == "connection_header_missing Connection");
  r.headers.push_back({"Connection", "Upgrade"});
  CHECK(checked(r) == "upgrade_header_missing Upgrade");
  r.headers.push_back({"Upgrade", "websocket"});
  CHECK(checked(r) == "accept_missing Sec-WebSocket-Accept");
  r.headers.push_back({"Sec-WebSocket-Accept", rfc_accept});
  r.headers.push_back({"Sec-WebSocket-Extensions", "x"});
  CHECK(checked(r) == "extension_unrequested Sec-WebSocket-Extensions");
}
