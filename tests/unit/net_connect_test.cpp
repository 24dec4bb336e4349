#include "handshim/net/connect.hpp"

#include <doctest/doctest.h>
#if !defined(_WIN32)
#include <sys/resource.h>
#endif

#include <string>
#include <utility>
#include <vector>

#include "handshim/net/error.hpp"
#include "handshim/net/resolver.hpp"
#include "net_support.hpp"

using namespace net_test;
using net::connect_step;
using net::connect_tcp;
using net::deadline;
using net::interrupter;
using net::stream_errc;

namespace {

// Answers every look-up with these numeric hosts, in this order.
const std::vector<const char*>* answers = nullptr;

int listed_lookup(const char*, const char* port, const addrinfo* hints, addrinfo** list) {
  addrinfo** end = list;
  for (const char* host : *answers) {
    if (const int error = ::getaddrinfo(host, port, hints, end)) return error;
    while (*end != nullptr) end = &(*end)->ai_next;
  }
  return 0;
}

class listed {
 public:
  explicit listed(std::vector<const char*> hosts) : hosts_(std::move(hosts)) {
    answers = &hosts_;
    net::detail::resolve_hook().store(listed_lookup);
  }
  ~listed() { net::detail::resolve_hook().store(&::getaddrinfo); }

 private:
  std::vector<const char*> hosts_;
};

}  // namespace

TEST_CASE("a listener is connected to, and bytes arrive") {
  const listener server;
  interrupter stop;
  const auto result = connect_tcp("127.0.0.1", server.port(), deadline::in(5s), stop);
  REQUIRE(result.stream);
  CHECK_FALSE(result.error);
  CHECK(result.step == connect_step::connect);
  REQUIRE(result.attempts.size() == 1);
  CHECK(result.attempts[0].address == "127.0.0.1:" + std::to_string(server.port()));
  CHECK_FALSE(result.attempts[0].error);
  const auto peer = server.accept();
  std::error_code error;
  CHECK(result.stream->write_some("x", 1, deadline::in(5s), error) == 1);
  char got = 0;
  CHECK(::recv(peer.get(), &got, 1, 0) == 1);
  CHECK(got == 'x');
}

TEST_CASE("IPv6 is connected to where the machine has it") {
  const bool has = has_ipv6();
  CHECK((has || !has));
  if (!has) return;
  const listener server(AF_INET6);
  interrupter stop;
  const auto result = connect_tcp("::1", server.port(), deadline::in(5s), stop);
  REQUIRE(result.stream);
  CHECK(result.stream->peer().text() == "[::1]:" + std::to_string(server.port()));
}

TEST_CASE("a port where nobody listens refuses") {
  const deaf_port nobody;
  interrupter stop;
  const auto result = connect_tcp("127.0.0.1", nobody.port(), deadline::in(5s), stop);
  CHECK_FALSE(result.stream);
  CHECK(result.error == std::errc::connection_refused);
  CHECK(result.step == connect_step::connect);
  REQUIRE(result.attempts.size() == 1);
  CHECK(result.attempts[0].error == std::errc::connection_refused);
}

TEST_CASE("a connection that is never answered times out") {
  const blackhole silent;
  interrupter stop;
  const stopwatch watch;
  const auto result = connect_tcp("127.0.0.1", silent.port(), deadline::in(200ms), stop);
  CHECK_FALSE(result.stream);
  CHECK(result.error == stream_errc::timed_out);
  CHECK(result.step == connect_step::connect);
  CHECK(watch.elapsed() >= 200ms);
  CHECK(watch.elapsed() < 5s);
  REQUIRE(result.attempts.size() == 1);
  CHECK(result.attempts[0].elapsed >= 150ms);
}

TEST_CASE("a connection that is never answered can be interrupted") {
  const blackhole silent;
  interrupter stop;
  const after later(50ms, [&] { stop.trigger(); });
  const auto result = connect_tcp("127.0.0.1", silent.port(), deadline::never(), stop);
  CHECK(result.error == stream_errc::interrupted);
  CHECK(result.step == connect_step::connect);
}

