#include "handshim/rfc6455/utf8.hpp"

#include <doctest/doctest.h>

#include <string>

using handshim::rfc6455::is_utf8;
using handshim::rfc6455::utf8_checker;

namespace {

const std::string_view valid[] = {
    "",
    "a",
    "plain ASCII, longer than eight bytes",
    std::string_view("\x00\x7f", 2),
    "\xc2\x80",          // U+0080
    "\xdf\xbf",          // U+07FF
    "\xe0\xa0\x80",      // U+0800
    "\xed\x9f\xbf",      // U+D7FF
    "\xee\x80\x80",      // U+E000
    "\xef\xbf\xbf",      // U+FFFF
    "\xf0\x90\x80\x80",  // U+10000
    "\xf4\x8f\xbf\xbf",  // U+10FFFF
    "1234567\xc3\xbc"
    "90123456789\xe2\x82\xac!",
    "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5",
};

const std::string_view invalid[] = {
    "\x80",  // a continuation alone
    "\xbf",
    "12345678\xff",
    "\xc0\x80",  // overlong
    "\xc1\xbf",
    "\xe0\x80\x80",
    "\xe0\x9f\xbf",
    "\xf0\x80\x80\x80",
    "\xf0\x8f\xbf\xbf",
    "\xed\xa0\x80",  // surrogates
    "\xed\xbf\xbf",
    "\xed\xa0\x80\xed\xb0\x80",
    "\xf4\x90\x80\x80",  // over U+10FFFF
    "\xf5\x80\x80\x80",
    "\xf8\x88\x80\x80\x80",
    "\xfe",
    "\xff",
    "\xc3(",  // a character broken off by another
    "\xe2\x82(",
    "\xf0\x90\x80(",
    "\xc3\xc3\xbc",
};

}  // namespace

TEST_CASE("valid UTF-8 is taken, wherever it is split") {
  for (const std::string_view text : valid) {
    CAPTURE(std::string(text));
    CHECK(is_utf8(text));
    for (std::size_t split = 0; split <= text.size(); ++split) {
      utf8_checker checker;
      CHECK(checker.feed(text.substr(0, split)));
      CHECK(checker.feed(text.substr(split)));
      CHECK(checker.complete());
    }
  }
}

TEST_CASE("invalid UTF-8 is refused, wherever it is split, and for ever after") {
  for (const std::string_view text : invalid) {
    CAPTURE(std::string(text));
    CHECK_FALSE(is_utf8(text));
    for (std::size_t split = 0; split <= text.size(); ++split) {
      utf8_checker checker;
      checker.feed(text.substr(0, split));
      CHECK_FALSE(checker.feed(text.substr(split)));
      CHECK_FALSE(checker.complete());
      CHECK_FALSE(checker.feed("a"));
      CHECK_FALSE(checker.feed("\xff"));
    }
  }
}

TEST_CASE("a character that is cut off is neither invalid yet nor complete") {
  for (const std::string_view text : {"\xc3", "\xe2\x82", "\xf0\x90\x80", "abcdefgh\xf4"}) {
    utf8_checker checker;
    CHECK(checker.feed(text));
    CHECK_FALSE(checker.complete());
    CHECK_FALSE(is_utf8(text));
  }
}

TEST_CASE("the first invalid byte is enough, whatever is to follow") {
  utf8_checker checker;
  CHECK(checker.feed("\xed"));
  CHECK_FALSE(checker.feed("\xa0"));
}

TEST_CASE("a byte over 127 is found at every offset of the eight-byte steps") {
  for (std::size_t at = 0; at < 40; ++at) {
    std::string text(40, 'a');
    text[at] = '\xff';
    CHECK_FALSE(is_utf8(text));
  }
}
