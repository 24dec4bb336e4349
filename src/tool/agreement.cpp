#include "agreement.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <set>

#include "native_report.hpp"
#include "terminal.hpp"

namespace handshim::tool {
namespace {

// libcurl without ws:// and sockets without a library: they report what a program on top of them would have to tell.
bool speaks_websocket(std::string_view client) {
  for (const std::string_view one : {"libcurl", "libcurl-http", "posix", "asio-standalone-raw"})
    if (client == one) return false;
  return true;
}

using fault_map = std::map<std::string, fault>;

fault_map faults_by_scenario(const tsv_table& table) {
  table.require({"scenario", "fault"});
  fault_map out;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const std::string& text = table[i]["fault"];
    if (text == "ok") continue;
    const fault f = find_fault(text);
    if (f == fault::none) throw tsv_error(table[i].place() + ": no fault is called " + in_ticks(text));
    if (!out.emplace(table[i]["scenario"], f).second)
      throw tsv_error(table[i].place() + ": a second row for " + in_ticks(table[i]["scenario"]));
  }
  return out;
}

struct report {
  std::string scenario, client, version, native;
  std::string told;  // to the last typed fact; of Qt and libwebsockets, which tell little in numbers, the text too
  fault means;
};

std::string all_told(const tsv_table::row& row) {
  std::string out;
  for (const char* column : {"domain", "value", "step", "close_code", "http_status"}) out += row[column] + "\t";
  const std::string& client = row["client"];
  return client.rfind("qt", 0) == 0 || client == "libwebsockets" ? out + row["message"] : out;
}

// The first error of each client in each scenario.
std::vector<report> first_reports(const tsv_table& table) {
  std::vector<report> out;
  std::set<std::string> seen;
  native_reader reader;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto row = table[i];
    const failure f = reader.read(row);
    if (!f || !seen.insert(row["scenario"] + "\t" + row["client"] + "\t" + row["client_version"]).second) continue;
    out.push_back({row["scenario"], row["client"], row["client_version"], row["domain"] + ":" + row["value"],
                   all_told(row), f.fault()});
  }
  return out;
}

void count(agreement_row& into, fault got, fault wanted) {
  ++into.reports;
  if (facts(got).main != facts(wanted).main) return;
  ++into.same_condition;
  if (got == wanted)
    ++into.same_fault;
  else if (is_a(got, wanted) || is_a(wanted, got))
    ++into.related;
}

agreement_row& row_of(agreement& found, const report& one) {
  const std::string client = one.client + " " + one.version;
  for (agreement_row& row : found.rows)
    if (row.client == client) return row;
  agreement_row fresh;
  fresh.client = client;
  fresh.speaks_websocket = speaks_websocket(one.client);
  return found.rows.emplace_back(fresh);
}

struct distinct_sets {
  std::set<std::string> native;
  std::set<fault> faults;
  std::set<condition> conditions;
};

// How many reports of each sort there are for each fault.
using sorts = std::map<std::string, std::map<fault, std::size_t>>;

void count_sorts(agreement& found, const sorts& all) {
  for (const auto& [told, faults] : all) {
    std::size_t most = 0;
    for (const auto& [f, n] : faults) most = std::max(most, n);
    found.usual += most;
    if (faults.size() == 1) found.telling += most;
  }
}

distinct_means means_of(const std::map<std::string, distinct_sets>& scenarios) {
  distinct_means out;
  const auto n = static_cast<double>(std::max<std::size_t>(scenarios.size(), 1));
  for (const auto& [id, sets] : scenarios) {
    out.native += static_cast<double>(sets.native.size()) / n;
    out.faults += static_cast<double>(sets.faults.size()) / n;
    out.conditions += static_cast<double>(sets.conditions.size()) / n;
  }
  return out;
}

std::string decimal(double value, int places) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.*f", places, value);
  return text.data();
}

std::string share(std::size_t part, std::size_t whole) {
  return whole == 0 ? "-" : decimal(100.0 * static_cast<double>(part) / static_cast<double>(whole), 1) + "%";
}

using cells = std::vector<std::string>;

const cells head{"client", "reports", "same fault", "coarser or finer", "same condition", "another condition"};

cells cells_of(const agreement_row& row) {
  return {row.client,
          std::to_string(row.reports),
          share(row.same_fault, row.reports),
          share(row.related, row.reports),
          share(row.same_condition, row.reports),
          share(row.reports - row.same_condition, row.reports)};
}

std::vector<cells> table_of(const agreement& found, bool counted) {
  std::vector<cells> out{head};
  for (const agreement_row& row : found.rows)
    if (row.speaks_websocket == counted) out.push_back(cells_of(row));
  if (counted) out.push_back(cells_of(found.all));
  return out;
}

std::string means_text(const agreement& found) {
  return std::to_string(found.scenarios) + " scenarios; on average, one of them has " +
         decimal(found.distinct.native, 2) + " different native reports, " + decimal(found.distinct.faults, 2) +
         " faults and " + decimal(found.distinct.conditions, 2) + " conditions";
}

std::string bound_text(const agreement& found) {
  return "By all that they tell, " + share(found.telling, found.all.reports) +
         " of the reports stand for one fault alone, and " + share(found.usual, found.all.reports) +
         " for the fault that is most usual for what they tell";
}

std::string markdown_table(const std::vector<cells>& rows) {
  std::string out;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (const std::string& cell : rows[i]) out += "| " + cell + " ";
    out += "|\n";
    if (i == 0)
      out += "|---" + [&] {
        std::string rest;
        for (std::size_t k = 1; k < rows[0].size(); ++k) rest += "|---:";
        return rest + "|\n";
      }();
  }
  return out;
}

}  // namespace

agreement compare(const tsv_table& native, const tsv_table& faults) {
  require_native_columns(native);
  const fault_map wanted = faults_by_scenario(faults);
  agreement found;
  found.all.client = "all of these";
  std::map<std::string, distinct_sets> scenarios;
  sorts alike;
  for (const report& one : first_reports(native)) {
    agreement_row& row = row_of(found, one);
    const auto at = wanted.find(one.scenario);
    if (at == wanted.end()) continue;
    count(row, one.means, at->second);
    if (!row.speaks_websocket) continue;
    count(found.all, one.means, at->second);
    ++alike[one.told][at->second];
    distinct_sets& sets = scenarios[one.scenario];
    sets.native.insert(one.native);
    sets.faults.insert(one.means);
    sets.conditions.insert(facts(one.means).main);
  }
  found.distinct = means_of(scenarios);
  count_sorts(found, alike);
  found.scenarios = scenarios.size();
  return found;
}

std::string text_of(const agreement& found) {
  return in_columns(table_of(found, true)) + "\nNot counted:\n" + in_columns(table_of(found, false)) + "\n" +
         means_text(found) + "\n" + bound_text(found) + "\n";
}

std::string markdown_of(const agreement& found) {
  return markdown_table(table_of(found, true)) + "\n" + means_text(found) + ".\n\n" + bound_text(found) +
         ".\n\nNot counted, because they do not speak WebSocket:\n\n" + markdown_table(table_of(found, false));
}

}  // namespace handshim::tool
