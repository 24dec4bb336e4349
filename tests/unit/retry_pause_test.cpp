#include "handshim/retry/pause.hpp"

#include <doctest/doctest.h>

#include <atomic>

#include "../support/timing.hpp"

using namespace handshim;
using namespace client_test;

TEST_CASE("a request ends a wait, and every later one") {
  stop_signal stop;
  bool stopped = false;
  meanwhile waiting([&] { stopped = stop.wait_for(60s); });
  CHECK(time_of([&] {
          stop.request();
          waiting.join();
        }) < 10s);
  CHECK(stopped);
  CHECK(stop.requested());
  CHECK(stop.wait_for(60s));
}

TEST_CASE("a wait without a request takes its time, however odd") {
  const stop_signal stop;
  CHECK(time_of([&] { CHECK_FALSE(stop.wait_for(20ms)); }) >= 20ms);
  CHECK_FALSE(stop.wait_for(0s));
  CHECK_FALSE(stop.wait_for(-5s));
  CHECK_FALSE(stop.requested());
}

TEST_CASE("a wait of all time is one") {
  stop_signal stop;
  meanwhile waiting([&] { CHECK(stop.wait_for(std::chrono::nanoseconds::max())); });
  std::this_thread::sleep_for(50ms);
  CHECK_FALSE(waiting.done());
  stop.request();
}

TEST_CASE("an attempt under way is cancelled, again and again until it has ended") {
  stop_signal stop;
  std::atomic<int> cancelled{0};
  std::atomic<bool> begun{false};
  meanwhile attempt([&] {
    const stoppable_scope scope(&stop, [&] { ++cancelled; });
    begun = true;
    while (cancelled < 3) std::this_thread::sleep_for(1ms);  // the first ones came too early for it
  });
  while (!begun) std::this_thread::sleep_for(1ms);
  stop.request();
  attempt.join();
  CHECK(cancelled >= 3);
  const int before = cancelled;
  stop.request();
  CHECK(cancelled == before);  // none is under way
}

TEST_CASE("a request does not wait for ever, nor for the thread that makes it") {
  stop_signal stop;
  int cancelled = 0;
  const stoppable_scope scope(&stop, [&] { ++cancelled; });
  stop.request();
  CHECK(cancelled == 1);
  meanwhile other([&] { stop.request(); });
  CHECK(time_of([&] { other.join(); }) < 30s);
  CHECK(cancelled > 1);
}

TEST_CASE("without a signal a scope does nothing") {
  const stoppable_scope scope(nullptr, [] { FAIL("called"); });
  CHECK(true);
}
