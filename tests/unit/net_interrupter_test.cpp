#include "handshim/net/interrupter.hpp"

#include <doctest/doctest.h>
#if !defined(_WIN32)
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>
#endif

#include <csignal>
#include <cstdint>
#include <thread>
#include <type_traits>
#include <vector>

#include "handshim/net/error.hpp"
#include "net_support.hpp"

using namespace net_test;
using net::deadline;
using net::direction;
using net::interrupter;
using net::stream_errc;

static_assert(!std::is_copy_constructible_v<interrupter> && !std::is_move_constructible_v<interrupter>);

TEST_CASE("an interrupter stays triggered until it is reset") {
  interrupter stop;
  REQUIRE(stop.ok());
  CHECK_FALSE(stop.triggered());
  stop.trigger();
  stop.trigger();
  CHECK(stop.triggered());
  CHECK(stop.wait(-1, direction::read, deadline::never()) == stream_errc::interrupted);
  CHECK(stop.wait(-1, direction::read, deadline::never()) == stream_errc::interrupted);
  stop.reset();
  CHECK_FALSE(stop.triggered());
  CHECK(stop.wait(-1, direction::read, deadline::in(0ns)) == stream_errc::timed_out);
}

#if !defined(_WIN32)
TEST_CASE("what an interrupter wakes with is not inherited and never blocks") {
  interrupter stop;
  REQUIRE(stop.ok());
  CHECK((::fcntl(stop.fd(), F_GETFD) & FD_CLOEXEC) != 0);
  CHECK((::fcntl(stop.fd(), F_GETFL) & O_NONBLOCK) != 0);
  for (int i = 0; i < 100000; ++i) stop.trigger();  // more bytes than a pipe holds
  CHECK(stop.triggered());
  stop.reset();
  CHECK(stop.wait(-1, direction::read, deadline::in(0ns)) == stream_errc::timed_out);
}
#endif

TEST_CASE("a nudge wakes a call that waits, and ends none") {
  interrupter stop;
  std::error_code error;
  stop.nudge();
  CHECK_FALSE(stop.wait_once(-1, direction::read, deadline::in(20s), error));
  CHECK_FALSE(error);
  CHECK(stop.wait_once(-1, direction::read, deadline::in(0ns), error));
  CHECK(error == stream_errc::timed_out);
  const stopwatch watch;
  stop.nudge();
  CHECK(stop.wait(-1, direction::read, deadline::in(100ms)) == stream_errc::timed_out);
  CHECK(watch.elapsed() >= 100ms);
}

// No socket, so that nothing but the nudge can wake who waits.
TEST_CASE("a shutter ends what waits where the system does not, and nothing else that waits with the interrupter") {
  interrupter stop;
  net::detail::shutter ended, other;
  const auto wait_for = [&](net::detail::shutter& one, net::clock::duration most) {
    return one.wait_where<false>(stop, -1, direction::read, deadline::in(most));
  };
  std::vector<std::error_code> results(3);
  std::error_code undisturbed;
  std::vector<std::thread> threads;
  const stopwatch watch;
  for (auto& result : results) threads.emplace_back([&] { result = wait_for(ended, 20s); });
  std::thread bystander([&] { undisturbed = wait_for(other, 500ms); });
  std::this_thread::sleep_for(50ms);
  ended.shut_where<false>(stop, -1);
  for (auto& thread : threads) thread.join();
  CHECK(watch.elapsed() < 10s);
  for (const auto& result : results) CHECK(result == stream_errc::eof);
  CHECK(wait_for(ended, 20s) == stream_errc::eof);
  bystander.join();
  CHECK(watch.elapsed() >= 500ms);
  CHECK(undisturbed == stream_errc::timed_out);
}

