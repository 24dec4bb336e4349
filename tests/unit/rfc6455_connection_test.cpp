#include "handshim/rfc6455/connection.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>

using namespace handshim::rfc6455;
using handshim::fault;
using handshim::reading;

namespace {

// A frame as a server sends it.
std::string frame(unsigned first, std::string_view payload) {
  std::string out(1, static_cast<char>(first));
  const std::size_t n = payload.size();
  if (n < 126)
    out += static_cast<char>(n);
  else if (n < 65536)
    out.append({126, static_cast<char>(n >> 8), static_cast<char>(n & 255)});
  else
    out.append(
        {127, 0, 0, 0, 0, 0, static_cast<char>(n >> 16), static_cast<char>(n >> 8 & 255), static_cast<char>(n & 255)});
  return out.append(payload);
}

std::string close_frame(int code, std::string_view reason = "") {
  const std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 255)};
  return frame(0x88, payload + std::string(reason));
}

// The frames in what the client wrote, unmasked: "89:hi " and so on.
std::string written(std::string_view bytes) {
  std::string out;
  while (bytes.size() >= 6) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(bytes[i])); };
    const unsigned length = byte(1) & 0x7f;
    REQUIRE((byte(1) & 0x80) != 0);
    REQUIRE(length < 126);
    std::string payload(bytes.substr(6, length));
    frame_mask mask{};
    for (std::size_t i = 0; i < 4; ++i) mask[i] = static_cast<unsigned char>(bytes[2 + i]);
    apply_mask(payload.data(), payload.size(), mask);
    out += "0123456789abcdef"[byte(0) >> 4];
    out += "0123456789abcdef"[byte(0) & 15];
    out += ":";
    if ((byte(0) & 15) == 8 && payload.size() >= 2) {
      const int code = static_cast<unsigned char>(payload[0]) * 256 + static_cast<unsigned char>(payload[1]);
      payload = std::to_string(code) + payload.substr(2);
    }
    out += payload + " ";
    bytes.remove_prefix(6 + length);
  }
  CHECK(bytes.empty());
  return out;
}

constexpr std::size_t limit = 1000;

std::string state_of(connection& c) {
  std::string out(name(c.outcome()));
  const auto info = [&](const char* which, const std::optional<close_info>& i) {
    if (i) out += std::string(" ") + which + "=" + std::to_string(i->code) + i->reason;
  };
  info("received", c.received());
  info("sent", c.sent());
  if (c.order() == close_order::received_then_sent) out += " received_first";
  if (c.order() == close_order::sent_then_received) out += " sent_first";
  return out;
}

// What came of the bytes, in one text; no split of them may change it.
std::string run(std::string_view bytes, const reading& how = {}, bool close_first = false) {
  const auto with_split = [&](std::size_t split, std::size_t step) {
    connection c(how, limit);
    if (close_first) c.close(1000, "");
    for (std::size_t at = 0; at < split; at += step) c.receive(bytes.substr(at, std::min(step, split - at)));
    c.receive(bytes.substr(split));
    std::string out = state_of(c) + " ";
    while (c.has_message()) {
      const message m = c.take_message();
      out += (m.text ? "t[" : "b[") + m.data + "] ";
    }
    CHECK(c.queued_bytes() == 0);
    return out + written(c.take_output());
  };
  const std::string whole = with_split(0, 1);
  CHECK(with_split(bytes.size(), 1) == whole);
  for (std::size_t split = 0; split < bytes.size(); ++split)
    if (const std::string two = with_split(split, split + 1); two != whole)
      FAIL("split at ", split, ": ", two, " not ", whole);
  return whole;
}

std::string at_end(std::string_view bytes, ending how, bool close_first = false) {
  connection c({}, limit);
  if (close_first) c.close(1000, "");
  c.receive(bytes);
  c.receive_end(how);
  CHECK(c.is_over());
  return state_of(c);
}

reading any_form() {
  reading how;
  how.any_length_form = true;
  return how;
}

}  // namespace

TEST_CASE("messages are received, whole and in fragments, with control frames between") {
  CHECK(run(frame(0x81, "hi") + frame(0x82, "\xff") + frame(0x81, "")) == "none t[hi] b[\xff] t[] ");
  CHECK(run(frame(0x01, "Z\xc3") + frame(0x89, "p") + frame(0x00, "\xbcri") + frame(0x8a, "") + frame(0x80, "ch")) ==
        "none t[Z\xc3\xbcrich] 8a:p ");
  CHECK(run(frame(0x02, "") + frame(0x00, "") + frame(0x80, "")) == "none b[] ");
  CHECK(run(frame(0x81, std::string(126, 'a'))) == "none t[" + std::string(126, 'a') + "] ");
}

