// Operations against the clock: bounds are generous, as the machine may be busy.
#pragma once

#include <atomic>
#include <chrono>
#include <thread>
#include <utility>

#include "handshim/net/deadline.hpp"
#include "wine.hpp"

namespace client_test {

using namespace std::chrono_literals;

// The deadline that an operation is given, and when it must have returned at the latest. wine passes every call on to
// one server, so that what is sent at once may take longer than 200 ms to come.
inline const auto hasty = test_support::is_under_wine() ? 600ms : 200ms;
inline constexpr auto at_the_latest = 5s;

template <class Call>
handshim::net::clock::duration time_of(Call call) {
  const auto begin = handshim::net::clock::now();
  call();
  return handshim::net::clock::now() - begin;
}

// A call in a thread of its own, which is joined at the end of the scope.
class meanwhile {
 public:
  template <class Call>
  explicit meanwhile(Call call)
      : thread_([this, call]() mutable {
          call();
          done_ = true;
        }) {}
  ~meanwhile() { join(); }
  meanwhile(const meanwhile&) = delete;
  meanwhile& operator=(const meanwhile&) = delete;

  bool done() const { return done_; }
  void join() {
    if (thread_.joinable()) thread_.join();
  }

 private:
  std::atomic<bool> done_{false};
  std::thread thread_;
};

}  // namespace client_test
