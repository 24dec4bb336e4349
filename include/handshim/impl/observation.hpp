// The one place through which a failure is told to who observes; observe.hpp puts something there.
#pragma once

#include <atomic>

#include "handshim/policy.hpp"

namespace handshim::detail {

/// Told of a failure, before the program has it, and of the policy that decides on it.
using notice = void (*)(const failure& f, const policy_choice& by) noexcept;

/// Null while nobody observes.
std::atomic<notice>& notice_slot() noexcept;

/// A failure that was told of bears a mark, and so do its copies: none is told of twice.
struct observation_mark {
  static bool is_on(const failure& f) noexcept { return f.observed_; }
  static failure on(failure f) noexcept {
    f.observed_ = true;
    return f;
  }
};

/// Whom to tell of the failure; null if nobody observes, or if it was told of already.
inline notice notice_for(const failure& f) noexcept {
  const notice tell = notice_slot().load(std::memory_order_relaxed);
  return tell != nullptr && !observation_mark::is_on(f) ? tell : nullptr;
}

/// Tells of it; the result is the same failure with the mark.
failure told(notice tell, const failure& f, const policy_choice& by) noexcept;

}  // namespace handshim::detail

#if !defined(HANDSHIM_COMPILED)
#include "handshim/impl/observation.ipp"
#endif
