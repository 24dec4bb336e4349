#include "replay.hpp"

#include <algorithm>
#include <iostream>
#include <sstream>

#include "commands.hpp"
#include "handshim/handshim.hpp"
#include "replay_bridge.hpp"
#include "runs.hpp"
#include "terminal.hpp"
#include "tsv.hpp"
#include "words.hpp"

namespace handshim::tool {
namespace {

// The corpus writes a reason in ASCII: \xNN is the character of that number.
std::string to_utf8(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 3 >= text.size() || text[i + 1] != 'x') {
      out += text[i];
      continue;
    }
    const auto c = static_cast<unsigned>(std::stoul(std::string(text.substr(i + 2, 2)), nullptr, 16));
    i += 3;
    if (c < 0x80) {
      out += static_cast<char>(c);
    } else {
      out += static_cast<char>(0xc0 | (c >> 6));
      out += static_cast<char>(0x80 | (c & 0x3f));
    }
  }
  return out;
}

std::string close_text(const close_view& frame) { return frame ? std::to_string(frame.code) : "-"; }

std::string_view order_text(close_order order) {
  if (order == close_order::received_then_sent) return "rcvd_then_sent";
  return order == close_order::sent_then_received ? "sent_then_rcvd" : "-";
}

std::string value_of(std::string_view attr, const failure& f) {
  const evidence& known = f.evidence();
  if (attr == "status") return std::to_string(known.http_status);
  if (attr == "close_code") return std::to_string(known.close_received ? known.close_received.code : 1006);
  if (attr == "rcvd") return close_text(known.close_received);
  if (attr == "rcvd_reason") return std::string(known.close_received.reason);
  if (attr == "sent") return close_text(known.close_sent);
  if (attr == "order") return std::string(order_text(known.order));
  if (attr == "header") return std::string(known.header);
  if (attr == "errno") return std::to_string(f.native_code().value());
  return "?";
}

bool retry_holds(const expected_row& row, const failure& f, const policy& p) {
  return p.release_retries(f) == (row.retry == "yes" ? verdict::retries : verdict::gives_up);
}

// Rounded down: 100.0% means all.
std::string percent(std::size_t part, std::size_t whole) {
  const std::size_t tenths = whole == 0 ? 1000 : part * 1000 / whole;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + "%";
}

std::string kind_name(const outcome& got, const policy_choice& by) {
  return got.failure ? std::string(name(by.policy.kinds(got.failure).primary())) : "ok";
}

bool row_matches(const expected_row& row, const outcome& got, const policy_choice& by) {
  if (row.step != got.step) return false;
  if (row.kind == "ok") return !got.failure;
  return got.failure && kind_name(got, by) == row.kind && is_caught_as(row.kind, got.failure, by);
}

void compare(const expected_row& row, std::string_view backend, const outcome& got, tally& t, std::ostream& out) {
  const policy_choice by(find_policy(row.policy_name()));
  const bool matches = row_matches(row, got, by);
  const bool attrs = row.attrs == "-" || !matches || attrs_hold(row, got.failure);
  const bool retry = row.retry == "-" || !matches || retry_holds(row, got.failure, by.policy);
  ++t.rows;
  t.matches += matches;
  if (matches && row.attrs != "-") ++t.attrs_stated, t.attrs_match += attrs;
  if (matches && row.retry != "-") ++t.retries_stated, t.retries_match += retry;
  if (matches && attrs && retry) return;
  out << row.of->id << '\t' << row.family << '\t' << row.version << '\t' << backend << '\t' << row.step << '\t'
      << row.kind << '\t' << row.attrs << '\t' << row.retry << '\t' << got.step << '\t' << kind_name(got, by) << '\t'
      << name(got.failure.fault()) << '\t'
      << (!matches ? "kind"
          : !attrs ? "attrs"
                   : "retry")
      << '\n';
}

}  // namespace

