#pragma once

#include "handshim/impl/kind_set.hpp"
#include "handshim/impl/observation.hpp"
#include "handshim/impl/policy_data.hpp"
#include "handshim/raise.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

// Puts an object of a class into an exception_ptr.
using maker = std::exception_ptr (*)(const failure&, const kind_list&, const policy_choice&);

// The throw itself leaves nothing behind: what is thrown takes the failure.
template <class E>
[[noreturn]] void throw_one(failure& taken, const kind_list&, const policy_choice& by) {
  throw E(std::move(taken), by);
}
template <class E>
std::exception_ptr make_one(const failure& f, const kind_list&, const policy_choice& by) {
  return std::make_exception_ptr(E(f, by));
}
template <class... Kinds>
[[noreturn]] void throw_all(failure& taken, const kind_list& as, const policy_choice& by) {
  throw combined<Kinds...>(std::move(taken), as, by);
}
template <class... Kinds>
std::exception_ptr make_all(const failure& f, const kind_list& as, const policy_choice& by) {
  return std::make_exception_ptr(combined<Kinds...>(f, as, by));
}

template <class Do>
struct class_row {
  kind_set as;
  Do run;
};
struct raiser : class_row<thrower> {};
struct exception_maker : class_row<maker> {};

// The root as an object: for what a policy gives no better class.
class HANDSHIM_API plain_error : public virtual error {
 public:
  plain_error(const handshim::failure& f, const policy_choice& by) noexcept : error(f, handshim::kind::error, by) {}
  plain_error(handshim::failure&& f, const policy_choice& by) noexcept
      : error(std::move(f), handshim::kind::error, by) {}
};

// Two tables, so that a program that only throws has none of the code of the other.
inline constexpr raiser raisers[] = {
#include "handshim/data/rows_begin.inc"
    {{set_of(kind::error), throw_one<plain_error>}},
#define KIND(number, name, base, description) {{set_of(kind::name), throw_one<name>}},
#include "handshim/data/kinds.inc"
#undef KIND
#define COMBINATION(...) {{set_of(combined<__VA_ARGS__>::listed), throw_all<__VA_ARGS__>}},
#include "handshim/data/combinations.inc"
#undef COMBINATION
};
inline constexpr exception_maker exception_makers[] = {
    {{set_of(kind::error), make_one<plain_error>}},
#define KIND(number, name, base, description) {{set_of(kind::name), make_one<name>}},
#include "handshim/data/kinds.inc"
#undef KIND
#define COMBINATION(...) {{set_of(combined<__VA_ARGS__>::listed), make_all<__VA_ARGS__>}},
#include "handshim/data/combinations.inc"
#undef COMBINATION
#include "handshim/data/rows_end.inc"
};

template <class Row>
const Row* find_class(kind_set as, const Row* rows, std::size_t count) noexcept {
  for (const Row* row = rows; row != rows + count; ++row)
    if (row->as == as) return row;
  return nullptr;
}

template <class Row>
const Row* find_class(kind_set as, const class_table* more) noexcept {
  return more && more->rows<Row>() ? find_class(as, more->rows<Row>(), more->count) : nullptr;
}

// The core's classes, then those with which the policy was made, then those that this program or library has. The
// last are for a policy made where there are no exceptions; if there is no class at all, the primary kind's is left.
template <class Row, std::size_t N>
const Row& class_for(const Row (&core)[N], const kind_list& as, const policy& by) noexcept {
  const kind_set all = set_of(as);
  const Row* row = find_class(all, core, N);
  if (!row) row = find_class<Row>(all, policy_data::of(by)->classes);
  if (!row) row = find_class<Row>(all, bridge_classes());
  if (!row) row = find_class(set_of(as.primary()), core, N);
  return row ? *row : core[0];
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

[[noreturn]] inline void throw_native(failure& taken, const kind_list&, const policy_choice&) {
  const failure f = std::move(taken);
  std::rethrow_exception(outgoing_native(f));
}

inline void tell_once(notice tell, const failure& f, const policy_choice& by) noexcept {
  const std::exception_ptr& cause = f.evidence().cause;
  if (!cause || cause != last_native_exception()) tell(f, by);
}

HANDSHIM_INLINE thrower thrower_for(const failure& f, const policy_choice& by, kind_list& as) noexcept {
  if (const notice tell = notice_for(f)) tell_once(tell, f, by);
  if (by.policy.is_native()) return throw_native;
  as = by.policy.kinds(f);
  return class_for(raisers, as, by.policy).run;
}

HANDSHIM_INLINE std::exception_ptr exception_as(const failure& f, const policy_choice& by) noexcept {
  if (const notice tell = notice_for(f)) tell_once(tell, f, by);
  if (by.policy.is_native()) return outgoing_native(f);
  const kind_list as = by.policy.kinds(f);
  return class_for(exception_makers, as, by.policy).run(f, as, by);
}

}  // namespace detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim

namespace handshim {
inline namespace HANDSHIM_ABI {

HANDSHIM_INLINE policy find_policy(std::string_view spec) {
  failure why;
  const policy found = find_policy(spec, why);
  if (why) raise(why, policy());
  return found;
}

HANDSHIM_INLINE policy define_policy(std::string_view name, std::string_view spec) {
  failure why;
  const policy made = define_policy(name, spec, why);
  if (why) raise(why, policy());
  return made;
}

HANDSHIM_INLINE policy define_policy(std::string_view name, policy base,
                                     std::initializer_list<kind_override> overrides) {
  failure why;
  const policy made = define_policy(name, base, overrides, why);
  if (why) raise(why, policy());
  return made;
}

}  // namespace HANDSHIM_ABI
}  // namespace handshim
