#pragma once

#include "handshim/impl/observation.hpp"
#include "handshim/impl/policy_rows.hpp"
#include "handshim/raise.hpp"

namespace handshim::detail {

// What to do with the object once its class is known: throw it, or put it into an exception_ptr.
using thrower = void (*)(const failure&, const policy_choice&);
using maker = std::exception_ptr (*)(const failure&, const policy_choice&);

template <class E>
[[noreturn]] void throw_one(const failure& f, const policy_choice& by) {
  throw E(f, by);
}
template <class E>
std::exception_ptr make_one(const failure& f, const policy_choice& by) {
  return std::make_exception_ptr(E(f, by));
}

struct raiser {
  kind_list as;
  thrower raise;
  maker make;
};

// The root as an object: for what a policy gives no better class.
class HANDSHIM_API plain_error : public virtual error {
 public:
  plain_error(const handshim::failure& f, const policy_choice& by) noexcept
      : std::system_error(prebuilt(f.fault())), error(f, handshim::kind::error, by) {}
};

inline constexpr raiser raisers[] = {
    {kind::error, throw_one<plain_error>, make_one<plain_error>},
#define KIND(number, name, base, description) {kind::name, throw_one<name>, make_one<name>},
#include "handshim/data/kinds.inc"
#undef KIND
#define COMBINATION(...) \
  {combined<__VA_ARGS__>::listed, throw_one<combined<__VA_ARGS__>>, make_one<combined<__VA_ARGS__>>},
#include "handshim/data/combinations.inc"
#undef COMBINATION
};

inline const raiser& raiser_for(const kind_list& as) noexcept {
  for (const raiser& row : raisers)
    if (row.as == as) return row;
  for (const raiser& row : raisers)
    if (row.as == kind_list(as.primary())) return row;
  return raisers[0];
}

inline std::exception_ptr native_exception(const failure& f) noexcept {
  if (f.evidence().cause) return f.evidence().cause;
  try {
    return std::make_exception_ptr(std::system_error(f.native_code() ? f.native_code() : f.code(), f.what()));
  } catch (const std::bad_alloc&) {
    return std::make_exception_ptr(prebuilt(f.fault()));
  }
}

// What goes out under native bears no mark: the thread remembers it, so that a guard further out, which meets the
// same object, does not tell of it again.
inline std::exception_ptr& last_native_exception() noexcept {
  static thread_local std::exception_ptr last;
  return last;
}

inline std::exception_ptr outgoing_native(const failure& f) noexcept {
  std::exception_ptr out = native_exception(f);
  if (notice_slot().load(std::memory_order_relaxed) != nullptr) last_native_exception() = out;
  return out;
}

// Apart, so that an exception on its way out of raise_as() finds nothing to clean up there.
[[noreturn, gnu::noinline]] inline void raise_natively(const failure& f) { std::rethrow_exception(outgoing_native(f)); }

inline void tell_once(notice tell, const failure& f, const policy_choice& by) noexcept {
  const std::exception_ptr& cause = f.evidence().cause;
  if (!cause || cause != last_native_exception()) tell(f, by);
}

HANDSHIM_INLINE void raise_as(const failure& f, const policy_choice& by) {
  if (const notice tell = notice_for(f)) tell_once(tell, f, by);
  if (by.policy.is_native()) raise_natively(f);
  raiser_for(by.policy.kinds(f)).raise(f, by);
  std::terminate();
}

HANDSHIM_INLINE std::exception_ptr exception_as(const failure& f, const policy_choice& by) noexcept {
  if (const notice tell = notice_for(f)) tell_once(tell, f, by);
  if (by.policy.is_native()) return outgoing_native(f);
  return raiser_for(by.policy.kinds(f)).make(f, by);
}

}  // namespace handshim::detail

namespace handshim {

HANDSHIM_INLINE policy find_policy(std::string_view spec) {
  failure why;
  const policy found = find_policy(spec, why);
  if (why) raise(why, policy());
  return found;
}

}  // namespace handshim
