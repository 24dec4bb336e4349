// Wakes calls that wait, from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <system_error>

#include "handshim/net/deadline.hpp"
#include "handshim/net/error.hpp"
#include "handshim/net/socket.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace net {

/// Once triggered, every call that waits with it ends with stream_errc::interrupted, and so does each later
/// one until reset(). Needs a descriptor on Linux, elsewhere two. Since 0.1.
class interrupter {
 public:
  interrupter() noexcept;
  interrupter(const interrupter&) = delete;
  interrupter& operator=(const interrupter&) = delete;

  /// Whether there is a descriptor; without it trigger() wakes no call that waits already.
  bool ok() const noexcept { return static_cast<bool>(wake_.read); }
  std::error_code error() const noexcept { return error_; }

  /// From any thread, and from a signal handler.
  void trigger() noexcept;
  /// Thread-safe.
  bool triggered() const noexcept { return wanted_.load() != seen_.load(); }
  /// Ready for further calls. From one thread at a time; a trigger() at the same moment may be taken back too.
  void reset() noexcept;
  /// Readable while triggered; -1 if not ok(). Only to poll.
  int fd() const noexcept { return wake_.read.get(); }

  /// Waits until the descriptor can be read or written (or has an error, or its peer left): no error then,
  /// else stream_errc::interrupted, timed_out or errno's. A passed deadline asks without waiting. Thread-safe.
  std::error_code wait(int descriptor, direction way, deadline until) noexcept;
  /// The same, but false after nudge(), for the caller to look whether there is still something to wait for.
  bool wait_once(int descriptor, direction way, deadline until, std::error_code& error) noexcept;
  /// Wakes a call that waits, without ending it; which one, if there are several, is the system's choice. Thread-safe.
  void nudge() noexcept;

 private:
  bool confirm() noexcept;

  // A count, so that a trigger() that races with reset() is either taken back or seen, never half of both.
  std::atomic<unsigned> wanted_{0};
  std::atomic<unsigned> seen_{0};
  std::error_code error_;
  detail::pipe_ends wake_;
};

namespace detail {

// That a stream over a socket was shut down, which ends the calls that wait for the socket. Thread-safe.
class shutter {
 public:
  bool is_shut() const noexcept { return shut_.load(); }
  // As interrupter::wait(), but every error is stream_errc::eof once it is shut.
  std::error_code wait(interrupter& stop, int fd, direction way, deadline until) noexcept;
  void shut(interrupter& stop, int fd) noexcept;

  // The same where the system ends what waits for a socket that is shut down, and where it does not.
  template <bool SystemWakes>
  std::error_code wait_where(interrupter& stop, int fd, direction way, deadline until) noexcept {
    std::error_code error;
    if constexpr (SystemWakes) {
      error = stop.wait(fd, way, until);
    } else {
      ++waiting_;  // before it is asked whether it is shut, so that shut() sees this one or is seen
      while (!is_shut() && !stop.wait_once(fd, way, until, error)) {
      }
      --waiting_;
    }
    return (error || !SystemWakes) && is_shut() ? make_error_code(stream_errc::eof) : error;
  }
  // A nudge may wake another call that waits with the same interrupter: hence again, until all of these have left.
  template <bool SystemWakes>
  void shut_where(interrupter& stop, int fd) noexcept {
    shut_.store(true);
    end_both(fd);
    if constexpr (!SystemWakes) {
      std::error_code none;
      while (stop.ok() && waiting_.load() != 0) {
        stop.nudge();
        wait_ready(-1, direction::read, -1, deadline::in(std::chrono::milliseconds(1)), none);
      }
    }
  }

 private:
  std::atomic<bool> shut_{false};
  std::atomic<unsigned> waiting_{0};  // counted where the system does not end what waits
};

}  // namespace detail
}  // namespace net
}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/net/impl/interrupter.ipp"
#endif
