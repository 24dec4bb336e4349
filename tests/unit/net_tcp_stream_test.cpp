#include "handshim/net/tcp_stream.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <string>
#include <thread>
#include <utility>

#include "../support/wine.hpp"
#include "handshim/net/error.hpp"
#include "net_support.hpp"

using namespace net_test;
using net::deadline;
using net::stream_errc;

namespace {

struct received {
  std::string bytes;
  std::error_code error;
};

received read(net::byte_stream& from, deadline until, std::size_t size = 64) {
  std::string bytes(size, '\0');
  received result;
  bytes.resize(from.read_some(&bytes[0], size, until, result.error));
  result.bytes = bytes;
  return result;
}

// Sends until it fails.
std::error_code write_for_ever(net::byte_stream& to, deadline until) {
  const std::string block(65536, 'x');
  std::error_code error;
  while (!error) to.write_some(block.data(), block.size(), until, error);
  return error;
}

}  // namespace

TEST_CASE("bytes go both ways") {
  connection c;
  c.peer_sends("hello");
  CHECK(read(c.stream(), deadline::in(5s)).bytes == "hello");
  std::error_code error;
  CHECK(c.stream().write_some("abc", 3, deadline::in(5s), error) == 3);
  CHECK_FALSE(error);
  char got[8] = {};
  CHECK(::recv(c.peer.get(), got, sizeof got, 0) == 3);
  CHECK(std::string(got) == "abc");
  CHECK(c.stream().peer().text().substr(0, 10) == "127.0.0.1:");
}

TEST_CASE("a read waits for the first byte and takes no more than asked") {
  connection c;
  const after later(50ms, [&] { c.peer_sends("hello"); });
  CHECK(read(c.stream(), deadline::in(20s), 2).bytes == "he");
  CHECK(read(c.stream(), deadline::in(20s), 64).bytes == "llo");
}

TEST_CASE("nothing is asked for with a size of zero") {
  connection c;
  std::error_code error = stream_errc::eof;
  CHECK(c.stream().read_some(nullptr, 0, deadline::in(0ns), error) == 0);
  CHECK_FALSE(error);
  error = stream_errc::eof;
  CHECK(c.stream().write_some(nullptr, 0, deadline::in(0ns), error) == 0);
  CHECK_FALSE(error);
}

TEST_CASE("a passed deadline takes what is there, else it has timed out") {
  connection c;
  CHECK(read(c.stream(), deadline::in(0ns)).error == stream_errc::timed_out);
  c.peer_sends("x");
  std::this_thread::sleep_for(100ms);
  CHECK(read(c.stream(), deadline::in(-1s)).bytes == "x");
  std::error_code error;
  CHECK(c.stream().write_some("y", 1, deadline::in(0ns), error) == 1);
}

TEST_CASE("after a read that took all the next one waits as the first one did") {
  connection c;
  c.peer_sends("first");
  CHECK(read(c.stream(), deadline::in(20s)).bytes == "first");
  CHECK(read(c.stream(), deadline::in(10ms)).error == stream_errc::timed_out);
  {
    const after later(50ms, [&] { c.peer_sends("second"); });
    CHECK(read(c.stream(), deadline::in(20s)).bytes == "second");
  }
  {
    const after later(50ms, [&] { c.stop.trigger(); });
    CHECK(read(c.stream(), deadline::never()).error == stream_errc::interrupted);
  }
  c.stop.reset();
  c.peer_sends("last");
  c.peer_leaves();
  CHECK(read(c.stream(), deadline::in(20s)).bytes == "last");
  CHECK(read(c.stream(), deadline::in(20s)).error == stream_errc::eof);
}

TEST_CASE("a silent peer times a read out") {
  connection c;
  const stopwatch watch;
  CHECK(read(c.stream(), deadline::in(150ms)).error == stream_errc::timed_out);
  CHECK(watch.elapsed() >= 150ms);
  CHECK(watch.elapsed() < 5s);
}

TEST_CASE("a peer that does not read times a write out") {
  connection c;
  c.shrink_buffers();
  CHECK(write_for_ever(c.stream(), deadline::in(300ms)) == stream_errc::timed_out);
}

TEST_CASE("an orderly end is eof after the last byte, again and again") {
  connection c;
  c.peer_sends("last");
  c.peer_leaves();
  CHECK(read(c.stream(), deadline::in(5s)).bytes == "last");
  CHECK(read(c.stream(), deadline::in(5s)).error == stream_errc::eof);
  CHECK(read(c.stream(), deadline::in(5s)).error == stream_errc::eof);
}

TEST_CASE("a reset is the system's error") {
  connection c;
  c.stream();
  c.peer_resets();
  const std::error_code error = read(c.stream(), deadline::in(5s)).error;
  CHECK(test_support::tells_reset(error == std::errc::connection_reset, error == stream_errc::eof));
}

TEST_CASE("a write after a reset fails and raises no signal") {
  connection c;
  c.stream();
  c.peer_resets();
  read(c.stream(), deadline::in(5s));
  const auto error = write_for_ever(c.stream(), deadline::in(5s));
  CHECK((error == std::errc::broken_pipe || error == std::errc::connection_reset));
}

