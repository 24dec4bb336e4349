// The rules that say whether, and where, to try again: data/retry_rules.inc, row by row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "handshim/fault.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {

/// Where the next attempt is likelier to work. Since 0.1.
enum class retry_where : std::uint8_t {
  same,   ///< the same address is as good as another
  other,  ///< another address of the same service, if there is one
};
std::string_view name(retry_where w) noexcept;

/// What a rule looks at.
enum class rule_subject : std::uint8_t { fault, status, header, close_code };
std::string_view name(rule_subject s) noexcept;

/// One rule. Names are never reused and keep their meaning. Texts are static, without a trailing period.
struct retry_rule {
  std::string_view name;
  rule_subject subject;
  handshim::fault fault;  ///< that one and each finer one without a rule of its own; none for another subject
  int first, last;        ///< statuses or close codes
  advice what;
  retry_where where;
  std::string_view reason;
};

/// All rules, in the order in which they are asked. Thread-safe.
struct retry_rule_range {
  const retry_rule* first;
  const retry_rule* last;
  const retry_rule* begin() const noexcept { return first; }
  const retry_rule* end() const noexcept { return last; }
  std::size_t size() const noexcept { return static_cast<std::size_t>(last - first); }
};
retry_rule_range all_retry_rules() noexcept;

/// The rule that decides for the fact alone; the status counts for a fault whose advice is by_status, the close
/// code for by_close_code, and retry_after says whether there is a header that can be read. Thread-safe.
const retry_rule& rule_for(fault f, int http_status, int close_code, bool retry_after) noexcept;

/// The rule of that name; null if there is none.
const retry_rule* find_retry_rule(std::string_view name) noexcept;

}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/retry/impl/rules.ipp"
#endif
