// The live runs that a replay needs, each made once.
#pragma once

#include <cstddef>
#include <map>
#include <string_view>

#include "handshim/reading.hpp"
#include "play.hpp"

namespace handshim::tool {

/// Whether the scenario needs TLS, which no backend has by itself.
bool is_tls(const scenario& s);

/// A run: a scenario, a backend and a way of reading. The scenario must outlive it.
struct run_key {
  const scenario* of;
  std::string_view backend;
  reading how;
  friend bool operator<(const run_key& a, const run_key& b);
};
using runs = std::map<run_key, outcome>;

/// Plays all, `jobs` at once: most of the time of a play is waiting.
void play_all(runs& all, std::size_t jobs);

}  // namespace handshim::tool
