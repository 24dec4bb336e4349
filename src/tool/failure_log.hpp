// Failures that a program wrote into its log, read back: lines of to_json() and to_logfmt(), of failures and of events.
#pragma once

#include <cstddef>
#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>

#include "handshim/failure.hpp"

namespace handshim::tool {

/// One line with a failure in it, as far as a policy looks at it: fault, phase and HTTP status.
struct logged_failure {
  failure what;
  std::string policy;     ///< under which it was raised; empty if the line does not say
  std::size_t line;       ///< counted from 1
  std::string_view text;  ///< the whole line; valid during the call only
};

/// What there was beside the failures.
struct log_summary {
  std::size_t lines = 0, failures = 0;
  std::size_t too_long = 0;   ///< lines over max_log_line, which were passed over
  std::size_t unknown = 0;    ///< lines of a failure whose fault this version does not know
  std::string first_unknown;  ///< its name
  std::size_t first_unknown_line = 0;
};

inline constexpr std::size_t max_log_line = 64 * 1024;

/// Calls `each` for each line with a failure, whatever stands round it in the line; other lines are passed over.
log_summary read_failures(std::istream& in, const std::function<void(const logged_failure&)>& each);

}  // namespace handshim::tool
