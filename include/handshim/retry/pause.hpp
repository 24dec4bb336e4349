// Waiting between attempts, and stopping it from another thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "handshim/config.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {

/// Ends retry(), reconnect() and wait_until_ready() from any thread. Once requested it stays so. Not to be used in a
/// signal handler. It must outlive the calls that were told of it. Since 0.1.
class stop_signal {
 public:
  stop_signal() = default;
  stop_signal(const stop_signal&) = delete;
  stop_signal& operator=(const stop_signal&) = delete;

  /// Wakes whoever pauses, and cancels the attempt of reconnect() or of wait_until_ready(uri) that is under way: it
  /// waits for the end of that attempt, which comes at once, for a second at most.
  void request();
  bool requested() const;
  /// Waits that long; true if it was requested.
  bool wait_for(std::chrono::nanoseconds span) const;

 private:
  friend class stoppable_scope;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool requested_ = false;
  std::function<void()> cancel_;  // of the attempt under way
  std::thread::id attempting_;
};

/// For the time of an attempt: what the signal calls to end it, perhaps more than once, from another thread; it must
/// not throw. One at a time.
class stoppable_scope {
 public:
  /// Without a signal it does nothing.
  stoppable_scope(stop_signal* by, std::function<void()> cancel);
  ~stoppable_scope();
  stoppable_scope(const stoppable_scope&) = delete;
  stoppable_scope& operator=(const stoppable_scope&) = delete;

 private:
  stop_signal* by_;
};

/// Time as a loop sees it: put your own in for tests, or for a clock that stops with the machine.
struct retry_clock {
  /// Time from any beginning, which never goes back; empty: the steady clock.
  std::function<std::chrono::nanoseconds()> now;
  /// Waits that long; false if it was stopped. Empty: waits for the stop_signal, or sleeps.
  std::function<bool(std::chrono::nanoseconds)> pause;
};

}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/retry/impl/pause.ipp"
#endif
