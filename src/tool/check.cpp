#include "check.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <istream>
#include <map>
#include <stdexcept>
#include <tuple>
#include <vector>

#include "failure_log.hpp"
#include "handshim/impl/json.hpp"
#include "tables.hpp"
#include "words.hpp"

namespace handshim::tool {
namespace {

constexpr std::size_t longest_example = 240;

// Failures that the switch treats alike.
struct change {
  std::string policy, fault, was, is, loop;
  friend bool operator<(const change& a, const change& b) {
    return std::tie(a.policy, a.fault, a.was, a.is, a.loop) < std::tie(b.policy, b.fault, b.was, b.is, b.loop);
  }
};
struct occurrences {
  std::size_t count = 0, line = 0;
  std::string example;
};

// How many failures a catch clause catches, and how many of them it would miss.
struct clause {
  std::size_t now = 0, then = 0, lost = 0;
};

std::string printable(std::string_view line) {
  detail::string_text out;
  detail::append_escaped(out, line, longest_example, false);
  return out.take();
}

std::string fault_text(const failure& f) {
  const bool usual = f.phase() == facts(f.fault()).when;
  return std::string(name(f.fault())) + (usual ? "" : " in " + std::string(name(f.phase())));
}

class checker {
 public:
  checker(const std::optional<policy>& from, const policy& to) : from_(from), to_(to) {}

  void add(const logged_failure& one) {
    const policy* const held = policy_of(one);
    if (held == nullptr) return;
    ++judged;
    count_clauses(one.what, *held);
    const std::string did(loop_text(held->release_retries(one.what))), does(loop_text(to_.release_retries(one.what)));
    const change key{std::string(held->name()), fault_text(one.what), kinds_text(one.what, *held),
                     kinds_text(one.what, to_), did == does ? "" : did + " -> " + does};
    if (key.was == key.is) return;
    ++differing;
    occurrences& group = changes[key];
    if (group.count++ == 0) group.line = one.line, group.example = printable(one.text);
  }

  std::map<change, occurrences> changes;
  std::map<kind, clause> clauses;
  std::size_t judged = 0, differing = 0, without_policy = 0;
  std::map<std::string, std::string> bad_policies;  // with what is wrong

 private:
  // Null if the line does not tell, or names none that this version knows.
  const policy* policy_of(const logged_failure& one) {
    if (from_) return &*from_;
    if (one.policy.empty()) return ++without_policy, nullptr;
    const auto known = policies_.find(one.policy);
    if (known != policies_.end()) return known->second ? &*known->second : nullptr;
    failure why;
    const policy found = find_policy(one.policy, why);
    if (why) bad_policies.emplace(one.policy, why.evidence().detail);
    auto& kept = policies_[one.policy];
    if (!why) kept = found;
    return kept ? &*kept : nullptr;
  }

  void count_clauses(const failure& f, const policy& held) {
    for (const kind_facts& row : all_kinds()) {
      const bool now = !held.is_native() && held.kinds(f).is(row.id);
      const bool then = !to_.is_native() && to_.kinds(f).is(row.id);
      if (!now && !then) continue;
      clause& one = clauses[row.id];
      one.now += now ? 1 : 0;
      one.then += then ? 1 : 0;
      one.lost += now && !then ? 1 : 0;
    }
  }

