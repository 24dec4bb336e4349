// `handshim translate`: recorded native reports, with the fault and the condition that each means.
#include <iostream>
#include <string>

#include "agreement.hpp"
#include "commands.hpp"
#include "native_report.hpp"
#include "terminal.hpp"
#include "tsv.hpp"

namespace handshim::tool {
namespace {

void print_row(const tsv_table& table, const tsv_table::row& row, std::string_view fault, std::string_view condition) {
  for (const std::string& column : table.columns()) std::cout << row[column] << '\t';
  std::cout << fault << '\t' << condition << '\n';
}

void print_header(const tsv_table& table) {
  for (const std::string& column : table.columns()) {
    if (column == "fault" || column == "condition")
      throw tsv_error(table.name() + ": the column " + in_ticks(column) + " is there already");
    std::cout << column << '\t';
  }
  std::cout << "fault\tcondition\n";
}

int print_translation(const tsv_table& table) {
  print_header(table);
  native_reader reader;
  std::size_t errors = 0, unclassified = 0;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const failure f = reader.read(table[i]);
    print_row(table, table[i], f ? name(f.fault()) : "-", f ? name(f.condition()) : "-");
    if (f) ++errors;
    if (f.fault() == fault::unclassified) ++unclassified;
  }
  std::cout << table.size() << " rows, " << errors << " errors, " << unclassified << " unclassified\n";
  return all_well;
}

int run_translate(const arguments& given) {
  given.at_most(1);
  if (given.positionals().empty()) throw usage_error("translate needs NATIVE.tsv");
  const tsv_table table = read_tsv(given.positionals()[0]);
  require_native_columns(table);
  const auto against = given.value("--against");
  if (!against && given.has("--markdown")) throw usage_error("`--markdown` goes with `--against`");
  if (!against) return print_translation(table);
  const agreement found = compare(table, read_tsv(*against));
  std::cout << (given.has("--markdown") ? markdown_of(found) : text_of(found));
  return all_well;
}

}  // namespace

const command_description& describe_translate() {
  static const command_description described{
      "translate",
      "Tells what native reports of other clients mean: each row with its fault and condition.",
      {"NATIVE.tsv [OPTIONS]"},
      {
          {"--against", "FAULTS.tsv",
           "compare with these faults instead (scenario, fault, condition), such as replay --faults prints"},
          {"--markdown", "", "print the comparison as a page"},
      },
      "NATIVE.tsv has a header line and the columns scenario, client, client_version, step, kind, domain, value,\n"
      "name, message, close_code and http_status (tests/corpus/README.md says what stands in them). Rows of the\n"
      "kinds ok, hang, n/a and crash pass through with - in both columns. The domain is a category's name, an\n"
      "exception class or a quark; the library itself is not needed."};
  return described;
}

int command_translate(const std::vector<std::string>& words) {
  return run_described(describe_translate(), words, std::cout, run_translate);
}

}  // namespace handshim::tool
