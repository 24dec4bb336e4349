// `handshim policies --check`: what a switch to another policy would change of the failures in a log.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>

#include "handshim/policy.hpp"
#include "terminal.hpp"

namespace handshim::tool {

/// The report for a person.
struct check_result {
  std::string text;
  bool differs = false;  ///< whether any failure would be raised otherwise
};

/// Judges each failure in the log under the policy of its line, or under `from` if that is given, and under `to`.
/// Throws std::runtime_error, naming the log, if there is nothing in it that could be judged.
check_result check_log(std::istream& log, const std::string& log_name, const std::optional<policy>& from,
                       const policy& to, const terminal& out);

}  // namespace handshim::tool