replay_job load_replay(const std::string& scenarios, const std::string& expected, const std::string& only) {
  replay_job job;
  job.scenarios = load_scenarios(scenarios);
  if (!only.empty()) find_scenario(job.scenarios, only);
  const tsv_table table = read_tsv(expected);
  table.require({"scenario", "family", "version", "step", "kind", "attrs", "retry"});
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto row = table[i];
    if (row["kind"] == "hang" || (!only.empty() && row["scenario"] != only)) continue;
    const auto at = std::find_if(job.scenarios.begin(), job.scenarios.end(),
                                 [&](const scenario& s) { return s.id == row["scenario"]; });
    if (at == job.scenarios.end())
      throw tsv_error(row.place() + ": no scenario `" + row["scenario"] + "` in " + scenarios);
    if (is_tls(*at)) continue;
    job.rows.push_back({&*at, row["family"], row["version"], row["step"], row["kind"], row["attrs"], row["retry"]});
    failure why;
    find_policy(job.rows.back().policy_name(), why);
    if (why) throw tsv_error(row.place() + ": " + why.what());
  }
  return job;
}

bool is_caught_as(std::string_view kind, const failure& f, const policy_choice& by) {
  try {
    if (kind == "error") raise(f, by);
#define KIND(number, name_, base, description) \
  if (kind == #name_) {                        \
    try {                                      \
      raise(f, by);                            \
    } catch (const handshim::name_&) {         \
      return true;                             \
    }                                          \
  }
#include "handshim/data/kinds.inc"
#undef KIND
  } catch (const error&) {
    return kind == "error";
  }
  return false;
}

bool attrs_hold(const expected_row& row, const failure& f) {
  std::istringstream words(row.attrs);
  for (std::string word; words >> word;) {
    const std::size_t sign = word.find('=');
    if (sign == std::string::npos) return false;
    if (value_of(word.substr(0, sign), f) != to_utf8(word.substr(sign + 1))) return false;
  }
  return true;
}

std::vector<tally> replay(const replay_job& job, std::ostream& out) {
  runs all;
  for (const expected_row& row : job.rows)
    for (std::string_view backend : job.backends) all[{row.of, backend, find_policy(row.policy_name()).reading()}];
  play_all(all, job.jobs);
  std::vector<tally> tallies(job.backends.size());
  for (std::size_t b = 0; b < job.backends.size(); ++b)
    for (const expected_row& row : job.rows)
      compare(row, job.backends[b], all[{row.of, job.backends[b], find_policy(row.policy_name()).reading()}],
              tallies[b], out);
  return tallies;
}

std::string summary_line(std::string_view backend, const tally& t) {
  return std::string(backend) + ": " + std::to_string(t.matches) + " of " + std::to_string(t.rows) + " rows match (" +
         percent(t.matches, t.rows) + "), attrs " + percent(t.attrs_match, t.attrs_stated) + ", retry " +
         percent(t.retries_match, t.retries_stated);
}

