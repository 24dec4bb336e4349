#include "handshim/rfc6455/uri.hpp"

#include <doctest/doctest.h>

using namespace handshim::rfc6455;
using handshim::fault;
using handshim::follow;

namespace {

uri parsed(std::string_view text) {
  uri out;
  REQUIRE(parse_uri(text, out) == fault::none);
  return out;
}

std::string said(std::string_view text) {
  uri out;
  out.host = "kept";
  const fault f = parse_uri(text, out);
  if (f != fault::none) CHECK(out.host == "kept");
  return std::string(name(f));
}

std::string resolved(std::string_view base, std::string_view location, follow how = follow::all) {
  uri out = parsed(base);
  const fault f = resolve_location(out, location, how, out);
  return f == fault::none ? out.text() : std::string(name(f));
}

}  // namespace

TEST_CASE("a URI is taken apart") {
  const uri u = parsed("WSS://User:pa%3ass%20@Example.COM:8443/chat/a%20b?x=1&y=2");
  CHECK(u.secure);
  CHECK(u.host == "example.com");
  CHECK(u.port == 8443);
  CHECK(u.target == "/chat/a%20b?x=1&y=2");
  CHECK(u.has_user_info);
  CHECK(u.user == "User");
  CHECK(u.password == "pa:ss ");
  CHECK(u.host_header() == "example.com:8443");
  CHECK(u.text() == "wss://example.com:8443/chat/a%20b?x=1&y=2");
}

TEST_CASE("what a URI leaves out has its default") {
  const uri u = parsed("ws://h");
  CHECK_FALSE(u.secure);
  CHECK(u.port == 80);
  CHECK(u.target == "/");
  CHECK_FALSE(u.has_user_info);
  CHECK(u.text() == "ws://h/");
  CHECK(parsed("wss://h").port == 443);
  CHECK(parsed("ws://h:/").port == 80);
  CHECK(parsed("wss://h:").port == 443);
  CHECK(parsed("ws://h?q").target == "/?q");
  CHECK(parsed("ws://h:0/").port == 0);
  CHECK(parsed("ws://h:00080/").host_header() == "h");
  CHECK(parsed("ws://h:443/").host_header() == "h:443");
  CHECK(parsed("wss://h:443/").host_header() == "h");
}

TEST_CASE("an IPv6 address stands in brackets, also in the Host header; its zone does not") {
  const uri u = parsed("ws://[2001:DB8::1]:8080/x");
  CHECK(u.host == "2001:db8::1");
  CHECK(u.host_header() == "[2001:db8::1]:8080");
  CHECK(u.text() == "ws://[2001:db8::1]:8080/x");
  const uri zoned = parsed("ws://[fe80::1%25Eth0]/");
  CHECK(zoned.host == "fe80::1%Eth0");
  CHECK(zoned.host_header() == "[fe80::1]");
  CHECK(zoned.text() == "ws://[fe80::1%25Eth0]/");
  CHECK(parsed(zoned.text()).same_origin(zoned));
}

TEST_CASE("addresses in brackets are checked") {
  for (const std::string_view good : {"::", "::1", "1::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::ffff:127.0.0.1",
                                      "1:2:3:4:5:6:127.0.0.1", "fe80::1%25eth0"})
    CHECK(said("ws://[" + std::string(good) + "]/") == "none");
  for (const std::string_view bad :
       {"",          ":",    "1:2:3",        "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::1::",           "12345::",
        "g::",       ":::",  "1:::2",        "127.0.0.1",         "::127.0.0.256",     "::127.0.0",       "::1.2.3.4:5",
        "1.2.3.4::", "v1.x", "fe80::1%eth0", "fe80::1%25",        "fe80::1%25a%b",     ":1:2:3:4:5:6:7:8"})
    CHECK(said("ws://[" + std::string(bad) + "]/") == "uri_host_malformed");
}

TEST_CASE("each thing wrong with a URI is a fault of its own") {
  for (const std::string_view text :
       {"http://h/", "https://h/", "wsx://h/", "", "h", "/path", "127.0.0.1:80/", "://h/"})
    CHECK(said(text) == "uri_scheme_unsupported");
  for (const std::string_view text : {"ws://", "ws:///path", "ws:/path", "ws:h", "ws://:80/", "ws://?q", "ws://u:p@/"})
    CHECK(said(text) == "uri_host_missing");
  for (const std::string_view text : {"ws://[::1/", "ws://[::1:80/", "ws://[::1]x/", "ws://a]/", "ws://a[b/",
                                      "ws://a%41/", "ws://a\"b/", "ws://a\\b/"})
    CHECK(said(text) == "uri_host_malformed");
  for (const std::string_view text : {"ws://h:http/", "ws://h:65536/", "ws://h:-1/", "ws://h:+1/",
                                      "ws://h:99999999999999999999/", "ws://h:80:80/", "ws://h:8_0/", "ws://[::1]:x/"})
    CHECK(said(text) == "uri_port_invalid");
  for (const std::string_view text : {"ws://h/#top", "ws://h#a", "ws://h/?q##"}) CHECK(said(text) == "uri_fragment");
  for (const std::string_view text : {"ws://user@h/", "ws://@h/"}) CHECK(said(text) == "uri_user_info_incomplete");
  for (const std::string_view text :
       {"ws://h/a b", " ws://h/", "ws://h/\n", "ws://h/\x7f", "ws://h/\xc3\xbc", "ws://h/\t"})
    CHECK(said(text) == "uri_character_invalid");
  for (const std::string_view text : {"ws://u%:p@h/", "ws://u:p%4@h/", "ws://u:%zz@h/"})
    CHECK(said(text) == "uri_invalid");
}