TEST_CASE("messages over 64 KiB come through at once and in pieces") {
  const std::string data(70000, 'x');
  const std::string bytes = frame(0x82, data);
  connection c({}, 100000);
  for (std::size_t at = 0; at < bytes.size(); at += 999) c.receive(std::string_view(bytes).substr(at, 999));
  CHECK(c.queued_bytes() == data.size());
  CHECK(c.take_message().data == data);
  c.receive(bytes);
  CHECK(c.take_message().data == data);
  CHECK(c.take_message().data.empty());
  CHECK(c.queued_bytes() == 0);
}

TEST_CASE("a frame that breaks the protocol ends the connection with 1002") {
  const std::pair<std::string, std::string> rows[] = {
      {"\xc1\x02hi", "frame_reserved_bits"},
      {"\xa1\x02hi", "frame_reserved_bits"},
      {"\x91\x02hi", "frame_reserved_bits"},
      {"\xc9\x02hi", "frame_reserved_bits"},
      {"\x8b\x02hi", "frame_opcode_reserved"},
      {"\x83\x02hi", "frame_opcode_reserved"},
      {"\x8f\x02hi", "frame_opcode_reserved"},
      {"\x81\x82\x01\x02\x03\x04\x69\x6b", "frame_masked"},
      {std::string("\x81\x7e\x00\x02hi", 6), "frame_length_invalid"},
      {std::string("\x81\x7e\x00\x7d", 4), "frame_length_invalid"},
      {std::string("\x81\x7f\x00\x00\x00\x00\x00\x00\xff\xff", 10), "frame_length_invalid"},
      {std::string("\x81\x7f\x80\x00\x00\x00\x00\x00\x00\x00", 10), "frame_length_invalid"},
      {std::string("\x09\x02hi", 4), "control_frame_fragmented"},
      {std::string("\x08\x00", 2), "control_frame_fragmented"},
      {std::string("\x89\x7e\x00\x7e", 4), "control_frame_too_long"},
      {std::string("\x89\x7f\x00\x00\x00\x00\x00\x01\x00\x00", 10), "control_frame_too_long"},
      {frame(0x80, "hi"), "continuation_unexpected"},
      {std::string("\x00\x00", 2), "continuation_unexpected"},
      {frame(0x01, "hi") + frame(0x81, "ho"), "message_interrupted"},
      {frame(0x01, "hi") + frame(0x82, "ho"), "message_interrupted"},
      {frame(0x01, "") + frame(0x81, "ho"), "message_interrupted"},
      {frame(0x88, "\x03"), "close_frame_malformed"},
  };
  for (const auto& [bytes, fault_name] : rows) {
    CHECK(run(bytes) == fault_name + " sent=1002 88:1002 ");
    CHECK(run(frame(0x82, "a") + frame(0x89, "p") + bytes + frame(0x81, "more")) ==
          fault_name + " sent=1002 b[a] 8a:p 88:1002 ");
  }
}

TEST_CASE("of several things wrong with a frame the first check's is told, as soon as the header is there") {
  CHECK(run("\xcb\x82") == "frame_opcode_reserved sent=1002 88:1002 ");
  CHECK(run("\xc1\x82") == "frame_masked sent=1002 88:1002 ");
  CHECK(run(std::string("\xc1\x7e\x00\x02", 4)) == "frame_length_invalid sent=1002 88:1002 ");
  CHECK(run("\xc1\x7e\xff\xff") == "message_too_big sent=1009 88:1009 ");
  CHECK(run("\xc9\x7e\xff\xff") == "frame_reserved_bits sent=1002 88:1002 ");
  CHECK(run("\x09\x7e\xff\xff") == "control_frame_too_long sent=1002 88:1002 ");
  CHECK(run("\xc1\x05") == "frame_reserved_bits sent=1002 88:1002 ");
  CHECK(run("\x80\x05") == "continuation_unexpected sent=1002 88:1002 ");
}

TEST_CASE("with any_length_form a length need not be in its shortest form, and one over 2^63 is too big") {
  CHECK(run(std::string("\x81\x7e\x00\x02hi", 6), any_form()) == "none t[hi] ");
  CHECK(run(std::string("\x81\x7f\x00\x00\x00\x00\x00\x00\x00\x02hi", 12), any_form()) == "none t[hi] ");
  CHECK(run(std::string("\x89\x7e\x00\x02hi", 6), any_form()) == "none 8a:hi ");
  CHECK(run(std::string("\x81\x7f\x80\x00\x00\x00\x00\x00\x00\x00", 10), any_form()) ==
        "message_too_big sent=1009 88:1009 ");
}

