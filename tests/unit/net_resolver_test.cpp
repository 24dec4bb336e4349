#include "handshim/net/resolver.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <string>

#include "handshim/net/error.hpp"
#include "net_support.hpp"

using namespace net_test;
using net::deadline;
using net::interrupter;
using net::resolve;
using net::stream_errc;

namespace {

// Holds look-ups back until it is opened.
class gate {
 public:
  void wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return open_; });
  }
  void open() {
    const std::lock_guard<std::mutex> lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void close() {
    const std::lock_guard<std::mutex> lock(mutex_);
    open_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

// Never destroyed: an abandoned thread may still leave it at the end of the program.
gate& slow() {
  static gate& the = *new gate;
  return the;
}

int slow_lookup(const char*, const char* port, const addrinfo* hints, addrinfo** list) {
  slow().wait();
  return ::getaddrinfo("127.0.0.1", port, hints, list);
}
int failing_lookup(const char*, const char*, const addrinfo*, addrinfo**) { return EAI_AGAIN; }
#if !defined(_WIN32)
int system_failing_lookup(const char*, const char*, const addrinfo*, addrinfo**) {
  errno = EMFILE;
  return EAI_SYSTEM;
}
#endif
int empty_lookup(const char*, const char*, const addrinfo*, addrinfo** list) {
  *list = nullptr;
  return 0;
}
int local_lookup(const char*, const char* port, const addrinfo* hints, addrinfo** list) {
  return ::getaddrinfo("127.0.0.1", port, hints, list);
}
#if defined(__GLIBC__)  // whose freeaddrinfo() takes the rows of several look-ups
// From 127.0.0.1 on, each twice.
template <std::size_t Count>
int counting_lookup(const char*, const char* port, const addrinfo* hints, addrinfo** list) {
  for (std::size_t i = 0; i < 2 * Count; ++i, list = &(*list)->ai_next) {
    const std::string host = "127.0.0." + std::to_string(1 + i / 2);
    if (const int error = ::getaddrinfo(host.c_str(), port, hints, list)) return error;
  }
  return 0;
}
#endif

class hook {
 public:
  explicit hook(net::detail::resolve_function f) : before_(net::detail::resolve_hook().exchange(f)) {}
  ~hook() { net::detail::resolve_hook().store(before_); }

 private:
  net::detail::resolve_function before_;
};

bool abandoned_becomes(unsigned wanted) {
  for (int i = 0; i < 500 && net::detail::abandoned_lookups() != wanted; ++i) std::this_thread::sleep_for(10ms);
  return net::detail::abandoned_lookups() == wanted;
}

std::error_code failure(const std::string& host, deadline until = deadline::in(20s)) {
  interrupter stop;
  std::error_code error;
  CHECK(resolve(host, 80, until, stop, error).empty());
  return error;
}

}  // namespace

TEST_CASE("numeric hosts are read in place, whatever the deadline") {
  const hook none(failing_lookup);
  interrupter stop;
  std::error_code error;
  const auto v4 = resolve("127.0.0.1", 8080, deadline::in(0ns), stop, error);
  CHECK_FALSE(error);
  REQUIRE(v4.size() == 1);
  CHECK(v4[0].text() == "127.0.0.1:8080");
  const auto v6 = resolve("::1", 80, deadline::in(0ns), stop, error);
  CHECK_FALSE(error);
  REQUIRE(v6.size() == 1);
  CHECK(v6[0].text() == "[::1]:80");
}

TEST_CASE("localhost has a loopback address, and none twice") {
  interrupter stop;
  std::error_code error;
  const auto found = resolve("localhost", 80, deadline::in(20s), stop, error);
  REQUIRE_FALSE(error);
  for (std::size_t i = 0; i < found.size(); ++i) {
    CHECK((found[i].text() == "127.0.0.1:80" || found[i].text() == "[::1]:80"));
    for (std::size_t j = 0; j < i; ++j) CHECK_FALSE(same_endpoint(found[i], found[j]));
  }
}

TEST_CASE("a name is looked up by the function in the hook") {
  const hook fake(local_lookup);
  interrupter stop;
  std::error_code error;
  const auto found = resolve("any.example", 7, deadline::in(20s), stop, error);
  CHECK_FALSE(error);
  REQUIRE(found.size() == 1);
  CHECK(found[0].text() == "127.0.0.1:7");
}

#if defined(__GLIBC__)
TEST_CASE("an address that comes twice is one, and there are not more than fit") {
  const auto count = [](net::detail::resolve_function function) {
    const hook fake(function);
    interrupter stop;
    std::error_code error;
    const std::size_t found = resolve("any.example", 7, deadline::in(20s), stop, error).size();
    CHECK_FALSE(error);
    return found;
  };
  CHECK(count(counting_lookup<2>) == 2);
  CHECK(count(counting_lookup<net::max_addresses + 1>) == net::max_addresses);
}
#endif

TEST_CASE("after a trigger or the deadline no name is looked up, but an address is still read") {
  const hook fake(local_lookup);
  interrupter stop;
  stop.trigger();
  std::error_code error;
  CHECK(resolve("any.example", 7, deadline::in(20s), stop, error).empty());
  CHECK(error == stream_errc::interrupted);
  CHECK(resolve("127.0.0.1", 7, deadline::in(20s), stop, error).size() == 1);
  CHECK_FALSE(error);
  CHECK(failure("any.example", deadline::in(0ns)) == stream_errc::timed_out);
}

TEST_CASE("what getaddrinfo says is reported in its category") {
  {
    const hook fake(failing_lookup);
    CHECK(failure("any.example") == net::getaddrinfo_error(EAI_AGAIN));
  }
#if !defined(_WIN32)
  {
    const hook fake(system_failing_lookup);
    CHECK(failure("any.example") == std::errc::too_many_files_open);
  }
#endif
  const hook fake(empty_lookup);
  CHECK(failure("any.example") == net::getaddrinfo_error(EAI_NONAME));
}

TEST_CASE("what cannot be a name is not looked up") {
  const hook fake(local_lookup);
  CHECK(failure("") == net::getaddrinfo_error(EAI_NONAME));
  CHECK(failure(std::string("localhost\0.example", 18)) == net::getaddrinfo_error(EAI_NONAME));
  CHECK(failure(std::string(256, 'a')) == net::getaddrinfo_error(EAI_NONAME));
}

TEST_CASE("a slow look-up is abandoned at the deadline") {
  const hook fake(slow_lookup);
  slow().close();
  const stopwatch watch;
  CHECK(failure("slow.example", deadline::in(150ms)) == stream_errc::timed_out);
  CHECK(watch.elapsed() >= 150ms);
  CHECK(watch.elapsed() < 5s);
  CHECK(net::detail::abandoned_lookups() == 1);
  slow().open();
  CHECK(abandoned_becomes(0));
}

TEST_CASE("a slow look-up is abandoned when it is interrupted") {
  const hook fake(slow_lookup);
  slow().close();
  interrupter stop;
  std::error_code error;
  {
    const after later(50ms, [&] { stop.trigger(); });
    CHECK(resolve("slow.example", 80, deadline::never(), stop, error).empty());
  }
  CHECK(error == stream_errc::interrupted);
  CHECK(resolve("slow.example", 80, deadline::never(), stop, error).empty());
  CHECK(error == stream_errc::interrupted);
  slow().open();
  CHECK(abandoned_becomes(0));
}

TEST_CASE("no further look-up is begun while too many abandoned ones are under way") {
  const hook fake(slow_lookup);
  slow().close();
  // More often than that, and longer and longer, as one whose deadline passes first is not begun.
  for (int i = 0; i < 500 && net::detail::abandoned_lookups() < net::max_abandoned_lookups; ++i)
    CHECK(failure("slow.example", deadline::in((1 + i / 16) * 1ms)) == stream_errc::timed_out);
  CHECK(failure("slow.example", deadline::in(20s)) == stream_errc::resolver_busy);
  interrupter stop;
  std::error_code error;
  CHECK(resolve("127.0.0.1", 80, deadline::in(20s), stop, error).size() == 1);
  slow().open();
  CHECK(abandoned_becomes(0));
  CHECK(resolve("slow.example", 80, deadline::in(20s), stop, error).size() == 1);
}

TEST_CASE("look-ups leave no descriptor behind") {
  const std::size_t before = open_descriptors();
  {
    const hook fake(slow_lookup);
    slow().close();
    CHECK(failure("slow.example", deadline::in(20ms)) == stream_errc::timed_out);
    slow().open();
    CHECK(abandoned_becomes(0));
  }
  const hook fake(failing_lookup);
  CHECK(failure("any.example") == net::getaddrinfo_error(EAI_AGAIN));
  CHECK(open_descriptors() == before);
}
