// The exception classes by name: for a switch, for tables, and for builds without exceptions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "handshim/config.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {

/// One enumerator for each class of the hierarchy (exceptions.hpp); `error` is the root. Numbers are never
/// reused; the enum may grow, so keep a default in a switch. Since 0.1.
enum class kind : std::uint8_t {
  error = 0,
#include "handshim/data/rows_begin.inc"
#define KIND(number, name, base, description) name = number,
#include "handshim/data/kinds.inc"
#undef KIND
};

/// The facts of one class. Texts are static, without a trailing period.
struct kind_facts {
  kind id;
  kind base;  ///< the class it derives from
  std::string_view name;
  std::string_view description;
};

namespace detail {

// With the lengths of the texts: else each unit's compiler counts them, character by character.
inline constexpr kind_facts kind_table[] = {
    {kind::error, kind::error, "error", "anything that handshim raises"},
#define KIND(number, name, base, description) \
  {kind::name, kind::base, {#name, sizeof #name - 1}, {description, sizeof description - 1}},
#include "handshim/data/kinds.inc"
#undef KIND
#include "handshim/data/rows_end.inc"
};
inline constexpr std::size_t kind_count = sizeof kind_table / sizeof *kind_table;

// What each class derives from, by its number: what a failure becomes is found without a look at the texts.
struct base_table {
  kind of[64] = {};
  constexpr base_table() noexcept {
    for (const kind_facts& row : kind_table) of[static_cast<std::size_t>(row.id)] = row.base;
  }
};
inline constexpr base_table kind_bases;

}  // namespace detail

/// All kinds, bases before what derives from them.
struct kind_range {
  constexpr const kind_facts* begin() const noexcept { return detail::kind_table; }
  constexpr const kind_facts* end() const noexcept { return detail::kind_table + detail::kind_count; }
};
constexpr kind_range all_kinds() noexcept { return {}; }

/// The facts of a kind; the root's for a number that no row has.
constexpr const kind_facts& facts(kind k) noexcept {
  for (const kind_facts& row : all_kinds())
    if (row.id == k) return row;
  return detail::kind_table[0];
}

/// Whether the class of k is that of base or derives from it.
constexpr bool is_a(kind k, kind base) noexcept {
  while (k != base && k != kind::error) {
    const auto number = static_cast<std::size_t>(k);
    k = number < std::size(detail::kind_bases.of) ? detail::kind_bases.of[number] : kind::error;
  }
  return k == base;
}

/// The name of the class, without its namespace.
constexpr std::string_view name(kind k) noexcept { return facts(k).name; }

/// The kind with this name; kind::error for "error" and, with found set to false, for a text that names none.
constexpr kind find_kind(std::string_view text, bool& found) noexcept {
  for (const kind_facts& row : all_kinds()) {
    found = row.name == text;
    if (found) return row.id;
  }
  return kind::error;
}

/// What a policy makes of a failure: one kind, or up to three that one object is at once.
class kind_list {
 public:
  constexpr kind_list(kind primary = kind::error, kind second = kind::error, kind third = kind::error) noexcept
      : all_{primary, second, third} {}

  /// The one for a switch: the most telling. error, the root, in the other two places stands for none.
  constexpr kind primary() const noexcept { return all_[0]; }
  constexpr std::size_t size() const noexcept { return all_[2] != kind::error ? 3 : all_[1] != kind::error ? 2 : 1; }
  /// i is less than size().
  constexpr kind operator[](std::size_t i) const noexcept { return all_[i]; }
  constexpr const kind* begin() const noexcept { return all_; }
  constexpr const kind* end() const noexcept { return all_ + size(); }

  /// Whether a handler for wanted catches it.
  constexpr bool is(kind wanted) const noexcept {
    for (kind k : *this)
      if (is_a(k, wanted)) return true;
    return false;
  }

  friend constexpr bool operator==(const kind_list& a, const kind_list& b) noexcept {
    return a.all_[0] == b.all_[0] && a.all_[1] == b.all_[1] && a.all_[2] == b.all_[2];
  }
  friend constexpr bool operator!=(const kind_list& a, const kind_list& b) noexcept { return !(a == b); }

 private:
  kind all_[3];
};

}  // namespace HANDSHIM_ABI
}  // namespace handshim