TEST_CASE("a shutter over a socket ends what waits for it by the system's own means, or by its own") {
  connection c;
  net::detail::shutter one;
  const int fd = c.client_socket.get();
  CHECK(one.wait(c.stop, fd, direction::read, deadline::in(0ns)) == stream_errc::timed_out);
  CHECK_FALSE(one.is_shut());
  const stopwatch watch;
  const after later(50ms, [&] { one.shut(c.stop, fd); });
  const std::error_code ended = one.wait(c.stop, fd, direction::read, deadline::in(20s));
  CHECK((!ended || ended == stream_errc::eof));  // readable, where the system tells it so
  CHECK(watch.elapsed() < 10s);
}

TEST_CASE("a trigger wakes every thread that waits") {
  interrupter stop;
  std::vector<std::error_code> results(3);
  std::vector<std::thread> threads;
  for (auto& result : results)
    threads.emplace_back([&] { result = stop.wait(-1, direction::read, deadline::in(20s)); });
  std::this_thread::sleep_for(50ms);
  stop.trigger();
  for (auto& thread : threads) thread.join();
  for (const auto& result : results) CHECK(result == stream_errc::interrupted);
}

TEST_CASE("a wait ends when its deadline passes, and not before") {
  interrupter stop;
  const stopwatch watch;
  CHECK(stop.wait(-1, direction::read, deadline::in(150ms)) == stream_errc::timed_out);
  CHECK(watch.elapsed() >= 150ms);
  CHECK(watch.elapsed() < 5s);
}

#if !defined(_WIN32)
namespace {
interrupter* for_handler = nullptr;
}

TEST_CASE("a signal neither ends a wait nor fails it, but its handler may trigger") {
  interrupter stop;
  for_handler = &stop;
  struct sigaction action {
  }, before{};
  action.sa_handler = [](int) {};
  ::sigaction(SIGUSR1, &action, &before);
  const pthread_t waiter = ::pthread_self();
  {
    const after harmless(50ms, [=] { ::pthread_kill(waiter, SIGUSR1); });
    const stopwatch watch;
    CHECK(stop.wait(-1, direction::read, deadline::in(300ms)) == stream_errc::timed_out);
    CHECK(watch.elapsed() >= 300ms);
  }
  action.sa_handler = [](int) { for_handler->trigger(); };
  ::sigaction(SIGUSR1, &action, nullptr);
  const after real(50ms, [=] { ::pthread_kill(waiter, SIGUSR1); });
  CHECK(stop.wait(-1, direction::read, deadline::in(20s)) == stream_errc::interrupted);
  ::sigaction(SIGUSR1, &before, nullptr);
}
#endif

#if defined(__linux__)
TEST_CASE("a wake without a trigger behind it, as a reset leaves one, ends no wait") {
  interrupter stop;
  const std::uint64_t one = 1;
  REQUIRE(::write(stop.fd(), &one, sizeof one) == sizeof one);
  const stopwatch watch;
  CHECK(stop.wait(-1, direction::read, deadline::in(50ms)) == stream_errc::timed_out);
  CHECK(watch.elapsed() >= 50ms);
}
#endif

TEST_CASE("triggers that race with reset are taken back or seen, never half of both") {
  interrupter stop;
  for (int i = 0; i < 2000; ++i) {
    std::thread other([&] { stop.trigger(); });
    stop.reset();
    other.join();
    const bool seen = stop.triggered();
    const auto result = stop.wait(-1, direction::read, deadline::in(0ns));
    REQUIRE(result == (seen ? stream_errc::interrupted : stream_errc::timed_out));
    stop.reset();
  }
}

#if !defined(_WIN32)
TEST_CASE("an interrupter without descriptors says so") {
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const rlimit none{0, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  interrupter stop;
  ::setrlimit(RLIMIT_NOFILE, &before);
  CHECK_FALSE(stop.ok());
  CHECK(stop.error() == std::errc::too_many_files_open);
  CHECK(stop.fd() == -1);
  stop.trigger();
  CHECK(stop.triggered());
  CHECK(stop.wait(-1, direction::read, deadline::never()) == stream_errc::interrupted);
  stop.reset();
  CHECK_FALSE(stop.triggered());
}
#endif
