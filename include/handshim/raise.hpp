// failure + policy -> one throw: the only place where exceptions begin.
#pragma once

#include <exception>
#include <new>
#include <utility>

#include "handshim/exceptions.hpp"

#if HANDSHIM_HAS_EXCEPTIONS

namespace handshim {
inline namespace HANDSHIM_ABI {

namespace detail {
/// Throws what is taken, as the class that it is for.
using thrower = void (*)(failure& taken, const kind_list& as, const policy_choice& by);
/// What throws the failure, and as which kinds. Who watches failures is told of it.
thrower thrower_for(const failure& f, const policy_choice& by, kind_list& as) noexcept;
std::exception_ptr exception_as(const failure& f, const policy_choice& by) noexcept;

/// A failure on its way into an exception. It has no destructor, as each frame with something to clean up stops
/// the exception once more on its way: whoever puts a failure in throws it.
class outgoing {
 public:
  /// Made where it stays: what make() returns is neither moved nor destroyed.
  template <class Make>
  [[gnu::always_inline]] inline void put(Make make) {
    ::new (static_cast<void*>(room_)) failure(make());
  }
  failure& get() noexcept { return *std::launder(reinterpret_cast<failure*>(room_)); }

  // Here and not behind a call: each frame between a throw and its handler is looked at twice.
  [[noreturn, gnu::always_inline]] void raise(const policy_choice& by) {
    kind_list as;
    thrower_for(get(), by, as)(get(), as, by);
    std::terminate();
  }

 private:
  alignas(failure) unsigned char room_[sizeof(failure)];
};
}  // namespace detail

/// Throws the failure as the kinds that the policy makes of it. Under `native`: the client's own exception
/// if it threw one, else std::system_error with its code. The failure must be one (test it first): one that tests
/// false is raised as fault::unclassified is. Thread-safe. Since 0.1.
[[noreturn, gnu::always_inline]] inline void raise(const failure& f, const policy_choice& by) {
  detail::outgoing out;
  out.put([&f] { return f; });
  out.raise(by);
}

/// The same under the policy that holds here.
template <class Build = build_policy>
[[noreturn, gnu::always_inline]] inline void raise(const failure& f) {
  raise(f, current_policy<Build>());
}

/// What raise() would throw, without a throw: for futures, promises and completion handlers. Thread-safe. Since 0.1.
inline std::exception_ptr to_exception_ptr(const failure& f, const policy_choice& by) noexcept {
  return detail::exception_as(f, by);
}

/// The same under the policy that holds here.
template <class Build = build_policy>
std::exception_ptr to_exception_ptr(const failure& f) noexcept {
  return detail::exception_as(f, current_policy<Build>());
}

/// The policy that a spec names (policy.hpp says how one is written); throws policy_error, whatever policy holds, whose
/// text names the place and what is valid. Thread-safe. Since 0.1.
policy find_policy(std::string_view spec);

/// A policy under a name of the program's own, as in policy.hpp; throws as find_policy() does. Since 0.1.
policy define_policy(std::string_view name, std::string_view spec);
policy define_policy(std::string_view name, policy base, std::initializer_list<kind_override> overrides);

}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/impl/raise.ipp"
#endif

#endif  // HANDSHIM_HAS_EXCEPTIONS
