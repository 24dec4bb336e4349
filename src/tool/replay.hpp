// Replays a corpus: what each release raised, against what handshim raises under that release's policy.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "handshim/failure.hpp"
#include "handshim/policy.hpp"
#include "play.hpp"

namespace handshim::tool {

/// One row of expected.tsv.
struct expected_row {
  const scenario* of = nullptr;
  std::string family, version, step, kind, attrs, retry;
  std::string policy_name() const { return "websockets-" + family + "-" + version; }
};

/// How many rows were compared, and how many agree.
struct tally {
  std::size_t rows = 0, matches = 0;
  std::size_t attrs_stated = 0, attrs_match = 0;
  std::size_t retries_stated = 0, retries_match = 0;
};

/// What is to be replayed.
struct replay_job {
  std::vector<scenario> scenarios;
  std::vector<expected_row> rows;
  std::vector<std::string_view> backends;
  std::size_t jobs = 32;
};

/// Reads the two tables; leaves out hang rows and wss scenarios, and all but `only` if it is not empty.
replay_job load_replay(const std::string& scenarios, const std::string& expected, const std::string& only);

/// Whether a handler for that class, by its name, catches what the failure is raised as. False for an unknown name.
bool is_caught_as(std::string_view kind, const failure& f, const policy_choice& by);

/// Whether what the row states of the exception ("status=503 rcvd=1000") holds for the failure.
bool attrs_hold(const expected_row& row, const failure& f);

/// Runs everything, live, several scenarios at once; one tally for each backend, mismatches as TSV lines to `out`.
std::vector<tally> replay(const replay_job& job, std::ostream& out);

/// "raw_sockets: 3402 of 3480 rows match (97.8%), attrs 99.0%, retry 98.0%"
std::string summary_line(std::string_view backend, const tally& t);

}  // namespace handshim::tool
