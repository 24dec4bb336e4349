// The one place through which a failure is told to who observes; observe.hpp puts something there.
#pragma once

#include <atomic>

#include "handshim/policy.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

/// Told of a failure, before the program has it, and of the policy that decides on it.
using notice = void (*)(const failure& f, const policy_choice& by) noexcept;

/// Null while nobody observes.
std::atomic<notice>& notice_slot() noexcept;

/// A failure that was told of bears a mark, and so do its copies: none is told of twice. What is in a handshim::error
/// has it too, as raise() told of it.
struct observation_mark {
  static bool is_on(const failure& f) noexcept { return f.observed_; }
  static void set(failure& f) noexcept { f.observed_ = true; }
};

/// Whom to tell of the failure; null if nobody observes, or if it was told of already.
inline notice notice_for(const failure& f) noexcept {
  const notice tell = notice_slot().load(std::memory_order_relaxed);
  return tell != nullptr && !observation_mark::is_on(f) ? tell : nullptr;
}

/// Tells of a failure that is handed over by value.
inline void tell_of(notice tell, failure& f, const policy_choice& by) noexcept {
  tell(f, by);
  observation_mark::set(f);
}

}  // namespace detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/impl/observation.ipp"
#endif