namespace {

constexpr std::string_view details =
    "Each scenario is served and its client steps are run, live, once for every way of reading that the releases in\n"
    "EXPECTED have. Then each row's failure is raised under that release's policy and caught by the class that the "
    "row\n"
    "names. A row that does not agree is printed: scenario, family, version, backend, then step, kind, attrs and "
    "retry\n"
    "as expected, then step, kind and fault as they were, then what differs.\n\n"
    "Under --bridge each scenario in which both releases raise is run as A reads and as B reads. What is raised as B\n"
    "reads must be caught by the classes of both rows and by their bases, and by no other. Where the two ways of "
    "reading\n"
    "make another fault of it, it is enough if A's classes catch it as A reads, and B's as B reads. Else it is "
    "printed:\n"
    "scenario, backend, then step, A's kind and B's as expected, then step, kinds and fault as A reads, and as B "
    "reads;\n"
    "and the exit code is 1.";

// scenario, backend, step, fault, condition: with the default ways of reading.
int print_faults(const replay_job& job) {
  runs all;
  for (const scenario& s : job.scenarios)
    for (std::string_view backend : job.backends)
      if (!is_tls(s)) all[{&s, backend, reading()}];
  play_all(all, job.jobs);
  for (const scenario& s : job.scenarios) {
    for (std::string_view backend : job.backends) {
      const auto found = all.find({&s, backend, reading()});
      if (found == all.end()) continue;
      const failure& f = found->second.failure;
      std::cout << s.id << '\t' << backend << '\t' << found->second.step << '\t' << (f ? name(f.fault()) : "ok") << '\t'
                << (f ? name(f.condition()) : "-") << '\n';
    }
  }
  return all_well;
}

double percent_of(const std::string& text) {
  std::istringstream in(text);
  double out = 0;
  if (!(in >> out) || !in.eof() || out < 0 || out > 100)
    throw usage_error("`--min` takes a number from 0 to 100, not " + in_ticks(text));
  return out;
}

int print_bridge(const replay_job& job, const std::string& sides) {
  const std::size_t comma = std::min(sides.find(','), sides.size());
  const policy both = read_policy("bridge(" + sides + ")");
  const std::vector<bridge_tally> tallies =
      replay_bridge(job, {both, sides.substr(0, comma), sides.substr(comma + 1)}, std::cout);
  bool all = true;
  for (std::size_t b = 0; b < job.backends.size(); ++b) {
    std::cout << summary_line(job.backends[b], tallies[b]) << '\n';
    all = all && tallies[b].caught + tallies[b].caught_by_reading == tallies[b].scenarios;
  }
  return all ? all_well : not_so;
}

int run_replay(const arguments& given) {
  given.at_most(2);
  if (given.positionals().size() != 2) throw usage_error("replay needs SCENARIOS.tsv and EXPECTED.tsv");
  const std::string only = given.value("--only").value_or("");
  const auto backends = backends_of(given.value("--backend").value_or("all"));
  const auto jobs = static_cast<std::size_t>(given.number("--jobs", 48, 1, 512));
  const double least = percent_of(given.value("--min").value_or("0"));
  replay_job job = load_replay(given.positionals()[0], given.positionals()[1], only);
  job.backends = backends;
  job.jobs = jobs;
  if (!only.empty())
    job.scenarios.erase(std::remove_if(job.scenarios.begin(), job.scenarios.end(),
                                       [&](const scenario& s) { return s.id != only && given.has("--faults"); }),
                        job.scenarios.end());
  if (given.has("--faults")) return print_faults(job);
  if (const auto sides = given.value("--bridge")) return print_bridge(job, *sides);
  const std::vector<tally> tallies = replay(job, std::cout);
  bool enough = true;
  for (std::size_t b = 0; b < backends.size(); ++b) {
    std::cout << summary_line(backends[b], tallies[b]) << '\n';
    enough = enough && 100.0 * static_cast<double>(tallies[b].matches) >= least * static_cast<double>(tallies[b].rows);
  }
  return enough ? all_well : not_so;
}

}  // namespace

const command_description& describe_replay() {
  static const command_description described{
      "replay",
      "Runs a corpus of scenarios live; compares what is raised with what releases raised.",
      {"SCENARIOS.tsv EXPECTED.tsv [OPTIONS]"},
      {
          {"--backend", "B", "raw_sockets, legacy_mode, new_mode or all (the default)"},
          {"--jobs", "N", "how many scenarios run at once; 48 unless told"},
          {"--only", "ID", "that scenario alone"},
          {"--min", "PERCENT", "exit with 1 if fewer rows match on any backend"},
          {"--bridge", "A,B",
           "compare under bridge(A,B) instead: what both releases raise must be caught by code written for either"},
          {"--faults", "",
           "print scenario, backend, step, fault and condition instead, with the default way of reading"},
      },
      details};
  return described;
}

int command_replay(const std::vector<std::string>& words) {
  return run_described(describe_replay(), words, std::cout, run_replay);
}

}  // namespace handshim::tool
