// How far the reports of different clients agree once they are translated.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tsv.hpp"

namespace handshim::tool {

/// The first error report of each scenario, against the fault that the other table has for it.
struct agreement_row {
  std::string client;            ///< with its version
  bool speaks_websocket = true;  ///< whether it counts: not a plain HTTP client, not a bare socket
  std::size_t reports = 0;       ///< that have a fault to be compared with
  std::size_t same_fault = 0;
  std::size_t related = 0;         ///< a coarser or a finer fault of the same condition
  std::size_t same_condition = 0;  ///< these and any other fault of the condition
};

/// What the clients that speak WebSocket make of one scenario, on average over the scenarios that are compared.
struct distinct_means {
  double native = 0, faults = 0, conditions = 0;
};

struct agreement {
  std::vector<agreement_row> rows;  ///< in the order of the table
  agreement_row all;                ///< of those that speak WebSocket
  distinct_means distinct;
  std::size_t telling = 0;    ///< reports of theirs that no two faults share: all that they tell taken together
  std::size_t usual = 0;      ///< those that stand for the fault that is most usual for what they tell
  std::size_t scenarios = 0;  ///< that are compared
};

/// `faults` has the columns scenario, fault and condition; a scenario that is not there, or `ok`, is not compared.
/// Throws tsv_error.
agreement compare(const tsv_table& native, const tsv_table& faults);

std::string text_of(const agreement& found);
std::string markdown_of(const agreement& found);

}  // namespace handshim::tool
