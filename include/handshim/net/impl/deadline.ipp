#pragma once

#include <climits>

#include "handshim/net/deadline.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace net {

namespace detail {
// What has passed whatever the time is: the clock, which is dear on some machines, need not be read. Its epoch and not
// min(), from which nothing can be subtracted.
inline constexpr clock::time_point long_ago{};
}  // namespace detail

HANDSHIM_INLINE deadline deadline::in(std::chrono::nanoseconds span) noexcept {
  if (span <= std::chrono::nanoseconds::zero()) return deadline(detail::long_ago);
  const auto now = clock::now();
  if (span >= (clock::time_point::max)() - now) return never();
  return deadline(now + std::chrono::duration_cast<clock::duration>(span));
}

HANDSHIM_INLINE bool deadline::passed() const noexcept {
  return !is_never() && (when_ == detail::long_ago || clock::now() >= when_);
}

HANDSHIM_INLINE std::chrono::nanoseconds deadline::remaining() const noexcept {
  if (is_never()) return (std::chrono::nanoseconds::max)();
  const auto now = clock::now();
  if (now >= when_) return std::chrono::nanoseconds::zero();
  return when_ - now;
}

HANDSHIM_INLINE int deadline::poll_timeout() const noexcept {
  if (is_never()) return -1;
  // Rounded up: rounded down, the last millisecond would be spent in a busy loop.
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(remaining()).count();
  return left < INT_MAX ? static_cast<int>(left) : INT_MAX;
}

HANDSHIM_INLINE deadline earlier(deadline a, deadline b) noexcept { return b.when() < a.when() ? b : a; }

}  // namespace net
}  // namespace HANDSHIM_ABI
}  // namespace handshim
