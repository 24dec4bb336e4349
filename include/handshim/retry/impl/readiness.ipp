#pragma once

#include "handshim/retry/readiness.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {

HANDSHIM_INLINE backoff_options waiting_backoff() noexcept {
  backoff_options out;
  out.first = out.base = std::chrono::milliseconds(100);
  out.factor = 1.5;
  out.cap = std::chrono::seconds(1);
  out.advising.longest_wait = std::chrono::seconds(1);
  return out;
}

// A span of zero or less is one attempt.
HANDSHIM_INLINE retry_options detail::waiting_as(const ready_options& how, std::chrono::nanoseconds span) {
  retry_options out;
  out.backoff = how.backoff;
  out.attempts = 0;
  out.total = span.count() > 0 ? span : std::chrono::nanoseconds(1);
  out.give_up = how.give_up;
  out.keep_trying = how.keep_waiting;
  out.on_retry = how.on_wait;
  out.stop = how.stop;
  out.clock = how.clock;
  return out;
}

}  // namespace HANDSHIM_ABI
}  // namespace handshim
