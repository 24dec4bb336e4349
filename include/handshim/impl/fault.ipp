#pragma once

#include "handshim/fault.hpp"
#include "handshim/impl/fault_rows.hpp"
#include "handshim/impl/immortal.hpp"
#include "handshim/impl/native_condition.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

namespace rows {
// Here and below a text comes with its length: else each unit's compiler counts it, character by character.
inline constexpr fault_facts table[] = {
#include "handshim/data/rows_begin.inc"
#define FAULT(number, name_, parent, phase_, condition_, also, errc_, fingerprint, advice_, description_, hint) \
  {fault::name_,                                                                                                \
   fault::parent,                                                                                               \
   phase::phase_,                                                                                               \
   condition::condition_,                                                                                       \
   condition_ | (also),                                                                                         \
   errc_,                                                                                                       \
   advice::advice_,                                                                                             \
   line_of(fault::name_).name,                                                                                  \
   {fingerprint, sizeof fingerprint - 1},                                                                       \
   line_of(fault::name_).description,                                                                           \
   {hint, sizeof hint - 1},                                                                                     \
   plain_line(fault::name_, phase::phase_)},
#include "handshim/data/faults.inc"
#undef FAULT
#include "handshim/data/rows_end.inc"
};
}  // namespace rows

template <class Id>
struct vocabulary_row {
  Id id;
  std::string_view name, description;
};

using namespace std::string_view_literals;

inline constexpr vocabulary_row<phase> phase_rows[] = {
    {phase::unknown, "unknown"sv, "nobody can tell when"sv},
    {phase::local, "local"sv, "before anything was sent: in this program"sv},
    {phase::resolve, "resolve"sv, "while the host name was looked up"sv},
    {phase::connect, "connect"sv, "while the TCP connection was made"sv},
    {phase::proxy, "proxy"sv, "while a proxy made the connection"sv},
    {phase::tls, "tls"sv, "during the TLS handshake"sv},
    {phase::handshake, "handshake"sv, "from the connection to the 101 response"sv},
    {phase::open, "open"sv, "on the open connection"sv},
    {phase::closing, "closing"sv, "after this side began to close"sv},
};

// In the order of the enumerators.
inline constexpr vocabulary_row<condition> condition_rows[] = {
    {condition::unclassified, "unclassified"sv, "no table knows what the client reported"sv},
    {condition::cancelled, "cancelled"sv, "this program cancelled the operation"sv},
    {condition::usage, "usage"sv, "the call cannot be carried out as it was made: the caller's fault"sv},
    {condition::resolve, "resolve"sv, "the host name could not be resolved"sv},
    {condition::network, "network"sv, "the connection could not be made: name, TCP, proxy or TLS"sv},
    {condition::tls, "tls"sv, "TLS failed, or the client has none"sv},
    {condition::timeout, "timeout"sv, "a deadline passed"sv},
    {condition::handshake, "handshake"sv, "it went wrong between the connection and the 101 response"sv},
    {condition::rejected, "rejected"sv, "the server answered with another status than 101"sv},
    {condition::protocol, "protocol"sv, "the peer broke the protocol, or a limit, on an open connection"sv},
    {condition::lost, "lost"sv, "the connection ended without a closing handshake"sv},
    {condition::closed, "closed"sv, "the connection was closed with a close frame"sv},
    {condition::closed_ok, "closed_ok"sv, "the connection was closed in order"sv},
};

// In the order of the enumerators.
inline constexpr vocabulary_row<advice> advice_rows[] = {
    {advice::never, "never"sv, "there is nothing to try again"sv},
    {advice::fix_first, "fix_first"sv, "it will fail again until somebody mends the cause"sv},
    {advice::back_off, "back_off"sv, "it may pass: try again after a growing, random delay"sv},
    {advice::throttled, "throttled"sv, "the server asked for fewer attempts: try again later than after back_off"sv},
    {advice::after, "after"sv, "the server said when: try again then, not before"sv},
    {advice::by_status, "by_status"sv, "the HTTP status decides"sv},
    {advice::by_close_code, "by_close_code"sv, "the close code decides"sv},
};

template <class Id, std::size_t N>
constexpr bool in_order(const vocabulary_row<Id> (&rows)[N], std::size_t first) noexcept {
  for (std::size_t i = 0; i < N; ++i)
    if (static_cast<std::size_t>(rows[i].id) != i + first) return false;
  return true;
}
static_assert(in_order(phase_rows, 0) && in_order(condition_rows, 1) && in_order(advice_rows, 0));

