#include "handshim/backends/session.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <memory>
#include <string>

#include "../support/backends.hpp"
#include "../support/frames.hpp"
#include "../support/timing.hpp"

using namespace handshim;
using namespace client_test;
using backends::keepalive;
using backends::session;

namespace {

// What a stream of the tests does and what became of it; outlives the stream.
struct script {
  std::string input;  // given out again and again if endless, else once
  bool endless = false;
  std::error_code at_end;                // what a read gives behind the input; none: it waits for its deadline
  std::error_code on_write;              // what a write gives; none: it takes all
  std::size_t room = std::string::npos;  // how much it takes before it waits for its deadline
  std::size_t read = 0, written = 0;
  bool shut = false, finished = false;
};

class scripted_stream final : public net::byte_stream {
 public:
  explicit scripted_stream(script& s) : s_(s) {}

  std::size_t read_some(char* to, std::size_t size, net::deadline until, std::error_code& error) override {
    error.clear();
    std::size_t n = 0;
    while (n < size && (s_.endless || s_.read < s_.input.size())) {
      const std::size_t part = s_.input.copy(to + n, size - n, s_.read % s_.input.size());
      n += part;
      s_.read += part;
    }
    if (n == 0) error = s_.shut ? net::stream_errc::eof : s_.at_end ? s_.at_end : wait(until);
    return n;
  }
  std::size_t write_some(const char*, std::size_t size, net::deadline until, std::error_code& error) override {
    error = s_.on_write;
    if (error) return 0;
    const std::size_t n = std::min(size, s_.room - s_.written);
    s_.written += n;
    if (n == 0) error = wait(until);
    return n;
  }
  void shutdown() noexcept override { s_.shut = true; }
  void finish() noexcept override { s_.finished = true; }

 private:
  static std::error_code wait(net::deadline until) {
    std::this_thread::sleep_until(until.when());
    return net::stream_errc::timed_out;
  }

  script& s_;
};

net::deadline soon() { return net::deadline::in(50ms); }

session over(script& s, keepalive alive = {}, std::string_view first = {}) {
  return session(std::make_unique<scripted_stream>(s), reading(), 1u << 20, alive, first);
}

fault code_of(const std::error_code& error) { return from(error, phase::open).fault(); }

}  // namespace

TEST_CASE("messages that came with the response are there at once") {
  script s;
  session open = over(s, {}, text_frame("early") + "\x81");
  rfc6455::message got;
  CHECK_FALSE(open.recv(got, soon()));
  CHECK(got.data == "early");
  CHECK(open.state().bytes_in == 8);
  CHECK(code_of(open.recv(got, soon())) == fault::recv_timeout);
}

TEST_CASE("a peer that floods while nobody receives is read no further than a bound") {
  for (const std::string& flood : {text_frame(""), text_frame(std::string(1000, 'x'))}) {
    script s;
    s.input = flood;
    s.endless = true;
    session open = over(s);
    for (int i = 0; i < 1000; ++i) CHECK_FALSE(open.send(rfc6455::opcode::text, "x", soon()));
    CHECK(s.read < 500000);
    CHECK_FALSE(open.is_over());
  }
}

TEST_CASE("a peer that pings without end and never reads gets one answer at a time") {
  script s;
  s.input = ping_frame("x");
  s.endless = true;
  s.room = 0;
  session open = over(s);
  rfc6455::message got;
  CHECK(code_of(open.recv(got, soon())) == fault::recv_timeout);
  s.room = 1u << 20;
  s.endless = false;
  CHECK(code_of(open.recv(got, soon())) == fault::recv_timeout);
  CHECK(s.written <= 2 * 7);  // the pong that was being written, and the newest
}

TEST_CASE("messages that come after close() was called are kept up to the limit of one message") {
  script s;
  s.input = text_frame(std::string(1000, 'x'));
  s.endless = true;
  session open = over(s);
  CHECK_FALSE(open.close(1000, "", net::deadline::in(100ms)));
  s.endless = false;
  std::size_t kept = 0;
  rfc6455::message got;
  while (!open.recv(got, soon())) kept += got.data.size();
  CHECK(kept > 0);
  CHECK(kept <= (1u << 20) + (1u << 16) + 16384);
  CHECK(s.shut);
}