  const std::optional<policy> from_;
  const policy to_;
  std::map<std::string, std::optional<policy>> policies_;
};

using group = std::pair<change, occurrences>;

std::vector<group> by_count(const std::map<change, occurrences>& changes) {
  std::vector<group> out(changes.begin(), changes.end());
  std::sort(out.begin(), out.end(), [](const group& a, const group& b) {
    return std::tie(b.second.count, a.first) < std::tie(a.second.count, b.first);
  });
  return out;
}

std::string change_table(const std::vector<group>& groups, const policy& to, const terminal& out) {
  const auto has_loop = [](const group& g) { return !g.first.loop.empty(); };
  std::vector<table_column> columns{{"count"}, {"fault"}, {"under"}, {"raised as"}};
  columns.push_back({std::string(to.name()), true, true});
  if (std::any_of(groups.begin(), groups.end(), has_loop)) columns.push_back({"its loop"});
  table rows(std::move(columns));
  for (const auto& [what, seen] : groups)
    rows.add({std::to_string(seen.count), what.fault, what.policy, what.was, what.is, what.loop});
  return rows.text(table_style::plain, out, 2);
}

std::string mark_of(const clause& one) {
  if (one.now != 0 && one.then == 0) return "dead";
  if (one.lost != 0) return "misses " + std::to_string(one.lost);
  return one.now == 0 ? "new" : "catches more";
}

std::string clause_table(const std::map<kind, clause>& clauses, const terminal& out) {
  table rows({{"catch clause"}, {"catches"}, {"would catch"}, {""}});
  for (const auto& [k, one] : clauses)
    if (one.lost != 0 || one.now != one.then)
      rows.add({std::string(name(k)), std::to_string(one.now), std::to_string(one.then), mark_of(one)});
  return rows.text(table_style::plain, out, 2);
}

std::string examples(const std::vector<group>& groups) {
  std::string text;
  for (const auto& [what, seen] : groups)
    text += "  " + what.fault + ", line " + std::to_string(seen.line) + ":\n    " + seen.example + "\n";
  return text;
}

// What was passed over, so that nobody takes silence for good news.
std::string notes(const log_summary& log, const checker& found) {
  std::string text;
  const auto note = [&text](std::size_t count, const std::string& what) {
    if (count != 0) text += paragraph("Passed over: " + std::to_string(count) + " " + what + ".");
  };
  note(found.without_policy,
       "failures that do not say which policy held: name it before the other one, or log events (docs/observing.md)");
  for (const auto& [spec, why] : found.bad_policies) text += paragraph("Passed over: failures under " + why + ".");
  note(log.unknown, "failures that this version does not know, such as " + printable(log.first_unknown) + " in line " +
                        std::to_string(log.first_unknown_line));
  note(log.too_long, "lines of over " + std::to_string(max_log_line) + " bytes");
  return text.empty() ? text : "\n" + text;
}

std::string head(const std::string& log_name, const log_summary& log, const checker& found, const policy& to) {
  const std::string judged = std::to_string(found.judged) + " of " + std::to_string(log.failures) + " failures in " +
                             std::to_string(log.lines) + " lines judged";
  const std::string change = found.differing == 0 ? "none" : std::to_string(found.differing);
  return paragraph(log_name + ": " + judged + "; " + change + " would be raised otherwise under " +
                   std::string(to.name()) + ".");
}

// A folder can be opened, but not read.
std::string because(int error) { return error == 0 ? std::string() : std::string(": ") + std::strerror(error); }

}  // namespace

check_result check_log(std::istream& log, const std::string& log_name, const std::optional<policy>& from,
                       const policy& to, const terminal& out) {
  checker found(from, to);
  errno = 0;
  const log_summary all = read_failures(log, [&found](const logged_failure& one) { found.add(one); });
  if (log.bad()) throw std::runtime_error(log_name + " cannot be read" + because(errno));
  if (all.failures == 0)
    throw std::runtime_error(
        log_name + " has no failure in its " + std::to_string(all.lines) + " line" + (all.lines == 1 ? "" : "s") +
        "; wanted are lines of to_json() or to_logfmt(), of a failure or an event" + notes(all, found));
  if (found.judged == 0) throw std::runtime_error(log_name + ": nothing can be judged." + notes(all, found));
  check_result result{head(log_name, all, found, to), found.differing != 0};
  if (result.differs) {
    const std::vector<group> groups = by_count(found.changes);
    result.text += "\n" + change_table(groups, to, out) + "\n" + clause_table(found.clauses, out) +
                   "\nThe first of each:\n" + examples(groups);
  }
  result.text += notes(all, found);
  return result;
}

}  // namespace handshim::tool
