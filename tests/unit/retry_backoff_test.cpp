#include "handshim/retry/backoff.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "../support/rejections.hpp"

using namespace handshim;
using namespace std::chrono_literals;
using retry_test::rejected;

namespace {

const failure refused(fault::connection_refused);

backoff_options seeded(backoff_options shape = {}, std::uint64_t seed = 1) {
  shape.seed = seed;
  return shape;
}

std::vector<std::chrono::nanoseconds> delays(backoff pace, int count, const failure& f = refused) {
  std::vector<std::chrono::nanoseconds> out;
  for (int i = 0; i < count; ++i) out.push_back(pace.next(f).delay);
  return out;
}

}  // namespace

TEST_CASE("each delay is random up to a growing length, which is capped") {
  const std::chrono::nanoseconds longest[] = {5s, 5s, 10s, 20s, 40s, 60s, 60s, 60s};
  std::chrono::nanoseconds largest[std::size(longest)] = {};
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    const auto got = delays(backoff(seeded({}, seed)), static_cast<int>(std::size(longest)));
    for (std::size_t i = 0; i < got.size(); ++i) {
      REQUIRE(got[i] >= 0s);
      REQUIRE(got[i] < longest[i]);
      largest[i] = std::max(largest[i], got[i]);
    }
  }
  for (std::size_t i = 0; i < std::size(longest); ++i) CHECK(largest[i] > longest[i] * 9 / 10);  // all of the length
}

TEST_CASE("the same seed gives the same delays, another one others") {
  CHECK(delays(backoff(seeded()), 8) == delays(backoff(seeded()), 8));
  CHECK(delays(backoff(seeded({}, 2)), 8) != delays(backoff(seeded()), 8));
  CHECK(delays(backoff(), 8) != delays(backoff(), 8));  // seed 0 is no seed
  // On every platform: a change here changes what users' tests see.
  CHECK(delays(backoff(seeded()), 3) ==
        std::vector<std::chrono::nanoseconds>{2832807875ns, 3728908786ns, 9710027535ns});
}

TEST_CASE("advice that it is no use ends it, unless the caller knows better") {
  backoff pace(seeded());
  for (const fault f : {fault::host_not_found, fault::uri_invalid, fault::tls_certificate_expired, fault::cancelled,
                        fault::closed_normally}) {
    const backoff_step step = pace.next(failure(f));
    CHECK_FALSE(step.again);
    CHECK_FALSE(step);
    CHECK(step.advice.rule != nullptr);
  }
  CHECK(pace.taken() == 0);
  CHECK(pace.next_anyway(failure(fault::host_not_found)).again);
  CHECK(pace.taken() == 1);
}

TEST_CASE("without jitter the delays behind the first are the lengths themselves") {
  backoff_options shape;
  shape.jitter = false;
  shape.base = 1s;
  shape.factor = 3;
  shape.cap = 10s;
  const auto got = delays(backoff(seeded(shape)), 6);
  CHECK(got[0] < 5s);
  CHECK(std::vector<std::chrono::nanoseconds>(got.begin() + 1, got.end()) ==
        std::vector<std::chrono::nanoseconds>{1s, 3s, 9s, 10s, 10s});
}

TEST_CASE("the delays of websockets' asyncio client") {
  const auto got = delays(backoff(seeded(websockets_backoff())), 11);
  CHECK(got[0] < 5s);
  double expected = 3.1;
  for (std::size_t i = 1; i < got.size(); ++i, expected = std::min(90.0, expected * 1.618))
    CHECK(std::chrono::duration<double>(got[i]).count() == doctest::Approx(expected));
  CHECK(got.back() == 90s);
}

TEST_CASE("the delays of websockets' legacy client") {
  const auto got = delays(backoff(seeded(websockets_legacy_backoff())), 10);
  CHECK(got[0] < 5s);
  CHECK(std::vector<std::chrono::nanoseconds>(got.begin() + 1, got.end()) ==
        std::vector<std::chrono::nanoseconds>{3s, 5s, 8s, 13s, 21s, 34s, 55s, 60s, 60s});
}

TEST_CASE("throttled waits longer than back_off does") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const auto got = delays(backoff(seeded({}, seed)), 3, rejected(503));
    CHECK(got[0] >= 2500ms);  // the step behind the first: up to 5 s
    CHECK(got[0] <= 5s);
    CHECK(got[1] >= 10s);
    CHECK(got[1] <= 20s);
    CHECK(got[2] >= 30s);
  }
}

TEST_CASE("nobody comes before the time that the server named, and not all at once then") {
  std::vector<std::chrono::nanoseconds> all;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const backoff_step step = backoff(seeded({}, seed)).next(rejected(503, "30"));
    CHECK((step.advice.what == advice::after));
    CHECK(step.delay >= 30s);
    CHECK(step.delay < 35s);
    all.push_back(step.delay);
  }
  const auto [least, most] = std::minmax_element(all.begin(), all.end());
  CHECK(*most - *least > 4s);
}

TEST_CASE("a connection that opens and closes at once does not begin anew") {
  backoff pace(seeded());
  for (int i = 0; i < 5; ++i) {
    pace.next(failure(fault::eof_without_close));
    pace.stood(9s);
  }
  CHECK(pace.taken() == 5);
  pace.stood(10s);
  CHECK(pace.taken() == 0);
  backoff websockets(seeded(websockets_backoff()));
  websockets.next(refused);
  websockets.stood(0s);
  CHECK(websockets.taken() == 0);
}

TEST_CASE("no option makes a delay that cannot be counted") {
  backoff_options shape;
  shape.first = shape.base = shape.cap = std::chrono::nanoseconds::max();
  shape.factor = std::numeric_limits<double>::infinity();
  shape.jitter = false;
  for (const auto delay : delays(backoff(seeded(shape)), 20)) CHECK(delay <= 24h * 365);
  shape.first = shape.base = shape.cap = -5s;
  shape.factor = std::numeric_limits<double>::quiet_NaN();
  for (const auto delay : delays(backoff(seeded(shape)), 20)) CHECK(delay == 0s);
  shape = {};
  shape.factor = 0.5;
  shape.jitter = false;
  for (const auto delay : delays(backoff(seeded(shape)), 20)) CHECK(delay <= 5s);
}

TEST_CASE("a copy goes on as the original does") {
  backoff pace(seeded());
  pace.next(refused);
  backoff copy = pace;
  CHECK(copy.next(refused).delay == pace.next(refused).delay);
}
