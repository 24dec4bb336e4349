// Replays a corpus under a bridge: code written for either release must catch what both of them raise.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "replay.hpp"

namespace handshim::tool {

struct bridge_sides {
  policy both;
  std::string first, second;  ///< releases, as their specs are written: "websockets-13.1"
};

/// Of the scenarios in which both releases raise.
struct bridge_tally {
  std::size_t scenarios = 0;
  std::size_t caught = 0;             ///< by code for either, as the second release reads
  std::size_t caught_by_reading = 0;  ///< only by code for each as that one reads, which makes another fault of it
  std::size_t differing = 0;          ///< the releases do not raise the same
};

/// Runs them, live, several at once, as each of the releases reads; one tally for each backend of the job, what was not
/// caught as TSV lines to `out`. Throws usage_error if the job has no rows of a release.
std::vector<bridge_tally> replay_bridge(const replay_job& job, const bridge_sides& sides, std::ostream& out);

/// "raw_sockets: of 168 scenarios in which both raise, 166 are caught by code for either, 2 by code for each as it
/// reads; in 74 they do not raise the same"
std::string summary_line(std::string_view backend, const bridge_tally& t);

}  // namespace handshim::tool
