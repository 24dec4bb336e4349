#include "handshim/adapters/impl/frame_watch.hpp"

#include <doctest/doctest.h>

#include <string>

#include "../support/frames.hpp"

using namespace handshim;
using namespace client_test;
using adapters::detail::frame_watch;

namespace {

frame_watch fed(const std::string& bytes, std::size_t piece) {
  frame_watch out;
  for (std::size_t i = 0; i < bytes.size(); i += piece) out.feed(std::string_view(bytes).substr(i, piece));
  return out;
}

}  // namespace

TEST_CASE("the first close frame is found behind frames of every size, however the bytes are split") {
  const std::string bytes = text_frame("hi") + binary_frame(std::string(200, 'x')) +
                            binary_frame(std::string(70000, 'y')) + ping_frame("p") + close_frame(4001, "why") +
                            close_frame(1000);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{4096}, bytes.size()}) {
    CAPTURE(piece);
    const frame_watch seen = fed(bytes, piece);
    REQUIRE(seen.close());
    CHECK(seen.close()->code == 4001);
    CHECK(seen.close()->reason == "why");
    CHECK(seen.is_close_valid());
  }
}

TEST_CASE("it is told once that the close frame ended") {
  frame_watch seen;
  CHECK_FALSE(seen.feed(text_frame("hi") + close_frame(1000, "bye").substr(0, 3)));
  CHECK(seen.feed(close_frame(1000, "bye").substr(3) + close_frame(1001)));
  CHECK_FALSE(seen.feed(close_frame(1001)));
  CHECK(seen.close()->code == 1000);
}

TEST_CASE("masked frames are read as well") {
  std::string bytes;
  rfc6455::append_frame(bytes, rfc6455::opcode::text, true, "hello", {1, 2, 3, 4});
  rfc6455::append_frame(bytes, rfc6455::opcode::close, true,
                        "\x03\xe9"
                        "bye",
                        {9, 8, 7, 6});
  const frame_watch seen = fed(bytes, 3);
  REQUIRE(seen.close());
  CHECK(seen.close()->code == 1001);
  CHECK(seen.close()->reason == "bye");
}

TEST_CASE("a close frame that breaks the rules is seen, and is not valid") {
  CHECK_FALSE(fed(close_frame(999), 1).is_close_valid());
  CHECK(fed(close_frame(999), 1).close()->code == 999);
  CHECK_FALSE(fed(close_frame(1000, "\xff"), 1).is_close_valid());
  CHECK_FALSE(fed(frame(0x88, "x"), 1).is_close_valid());
  const frame_watch empty = fed(frame(0x88, ""), 1);
  CHECK(empty.is_close_valid());
  CHECK(empty.close()->code == 1005);
}

TEST_CASE("whether a message is complete") {
  const std::string whole = text_frame("hello");
  CHECK_FALSE(fed("", 1).in_message());
  for (std::size_t n = 1; n < whole.size(); ++n) CHECK(fed(whole.substr(0, n), 1).in_message());
  CHECK_FALSE(fed(whole, 1).in_message());
  for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{100}}) {
    CAPTURE(piece);
    CHECK(fed(frame(0x01, "a") + ping_frame("between"), piece).in_message());
    CHECK_FALSE(fed(frame(0x01, "a") + ping_frame("between") + frame(0x80, "b"), piece).in_message());
  }
}
