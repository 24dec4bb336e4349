// `handshim policies`: what each policy raises, and how they differ. Its Markdown is part of docs/policies.md.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "check.hpp"
#include "commands.hpp"
#include "policies_page.hpp"
#include "tables.hpp"
#include "words.hpp"

namespace handshim::tool {
namespace {

// Where and how everything here is printed.
struct page {
  table_style style;
  terminal out;

  bool markdown() const { return style == table_style::markdown; }
  std::string heading(std::string_view text, int level) const {
    if (markdown()) return std::string(static_cast<std::size_t>(level), '#') + " " + std::string(text) + "\n\n";
    return out.bold(text) + "\n";
  }
  std::string name(std::string_view text) const { return markdown() ? in_ticks(text) : std::string(text); }
  std::string text(std::string_view words) const { return markdown() ? std::string(words) + "\n" : paragraph(words); }
  std::string text(const table& rows) const { return rows.text(style, out, markdown() ? 0 : 2); }
};

std::string how_to_name() {
  const std::string newest = "websockets-" + std::string(detail::find_family("websockets")->newest);
  return "A version between two that are listed means the older of them. A version newer than the newest checked is an "
         "error; a range, " +
         in_ticks(newest + "...99") + ", asks for the newest checked behaviour without that error. " +
         in_ticks("websockets-14.0,eof_in_response=invalid_message") +
         " lays a kind over a fault and all finer ones under it.";
}

// The list.

std::string family_table(const page& on) {
  table rows({{"family", true}, {"versions"}, {"what it is"}});
  for (const family_policies& one : all_families())
    rows.add({std::string(one.family->name), range_text(*one.family), std::string(one.family->description)});
  return on.text(rows);
}

std::string difference_line(const difference& d) {
  const std::string change = d.from + " -> " + d.to;
  const bool reads = d.of == difference::aspect::reading;
  return labelled("    " + std::string(name(d.of)), 13, reads ? d.about + ": " + change : change + ": " + d.about);
}

using changes = std::vector<difference>;

bool operator==(const changes& a, const changes& b) {
  const auto alike = [](const difference& x, const difference& y) {
    return x.of == y.of && x.about == y.about && x.from == y.from && x.to == y.to;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), alike);
}

// What a version of a family changed against the one before.
changes changes_at(const family_policies& family, std::size_t version) {
  return differences(read_policy(family.names[version - 1]), read_policy(family.names[version]));
}

// The policy of another family that is just the same and changed in just the same way with that version; empty if there
// is none. So what `websockets` changed is told where the client is told of that it stands for.
std::string same_change(const std::vector<family_policies>& families, const family_policies& family,
                        std::size_t version) {
  for (const family_policies& other : families) {
    if (!detail::starts_with(other.family->name, std::string(family.family->name) + "-")) continue;
    const std::string name = std::string(other.family->name) + "-" + version_text(family.names[version]);
    const auto at =
        static_cast<std::size_t>(std::find(other.names.begin(), other.names.end(), name) - other.names.begin());
    if (at == 0 || at == other.names.size()) continue;
    const bool same = differences(read_policy(name), read_policy(family.names[version])).empty();
    if (same && changes_at(other, at) == changes_at(family, version)) return name;
  }
  return {};
}

std::string plain_changes(const std::vector<family_policies>& families, const family_policies& one, const page& on) {
  std::string text = on.heading(one.family->name, 3);
  for (std::size_t i = 0; i < one.names.size(); ++i) {
    const std::string same = i == 0 ? "" : same_change(families, one, i);
    const std::string note = i == 0 ? "  the oldest that was recorded" : same.empty() ? "" : "  as " + same;
    text += "  " + on.out.bold(version_text(one.names[i])) + note + "\n";
    if (i == 0 || !same.empty()) continue;
    for (const difference& d : changes_at(one, i)) text += difference_line(d);
  }
  return text + "\n";
}

std::string markdown_changes(const std::vector<family_policies>& families, const family_policies& one, const page& on) {
  table rows({{"since"}, {"what"}, {"before", true}, {"from then on", true}, {"of", true}});
  for (std::size_t i = 1; i < one.names.size(); ++i) {
    const std::string at = version_text(one.names[i]), same = same_change(families, one, i);
    if (!same.empty())
      rows.add({at, "as " + in_ticks(same)});
    else
      for (const difference& d : changes_at(one, i)) rows.add({at, std::string(name(d.of)), d.from, d.to, d.about});
  }
  return on.heading(in_ticks(one.family->name), 3) + on.text(rows) + "\n";
}

std::string all_changes(const page& on) {
  const std::vector<family_policies> families = all_families();
  std::string text;
  for (const family_policies& one : families) {
    if (one.names.size() < 2) continue;
    text += on.markdown() ? markdown_changes(families, one, on) : plain_changes(families, one, on);
  }
  return text;
}

// The matrix: a row for the faults of one phase that are always treated alike, a column for each version.

using cells = std::vector<std::string>;

std::vector<table_column> version_columns(std::vector<table_column> columns, const std::vector<std::string>& names) {
  for (const std::string& spec : names) columns.push_back({version_text(spec), true});
  return columns;
}

// Each cell that says the same as the one before it is left blank.
cells changes_of(const cells& all) {
  cells out = all;
  for (std::size_t i = all.size() - 1; i > 0; --i)
    if (all[i] == all[i - 1]) out[i].clear();
  return out;
}

struct matrix_row {
  phase when;
  cells faults, all;
};

std::vector<matrix_row> matrix_rows(const std::vector<policy>& policies, std::string (*text)(fault, const policy&)) {
  std::vector<matrix_row> out;
  for (const fault f : fault_tree()) {
    matrix_row own{facts(f).when, {}, {}};
    for (const policy& p : policies) own.all.push_back(text(f, p));
    auto row = std::find_if(out.begin(), out.end(),
                            [&](const matrix_row& r) { return r.when == own.when && r.all == own.all; });
    if (row == out.end()) {
      row = std::upper_bound(out.begin(), out.end(), own.when,
                             [](phase when, const matrix_row& r) { return when < r.when; });
      row = out.insert(row, own);
    }
    row->faults.emplace_back(name(f));
  }
  return out;
}

bool is_without_loop(const cells& all) {
  return std::all_of(all.begin(), all.end(), [](const std::string& c) { return c == loop_text(verdict::no_loop); });
}

std::string phase_text(phase when) { return when == phase::unknown ? "any" : std::string(name(when)); }

std::string matrix(const family_policies& family, std::string (*text)(fault, const policy&), const page& on) {
  std::vector<policy> policies;
  for (const std::string& spec : family.names) policies.push_back(read_policy(spec));
  table out(version_columns({{"phase"}, {"fault", true}}, family.names));
  for (const matrix_row& row : matrix_rows(policies, text)) {
    if (is_without_loop(row.all)) continue;
    cells line{phase_text(row.when), joined(row.faults)};
    const cells told = changes_of(row.all);
    line.insert(line.end(), told.begin(), told.end());
    out.add(std::move(line));
  }
  return out.empty() ? "" : on.text(out) + "\n";
}

std::string reading_matrix(const family_policies& family, const page& on) {
  table out(version_columns({{"way of reading", true}, {"default", true}}, family.names));
  const auto defaults = reading_fields(reading());
  for (std::size_t f = 0; f < defaults.size(); ++f) {
    cells all{defaults[f].value};
    for (const std::string& spec : family.names) all.push_back(reading_fields(read_policy(spec).reading())[f].value);
    if (std::count(all.begin(), all.end(), all[0]) == static_cast<std::ptrdiff_t>(all.size())) continue;
    cells line = changes_of(all);
    line.insert(line.begin(), std::string(defaults[f].name));
    out.add(std::move(line));
  }
  return out.empty() ? "" : on.text(out) + "\n";
}

std::string titled(std::string_view title, const std::string& text) {
  return text.empty() ? "" : std::string(title) + "\n\n" + text;
}

std::string matrices(const page& on) {
  std::string text;
  for (const family_policies& one : all_families()) {
    if (one.names.empty() || one.family->newest.empty()) continue;
    text += on.heading(in_ticks(one.family->name), 3) + matrix(one, kinds_text, on);
    text += titled("What its own reconnect loop does with a failure of `connect()`:", matrix(one, loop_text, on));
    text += titled("How it reads, where that is not as `options::reading` does by default:", reading_matrix(one, on));
  }
  text.pop_back();
  return text;
}

std::string overview(const page& on) {
  if (!on.markdown())
    return on.heading("Families", 2) + family_table(on) + "\n" + on.text(how_to_name()) + "\n" +
           on.heading("What each version changed", 2) +
           on.text(
               "kind: what is raised; loop: what the release's own reconnect loop does; reading: its preset for "
               "options::reading; by phase: as for the coarsest fault of that phase; by status: HTTP 500, 502, 503 and "
               "504 "
               "are tried again; " +
               std::string(star_means) + ".") +
           "\n" + all_changes(on) +
           on.text("handshim policies P prints all of one policy, handshim policies P Q how two differ.");
  return on.heading("Families", 2) + family_table(on) + "\n" + on.text(how_to_name()) + "\n" +
         on.heading("What each version changed", 2) +
         on.text(
             "*kind* is what is raised, *loop* what the release's own reconnect loop does with it, *reading* a "
             "preset for `options::reading`. A `*` stands for every finer fault under the one before it, too. *By "
             "phase* is "
             "as for the coarsest fault of the phase in which it happened, *by status* that HTTP 500, 502, 503 and 504 "
             "are "
             "tried again and no other.") +
         "\n" + all_changes(on) + on.heading("Which kinds a fault becomes", 2) +
         on.text(
             "A blank cell says the same as the one to its left. Faults that share a row are always raised alike; the "
             "phase is the one in which they happen.") +
         "\n" + matrices(on);
}

// One policy.

table policy_table(const policy& p, phase when, const page& on) {
  std::vector<table_column> columns{{"fault", true}, {"raised as", true}};
  if (has_loop(p)) columns.push_back({"its loop"});
  table out(std::move(columns));
  for (const fault f : fault_tree()) {
    if (facts(f).when != when) continue;
    const std::string indent(on.markdown() ? 0 : 2 * depth(f), ' ');
    out.add({indent + std::string(name(f)), kinds_text(f, p), has_loop(p) ? loop_text(f, p) : ""});
  }
  return out;
}

std::string phase_heading(phase when) {
  if (when == phase::unknown) return "in any phase";
  return std::string(name(when)) + ": " + std::string(description(when));
}

std::string reading_text(const reading& from, const table_column& from_column, const reading& to,
                         const table_column& to_column, const page& on) {
  table rows({{"way of reading", true}, from_column, to_column});
  const auto was = reading_fields(from), is = reading_fields(to);
  for (std::size_t i = 0; i < is.size(); ++i)
    if (was[i].value != is[i].value) rows.add({std::string(is[i].name), was[i].value, is[i].value});
  return rows.empty() ? "" : on.text(rows);
}

std::string one_policy(const policy& p, const page& on) {
  std::string text = on.heading(on.name(p.name()), 2);
  if (p.is_native()) return text + on.text("The client's own error goes on unchanged; handshim only observes.");
  for (int i = 0; i <= static_cast<int>(phase::closing); ++i) {
    const auto when = static_cast<phase>(i);
    const table rows = policy_table(p, when, on);
    if (!rows.empty()) text += "\n" + on.heading(phase_heading(when), 3) + on.text(rows);
  }
  const std::string readings = reading_text(reading(), {"default", true}, p.reading(), {"its preset", true}, on);
  return text + "\n" + (readings.empty() ? on.text("It reads with the defaults of options::reading.") : readings);
}

// Two.

// What a fault becomes under each, and what the loops do, as far as that differs.
cells difference_cells(fault f, const policy& p, const policy& q) {
  const std::string was = kinds_text(f, p), is = kinds_text(f, q), did = loop_text(f, p), does = loop_text(f, q);
  const bool raised = was != is, tried = did != does;
  return {raised ? was : "", raised ? is : "", tried ? did + " -> " + does : ""};
}

// Faults with all their parts alike share a row.
std::string fault_differences(const policy& p, const table_column& p_column, const policy& q,
                              const table_column& q_column, const page& on) {
  std::vector<cells> all;
  for (const fault_facts& row : all_faults()) all.push_back(difference_cells(row.id, p, q));
  std::vector<table_column> columns{{"fault", true}, p_column, q_column};
  const auto has_loops = [](const cells& line) { return !line.back().empty(); };
  if (std::any_of(all.begin(), all.end(), has_loops)) columns.push_back({"its loop"});
  table out(std::move(columns));
  const auto alike = [&](fault a, fault b) { return all[fault_index(a)] == all[fault_index(b)]; };
  for (const fault_span& one : fault_spans(alike)) {
    const cells& own = all[fault_index(one.top)];
    if (own == cells(3)) continue;
    cells line{one.name};
    line.insert(line.end(), own.begin(), own.end());
    out.add(std::move(line));
  }
  return out.empty() ? "" : on.text(out);
}

std::string two_policies(const policy& p, const policy& q, const page& on) {
  const table_column from{std::string(p.name()), true, true}, to{std::string(q.name()), true, true};
  const std::string faults = fault_differences(p, from, q, to, on);
  const std::string readings = reading_text(p.reading(), from, q.reading(), to, on);
  std::string text = on.heading(on.name(from.title) + " and " + on.name(to.title), 2);
  if (faults.empty() && readings.empty()) return text + on.text("They do not differ in anything.");
  if (!faults.empty()) text += faults + "\n" + on.text(std::string(star_means) + "; a blank field: no difference");
  if (!readings.empty()) text += "\n" + readings;
  return text;
}

// A log.

int check(const std::string& log_name, const std::vector<std::string>& specs) {
  if (specs.empty()) throw usage_error("`--check` needs the policy to switch to: handshim policies --check LOG POLICY");
  std::optional<policy> from;
  if (specs.size() == 2) from = read_policy(specs.front());
  const policy to = read_policy(specs.back());
  std::ifstream file;
  if (log_name != "-") file.open(log_name);
  if (log_name != "-" && !file) throw std::runtime_error(log_name + " cannot be read: " + std::strerror(errno));
  const bool standard = log_name == "-";
  const check_result result = check_log(standard ? std::cin : file, standard ? "standard input" : log_name, from, to,
                                        terminal::of(STDOUT_FILENO));
  std::cout << result.text;
  return result.differs ? not_so : all_well;
}

int print_page(const arguments& given) {
  if (!given.positionals().empty()) throw usage_error("`--html` takes no policy: its page has all of them");
  for (const std::string_view other : {"--markdown", "--check"})
    if (given.has(other)) throw usage_error("`--html` and " + in_ticks(other) + " exclude each other");
  std::cout << policies_page();
  return all_well;
}

int run_policies(const arguments& given) {
  given.at_most(2);
  if (given.has("--html")) return print_page(given);
  if (const auto log_name = given.value("--check")) return check(*log_name, given.positionals());
  const auto& specs = given.positionals();
  const bool markdown = given.has("--markdown");
  const page on{markdown ? table_style::markdown : table_style::plain,
                markdown ? terminal(false) : terminal::of(STDOUT_FILENO)};
  if (specs.empty())
    std::cout << overview(on);
  else if (specs.size() == 1)
    std::cout << one_policy(read_policy(specs[0]), on);
  else
    std::cout << two_policies(read_policy(specs[0]), read_policy(specs[1]), on);
  return all_well;
}

}  // namespace

const command_description& describe_policies() {
  static const command_description described{
      "policies",
      "Lists the policies, prints what one raises, how two differ, or what a switch would break.",
      {"[--markdown]", "P [--markdown]", "P Q [--markdown]", "--html", "--check LOG [P] Q"},
      {{"--markdown", "", "Prints Markdown, as docs/policies.md has it."},
       {"--html", "",
        "Writes one HTML file, which loads nothing: the exception classes and all policies, with filters."},
       {"--check", "LOG", "Tells what of the failures in a log Q would raise otherwise; - is the standard input."}},
      "P and Q are policies in any form that a program may use: websockets-14.0, websockets-sync-15.0,\n"
      "websockets-14.2...19, websockets-14.0,eof_in_response=invalid_message, "
      "bridge(websockets-13.1,websockets-14.0).\n\n"
      "In a log each line with an event or a failure counts, as JSON or logfmt (docs/observing.md), whatever else\n"
      "stands there; other lines are passed over. P is the policy that held, for lines that name none; named, it is\n"
      "taken for all. The exit code is 1 if anything would be raised otherwise."};
  return described;
}

int command_policies(const std::vector<std::string>& words) {
  return run_described(describe_policies(), words, std::cout, run_policies);
}

}  // namespace handshim::tool
