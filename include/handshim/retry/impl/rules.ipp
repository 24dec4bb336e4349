#pragma once

#include "handshim/impl/fault_rows.hpp"
#include "handshim/retry/rules.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

// In the order of the data. The word of a fault's rule is filled in by the fault's own row.
inline constexpr retry_rule retry_rules[] = {
#include "handshim/data/rows_begin.inc"
#define STATUS_RULE(name, first, last, word, where, reason) \
  {#name, rule_subject::status, fault::none, first, last, advice::word, retry_where::where, reason},
#define HEADER_RULE(name, word, where, reason) \
  {#name, rule_subject::header, fault::none, 0, 0, advice::word, retry_where::where, reason},
#define CLOSE_RULE(name, first, last, word, where, reason) \
  {#name, rule_subject::close_code, fault::none, first, last, advice::word, retry_where::where, reason},
#define FAULT_RULE(name, fault_, where, reason) \
  {#name, rule_subject::fault, fault::fault_, 0, 0, row_of(fault::fault_).retry, retry_where::where, reason},
#include "handshim/data/retry_rules.inc"
#undef STATUS_RULE
#undef HEADER_RULE
#undef CLOSE_RULE
#undef FAULT_RULE
#include "handshim/data/rows_end.inc"
};

// The last row of the subject is for whatever no other one fits.
inline const retry_rule& numbered_rule(rule_subject subject, int number) noexcept {
  const retry_rule* found = nullptr;
  for (const retry_rule& row : retry_rules) {
    if (row.subject != subject) continue;
    found = &row;
    if (number >= row.first && number <= row.last) break;
  }
  return *found;
}

inline const retry_rule* fault_rule(fault f) noexcept {
  for (const retry_rule& row : retry_rules)
    if (row.subject == rule_subject::fault && row.fault == f) return &row;
  return nullptr;
}

inline const retry_rule& nearest_fault_rule(fault f) noexcept {
  for (;;) {
    if (const retry_rule* row = fault_rule(f)) return *row;
    const fault parent = row_of(f).parent;
    f = parent == f ? fault::unclassified : parent;
  }
}

inline bool may_pass(advice word) noexcept { return word == advice::back_off || word == advice::throttled; }

}  // namespace detail

HANDSHIM_INLINE retry_rule_range all_retry_rules() noexcept {
  return {std::begin(detail::retry_rules), std::end(detail::retry_rules)};
}

HANDSHIM_INLINE const retry_rule& rule_for(fault f, int http_status, int close_code, bool retry_after) noexcept {
  const advice word = detail::row_of(f).retry;
  if (word == advice::by_close_code) return detail::numbered_rule(rule_subject::close_code, close_code);
  if (word != advice::by_status) return detail::nearest_fault_rule(f);
  const retry_rule& row = detail::numbered_rule(rule_subject::status, http_status);
  return retry_after && detail::may_pass(row.what) ? detail::numbered_rule(rule_subject::header, 0) : row;
}

HANDSHIM_INLINE const retry_rule* find_retry_rule(std::string_view name) noexcept {
  for (const retry_rule& row : detail::retry_rules)
    if (row.name == name) return &row;
  return nullptr;
}

HANDSHIM_INLINE std::string_view name(retry_where w) noexcept {
  return w == retry_where::other ? "other" : w == retry_where::same ? "same" : "";
}

HANDSHIM_INLINE std::string_view name(rule_subject s) noexcept {
  switch (s) {
    case rule_subject::fault:
      return "fault";
    case rule_subject::status:
      return "status";
    case rule_subject::header:
      return "header";
    case rule_subject::close_code:
      return "close_code";
  }
  return "";
}

}  // namespace HANDSHIM_ABI
}  // namespace handshim