TEST_CASE("a message over the limit is refused by the header alone") {
  CHECK(run(frame(0x82, std::string(limit, 'a'))) == "none b[" + std::string(limit, 'a') + "] ");
  CHECK(run(frame(0x82, std::string(limit + 1, 'a')).substr(0, 4)) == "message_too_big sent=1009 88:1009 ");
  CHECK(run(std::string("\x82\x7f\x00\x00\x00\x10\x00\x00\x00\x00", 10)) == "message_too_big sent=1009 88:1009 ");
  const std::string most(600, 'a');
  CHECK(run(frame(0x02, most) + frame(0x80, most).substr(0, 4)) == "message_too_big sent=1009 88:1009 ");
  CHECK(run(frame(0x02, most) + frame(0x80, most.substr(0, 400))) == "none b[" + std::string(limit, 'a') + "] ");
}

TEST_CASE("without a limit an announced length sets no memory aside") {
  // The greatest that a frame can announce and a std::size_t hold.
  const std::uint64_t length = std::min<std::uint64_t>(static_cast<std::size_t>(-1), (std::uint64_t{1} << 63) - 1);
  std::string bytes("\x82\x7f");
  for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(length >> shift & 255);
  connection c({}, static_cast<std::size_t>(-1));
  c.receive(bytes + "ab");
  CHECK(c.is_open());
  CHECK_FALSE(c.has_message());
}

TEST_CASE("text that is not UTF-8 ends the connection with 1007 at the first wrong byte") {
  const std::string said = "message_not_utf8 sent=1007 88:1007 ";
  CHECK(run(frame(0x81, "\xff\xfe")) == said);
  CHECK(run(frame(0x81, "a\xed\xa0")) == said);
  CHECK(run("\x81\x05\xff") == said);
  CHECK(run(frame(0x01, "\xc3") + frame(0x80, "x")) == said);
  CHECK(run(frame(0x01, "\xc3") + "\x80\x05x") == said);
  CHECK(run(frame(0x81, "\xc3")) == said);
  CHECK(run(frame(0x01, "\xc3") + frame(0x80, "")) == said);
  CHECK(run(frame(0x01, "\xc3") + frame(0x00, "")) == "none ");
  CHECK(run(frame(0x02, "\xff") + frame(0x80, "\xff")) == "none b[\xff\xff] ");
  CHECK(run(frame(0x82, "\xff") + frame(0x81, "\xc3\xbc")) == "none b[\xff] t[\xc3\xbc] ");
}

TEST_CASE("a close frame is answered with its code, and the outcome is by the codes") {
  for (const int code : {1000, 1001})
    CHECK(run(close_frame(code)) == "closed_normally received=" + std::to_string(code) + " sent=" +
                                        std::to_string(code) + " received_first 88:" + std::to_string(code) + " ");
  for (const int code : {1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4401, 4999})
    CHECK(run(close_frame(code)) == "closed_with_error received=" + std::to_string(code) + " sent=" +
                                        std::to_string(code) + " received_first 88:" + std::to_string(code) + " ");
  CHECK(run(frame(0x88, "")) == "closed_without_code received=1005 sent=1005 received_first 88: ");
  CHECK(run(close_frame(1011, "Z\xc3\xbcrich")) ==
        "closed_with_error received=1011Z\xc3\xbcrich sent=1011 received_first 88:1011 ");
  CHECK(run(close_frame(1011, std::string(123, 'r'))) ==
        "closed_with_error received=1011" + std::string(123, 'r') + " sent=1011 received_first 88:1011 ");
}

TEST_CASE("an invalid close frame counts for nothing") {
  for (const int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535})
    CHECK(run(close_frame(code)) == "close_code_not_allowed sent=1002 88:1002 ");
  CHECK(run(close_frame(1000, "\xff\xfe")) == "close_reason_not_utf8 sent=1007 88:1007 ");
  CHECK(run(close_frame(1000, "\xc3")) == "close_reason_not_utf8 sent=1007 88:1007 ");
  reading early;
  early.early_close_codes = true;
  CHECK(run(close_frame(1013), early) == "close_code_not_allowed sent=1002 88:1002 ");
}

