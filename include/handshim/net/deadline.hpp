// A point in time that bounds an operation.
#pragma once

#include <chrono>

#include "handshim/config.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace net {

using clock = std::chrono::steady_clock;

/// A point of the steady clock, or never. A value; nothing throws. Since 0.1.
class deadline {
 public:
  static deadline never() noexcept { return deadline((clock::time_point::max)()); }
  /// That long from now. Zero or less has passed already; what the clock cannot count is never.
  static deadline in(std::chrono::nanoseconds span) noexcept;
  /// clock::time_point::max() is never.
  static deadline at(clock::time_point when) noexcept { return deadline(when); }

  bool is_never() const noexcept { return when_ == (clock::time_point::max)(); }
  bool passed() const noexcept;
  /// Zero once it passed, nanoseconds::max() for never.
  std::chrono::nanoseconds remaining() const noexcept;
  /// The timeout for poll(2): milliseconds rounded up, at most INT_MAX; -1 for never.
  int poll_timeout() const noexcept;
  clock::time_point when() const noexcept { return when_; }

 private:
  explicit deadline(clock::time_point when) noexcept : when_(when) {}
  clock::time_point when_;
};

/// The one that passes first.
deadline earlier(deadline a, deadline b) noexcept;

}  // namespace net
}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/net/impl/deadline.ipp"
#endif
