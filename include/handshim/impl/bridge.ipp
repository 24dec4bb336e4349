#pragma once

#include "handshim/bridge.hpp"
#include "handshim/impl/policy_parse.hpp"
#if HANDSHIM_HAS_EXCEPTIONS
#include "handshim/impl/raise.ipp"
#endif

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

namespace kind_words {
inline constexpr kind_set bridge_sets[] = {
#include "handshim/data/rows_begin.inc"
#define COMBINATION(...) set_of(kind_list(__VA_ARGS__)),
#include "handshim/data/bridge_combinations.inc"
#undef COMBINATION
#include "handshim/data/rows_end.inc"
};
}  // namespace kind_words

#if !defined(HANDSHIM_COMPILED)
// The first table counts, but for one without classes, which a unit without exceptions brought.
inline bool bring(const class_table& fresh) noexcept {
  const class_table* known = nullptr;
  while (known == nullptr || known->raisers == nullptr)
    if (brought_classes.compare_exchange_weak(known, &fresh, std::memory_order_acq_rel)) return true;
  return false;
}
#endif

inline namespace HANDSHIM_EXCEPTIONS_VARIANT {

#if HANDSHIM_HAS_EXCEPTIONS
inline constexpr raiser bridge_raisers[] = {
#include "handshim/data/rows_begin.inc"
#define COMBINATION(...) {{set_of(combined<__VA_ARGS__>::listed), throw_all<__VA_ARGS__>}},
#include "handshim/data/bridge_combinations.inc"
#undef COMBINATION
};
inline constexpr exception_maker bridge_makers[] = {
#define COMBINATION(...) {{set_of(combined<__VA_ARGS__>::listed), make_all<__VA_ARGS__>}},
#include "handshim/data/bridge_combinations.inc"
#undef COMBINATION
#include "handshim/data/rows_end.inc"
};
#else
inline constexpr const raiser* bridge_raisers = nullptr;
inline constexpr const exception_maker* bridge_makers = nullptr;
#endif
inline constexpr class_table bridge_table{kind_words::bridge_sets, bridge_raisers, bridge_makers,
                                          std::size(kind_words::bridge_sets)};

#if !defined(HANDSHIM_COMPILED)
// Before the static objects that come after the header in its unit; bridge() does not depend on it.
inline const bool bridges_are_brought = bring(bridge_table);
#endif

}  // namespace HANDSHIM_EXCEPTIONS_VARIANT

#if defined(HANDSHIM_COMPILED)
const class_table* bridge_classes() noexcept { return &bridge_table; }
#endif

}  // namespace detail

inline namespace HANDSHIM_EXCEPTIONS_VARIANT {

HANDSHIM_INLINE policy bridge(policy a, policy b, failure& why) {
#if !defined(HANDSHIM_COMPILED)
  detail::bring(detail::bridge_table);
#endif
  const std::string whole = detail::bridge_name(a.name(), b.name());
  const auto* made =
      detail::policy_maker(whole, why).bridge(*detail::policy_data::of(a), *detail::policy_data::of(b), {});
  return made ? detail::policy_data::handle(made) : policy();
}

#if HANDSHIM_HAS_EXCEPTIONS
HANDSHIM_INLINE policy bridge(policy a, policy b) {
  failure why;
  const policy made = bridge(a, b, why);
  if (why) raise(why, policy());
  return made;
}
#endif

}  // namespace HANDSHIM_EXCEPTIONS_VARIANT
}  // namespace HANDSHIM_ABI
}  // namespace handshim