TEST_CASE("what comes after a close frame is thrown away") {
  CHECK(run(close_frame(1000) + frame(0x81, "hi") + frame(0x89, "p") + "\xff\xff") ==
        "closed_normally received=1000 sent=1000 received_first 88:1000 ");
}

TEST_CASE("after our close frame the peer's answer makes the outcome") {
  CHECK(run(close_frame(1000), {}, true) == "closed_normally received=1000 sent=1000 sent_first 88:1000 ");
  CHECK(run(close_frame(1001), {}, true) == "closed_normally received=1001 sent=1000 sent_first 88:1000 ");
  CHECK(run(close_frame(4000), {}, true) == "closed_with_error received=4000 sent=1000 sent_first 88:1000 ");
  CHECK(run(frame(0x88, ""), {}, true) == "closed_without_code received=1005 sent=1000 sent_first 88:1000 ");
  CHECK(run(frame(0x88, "\x03"), {}, true) == "close_frame_malformed sent=1000 88:1000 ");
  CHECK(run("\xc1\x02hi", {}, true) == "frame_reserved_bits sent=1000 88:1000 ");
  CHECK(run(frame(0x89, "p") + close_frame(1000), {}, true) ==
        "closed_normally received=1000 sent=1000 sent_first 88:1000 ");
}

TEST_CASE("a frame that is made elsewhere is queued in its turn, and not after a close frame") {
  connection c({}, limit);
  const auto made = [&](std::string_view text) {
    std::string out;
    append_frame(out, opcode::text, true, text, c.next_mask());
    return out;
  };
  CHECK(c.send_frame(made("one")));
  CHECK(c.ping("p"));
  CHECK(c.send_frame(made("two")));
  CHECK(written(c.take_output()) == "81:one 89:p 81:two ");
  c.close(1000, "");
  CHECK_FALSE(c.send_frame(made("three")));
  CHECK(written(c.take_output()) == "88:1000 ");
}

TEST_CASE("messages after our close frame are delivered if the reading says so") {
  const std::string bytes = frame(0x81, "hi") + close_frame(1000);
  CHECK(run(bytes, {}, true) == "closed_normally received=1000 sent=1000 sent_first t[hi] 88:1000 ");
  reading how;
  how.deliver_after_close = false;
  CHECK(run(bytes, how, true) == "closed_normally received=1000 sent=1000 sent_first 88:1000 ");
}

TEST_CASE("what is queued after our close frame is bounded") {
  connection c({}, limit);
  c.receive(frame(0x82, std::string(limit, 'a')));
  c.close(1000, "");
  for (int i = 0; i < 5; ++i) c.receive(frame(0x82, std::string(400, 'b')));
  CHECK(c.queued_bytes() == limit + 800);
  connection empties({}, limit);
  empties.close(1000, "");
  for (int i = 0; i < 5000; ++i) empties.receive(frame(0x81, ""));
  std::size_t n = 0;
  for (; empties.has_message(); ++n) empties.take_message();
  CHECK(n == limit);
}

TEST_CASE("pings are answered, of those that wait only the newest, and before a close frame") {
  connection c({}, limit);
  CHECK_FALSE(c.has_output());
  for (int i = 0; i < 1000; ++i) c.receive(frame(0x89, std::to_string(i)));
  CHECK(c.has_output());
  CHECK(written(c.take_output()) == "8a:999 ");
  CHECK_FALSE(c.has_output());
  c.receive(frame(0x89, "a"));
  c.send(opcode::text, "m");
  CHECK(c.close(1000, "bye"));
  c.receive(frame(0x89, "b"));
  CHECK(written(c.take_output()) == "81:m 8a:a 88:1000bye ");
  c.receive(frame(0x89, std::string(125, 'x')));
  CHECK_FALSE(c.has_output());
}

TEST_CASE("a pong answers its ping and the earlier ones, and others count for nothing") {
  connection c({}, limit);
  CHECK(c.ping("a"));
  CHECK(c.ping("b"));
  CHECK(c.ping("c"));
  CHECK_FALSE(c.pong_received("a"));
  c.receive(frame(0x8a, "nope"));
  CHECK(c.pongs() == 0);
  c.receive(frame(0x8a, "b"));
  CHECK(c.pongs() == 1);
  CHECK(c.pong_received("a"));
  CHECK(c.pong_received("b"));
  CHECK_FALSE(c.pong_received("c"));
  c.receive(frame(0x8a, "a"));
  CHECK(c.pongs() == 1);
  c.receive(frame(0x8a, "c"));
  CHECK(c.pongs() == 2);
  CHECK(written(c.take_output()) == "89:a 89:b 89:c ");
}

