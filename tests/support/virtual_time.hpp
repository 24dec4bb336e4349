// A clock that only pauses move on, for the tests of what waits.
#pragma once

#include <chrono>
#include <functional>
#include <vector>

#include "handshim/retry/pause.hpp"

namespace retry_test {

class virtual_time {
 public:
  handshim::retry_clock clock() {
    return {[this] { return now_; },
            [this](std::chrono::nanoseconds span) {
              pauses.push_back(span);
              now_ += span;
              return !on_pause || on_pause();
            }};
  }
  void pass(std::chrono::nanoseconds span) { now_ += span; }
  std::chrono::nanoseconds now() const { return now_; }

  std::vector<std::chrono::nanoseconds> pauses;
  std::function<bool()> on_pause;  // false stops the pause

 private:
  std::chrono::nanoseconds now_ = std::chrono::hours(1);
};

}  // namespace retry_test
