// How often what failed: counters in fixed tables, without a lock, and their text for OpenMetrics.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "handshim/config.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {

/// What count_failures() counted. A failure is counted once, as an observer is told of it. Since 0.1.
struct counters {
  struct row {
    std::string name;  ///< printable ASCII
    std::uint64_t count = 0;
  };
  using rows = std::vector<row>;  ///< only what is not zero

  std::uint64_t failures = 0;      ///< all
  std::uint64_t changed = 0;       ///< those that unified-1 would have raised otherwise than the policy that held
  std::uint64_t would_differ = 0;  ///< those that the candidate would have raised otherwise

  rows by_fault;    ///< in the order of the faults' numbers
  rows by_kind;     ///< an object that is two kinds counts for both; "native" is what went on unchanged
  rows by_policy;   ///< the first 31 policies seen; all others are "other"
  rows by_backend;  ///< the first 31 seen; all others are "other"; "none" is a failure that names none
  rows changed_by_fault;
  rows would_differ_by_fault;
  rows would_differ_by_candidate;  ///< as by_policy

  /// OpenMetrics 1.0 (application/openmetrics-text; version=1.0.0; charset=utf-8), with the last line "# EOF".
  std::string to_openmetrics() const;
};

inline constexpr std::string_view openmetrics_content_type =
    "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Begins or ends counting; off at first. Costs each failure a few relaxed additions, in about 8 KiB in all.
/// False, and nothing is changed, from inside an observer.
bool count_failures(bool on = true) noexcept;

/// What was counted so far. Each number is exact; while other threads fail they may be of different moments.
counters read_counters();

/// The same, and begins again from zero: no failure is lost between this result and the next, nor in both.
counters take_counters();

}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/impl/counters.ipp"
#include "handshim/impl/openmetrics.ipp"
#endif