TEST_CASE("at most 16 pings are remembered") {
  connection c({}, limit);
  for (int i = 0; i < 17; ++i) c.ping(std::to_string(i));
  c.receive(frame(0x8a, "0"));
  CHECK(c.pongs() == 0);
  c.receive(frame(0x8a, "1"));
  CHECK(c.pongs() == 1);
}

TEST_CASE("nothing is sent once the connection is not open, and no ping that is too long") {
  connection c({}, limit);
  CHECK(c.is_open());
  CHECK_FALSE(c.ping(std::string(126, 'p')));
  CHECK(c.send(opcode::binary, "x"));
  CHECK(written(c.take_output()) == "82:x ");
  CHECK(c.close(1005, "ignored"));
  CHECK_FALSE(c.is_open());
  CHECK_FALSE(c.is_over());
  CHECK(written(c.take_output()) == "88: ");
  CHECK(c.sent()->code == 1005);
  CHECK(c.sent()->reason.empty());
  CHECK_FALSE(c.close(1000, ""));
  CHECK_FALSE(c.send(opcode::text, "x"));
  CHECK_FALSE(c.ping("x"));
  CHECK_FALSE(c.has_output());
}

TEST_CASE("a close reason that is too long is cut at a character") {
  connection c({}, limit);
  c.close(1000, std::string(122, 'a') + "\xc3\xbc");
  CHECK(written(c.take_output()) == "88:1000" + std::string(122, 'a') + " ");
}

TEST_CASE("frames are masked, each with a mask of its own") {
  connection c({}, limit);
  std::string last;
  for (int i = 0; i < 40; ++i) {
    c.send(opcode::text, "same");
    const std::string out = c.take_output();
    CHECK(written(out) == "81:same ");
    CHECK(out != last);
    last = out;
  }
}

TEST_CASE("the end of the stream is told by what it cuts off") {
  CHECK(at_end("", ending::eof) == "eof_without_close");
  CHECK(at_end(frame(0x81, "hi"), ending::eof) == "eof_without_close");
  for (const std::string_view bytes : {"\x81", "\x81\x7e\x01", "\x81\x05hel", "\x01\x05hello", "\x89\x01"})
    CHECK(at_end(bytes, ending::eof) == "eof_in_message");
  CHECK(at_end("", ending::eof, true) == "eof_before_close_answer sent=1000");
  CHECK(at_end("\x81", ending::eof, true) == "eof_before_close_answer sent=1000");
  CHECK(at_end("", ending::reset) == "connection_reset");
  CHECK(at_end("\x81", ending::reset) == "connection_reset");
  CHECK(at_end("", ending::reset, true) == "connection_reset sent=1000");
  CHECK(at_end(close_frame(1000), ending::eof) == "closed_normally received=1000 sent=1000 received_first");
  CHECK(at_end("\xc1\x02hi", ending::reset) == "frame_reserved_bits sent=1002");
}

TEST_CASE("after the end of the stream nothing is sent nor received, but what came can be taken") {
  connection c({}, limit);
  c.receive(frame(0x81, "hi"));
  c.receive_end(ending::eof);
  CHECK_FALSE(c.close(1000, ""));
  CHECK_FALSE(c.send(opcode::text, "x"));
  c.receive(frame(0x81, "ho"));
  CHECK_FALSE(c.sent().has_value());
  CHECK(c.take_message().data == "hi");
  CHECK_FALSE(c.has_message());
}

TEST_CASE("a local verdict ends the connection with its code") {
  connection c({}, limit);
  c.fail(fault::keepalive_timeout, 1011, "keepalive ping timeout");
  CHECK(state_of(c) == "keepalive_timeout sent=1011keepalive ping timeout");
  CHECK(c.is_over());
  CHECK(written(c.take_output()) == "88:1011keepalive ping timeout ");
  c.fail(fault::cancelled, 1001);
  CHECK(c.outcome() == fault::keepalive_timeout);
  CHECK_FALSE(c.has_output());
  connection closing({}, limit);
  closing.close(1000, "");
  closing.fail(fault::close_timeout, 1011);
  CHECK(state_of(closing) == "close_timeout sent=1000");
  connection silent({}, limit);
  silent.fail(fault::send_timeout, 0);
  CHECK(state_of(silent) == "send_timeout");
  CHECK_FALSE(silent.has_output());
}
