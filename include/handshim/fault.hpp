// What can go wrong: faults, the conditions that programs branch on, and their error categories.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>

#include "handshim/config.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {

/// What really happened, independent of the client and of the policy. Numbers are never reused; the enum
/// may grow, so keep a default in a switch. All facts of a fault stand in data/faults.inc. Since 0.1.
enum class fault : std::uint16_t {
  none = 0,
#include "handshim/data/rows_begin.inc"
#define FAULT(number, name, parent, phase, condition, also, errc, fingerprint, advice, description, hint) name = number,
#include "handshim/data/faults.inc"
#undef FAULT
#include "handshim/data/rows_end.inc"
};

/// The few coarse words that programs branch on; several may hold for one fault. Since 0.1.
enum class condition : std::uint8_t {
  unclassified = 1,  ///< no table knows the native error
  cancelled,         ///< this program cancelled the operation
  usage,             ///< the caller's fault
  resolve,           ///< the host name
  network,           ///< until the TCP (or TLS) connection stands
  tls,               ///< TLS
  timeout,           ///< a deadline passed
  handshake,         ///< from the connection to the 101 response
  rejected,          ///< the server answered with another status than 101
  protocol,          ///< the peer broke the protocol, or a limit, on an open connection
  lost,              ///< the connection ended without a closing handshake
  closed,            ///< the connection was closed with a close frame
  closed_ok,         ///< it was closed in order
};

/// When it happened, as coarse as every client can tell. Since 0.1.
enum class phase : std::uint8_t { unknown, local, resolve, connect, proxy, tls, handshake, open, closing };

/// handshim's own word on trying again, from the fact alone, the same under every policy. Since 0.1.
enum class advice : std::uint8_t {
  never,          ///< there is nothing to try again
  fix_first,      ///< it will fail again until somebody mends the cause
  back_off,       ///< it may pass: try again after a growing, random delay
  throttled,      ///< the server asked for fewer attempts: try again later than after back_off
  after,          ///< the server said when: try again then, not before
  by_status,      ///< only in the table: the HTTP status decides
  by_close_code,  ///< only in the table: the close code decides
};

/// The facts of one fault. Texts are static, without a trailing period.
struct fault_facts {
  fault id;
  fault parent;              ///< a coarser fault that this one also is; itself if there is none
  phase when;                ///< where it happens, unless the failure says otherwise
  condition main;            ///< the first word for it
  std::uint32_t conditions;  ///< a bit (1 << condition) for each that holds
  std::errc errc;            ///< what the code compares equal to in std::errc; 0 for none
  advice retry;
  std::string_view name;
  std::string_view fingerprint;  ///< never changes; a bounded vocabulary
  std::string_view description;  ///< one sentence; its wording may change
  std::string_view hint;         ///< what it most likely means and what to do
  const char* line;              ///< what() of a failure in that phase of which nothing else is known
};

/// The facts of a fault; of fault::unclassified for a number that no row has. Thread-safe, never throws.
const fault_facts& facts(fault f) noexcept;

/// All faults in the order of their numbers.
struct fault_range {
  const fault_facts* first;
  const fault_facts* last;
  const fault_facts* begin() const noexcept { return first; }
  const fault_facts* end() const noexcept { return last; }
  std::size_t size() const noexcept { return static_cast<std::size_t>(last - first); }
};
fault_range all_faults() noexcept;

/// The position of a fault in all_faults(), for tables that have a cell for each.
std::size_t fault_index(fault f) noexcept;

/// Whether f is ancestor itself or a finer fault under it.
bool is_a(fault f, fault ancestor) noexcept;

/// Whether the condition holds for the fault.
bool holds(fault f, condition c) noexcept;

/// The names as they are written in data/faults.inc and above; "none" for fault::none. They never change.
std::string_view name(fault f) noexcept;
std::string_view name(condition c) noexcept;
std::string_view name(phase p) noexcept;
std::string_view name(advice a) noexcept;
/// What the word means, in a few others, without a trailing period.
std::string_view description(condition c) noexcept;
std::string_view description(phase p) noexcept;
std::string_view description(advice a) noexcept;
/// The inverse of name(): none, or condition 0, or phase::unknown if the text names nothing.
fault find_fault(std::string_view text) noexcept;
condition find_condition(std::string_view text) noexcept;
phase find_phase(std::string_view text) noexcept;

/// Faults are codes of this category ("handshim") and conditions in the same one.
const std::error_category& fault_category() noexcept;
/// The coarse conditions ("handshim.condition").
const std::error_category& condition_category() noexcept;

/// The code of a fault. A code or condition of handshim compares by the category's name and the value,
/// never by an address, so that it holds across shared libraries; see docs/design.md, "Codes".
std::error_code make_error_code(fault f) noexcept;
std::error_condition make_error_condition(fault f) noexcept;
std::error_condition make_error_condition(condition c) noexcept;

/// The fault that a handshim code stands for; none for a code of another category.
fault fault_of(const std::error_code& code) noexcept;

}  // namespace HANDSHIM_ABI
}  // namespace handshim

// Conditions, not codes: so == with any std::error_code asks the category, which looks at names.
template <>
struct std::is_error_condition_enum<handshim::fault> : std::true_type {};
template <>
struct std::is_error_condition_enum<handshim::condition> : std::true_type {};

#if !defined(HANDSHIM_COMPILED)
#include "handshim/impl/fault.ipp"
#endif
