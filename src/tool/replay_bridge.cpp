#include "replay_bridge.hpp"

#include <algorithm>
#include <map>
#include <ostream>
#include <utility>

#include "arguments.hpp"
#include "handshim/impl/policy_spec.hpp"
#include "handshim/kind.hpp"
#include "runs.hpp"
#include "tables.hpp"
#include "words.hpp"

namespace handshim::tool {
namespace {

// The client that a release had as its default, as the rows name it: "websockets-legacy-13.1" for "websockets-13.1".
std::string client_of(const std::string& spec) {
  constexpr std::string_view family = "websockets";
  const detail::base_spec base = detail::parse_base(spec);
  if (base.error != fault::none || base.family->name != family) return spec;
  const bool legacy = base.at < detail::v(14);
  return std::string(family) + (legacy ? "-legacy" : "-asyncio") + spec.substr(family.size());
}

using rows_by_scenario = std::map<const scenario*, const expected_row*>;

rows_by_scenario rows_of(const replay_job& job, const std::string& release) {
  const policy wanted = read_policy(client_of(release));
  rows_by_scenario out;
  std::vector<std::string> recorded;
  for (const expected_row& row : job.rows) {
    if (read_policy(row.policy_name()) == wanted) out[row.of] = &row;
    if (std::find(recorded.begin(), recorded.end(), row.policy_name()) == recorded.end())
      recorded.push_back(row.policy_name());
  }
  if (out.empty()) throw usage_error("no row is of " + in_ticks(release) + "; recorded are: " + joined(recorded));
  return out;
}

struct pair_of_rows {
  const expected_row *first, *second;
};

std::vector<pair_of_rows> both_raise(const replay_job& job, const bridge_sides& sides) {
  const rows_by_scenario first = rows_of(job, sides.first), second = rows_of(job, sides.second);
  std::vector<pair_of_rows> out;
  for (const auto& [of, row] : first) {
    const auto other = second.find(of);
    if (other == second.end() || row->kind == "ok" || other->second->kind == "ok") continue;
    out.push_back({row, other->second});
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.first->of->id < b.first->of->id; });
  return out;
}

kind named(const std::string& word) {
  bool found = false;
  return find_kind(word, found);
}

// Whether the handlers of that kind and of its bases catch it.
bool is_caught_by(kind wanted, const outcome& got, const policy_choice& by) {
  for (const kind_facts& row : all_kinds())
    if (is_a(wanted, row.id) && !is_caught_as(row.name, got.failure, by)) return false;
  return bool(got.failure);
}

// The same of those two kinds, and no other handler does.
bool is_caught_just_by(std::pair<kind, kind> wanted, const outcome& got, const policy_choice& by) {
  for (const kind_facts& row : all_kinds()) {
    const bool expected = is_a(wanted.first, row.id) || is_a(wanted.second, row.id);
    if (got.failure && is_caught_as(row.name, got.failure, by) != expected) return false;
  }
  return bool(got.failure);
}

// One scenario, read as each of the releases reads.
struct two_outcomes {
  const outcome &first, &second;
};

std::string told(const outcome& got, const policy& by) {
  return got.step + "\t" + (got.failure ? kinds_text(got.failure, by) : "ok") + "\t" +
         std::string(name(got.failure.fault()));
}

void compare(const pair_of_rows& rows, std::string_view backend, const two_outcomes& got, const policy_choice& by,
             bridge_tally& t, std::ostream& out) {
  const kind first = named(rows.first->kind), second = named(rows.second->kind);
  const bool in_step = got.first.step == rows.first->step && got.second.step == rows.second->step;
  const bool caught = in_step && is_caught_just_by({first, second}, got.second, by);
  const bool by_reading = in_step && !caught && got.first.failure.fault() != got.second.failure.fault() &&
                          is_caught_by(first, got.first, by) && is_caught_by(second, got.second, by);
  ++t.scenarios;
  t.caught += caught;
  t.caught_by_reading += by_reading;
  t.differing += first != second;
  if (caught || by_reading) return;
  out << rows.first->of->id << '\t' << backend << '\t' << rows.second->step << '\t' << rows.first->kind << '\t'
      << rows.second->kind << '\t' << told(got.first, by.policy) << '\t' << told(got.second, by.policy) << '\n';
}

}  // namespace

std::vector<bridge_tally> replay_bridge(const replay_job& job, const bridge_sides& sides, std::ostream& out) {
  const std::vector<pair_of_rows> pairs = both_raise(job, sides);
  const reading first = read_policy(sides.first).reading(), second = read_policy(sides.second).reading();
  runs all;
  for (const pair_of_rows& rows : pairs)
    for (const std::string_view backend : job.backends)
      for (const reading& how : {first, second}) all[{rows.first->of, backend, how}];
  play_all(all, job.jobs);
  std::vector<bridge_tally> tallies(job.backends.size());
  for (std::size_t b = 0; b < job.backends.size(); ++b)
    for (const pair_of_rows& rows : pairs) {
      const run_key as_first{rows.first->of, job.backends[b], first},
          as_second{rows.first->of, job.backends[b], second};
      compare(rows, job.backends[b], {all[as_first], all[as_second]}, sides.both, tallies[b], out);
    }
  return tallies;
}

std::string summary_line(std::string_view backend, const bridge_tally& t) {
  return std::string(backend) + ": of " + std::to_string(t.scenarios) + " scenarios in which both raise, " +
         std::to_string(t.caught) + " are caught by code for either, " + std::to_string(t.caught_by_reading) +
         " by code for each as it reads; in " + std::to_string(t.differing) + " they do not raise the same";
}

}  // namespace handshim::tool
