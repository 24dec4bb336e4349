#pragma once

#include "handshim/net/error.hpp"
#include "handshim/net/impl/platform.hpp"
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

HANDSHIM_INLINE void interrupter::nudge() noexcept {
  if (ok()) detail::put_byte(wake_);
}

HANDSHIM_INLINE bool interrupter::wait_once(int descriptor, direction way, deadline until,
                                            std::error_code& error) noexcept {
  if (triggered()) return error = stream_errc::interrupted, true;
  const auto ready = detail::wait_ready(descriptor, way, fd(), until, error);
  if (error) return true;
  if (ready.wake && confirm()) return error = stream_errc::interrupted, true;
  if (!ready.fd && !ready.wake) error = stream_errc::timed_out;
  return ready.fd || !ready.wake;
}

HANDSHIM_INLINE std::error_code interrupter::wait(int descriptor, direction way, deadline until) noexcept {
  std::error_code error;
  while (!wait_once(descriptor, way, until, error)) {
  }
  return error;
}

namespace detail {

HANDSHIM_INLINE std::error_code shutter::wait(interrupter& stop, int fd, direction way, deadline until) noexcept {
  return wait_where<platform::shutdown_wakes>(stop, fd, way, until);
}

HANDSHIM_INLINE void shutter::shut(interrupter& stop, int fd) noexcept {
  shut_where<platform::shutdown_wakes>(stop, fd);
}

}  // namespace detail
}  // namespace net
}  // namespace HANDSHIM_ABI
}  // namespace handshim