TEST_CASE("a name that does not resolve fails in that step") {
  interrupter stop;
  const auto result = connect_tcp("", 80, deadline::in(5s), stop);
  CHECK(result.step == connect_step::resolve);
  CHECK(result.error == net::getaddrinfo_error(EAI_NONAME));
  CHECK(result.attempts.empty());
}

TEST_CASE("the next address is tried after one that refuses") {
  const listener server;  // on 127.0.0.1 alone
  const listed hosts({"127.0.0.2", "127.0.0.1"});
  interrupter stop;
  const auto result = connect_tcp("two.example", server.port(), deadline::in(5s), stop);
  REQUIRE(result.stream);
  CHECK_FALSE(result.error);
  REQUIRE(result.attempts.size() == 2);
  CHECK(result.attempts[0].error == std::errc::connection_refused);
  CHECK_FALSE(result.attempts[1].error);
}

TEST_CASE("an address that never answers gets only its share of the time") {
  const blackhole silent;  // on 127.0.0.1; nobody listens on 127.0.0.2
  const listed hosts({"127.0.0.1", "127.0.0.2"});
  interrupter stop;
  const auto result = connect_tcp("two.example", silent.port(), deadline::in(2s), stop);
  REQUIRE(result.attempts.size() == 2);
  CHECK(result.attempts[0].error == stream_errc::timed_out);
  CHECK(result.attempts[0].elapsed >= 900ms);
  CHECK(result.attempts[0].elapsed < 1900ms);
  CHECK(result.error == std::errc::connection_refused);
}

TEST_CASE("the error is that of the last address") {
  const blackhole silent;
  const listed hosts({"127.0.0.2", "127.0.0.1"});
  interrupter stop;
  const auto result = connect_tcp("two.example", silent.port(), deadline::in(1s), stop);
  REQUIRE(result.attempts.size() == 2);
  CHECK(result.attempts[0].error == std::errc::connection_refused);
  CHECK(result.error == stream_errc::timed_out);
}

TEST_CASE("after an interruption no further address is tried") {
  const blackhole silent;
  const listed hosts({"127.0.0.1", "127.0.0.2"});
  interrupter stop;
  const after later(500ms, [&] { stop.trigger(); });
  const auto result = connect_tcp("two.example", silent.port(), deadline::in(20s), stop);
  CHECK(result.attempts.size() == 1);
  CHECK(result.error == stream_errc::interrupted);
}

#if !defined(_WIN32)
TEST_CASE("running out of descriptors is reported") {
  const deaf_port nobody;
  interrupter stop;
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const rlimit none{0, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  const auto result = connect_tcp("127.0.0.1", nobody.port(), deadline::in(5s), stop);
  interrupter broken;
  const auto without = connect_tcp("127.0.0.1", nobody.port(), deadline::in(5s), broken);
  ::setrlimit(RLIMIT_NOFILE, &before);
  CHECK(result.error == std::errc::too_many_files_open);
  CHECK(without.error == std::errc::too_many_files_open);
  CHECK_FALSE(result.stream);
}
#endif

TEST_CASE("no way to end a connection leaves a descriptor behind") {
  const listener server;
  const blackhole silent;
  const deaf_port nobody;
  const std::size_t before = open_descriptors();
  for (const std::uint16_t port : {server.port(), silent.port(), nobody.port()}) {
    interrupter stop;
    connect_tcp("127.0.0.1", port, deadline::in(100ms), stop);
    connect_tcp("127.0.0.1", port, deadline::in(0ns), stop);
    stop.trigger();
    connect_tcp("127.0.0.1", port, deadline::in(100ms), stop);
    connect_tcp("", port, deadline::in(100ms), stop);
  }
  CHECK(open_descriptors() == before);
}
