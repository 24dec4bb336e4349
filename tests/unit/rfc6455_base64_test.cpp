#include "handshim/rfc6455/base64.hpp"

#include <doctest/doctest.h>

using handshim::rfc6455::base64_encode;

TEST_CASE("Base64 gives the test vectors of RFC 4648, section 10") {
  CHECK(base64_encode("") == "");
  CHECK(base64_encode("f") == "Zg==");
  CHECK(base64_encode("fo") == "Zm8=");
  CHECK(base64_encode("foo") == "Zm9v");
  CHECK(base64_encode("foob") == "Zm9vYg==");
  CHECK(base64_encode("fooba") == "Zm9vYmE=");
  CHECK(base64_encode("foobar") == "Zm9vYmFy");
}

TEST_CASE("Base64 takes any byte") {
  CHECK(base64_encode(std::string_view("\x00\xff\xfe", 3)) == "AP/+");
  CHECK(base64_encode("\xfb\xef\xbe") == "++++");
}
