// Poco's drop-in WebSocket, against the scripted server.
#include <doctest/doctest.h>

#include "handshim/adapters/poco.hpp"

#include <Poco/Net/HTTPRequest.h>
#include <Poco/URI.h>
#include <array>
#include <chrono>
#include <string>

#include "scripted_server.hpp"

using handshim::condition;
using handshim::failure;
using handshim::fault;
using handshim::phase;
using handshim::adapters::poco::WebSocket;
using handshim::tool::parse_server;
using handshim::tool::scripted_server;

namespace {

struct caller {
  Poco::Net::HTTPClientSession session;
  Poco::Net::HTTPRequest request{"GET", "/chat?token=secret", "HTTP/1.1"};
  Poco::Net::HTTPResponse response;
  std::array<char, 256> data{};
  int flags = 0;

  explicit caller(std::uint16_t port) : session("127.0.0.1", port) {}
  explicit caller(const scripted_server& server) : caller(server.port()) {}

  template <class... More>
  WebSocket open(const More&... more) {
    return WebSocket(session, request, response, more...);
  }
  template <class... More>
  failure refused(const More&... more) {
    try {
      open(more...);
    } catch (const handshim::error& e) {
      return e.failure();
    }
    return {};
  }
  int receive(WebSocket& from) { return from.receiveFrame(data.data(), int(data.size()), flags); }
  int receive(WebSocket& from, failure& why) { return from.receiveFrame(data.data(), int(data.size()), flags, why); }
};

std::uint16_t closed_port() {
  scripted_server gone(parse_server("close"));
  return gone.port();
}

constexpr int no_status = 0;

}  // namespace

TEST_CASE("Nobody listens: no response, though a new one says 200") {
  caller c(closed_port());
  const failure f = c.refused();
  CHECK(f.fault() == fault::connection_refused);
  CHECK(f.phase() == phase::connect);
  CHECK(f.evidence().native_domain == "Poco::Net::ConnectionRefusedException");
  CHECK(f.evidence().native_value == ECONNREFUSED);
  CHECK(f.evidence().http_status == 0);
  CHECK(int(c.response.getStatus()) == no_status);
  CHECK(f.evidence().cause);
  CHECK(f.describe().find("secret") == std::string::npos);
}

TEST_CASE("A refused upgrade has what Poco throws away") {
  const scripted_server server(parse_server(
      R"(read-request; send "HTTP/1.1 503 Busy\r\nRetry-After: 3\r\nContent-Length: 5\r\n\r\nlater"; close)"));
  caller c(server);
  const failure f = c.refused();
  CHECK(f.fault() == fault::upgrade_rejected);
  CHECK(f.evidence().http_status == 503);
  CHECK(f.evidence().body == "later");
  CHECK(f.evidence().headers.size() == 2);
  CHECK(int(c.response.getStatus()) == 503);
}

TEST_CASE("A response that ends early, whatever Poco makes of it") {
  const struct {
    const char* bytes;
    fault wanted;
  } cases[] = {{R"("")", fault::eof_before_status_line},
               {R"("HTTP/1.1 10")", fault::eof_in_status_line},
               {R"("HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\n")", fault::eof_in_headers},
               {R"("HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\n\r\n")", fault::connection_header_missing}};
  for (const auto& c : cases) {
    CAPTURE(c.bytes);
    const scripted_server server(parse_server(std::string("read-request; send ") + c.bytes + "; close"));
    CHECK(caller(server).refused().fault() == c.wanted);
  }
}

TEST_CASE("The deadline is for all of the handshake, not for a read") {
  const scripted_server server(parse_server(R"(read-request; drip 100 "HTTP/1.1 101 Switching Protocols\r\n"; stall)"));
  caller c(server);
  c.session.setTimeout(Poco::Timespan(30, 0));
  const failure f = c.refused(std::chrono::milliseconds(500));
  CHECK(f.fault() == fault::timeout_in_status_line);
  CHECK(f.evidence().native_domain == "Poco::TimeoutException");
}

TEST_CASE("Frames go through, and their end is a failure") {
  const scripted_server server(parse_server(R"(upgrade; send "\x81\x02hi"; close)"));
  caller c(server);
  WebSocket socket = c.open();
  CHECK(c.receive(socket) == 2);
  CHECK(c.flags == WebSocket::FRAME_TEXT);
  CHECK(std::string(c.data.data(), 2) == "hi");
  CHECK_THROWS_AS(c.receive(socket), const handshim::connection_closed_error&);
  CHECK(socket.last_failure().fault() == fault::eof_without_close);
  CHECK_THROWS_AS(c.receive(socket), const handshim::connection_closed_error&);  // and stays one
}

TEST_CASE("An end in the middle of a frame or a message") {
  for (const char* bytes : {R"("\x81\x05he")", R"("\x01\x02he")"}) {
    CAPTURE(bytes);
    const scripted_server server(parse_server(std::string("upgrade; sleep 200; send ") + bytes + "; close"));
    caller c(server);
    WebSocket socket = c.open();
    failure why;
    while (!why) c.receive(socket, why);
    CHECK(why.fault() == fault::eof_in_message);
  }
}

