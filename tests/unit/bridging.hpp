// The built-in policies in pairs, and what they make of every fault in every phase.
#pragma once

#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "handshim/policy.hpp"

namespace bridging {

/// All built-in policies that a bridge can join.
inline std::vector<handshim::policy> sides() {
  std::vector<handshim::policy> out;
  for (const std::string& name : handshim::policy_names()) {
    handshim::failure why;
    const handshim::policy p = handshim::find_policy(name, why);
    if (!why && !p.is_native()) out.push_back(p);
  }
  return out;
}

/// One failure for each fault in each phase.
inline std::vector<handshim::failure> all_failures() {
  std::vector<handshim::failure> out;
  for (const handshim::fault_facts& row : handshim::all_faults())
    for (int p = 0; p <= static_cast<int>(handshim::phase::closing); ++p)
      out.emplace_back(row.id, std::error_code(), static_cast<handshim::phase>(p));
  return out;
}

struct less_kinds {
  bool operator()(const handshim::kind_list& a, const handshim::kind_list& b) const {
    return std::tuple(a[0], a[1], a[2]) < std::tuple(b[0], b[1], b[2]);
  }
};
using kinds_set = std::set<handshim::kind_list, less_kinds>;

}  // namespace bridging