// Null for a number that no row has.
template <class Id, std::size_t N>
constexpr const vocabulary_row<Id>* find_vocabulary(const vocabulary_row<Id> (&rows)[N], Id id) noexcept {
  for (const vocabulary_row<Id>& row : rows)
    if (row.id == id) return &row;
  return nullptr;
}

// Names are the identity of the categories: the same in every shared library that has its own copy.
inline constexpr const char* fault_category_name = "handshim";
inline constexpr const char* condition_category_name = "handshim.condition";

// The commonest category of all is told by its address, and our own by that of the name.
inline bool has_name(const std::error_category& category, std::string_view id) noexcept {
  if (category == std::system_category()) return false;
  const char* const name = category.name();
  return name == id.data() || name == id;
}

class fault_category_type : public std::error_category {
 public:
  const char* name() const noexcept override { return fault_category_name; }
  std::string message(int value) const override { return std::string(line_of(static_cast<fault>(value)).description); }
  std::error_condition default_error_condition(int value) const noexcept override {
    const fault_row& f = row_of(static_cast<fault>(value));
    if (f.errc == std::errc{}) return {value, fault_category()};
    return std::make_error_condition(f.errc);
  }
  // A code of ours against a condition of anyone's.
  bool equivalent(int value, const std::error_condition& wanted) const noexcept override {
    const auto f = static_cast<fault>(value);
    if (has_name(wanted.category(), condition_category_name)) return holds(f, static_cast<condition>(wanted.value()));
    if (has_name(wanted.category(), fault_category_name)) return is_a(f, static_cast<fault>(wanted.value()));
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
    return native_holds(code, c);
  }
};

}  // namespace detail

HANDSHIM_INLINE fault_range all_faults() noexcept {
  return {std::begin(detail::rows::table), std::end(detail::rows::table)};
}

HANDSHIM_INLINE std::size_t fault_index(fault f) noexcept { return detail::place_of(f); }

HANDSHIM_INLINE const fault_facts& facts(fault f) noexcept { return detail::rows::table[fault_index(f)]; }

HANDSHIM_INLINE bool is_a(fault f, fault ancestor) noexcept {
  for (;;) {
    if (f == ancestor) return true;
    const fault parent = detail::row_of(f).parent;
    if (parent == f || f == fault::none) return false;
    f = parent;
  }
}

HANDSHIM_INLINE bool holds(fault f, condition c) noexcept {
  return f != fault::none && (detail::row_of(f).conditions & detail::bit(c)) != 0;
}

HANDSHIM_INLINE std::string_view name(fault f) noexcept { return f == fault::none ? "none" : detail::line_of(f).name; }

HANDSHIM_INLINE std::string_view name(condition c) noexcept {
  const auto* row = detail::find_vocabulary(detail::condition_rows, c);
  return row ? row->name : "";
}

HANDSHIM_INLINE std::string_view name(phase p) noexcept {
  const auto* row = detail::find_vocabulary(detail::phase_rows, p);
  return row ? row->name : "unknown";
}

HANDSHIM_INLINE std::string_view name(advice a) noexcept {
  const auto* row = detail::find_vocabulary(detail::advice_rows, a);
  return row ? row->name : "";
}

HANDSHIM_INLINE std::string_view description(condition c) noexcept {
  const auto* row = detail::find_vocabulary(detail::condition_rows, c);
  return row ? row->description : "";
}

HANDSHIM_INLINE std::string_view description(phase p) noexcept {
  const auto* row = detail::find_vocabulary(detail::phase_rows, p);
  return row ? row->description : "";
}

HANDSHIM_INLINE std::string_view description(advice a) noexcept {
  const auto* row = detail::find_vocabulary(detail::advice_rows, a);
  return row ? row->description : "";
}

HANDSHIM_INLINE fault find_fault(std::string_view text) noexcept {
  for (const fault_facts& row : all_faults())
    if (row.name == text) return row.id;
  return fault::none;
}

HANDSHIM_INLINE condition find_condition(std::string_view text) noexcept {
  for (const auto& row : detail::condition_rows)
    if (row.name == text) return row.id;
  return condition{};
}

HANDSHIM_INLINE phase find_phase(std::string_view text) noexcept {
  for (const auto& row : detail::phase_rows)
    if (row.name == text) return row.id;
  return phase::unknown;
}

HANDSHIM_INLINE const std::error_category& fault_category() noexcept {
  return detail::immortal<detail::fault_category_type>();
}

HANDSHIM_INLINE const std::error_category& condition_category() noexcept {
  return detail::immortal<detail::condition_category_type>();
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

}  // namespace HANDSHIM_ABI
}  // namespace handshim

// Conditions compare with native codes too.
#include "handshim/impl/native_condition.ipp"
