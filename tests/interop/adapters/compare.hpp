// Every scenario live through an adapter, and what it reports held against what raw_sockets reports.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "play.hpp"

namespace interop {

/// A way of using a library, such as "beast-throw": makes the player for a scenario.
struct way {
  std::string_view name;
  std::function<std::unique_ptr<handshim::tool::player>(const handshim::options&)> make;
  bool tls = false;  ///< whether it can play wss:// scenarios, which raw_sockets cannot: they must fail, in order
  /// Ids of scenarios that the library cannot end by a deadline in this way; docs/adapters/ has the reasons.
  std::vector<std::string_view> without = {};
};

/// The main function of a program that compares:
///   SCENARIOS.tsv [--only ID] [--way NAME] [--jobs N] [--min-fault PERCENT] [--min-condition PERCENT]
/// A call of a player may set the failure or throw a handshim::error; what else it throws is a leak. Prints a TSV line
/// for each report that is not raw_sockets' fault: way, scenario, step, fault, condition, native domain:value, then
/// step, fault and condition of raw_sockets. Last, for each way: "beast-throw: 180 scenarios, 120 reports: same
/// fault 90.0%, same condition 97.0%, 0 leaked, 0 late, 1 silent, 2 alone". Silent: it reported nothing where
/// raw_sockets did; alone: it reported something where raw_sockets did not, which is no report to compare. Exit 1 for a
/// leak, a late return, or a share below the minimum.
int compare(int count, char** words, const std::vector<way>& ways);

}  // namespace interop
