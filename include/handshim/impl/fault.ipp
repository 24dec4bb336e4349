#pragma once

#include <array>

#include "handshim/fault.hpp"
#include "handshim/impl/native_condition.hpp"

namespace handshim {
namespace detail {

constexpr std::uint32_t bit(condition c) noexcept { return std::uint32_t{1} << static_cast<unsigned>(c); }

// The rows are written with bare enumerators, which these name.
namespace rows {
enum : std::uint32_t {
  none = 0,
  unclassified = bit(condition::unclassified),
  cancelled = bit(condition::cancelled),
  usage = bit(condition::usage),
  resolve = bit(condition::resolve),
  network = bit(condition::network),
  tls = bit(condition::tls),
  timeout = bit(condition::timeout),
  handshake = bit(condition::handshake),
  rejected = bit(condition::rejected),
  protocol = bit(condition::protocol),
  lost = bit(condition::lost),
  closed = bit(condition::closed),
  closed_ok = bit(condition::closed_ok)
};
using std::errc;

inline constexpr fault_facts table[] = {
#define FAULT(number, name, parent, phase_, condition_, also, errc_, fingerprint, advice_, description, hint) \
  {                                                                                                           \
      fault::name, fault::parent,   phase::phase_, condition::condition_, condition_ | (also),                \
      errc_,       advice::advice_, #name,         fingerprint,           description,                        \
      hint},
#include "handshim/data/faults.inc"
#undef FAULT
};
}  // namespace rows

inline constexpr std::size_t fault_count = std::size(rows::table);

constexpr bool rows_ascend() noexcept {
  for (std::size_t i = 1; i < fault_count; ++i)
    if (!(rows::table[i - 1].id < rows::table[i].id)) return false;
  return true;
}
static_assert(rows_ascend(), "faults.inc must stay in the order of its numbers");

struct phase_name {
  phase id;
  std::string_view text;
};
inline constexpr phase_name phase_names[] = {
    {phase::unknown, "unknown"},     {phase::local, "local"}, {phase::resolve, "resolve"},
    {phase::connect, "connect"},     {phase::proxy, "proxy"}, {phase::tls, "tls"},
    {phase::handshake, "handshake"}, {phase::open, "open"},   {phase::closing, "closing"},
};

inline constexpr std::string_view condition_names[] = {"",         "unclassified", "cancelled", "usage",     "resolve",
                                                       "network",  "tls",          "timeout",   "handshake", "rejected",
                                                       "protocol", "lost",         "closed",    "closed_ok"};

// Names are the identity of the categories: the same in every shared library that has its own copy.
inline constexpr const char* fault_category_name = "handshim";
inline constexpr const char* condition_category_name = "handshim.condition";

inline bool has_name(const std::error_category& category, std::string_view id) noexcept {
  return category.name() == id;
}

class fault_category_type final : public std::error_category {
 public:
  const char* name() const noexcept override { return fault_category_name; }
  std::string message(int value) const override { return std::string(facts(static_cast<fault>(value)).description); }
  std::error_condition default_error_condition(int value) const noexcept override {
    const fault_facts& f = facts(static_cast<fault>(value));
    if (f.errc == std::errc{}) return {value, *this};
    return std::make_error_condition(f.errc);
  }
  // A code of ours against a condition of anyone's.
  bool equivalent(int value, const std::error_condition& wanted) const noexcept override {
    const auto f = static_cast<fault>(value);
    if (has_name(wanted.category(), fault_category_name)) return is_a(f, static_cast<fault>(wanted.value()));
    if (has_name(wanted.category(), condition_category_name)) return holds(f, static_cast<condition>(wanted.value()));
    return default_error_condition(value) == wanted;
  }
  // Anyone's code against a fault as a condition.
  bool equivalent(const std::error_code& code, int wanted) const noexcept override {
    return has_name(code.category(), fault_category_name) &&
           is_a(static_cast<fault>(code.value()), static_cast<fault>(wanted));
  }
};

class condition_category_type final : public std::error_category {
 public:
  const char* name() const noexcept override { return condition_category_name; }
  std::string message(int value) const override { return std::string(handshim::name(static_cast<condition>(value))); }
  // Anyone's code against a condition of ours: native codes too, without a translation.
  bool equivalent(const std::error_code& code, int wanted) const noexcept override {
    const auto c = static_cast<condition>(wanted);
    if (has_name(code.category(), fault_category_name)) return holds(static_cast<fault>(code.value()), c);
    return native_holds(code.category().name(), code.value(), c);
  }
};

}  // namespace detail

HANDSHIM_INLINE fault_range all_faults() noexcept {
  return {std::begin(detail::rows::table), std::end(detail::rows::table)};
}

HANDSHIM_INLINE std::size_t fault_index(fault f) noexcept {
  std::size_t low = 0, high = detail::fault_count;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (detail::rows::table[middle].id < f)
      low = middle + 1;
    else
      high = middle;
  }
  return low < detail::fault_count && detail::rows::table[low].id == f ? low : 0;
}

