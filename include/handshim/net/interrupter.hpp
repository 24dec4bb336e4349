// Wakes calls that wait, from any thread.
#pragma once

#include <atomic>
#include <system_error>

#include "handshim/net/deadline.hpp"
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

 private:
  bool confirm() noexcept;

  // A count, so that a trigger() that races with reset() is either taken back or seen, never half of both.
  std::atomic<unsigned> wanted_{0};
  std::atomic<unsigned> seen_{0};
  std::error_code error_;
  detail::pipe_ends wake_;
};

}  // namespace net
}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/net/impl/interrupter.ipp"
#endif
