// Seeing failures go by: an observer, the place of the call, and counters (counters.hpp). Nothing here can change what
// a program catches.
#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "handshim/counters.hpp"
#include "handshim/failure.hpp"
#include "handshim/policy.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {

/// A place in the source; all empty where it is not known.
struct call_site {
  const char* file = "";
  const char* function = "";
  unsigned line = 0;
  explicit operator bool() const noexcept { return line != 0; }
};

/// Where it is called; as a default argument, where the function is called that has it. Since 0.1.
#if defined(__GNUC__) || (defined(_MSC_VER) && _MSC_VER >= 1926)
constexpr call_site here(const char* file = __builtin_FILE(), const char* function = __builtin_FUNCTION(),
                         unsigned line = __builtin_LINE()) noexcept {
  return {file, function, line};
}
#else
constexpr call_site here() noexcept { return {}; }
#endif

/// One failure as an observer sees it, before the program does. Valid during the call only; copy the failure to keep
/// it. Since 0.1.
struct event {
  const handshim::failure& failure;
  policy_choice by;                           ///< what decides, and who chose it
  kind_list kinds;                            ///< what it is raised as; error alone under native
  bool changed = false;                       ///< whether unified-1, the default, would have raised it otherwise
  std::optional<handshim::policy> candidate;  ///< set_candidate(), HANDSHIM_CANDIDATE
  kind_list candidate_kinds;                  ///< what the candidate would have raised it as
  bool would_differ = false;                  ///< whether that is something else; false without a candidate
  call_site where;                            ///< of the innermost located() round it on this thread

  /// "under websockets-14.2 this would have been invalid_message"; empty unless would_differ.
  std::string difference() const;
  /// The fields of failure::to_json() and those of the event: policy, source, kinds, changed, candidate ...
  std::string to_json(disclosure shown = disclosure::full) const;
  /// The same as one line of logfmt.
  std::string to_logfmt(disclosure shown = disclosure::full) const;
};

/// Who is told of each failure, once: a function that cannot throw, by its type, and what it needs. Since 0.1.
struct observer {
  void (*call)(void* context, const event& e) noexcept = nullptr;
  void* context = nullptr;

  /// Calls object(e), which must be noexcept. The object must live until set_observer() or reset_observer() has put
  /// something else in its place.
  template <class T>
  static observer of(T& object) noexcept {
    static_assert(std::is_nothrow_invocable_v<T&, const event&>,
                  "an observer has operator()(const handshim::event&) noexcept: it cannot change an outcome");
    return {[](void* who, const event& e) noexcept { (*static_cast<T*>(who))(e); },
            const_cast<std::remove_const_t<T>*>(&object)};
  }
};

/// Puts the observer in the place of the one before. It is called in the thread of each failure, in several at once,
/// before the failure is thrown or handed over: where a policy meets a failure, which is raise(), to_exception_ptr(),
/// every form of every call of a client, and observe(). A failure that it was told of is not told again by a second
/// guard, nor when it is raised later. What fails inside an observer is neither told nor counted.
/// When this returns the old one is no longer running: do not hold a lock that it takes. From inside an observer
/// nothing is changed and the result is false. One per program, as set_policy().
bool set_observer(observer who) noexcept;
bool reset_observer() noexcept;

/// Tells of a failure that the program has by value (from(), capture(), completion()), unless it was told of, as if it
/// were raised under that policy. It is then marked as told.
void observe(failure& f, const policy_choice& by) noexcept;
template <class Build = build_policy>
void observe(failure& f) noexcept {
  observe(f, current_policy<Build>());
}

namespace detail {
/// Where this thread's calls stand now.
call_site exchange_call_site(const call_site& now) noexcept;
}  // namespace detail

/// Runs fn and gives back what it returns; events of failures in it, on this thread, have the place of this call.
template <class F>
decltype(auto) located(F&& fn, call_site at = here()) {
  struct scope {
    call_site before;
    explicit scope(const call_site& now) noexcept : before(detail::exchange_call_site(now)) {}
    ~scope() { detail::exchange_call_site(before); }
  } entered(at);
  return std::forward<F>(fn)();
}

}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/impl/event.ipp"
#include "handshim/impl/observe.ipp"
#endif
