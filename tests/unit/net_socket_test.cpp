#include "handshim/net/socket.hpp"

#include <doctest/doctest.h>
#if !defined(_WIN32)
#include <fcntl.h>
#include <netinet/tcp.h>
#endif

#include <string>

#include "net_support.hpp"

using namespace net_test;
using net::address;
using net::descriptor;

TEST_CASE("a descriptor is closed once, by its last owner") {
  const std::size_t before = open_descriptors();
  {
    std::error_code error;
    descriptor first = net::detail::open_socket(AF_INET, error);
    REQUIRE_FALSE(error);
    descriptor second(std::move(first));
    CHECK_FALSE(first);
    CHECK(second.get() >= 0);
    first = std::move(second);
    CHECK_FALSE(second);
    first = net::detail::open_socket(AF_INET, error);
    CHECK(first);
  }
  CHECK(open_descriptors() == before);
}

#if !defined(_WIN32)
TEST_CASE("a socket is non-blocking, not inherited and sends without delay") {
  std::error_code error;
  const auto opened = net::detail::open_socket(AF_INET, error);
  REQUIRE(opened);
  CHECK((::fcntl(opened.get(), F_GETFL) & O_NONBLOCK) != 0);
  CHECK((::fcntl(opened.get(), F_GETFD) & FD_CLOEXEC) != 0);
  int no_delay = 0;
  socklen_t size = sizeof no_delay;
  ::getsockopt(opened.get(), IPPROTO_TCP, TCP_NODELAY, &no_delay, &size);
  CHECK(no_delay != 0);
}
#endif

TEST_CASE("a socket of an unknown family is an error, not a descriptor") {
  std::error_code error;
  CHECK_FALSE(net::detail::open_socket(AF_UNIX + 1000, error));
  CHECK(error == std::errc::address_family_not_supported);
}

TEST_CASE("addresses are written as in a URI") {
  CHECK(loopback(AF_INET, 80).text() == "127.0.0.1:80");
  CHECK(loopback(AF_INET6, 8080).text() == "[::1]:8080");
  CHECK(address{}.text() == "?");
}

TEST_CASE("endpoints are the same by address and port") {
  CHECK(same_endpoint(loopback(AF_INET, 80), loopback(AF_INET, 80)));
  CHECK(same_endpoint(loopback(AF_INET6, 80), loopback(AF_INET6, 80)));
  CHECK_FALSE(same_endpoint(loopback(AF_INET, 80), loopback(AF_INET, 81)));
  CHECK_FALSE(same_endpoint(loopback(AF_INET, 80), loopback(AF_INET6, 80)));
  CHECK_FALSE(same_endpoint(address{}, address{}));
}

TEST_CASE("a socket that connected to itself counts as refused") {
  std::error_code error;
  const auto lonely = net::detail::open_socket(AF_INET, error);
  REQUIRE(bind_to(lonely.get(), loopback(AF_INET, 0)));
  const address itself = loopback(AF_INET, port_of(lonely.get()));
  const auto outcome = net::detail::begin_connect(lonely.get(), itself);
  if (outcome == std::errc::operation_in_progress) {
    net::interrupter stop;
    REQUIRE_FALSE(stop.wait(lonely.get(), net::direction::write, net::deadline::in(5s)));
    CHECK(net::detail::connected_to_itself(lonely.get(), itself));
    CHECK(net::detail::connect_outcome(lonely.get(), itself) == std::errc::connection_refused);
  } else {
    CHECK(outcome == std::errc::connection_refused);
  }
}
