#pragma once

#include "handshim/net/error.hpp"
#include "handshim/net/interrupter.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace net {

static_assert(std::atomic<unsigned>::is_always_lock_free, "trigger() must be safe in a signal handler");

HANDSHIM_INLINE interrupter::interrupter() noexcept : wake_(detail::open_wake(error_)) {}

HANDSHIM_INLINE void interrupter::trigger() noexcept {
  wanted_.fetch_add(1);
  if (ok()) detail::put_byte(wake_);
}

HANDSHIM_INLINE void interrupter::reset() noexcept {
  const unsigned wanted = wanted_.load();
  seen_.store(wanted);
  confirm();
}

// Takes away bytes that no trigger stands behind (one that reset() took back before its byte came); true if
// one does. Its byte is put back, as other threads may wait for it.
HANDSHIM_INLINE bool interrupter::confirm() noexcept {
  if (triggered()) return true;
  if (ok()) detail::drain(wake_);
  if (!triggered()) return false;
  if (ok()) detail::put_byte(wake_);
  return true;
}

HANDSHIM_INLINE std::error_code interrupter::wait(int descriptor, direction way, deadline until) noexcept {
  for (;;) {
    if (triggered()) return stream_errc::interrupted;
    std::error_code error;
    const auto ready = detail::wait_ready(descriptor, way, fd(), until, error);
    if (error) return error;
    if (ready.wake && confirm()) return stream_errc::interrupted;
    if (ready.fd) return {};
    if (!ready.wake) return stream_errc::timed_out;
  }
}

}  // namespace net
}  // namespace HANDSHIM_ABI
}  // namespace handshim
