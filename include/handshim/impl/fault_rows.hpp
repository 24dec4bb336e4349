// The faults as numbers, and their lines. Who wants no more than that, as most programs do, has no table of texts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <system_error>

#include "handshim/fault.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
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

// What is looked up while a failure is made, judged and thrown, with the lengths of the texts in its line.
struct fault_row {
  fault id, parent;
  phase when;
  condition main;
  advice retry;
  std::uint8_t phase_length, description_length, name_length;
  std::uint32_t conditions;
  std::errc errc;
};

inline constexpr fault_row numbers[] = {
#include "handshim/data/rows_begin.inc"
#define FAULT(number, name, parent, phase_, condition_, also, errc_, fingerprint, advice_, description, hint) \
  {fault::name,        fault::parent,          phase::phase_,    condition::condition_, advice::advice_,      \
   sizeof #phase_ - 1, sizeof description - 1, sizeof #name - 1, condition_ | (also),   errc_},
#include "handshim/data/faults.inc"
#undef FAULT
};

// All lines in one text, as a pointer to each would have to be put right when a program is loaded.
inline constexpr char lines[] =
#define FAULT(number, name, parent, phase, condition, also, errc, fingerprint, advice, description, hint) \
#phase ": " description " [" #name "]\0"
#include "handshim/data/faults.inc"
#undef FAULT
#include "handshim/data/rows_end.inc"
    ;
}  // namespace rows

using rows::fault_row;

inline constexpr std::size_t fault_count = std::size(rows::numbers);

constexpr bool rows_ascend() noexcept {
  for (std::size_t i = 1; i < fault_count; ++i)
    if (!(rows::numbers[i - 1].id < rows::numbers[i].id)) return false;
  return true;
}
static_assert(rows_ascend(), "faults.inc must stay in the order of its numbers");

// The place of each number in the table; 0 for one that no row has.
struct place_table {
  static constexpr std::size_t count = static_cast<std::size_t>(rows::numbers[fault_count - 1].id) + 1;
  std::uint8_t of[count] = {};
  constexpr place_table() noexcept {
    for (std::size_t i = 0; i < fault_count; ++i)
      of[static_cast<std::size_t>(rows::numbers[i].id)] = static_cast<std::uint8_t>(i);
  }
};
static_assert(fault_count <= 256);
inline constexpr place_table fault_places;

// Where the line of each row starts, and where the last one ends.
struct line_table {
  std::uint16_t at[fault_count + 1] = {};
  constexpr line_table() noexcept {
    for (std::size_t i = 0; i < fault_count; ++i) {
      const fault_row& row = rows::numbers[i];
      const std::size_t length = row.phase_length + sizeof ": " - 1 + row.description_length + sizeof " []";
      at[i + 1] = static_cast<std::uint16_t>(at[i] + length + row.name_length);
    }
  }
};
inline constexpr line_table fault_lines;
static_assert(fault_lines.at[fault_count] + 1 == sizeof rows::lines);

constexpr std::size_t place_of(fault f) noexcept {
  const auto number = static_cast<std::size_t>(f);
  return number < place_table::count ? fault_places.of[number] : 0;
}

/// The row of a fault; of fault::unclassified for a number that no row has.
constexpr const fault_row& row_of(fault f) noexcept { return rows::numbers[place_of(f)]; }

/// The phase of a failure with that fault, which was met when the client had reached one: the fault's own, unless that
/// is less than what is known.
constexpr phase phase_of(fault f, phase reached) noexcept {
  const phase own = row_of(f).when;
  return own == phase::unknown || (own == phase::open && reached == phase::closing) ? reached : own;
}

/// What stands in a fault's line: "phase: description [name]".
struct fault_line {
  const char* whole;
  std::string_view description, name;
};
constexpr fault_line line_of(fault f) noexcept {
  const fault_row& row = row_of(f);
  const char* const whole = rows::lines + fault_lines.at[place_of(f)];
  const std::string_view description(whole + row.phase_length + sizeof ": " - 1, row.description_length);
  return {whole, description, {description.data() + description.size() + sizeof " [" - 1, row.name_length}};
}

/// what() of a failure in that phase of which nothing else is known; without the phase if it is not the fault's own.
constexpr const char* plain_line(fault f, phase p) noexcept {
  const fault_line line = line_of(f);
  return p == row_of(f).when && p != phase::unknown ? line.whole : line.description.data();
}

}  // namespace detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