TEST_CASE("a send() and a ping() that cannot go on end the connection by their deadline") {
  for (const bool pings : {false, true}) {
    script s;
    s.room = 3;
    session open = over(s);
    std::error_code error;
    CHECK(time_of([&] {
            error = pings ? open.ping("ping", soon()) : open.send(rfc6455::opcode::text, "text", soon());
          }) < at_the_latest);
    CHECK(error == make_error_code(fault::send_timeout));
    CHECK(open.is_over());
    CHECK(s.shut);
    rfc6455::message got;
    CHECK(open.recv(got, soon()) == make_error_code(fault::send_timeout));
  }
}

TEST_CASE("what the peer said last explains a write that fails") {
  script s;
  s.on_write = std::make_error_code(std::errc::broken_pipe);
  s.at_end = std::make_error_code(std::errc::connection_reset);
  s.input = text_frame("unread") + close_frame(1012);
  session closed = over(s);
  CHECK(closed.send(rfc6455::opcode::text, "x", soon()) == make_error_code(fault::closed_with_error));
  script bare;
  bare.on_write = std::make_error_code(std::errc::broken_pipe);
  session lost = over(bare);
  CHECK(lost.send(rfc6455::opcode::text, "x", soon()) == make_error_code(fault::connection_reset));
  CHECK(lost.state().stream_error == std::errc::broken_pipe);
}

TEST_CASE("a reset that a write was told of is a reset, though the next read sees an end of stream") {
  const auto end_after = [](std::errc on_write) {
    script s;
    s.input = ping_frame("x");  // its answer is the write
    s.on_write = std::make_error_code(on_write);
    s.at_end = net::stream_errc::eof;
    session open = over(s);
    rfc6455::message got;
    return fault_of(open.recv(got, soon()));
  };
  CHECK(end_after(std::errc::connection_reset) == fault::connection_reset);
  CHECK(end_after(std::errc::broken_pipe) == fault::eof_without_close);  // the end came before the reset
}

TEST_CASE("while the connection is being closed nothing more can be sent") {
  script s;
  session open = over(s);
  meanwhile closing([&] { open.close(1000, "", net::deadline::in(300ms)); });
  while (!open.state().has_sent) std::this_thread::sleep_for(5ms);
  CHECK(open.send(rfc6455::opcode::text, "x", soon()) == make_error_code(fault::send_timeout));
  CHECK(open.ping("x", soon()) == make_error_code(fault::state_invalid));
  closing.join();
  CHECK(open.send(rfc6455::opcode::text, "x", soon()) == make_error_code(fault::close_timeout));
}

TEST_CASE("the stream is ended in order once the last frame is out") {
  script s;
  s.input = close_frame(1000);
  session open = over(s);
  rfc6455::message got;
  CHECK(open.recv(got, soon()) == make_error_code(fault::closed_normally));
  CHECK(s.written == 8);
  CHECK(s.finished);
  CHECK_FALSE(s.shut);
}

TEST_CASE("a keepalive ping is sent when it is due, and its answer awaited as long as told") {
  script s;
  session open = over(s, {50ms, 100ms});
  rfc6455::message got;
  CHECK(code_of(open.recv(got, net::deadline::in(20ms))) == fault::recv_timeout);
  CHECK(s.written == 0);
  CHECK(open.recv(got, net::deadline::in(10s)) == make_error_code(fault::keepalive_timeout));
  CHECK(open.state().sent.code == 1011);
  CHECK(open.state().sent.reason == "keepalive ping timeout");
}

TEST_CASE("keepalive without a time for the answer only sends") {
  script s;
  session open = over(s, {10ms, {}});
  rfc6455::message got;
  CHECK(code_of(open.recv(got, net::deadline::in(100ms))) == fault::recv_timeout);
  CHECK(s.written > 0);
  CHECK_FALSE(open.is_over());
}

TEST_CASE("after cancel() every call is interrupted, messages that wait or not") {
  script s;
  s.input = text_frame("unread");
  session open = over(s);
  open.cancel();
  rfc6455::message got;
  CHECK(open.recv(got, soon()) == net::stream_errc::interrupted);
  CHECK(open.send(rfc6455::opcode::text, "x", soon()) == net::stream_errc::interrupted);
  CHECK(open.ping("x", soon()) == net::stream_errc::interrupted);
  CHECK(open.close(1000, "", soon()) == net::stream_errc::interrupted);
  CHECK(open.is_over());
  CHECK(s.written == 0);
}
