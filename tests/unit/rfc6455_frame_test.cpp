#include "handshim/rfc6455/frame.hpp"

#include <doctest/doctest.h>

using namespace handshim::rfc6455;

TEST_CASE("the masked text frame of RFC 6455, section 5.7, is written as it stands there") {
  std::string out;
  append_frame(out, opcode::text, true, "Hello", {0x37, 0xfa, 0x21, 0x3d});
  CHECK(out == std::string("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"));
}

TEST_CASE("a frame's length is in its shortest form") {
  const auto header = [](std::size_t length) {
    std::string out;
    append_frame(out, opcode::binary, true, std::string(length, 'x'), {});
    CHECK(out.substr(out.size() - length) == std::string(length, 'x'));
    return out.substr(1, out.size() - length - 5);
  };
  CHECK(header(0) == "\x80");
  CHECK(header(125) == "\xfd");
  CHECK(header(126) == std::string("\xfe\x00\x7e", 3));
  CHECK(header(65535) == "\xfe\xff\xff");
  CHECK(header(65536) == std::string("\xff\x00\x00\x00\x00\x00\x01\x00\x00", 9));
}

TEST_CASE("a frame is appended behind what is there, with its opcode and fin bit") {
  std::string out = "before";
  append_frame(out, opcode::continuation, false, "a", {});
  append_frame(out, opcode::pong, true, "", {});
  CHECK(out == std::string("before\x00\x81\x00\x00\x00\x00"
                           "a\x8a\x80\x00\x00\x00\x00",
                           19));
}

TEST_CASE("masking is the same at every length and offset, and undoes itself") {
  const frame_mask mask = {0x01, 0x80, 0xff, 0x5a};
  std::string plain;
  for (int i = 0; i < 64; ++i) plain += static_cast<char>(i * 37);
  for (std::size_t offset = 0; offset < 8; ++offset) {
    for (std::size_t size = 0; size + offset <= plain.size(); ++size) {
      std::string data = plain, expected = plain;
      for (std::size_t i = 0; i < size; ++i)
        expected[offset + i] = static_cast<char>(static_cast<unsigned char>(plain[offset + i]) ^ mask[i % 4]);
      apply_mask(data.data() + offset, size, mask);
      REQUIRE(data == expected);
      apply_mask(data.data() + offset, size, mask);
      REQUIRE(data == plain);
    }
  }
}

TEST_CASE("control frames are close, ping and pong") {
  for (const opcode op : {opcode::close, opcode::ping, opcode::pong}) CHECK(is_control(op));
  for (const opcode op : {opcode::continuation, opcode::text, opcode::binary}) CHECK_FALSE(is_control(op));
}