HANDSHIM_INLINE const fault_facts& facts(fault f) noexcept { return detail::rows::table[fault_index(f)]; }

HANDSHIM_INLINE bool is_a(fault f, fault ancestor) noexcept {
  for (;;) {
    if (f == ancestor) return true;
    const fault parent = facts(f).parent;
    if (parent == f || f == fault::none) return false;
    f = parent;
  }
}

HANDSHIM_INLINE bool holds(fault f, condition c) noexcept {
  return f != fault::none && (facts(f).conditions & detail::bit(c)) != 0;
}

HANDSHIM_INLINE std::string_view name(fault f) noexcept { return f == fault::none ? "none" : facts(f).name; }

HANDSHIM_INLINE std::string_view name(condition c) noexcept {
  const auto i = static_cast<std::size_t>(c);
  return i < std::size(detail::condition_names) ? detail::condition_names[i] : "";
}

HANDSHIM_INLINE std::string_view name(phase p) noexcept {
  for (const auto& row : detail::phase_names)
    if (row.id == p) return row.text;
  return "unknown";
}

HANDSHIM_INLINE std::string_view name(advice a) noexcept {
  constexpr std::string_view names[] = {"never", "fix_first", "back_off", "throttled", "by_status", "by_close_code"};
  const auto i = static_cast<std::size_t>(a);
  return i < std::size(names) ? names[i] : "";
}

HANDSHIM_INLINE fault find_fault(std::string_view text) noexcept {
  for (const fault_facts& row : all_faults())
    if (row.name == text) return row.id;
  return fault::none;
}

HANDSHIM_INLINE condition find_condition(std::string_view text) noexcept {
  for (std::size_t i = 1; i < std::size(detail::condition_names); ++i)
    if (detail::condition_names[i] == text) return static_cast<condition>(i);
  return condition{};
}

HANDSHIM_INLINE phase find_phase(std::string_view text) noexcept {
  for (const auto& row : detail::phase_names)
    if (row.text == text) return row.id;
  return phase::unknown;
}

// Never destroyed, so that an error can be printed from the destructor of a static object.
HANDSHIM_INLINE const std::error_category& fault_category() noexcept {
  static const auto& category = *new detail::fault_category_type;
  return category;
}

HANDSHIM_INLINE const std::error_category& condition_category() noexcept {
  static const auto& category = *new detail::condition_category_type;
  return category;
}

HANDSHIM_INLINE std::error_code make_error_code(fault f) noexcept { return {static_cast<int>(f), fault_category()}; }

HANDSHIM_INLINE std::error_condition make_error_condition(fault f) noexcept {
  return {static_cast<int>(f), fault_category()};
}

HANDSHIM_INLINE std::error_condition make_error_condition(condition c) noexcept {
  return {static_cast<int>(c), condition_category()};
}

HANDSHIM_INLINE fault fault_of(const std::error_code& code) noexcept {
  return detail::has_name(code.category(), detail::fault_category_name) ? static_cast<fault>(code.value())
                                                                        : fault::none;
}

}  // namespace handshim