TEST_CASE("of several things wrong with a URI the first check's is told") {
  CHECK(said("http://h/ #") == "uri_character_invalid");
  CHECK(said("http://h/#") == "uri_scheme_unsupported");
  CHECK(said("ws://u@[:x/#f") == "uri_fragment");
  CHECK(said("ws://u@[:x/") == "uri_user_info_incomplete");
  CHECK(said("ws://[::1:99999/") == "uri_host_malformed");
  CHECK(said("ws://:99999/") == "uri_port_invalid");
}

TEST_CASE("origins are the same when scheme, host and port are") {
  CHECK(parsed("ws://h/a").same_origin(parsed("ws://H:80/b?c")));
  CHECK_FALSE(parsed("ws://h/").same_origin(parsed("wss://h:80/")));
  CHECK_FALSE(parsed("ws://h/").same_origin(parsed("ws://i/")));
  CHECK_FALSE(parsed("ws://h/").same_origin(parsed("ws://h:81/")));
}

TEST_CASE("an absolute Location is taken however redirects are followed") {
  for (const follow how : {follow::absolute_only, follow::all}) {
    CHECK(resolved("ws://h/a", "ws://i:81/b?c", how) == "ws://i:81/b?c");
    CHECK(resolved("ws://h/a", "wss://h/b", how) == "wss://h/b");
  }
}

TEST_CASE("a relative Location is resolved as RFC 3986, section 5.4, shows, with follow::all only") {
  const std::string_view base = "ws://a/b/c/d;p?q";
  const std::string_view rows[][2] = {
      {"g", "ws://a/b/c/g"},
      {"./g", "ws://a/b/c/g"},
      {"g/", "ws://a/b/c/g/"},
      {"/g", "ws://a/g"},
      {"//g", "ws://g/"},
      {"?y", "ws://a/b/c/d;p?y"},
      {"g?y", "ws://a/b/c/g?y"},
      {";x", "ws://a/b/c/;x"},
      {"g;x", "ws://a/b/c/g;x"},
      {"", "ws://a/b/c/d;p?q"},
      {".", "ws://a/b/c/"},
      {"./", "ws://a/b/c/"},
      {"..", "ws://a/b/"},
      {"../", "ws://a/b/"},
      {"../g", "ws://a/b/g"},
      {"../..", "ws://a/"},
      {"../../", "ws://a/"},
      {"../../g", "ws://a/g"},
      {"../../../g", "ws://a/g"},
      {"../../../../g", "ws://a/g"},
      {"/./g", "ws://a/g"},
      {"/../g", "ws://a/g"},
      {"g.", "ws://a/b/c/g."},
      {".g", "ws://a/b/c/.g"},
      {"g..", "ws://a/b/c/g.."},
      {"..g", "ws://a/b/c/..g"},
      {"./../g", "ws://a/b/g"},
      {"./g/.", "ws://a/b/c/g/"},
      {"g/./h", "ws://a/b/c/g/h"},
      {"g/../h", "ws://a/b/c/h"},
      {"g;x=1/./y", "ws://a/b/c/g;x=1/y"},
      {"g;x=1/../y", "ws://a/b/c/y"},
      {"g?y/./x", "ws://a/b/c/g?y/./x"},
      {"g?y/../x", "ws://a/b/c/g?y/../x"},
  };
  for (const auto& row : rows) {
    CAPTURE(std::string(row[0]));
    CHECK(resolved(base, row[0]) == row[1]);
    CHECK(resolved(base, row[0], follow::absolute_only) == "redirect_location_invalid");
    CHECK(resolved(base, row[0], follow::none) == "redirect_location_invalid");
  }
}

TEST_CASE("a relative Location keeps scheme, port and zone, and a network path the scheme only") {
  CHECK(resolved("wss://h:1234/a?b", "/x") == "wss://h:1234/x");
  CHECK(resolved("wss://h:1234/a", "//i/x") == "wss://i/x");
  CHECK(resolved("ws://[fe80::1%25eth0]:81/a", "b") == "ws://[fe80::1%25eth0]:81/b");
  CHECK(resolved("ws://h", "b") == "ws://h/b");
  CHECK(resolved("ws://h/a?x/y", "b") == "ws://h/b");
}

TEST_CASE("a Location that is no WebSocket URI is invalid") {
  for (const std::string_view location :
       {"http://h/", "https://h/", "ws://h/#top", "/a#b", "ws://", "/a b", "//", "mailto:x", "ws://u@h/", "\xc3\xbc"})
    CHECK(resolved("ws://h/", location) == "redirect_location_invalid");
  for (const std::string_view location : {"ws://h:x/", "ws://[::1/", "//h:99999/"})
    CHECK(resolved("ws://h/", location) == "redirect_location_malformed");
}

TEST_CASE("a redirect from wss to ws is a downgrade") {
  CHECK(resolved("wss://h/", "ws://h/") == "redirect_downgrade");
  CHECK(resolved("wss://h/", "ws://h/#f") == "redirect_location_invalid");
}

TEST_CASE("the user info goes along to the same origin only") {
  const uri base = parsed("ws://u:p@h/a");
  uri out;
  REQUIRE(resolve_location(base, "/b", follow::all, out) == fault::none);
  CHECK(out.has_user_info);
  CHECK(out.password == "p");
  for (const std::string_view elsewhere : {"ws://i/", "ws://h:81/", "wss://h/", "//i/"}) {
    REQUIRE(resolve_location(base, elsewhere, follow::all, out) == fault::none);
    CHECK_FALSE(out.has_user_info);
    CHECK(out.user.empty());
    CHECK(out.password.empty());
  }
  REQUIRE(resolve_location(base, "ws://v:q@h/", follow::all, out) == fault::none);
  CHECK(out.user == "v");
}
