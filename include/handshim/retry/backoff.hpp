// How long to wait before the next attempt: pure, without a clock and without sleeping, for threads and event loops.
#pragma once

#include <chrono>
#include <cstdint>

#include "handshim/retry/advice.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {

/// The shape of the delays. Times are zero or more; a factor under 1 counts as 1. Since 0.1.
struct backoff_options {
  using duration = std::chrono::nanoseconds;

  duration first = std::chrono::seconds(5);  ///< the first delay is random, from zero to this (RFC 6455, section 7.2.3)
  duration base = std::chrono::seconds(5);   ///< the longest that the second can be
  double factor = 2;                         ///< and by that much longer each further one
  duration cap = std::chrono::seconds(60);   ///< no delay is longer, unless the server asked for it
  bool jitter = true;                        ///< each delay is random from zero to its longest; else it is its longest
  duration granularity{};                    ///< delays behind the first are cut to a multiple of it; zero: as they are
  duration flap_window =
      std::chrono::seconds(10);  ///< a connection that stood that long begins anew; a shorter one not
  std::uint64_t seed = 0;        ///< the same delays for the same seed; 0: from the system's generator
  handshim::advising advising;
};

/// The delays of websockets' asyncio client from 13.1 to 17.0.1 (src/websockets/client.py, backoff()): a random first
/// one up to 5 s, then 3.1 s, longer by 1.618 each, at most 90 s, not random; an open connection begins anew at once.
backoff_options websockets_backoff() noexcept;
/// Those of its legacy client (src/websockets/legacy/client.py, __aiter__()): a random first one up to 5 s, then 1.92 s
/// times 1.618, longer by 1.618 each, at most 60 s, in whole seconds.
backoff_options websockets_legacy_backoff() noexcept;

/// What to do after a failure.
struct backoff_step {
  bool again = false;                ///< whether to try again at all
  std::chrono::nanoseconds delay{};  ///< after that long
  retry_advice advice;               ///< why
  explicit operator bool() const noexcept { return again; }
};

/// The delays of one client. Not thread-safe; copying copies the state, so that both go on alike. Since 0.1.
class backoff {
 public:
  explicit backoff(backoff_options shape = {});

  /// The delay after that failure, or that trying again is no use (advice never and fix_first). After throttled the
  /// delay is the one after the next, and at least half as long as it can be; after a time that the server named it is
  /// that time and a random part of the next delay, so that those who were told the same do not come at once.
  backoff_step next(const failure& f);
  /// The same where the caller knows better that trying again is of use.
  backoff_step next_anyway(const failure& f);

  /// To be told at its end how long a connection stood: from the flap window on the delays begin anew.
  void stood(std::chrono::nanoseconds how_long) noexcept;
  /// The delays begin anew.
  void reset() noexcept { taken_ = 0; }
  /// How many delays were given since they began.
  unsigned taken() const noexcept { return taken_; }
  const backoff_options& options() const noexcept { return shape_; }

 private:
  std::chrono::nanoseconds delay_for(const retry_advice& word);
  std::chrono::nanoseconds longest(unsigned step) const noexcept;
  std::chrono::nanoseconds random_up_to(std::chrono::nanoseconds most) noexcept;

  backoff_options shape_;
  std::uint64_t random_;
  unsigned taken_ = 0;
};

}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/retry/impl/backoff.ipp"
#endif