TEST_CASE("finish lets the peer read to the end and still receives") {
  connection c;
  std::error_code error;
  c.stream().write_some("bye", 3, deadline::in(5s), error);
  c.stream().finish();
  char got[8] = {};
  CHECK(::recv(c.peer.get(), got, sizeof got, MSG_WAITALL) == 3);
  CHECK(::recv(c.peer.get(), got, sizeof got, 0) == 0);
  c.peer_sends("ack");
  CHECK(read(c.stream(), deadline::in(5s)).bytes == "ack");
  CHECK(c.stream().write_some("more", 4, deadline::in(5s), error) == 0);
  CHECK(error == std::errc::broken_pipe);
}

TEST_CASE("shutdown from another thread ends a read that waits") {
  connection c;
  net::tcp_stream& stream = c.stream();
  const stopwatch watch;
  const after later(50ms, [&] { stream.shutdown(); });
  CHECK(read(stream, deadline::in(20s)).error == stream_errc::eof);
  CHECK(read(stream, deadline::in(20s)).error == stream_errc::eof);
  CHECK(watch.elapsed() < 10s);
  std::error_code error;
  CHECK(stream.write_some("x", 1, deadline::in(20s), error) == 0);
  CHECK(error == stream_errc::eof);
}

TEST_CASE("shutdown from another thread ends a write that waits") {
  connection c;
  c.shrink_buffers();
  net::tcp_stream& stream = c.stream();
  const stopwatch watch;
  const after later(100ms, [&] { stream.shutdown(); });
  CHECK(write_for_ever(stream, deadline::in(20s)) == stream_errc::eof);
  CHECK(watch.elapsed() < 10s);
}

TEST_CASE("shutdown ends both calls that wait for its socket, and no other that waits with the interrupter") {
  connection ended, other;
  ended.shrink_buffers();
  net::tcp_stream& stream = ended.stream();
  net::tcp_stream undisturbed(std::move(other.client_socket), ended.stop);
  std::error_code of_write;
  received of_other;
  std::thread writing([&] { of_write = write_for_ever(stream, deadline::in(20s)); });
  std::thread waiting([&] { of_other = read(undisturbed, deadline::in(40s)); });
  const stopwatch watch;
  {
    const after later(100ms, [&] { stream.shutdown(); });
    CHECK(read(stream, deadline::in(20s)).error == stream_errc::eof);
  }
  writing.join();
  CHECK(watch.elapsed() < 10s);
  CHECK(of_write == stream_errc::eof);
  other.peer_sends("here");
  waiting.join();
  CHECK(of_other.bytes == "here");
}

TEST_CASE("shutdown after a reset is eof too") {
  connection c;
  net::tcp_stream& stream = c.stream();
  c.peer_resets();
  std::this_thread::sleep_for(50ms);
  stream.shutdown();
  CHECK(read(stream, deadline::in(5s)).error == stream_errc::eof);
}

TEST_CASE("a trigger ends calls that wait") {
  connection c;
  c.shrink_buffers();
  {
    const after later(50ms, [&] { c.stop.trigger(); });
    CHECK(read(c.stream(), deadline::never()).error == stream_errc::interrupted);
  }
  c.stop.reset();
  const after later(50ms, [&] { c.stop.trigger(); });
  CHECK(write_for_ever(c.stream(), deadline::never()) == stream_errc::interrupted);
}

TEST_CASE("a trigger wins over a peer that never stops sending") {
  connection c;
  c.peer_sends("data");
  c.stop.trigger();
  CHECK(read(c.stream(), deadline::in(5s)).error == stream_errc::interrupted);
  c.stop.reset();
  CHECK(read(c.stream(), deadline::in(5s)).bytes == "data");
}

#if !defined(_WIN32)
TEST_CASE("a signal does not end a read") {
  struct sigaction action {
  }, before{};
  action.sa_handler = [](int) {};
  ::sigaction(SIGUSR1, &action, &before);
  connection c;
  const pthread_t reader = ::pthread_self();
  const after signal(50ms, [=] { ::pthread_kill(reader, SIGUSR1); });
  const after bytes(150ms, [&] { c.peer_sends("x"); });
  CHECK(read(c.stream(), deadline::in(20s)).bytes == "x");
  ::sigaction(SIGUSR1, &before, nullptr);
}
#endif

TEST_CASE("one thread reads while another writes") {
  connection c;
  constexpr std::size_t total = 1 << 20;
  net::tcp_stream& stream = c.stream();
  std::thread peer([&] {  // an echo
    char bytes[4096];
    for (;;) {
      const ssize_t n = ::recv(c.peer.get(), bytes, sizeof bytes, 0);
      if (n <= 0) return;
      const auto size = static_cast<std::size_t>(n);
      std::error_code error;
      for (std::size_t sent = 0; sent < size && !error;)
        sent += net::detail::transmit(c.peer.get(), bytes + sent, size - sent, error);
    }
  });
  std::thread writer([&] {
    const std::string block(8192, 'x');
    std::error_code error;
    for (std::size_t sent = 0; sent < total && !error;)
      sent += stream.write_some(block.data(), std::min(block.size(), total - sent), deadline::in(20s), error);
  });
  std::size_t got = 0;
  for (std::size_t n = 1; n > 0 && got < total; got += n) n = read(stream, deadline::in(20s), 8192).bytes.size();
  CHECK(got == total);
  writer.join();
  stream.shutdown();
  peer.join();
}

TEST_CASE("a stream closes its descriptor with itself, not earlier") {
  const std::size_t before = open_descriptors();
  {
    connection c;
    const std::size_t during = open_descriptors();
    CHECK((during > before || before == 0));
    c.stream().shutdown();
    CHECK(open_descriptors() == during);
  }
  CHECK(open_descriptors() == before);
}
