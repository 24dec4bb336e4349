#include "handshim/rfc6455/text.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace handshim::rfc6455::detail;

TEST_CASE("all() asks of every character, and of an empty text nothing") {
  CHECK(all("0123", is_digit));
  CHECK(all("", is_digit));
  CHECK_FALSE(all("012a", is_digit));
  CHECK_FALSE(all("a123", is_digit));
}

TEST_CASE("a character is found, or else the end of the text") {
  CHECK(find_or_end("a,b,c", ',') == 1);
  CHECK(find_or_end("a,b,c", ',', 2) == 3);
  CHECK(find_or_end("a,b,c", ',', 4) == 5);
  CHECK(find_or_end("a,b,c", ',', 6) == 5);
  CHECK(find_or_end("", ',') == 0);
}

TEST_CASE("a token has at least one character and no separator") {
  CHECK(is_token("chat"));
  CHECK(is_token("!#$%&'*+-.^_`|~09azAZ"));
  for (const std::string_view text : {"", "a b", "a;b", "a,b", "a/b", "a\t", "\"a\"", "(a)", "\xc3\xbc", "a@b", "[a]"})
    CHECK_FALSE(is_token(text));
}

TEST_CASE("a field's text has no control character but the tab") {
  CHECK(is_field_text("a\tb \x80\xff~"));
  CHECK(is_field_text(""));
  for (const std::string_view text : {"\r", "\n", "a\x01", "\x1f", "\x7f"}) CHECK_FALSE(is_field_text(text));
  CHECK_FALSE(is_field_text(std::string_view("a\0b", 3)));
}

TEST_CASE("an integer is read as Python's int() reads it") {
  const auto read = [](std::string_view text) {
    std::int64_t out = -99;
    return parse_integer(text, out) ? out : -99;
  };
  CHECK(read("101") == 101);
  CHECK(read("+101") == 101);
  CHECK(read("-7") == -7);
  CHECK(read("-0") == 0);
  CHECK(read("00101") == 101);
  CHECK(read("1_0_1") == 101);
  CHECK(read("\t101 ") == 101);
  CHECK(read("99999999999999999999999") == std::numeric_limits<std::int64_t>::max());
  CHECK(read("-99999999999999999999999") == -std::numeric_limits<std::int64_t>::max());
  for (const std::string_view text : {"", "+", "-", "abc", "1a", "_1", "1_", "1__0", "+-1", "+ 1", "1 1", "0x1", "1.0"})
    CHECK(read(text) == -99);
}

TEST_CASE("a list skips empty elements but must have one") {
  std::vector<std::string> list;
  CHECK(parse_list(", keep-alive ,,\tUpgrade,", false, list));
  REQUIRE(list.size() == 2);
  CHECK(list[0] == "keep-alive");
  CHECK(list[1] == "Upgrade");
  for (const std::string_view text : {"", ",", " , ", "a b", "a;b", "@", "a/b"}) {
    list.clear();
    CHECK_FALSE(parse_list(text, false, list));
  }
}

TEST_CASE("the tokens of a list, up to what cannot be read") {
  CHECK(tokens_of(" chat.v2,, chat.v1 ") == std::vector<std::string>{"chat.v2", "chat.v1"});
  CHECK(tokens_of("chat, not fine, other") == std::vector<std::string>{"chat"});
  CHECK(tokens_of("").empty());
}

TEST_CASE("a list of protocols may have versions") {
  std::vector<std::string> list;
  CHECK(parse_list("websocket/13, h2c", true, list));
  CHECK(list.size() == 2);
  for (const std::string_view text : {"websocket,,;", "/13", "a/", "a/b/c"}) {
    list.clear();
    CHECK_FALSE(parse_list(text, true, list));
  }
}

TEST_CASE("texts are the same whatever the case of ASCII letters") {
  CHECK(same_text("Content-LENGTH", "content-length"));
  CHECK_FALSE(same_text("a", "ab"));
  CHECK_FALSE(same_text("\xc3\x9c", "\xc3\xbc"));
  CHECK(std::string(trim(" \ta b\t ")) == "a b");
  CHECK(trim(" \t ").empty());
}
