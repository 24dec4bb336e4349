#include "handshim/net/deadline.hpp"

#include <doctest/doctest.h>

#include <climits>
#include <initializer_list>
#include <ostream>

using namespace std::chrono_literals;
using steady = handshim::net::clock;
using handshim::net::deadline;
using handshim::net::earlier;

TEST_CASE("never is never passed and polls without a limit") {
  const auto d = deadline::never();
  CHECK(d.is_never());
  CHECK_FALSE(d.passed());
  CHECK(d.poll_timeout() == -1);
  CHECK(d.remaining() == std::chrono::nanoseconds::max());
  CHECK(deadline::at(steady::time_point::max()).is_never());
}

TEST_CASE("a span of zero or less has passed already") {
  for (const auto span : {0ns, -1ns, std::chrono::nanoseconds::min()}) {
    const auto d = deadline::in(span);
    CHECK(d.passed());
    CHECK_FALSE(d.is_never());
    CHECK(d.remaining() == 0ns);
    CHECK(d.poll_timeout() == 0);
  }
}

TEST_CASE("a span that the clock cannot count is never") {
  CHECK(deadline::in(std::chrono::nanoseconds::max()).is_never());
  CHECK(deadline::in(steady::time_point::max() - steady::now()).is_never());
  CHECK_FALSE(deadline::in(std::chrono::hours(24 * 365)).is_never());
}

TEST_CASE("a deadline counts down to its point in time") {
  const auto before = steady::now();
  const auto d = deadline::in(10s);
  CHECK(d.when() >= before + 10s);
  CHECK(d.remaining() <= 10s);
  CHECK(d.remaining() > 5s);
  CHECK_FALSE(d.passed());
  CHECK(deadline::at(before).passed());
  CHECK(deadline::at(before).when() == before);
}

TEST_CASE("the timeout for poll is rounded up and fits an int") {
  CHECK(deadline::in(10s).poll_timeout() > 5000);
  CHECK(deadline::in(10s).poll_timeout() <= 10000);
  const auto soon = deadline::at(steady::now() + 900us);
  const int timeout = soon.poll_timeout();
  CHECK((timeout == 1 || soon.passed()));
  CHECK(deadline::in(std::chrono::hours(24 * 365)).poll_timeout() == INT_MAX);
}

TEST_CASE("of two deadlines the earlier one is taken") {
  const auto now = steady::now();
  const auto a = deadline::at(now), b = deadline::at(now + 1s);
  CHECK(earlier(a, b).when() == now);
  CHECK(earlier(b, a).when() == now);
  CHECK(earlier(deadline::never(), b).when() == b.when());
  CHECK(earlier(deadline::never(), deadline::never()).is_never());
}