TEST_CASE("A close frame is a failure, with its code and reason, and can be had as data") {
  const scripted_server server(parse_server(R"(upgrade; send "\x88\x06\x0f\xa0busy"; echo-close; close)"));
  caller c(server);
  WebSocket socket = c.open();
  failure why;
  CHECK(c.receive(socket, why) == 6);
  CHECK((c.flags & WebSocket::FRAME_OP_BITMASK) == WebSocket::FRAME_OP_CLOSE);
  CHECK(why.fault() == fault::closed_with_error);
  CHECK(why.evidence().close_received.code == 4000);
  CHECK(why.evidence().close_received.reason == "busy");
  socket.shutdown(4000);
  CHECK(c.receive(socket, why) == 0);
  CHECK(why.fault() == fault::closed_with_error);  // how it ended does not change
}

TEST_CASE("A close of ours, answered or not") {
  for (const bool answered : {true, false}) {
    CAPTURE(answered);
    const scripted_server server(parse_server(answered ? "upgrade; echo-close; close" : "upgrade; read-frame; close"));
    caller c(server);
    WebSocket socket = c.open();
    socket.shutdown();
    failure why;
    c.receive(socket, why);
    CHECK(why.fault() == (answered ? fault::closed_normally : fault::eof_before_close_answer));
    if (answered) CHECK(why.evidence().order == handshim::close_order::sent_then_received);
  }
}

TEST_CASE("A read that times out is a timeout in no group, and a close_timeout behind our close frame") {
  const scripted_server server(parse_server("upgrade; stall"));
  caller c(server);
  WebSocket socket = c.open();
  socket.setReceiveTimeout(Poco::Timespan(0, 50000));
  CHECK_THROWS_AS(c.receive(socket), const handshim::timeout_error&);
  CHECK(socket.last_failure().fault() == fault::recv_timeout);
  socket.shutdown();
  failure why;
  c.receive(socket, why);
  CHECK(why.fault() == fault::close_timeout);
}

TEST_CASE("Frames that break the protocol are handed over, unless checks are asked for") {
  const struct {
    const char* frames;
    fault wanted;
  } cases[] = {
      {R"("\xc1\x02hi")", fault::frame_reserved_bits},     {R"("\x83\x02hi")", fault::frame_opcode_reserved},
      {R"("\x80\x02hi")", fault::continuation_unexpected}, {R"("\x01\x01h\x81\x01i")", fault::message_interrupted},
      {R"("\x09\x00")", fault::control_frame_fragmented},  {R"("\x81\x02\xc3\x28")", fault::message_not_utf8},
      {R"("\x01\x01\xc3\x80\x01\xb6")", fault::none}};  // a character in two fragments
  for (const auto& c : cases)
    for (const bool checked : {true, false}) {
      CAPTURE(c.frames);
      CAPTURE(checked);
      const scripted_server server(parse_server(std::string("upgrade; send ") + c.frames + "; close"));
      caller with(server);
      WebSocket socket = with.open();
      socket.setFrameChecks(checked);
      failure why;
      while (!why) with.receive(socket, why);
      const bool found = checked && c.wanted != fault::none;
      CHECK(why.is(condition::protocol) == found);
      if (found) CHECK(why.fault() == c.wanted);
    }
}

TEST_CASE("Under native Poco's own exceptions go on, and its data is data") {
  const auto native = handshim::find_policy("native");
  caller refused(closed_port());
  CHECK_THROWS_AS(refused.open(native), const Poco::Net::ConnectionRefusedException&);

  const scripted_server server(parse_server(R"(upgrade; send "\x88\x02\x03\xe8"; close)"));
  caller c(server);
  WebSocket socket = c.open(native);
  CHECK(c.receive(socket) == 2);
  CHECK(socket.last_failure().fault() == fault::closed_normally);
  CHECK(c.receive(socket) == 0);
  CHECK(c.flags == 0);
}

TEST_CASE("The receiver's buffer may grow") {
  const scripted_server server(parse_server(R"(upgrade; send "\x81\x02hi\x88\x02\x03\xe9"; close)"));
  caller c(server);
  WebSocket socket = c.open();
  Poco::Buffer<char> data(0);
  CHECK(socket.receiveFrame(data, c.flags) == 2);
  failure why;
  socket.receiveFrame(data, c.flags, why);
  CHECK(why.evidence().close_received.code == 1001);
}

TEST_CASE("guard() takes Poco's exceptions, of any call") {
  using handshim::adapters::poco::translator;
  const failure f = handshim::capture<translator>(phase::local, [] { Poco::URI("ws://127.0.0.1:http/"); });
  CHECK(f.evidence().native_domain == "Poco::URISyntaxException");
  CHECK(f.is(condition::usage));
}
