// All that can be said on trying again after a failure: whether, when, where, and which rule says so.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

#include "handshim/failure.hpp"
#include "handshim/retry/rules.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {

/// handshim's word on one failure, from the fact alone, the same under every policy. A value. Since 0.1.
struct retry_advice {
  advice what = advice::never;
  retry_where where = retry_where::same;
  /// Whether nothing that the application sent can have reached the other side, so that sending it again does nothing
  /// twice: true up to the 101 and for a wrong call, false on an open connection, where nobody can know.
  bool safe_to_send_again = false;
  /// How long the server asked to wait, with advice::after; none if it did not say.
  std::optional<std::chrono::nanoseconds> delay;
  const retry_rule* rule = nullptr;  ///< what decided; null only if nothing failed

  /// Whether trying again may help without anybody's doing.
  bool may_pass() const noexcept {
    return what == advice::back_off || what == advice::throttled || what == advice::after;
  }
};

/// What close codes from 3000 to 4999 ask for, which only the application knows.
struct close_code_advice {
  int first = 0, last = 0;
  advice what = advice::fix_first;  ///< never, fix_first, back_off or throttled
};

/// What to advise with, beside the facts. A value. Since 0.1.
struct advising {
  std::vector<close_code_advice> close_codes;                 ///< asked before the rules; the first that fits
  std::chrono::seconds longest_wait = std::chrono::hours(1);  ///< no more of a Retry-After is believed
  /// The time of day, for a Retry-After with a date; empty: the system's clock.
  std::function<std::chrono::system_clock::time_point()> now;
};

/// Advice on a failure. Thread-safe; throws what advising::now throws. Since 0.1.
retry_advice advise(const failure& f, const advising& by = {});

}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/retry/impl/advice.ipp"
#endif
