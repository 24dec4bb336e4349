// `handshim explain`: what a word, a number or a line of a log means.
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "commands.hpp"
#include "handshim/impl/policy_spec.hpp"
#include "log_line.hpp"
#include "native_names.hpp"
#include "pages.hpp"
#include "tables.hpp"
#include "words.hpp"

namespace handshim::tool {
namespace {

using pages = std::vector<std::string>;

template <class Id>
std::vector<Id> enumerators(Id first, Id last) {
  std::vector<Id> out;
  for (int i = static_cast<int>(first); i <= static_cast<int>(last); ++i) out.push_back(static_cast<Id>(i));
  return out;
}
const std::vector<condition> conditions = enumerators(condition::unclassified, condition::closed_ok);
const std::vector<phase> phases = enumerators(phase::unknown, phase::closing);
const std::vector<advice> advices = enumerators(advice::never, advice::by_close_code);

template <class Words>
void add_named(pages& found, const Words& words, std::string_view text, const terminal& out) {
  for (const auto word : words)
    if (name(word) == text) found.push_back(page_of(word, out));
}

void add_names(pages& found, std::string_view text, const terminal& out) {
  if (const fault f = find_fault(text); f != fault::none) found.push_back(page_of(failure(f), out));
  add_named(found, conditions, text, out);
  bool is_kind = false;
  const kind k = find_kind(text, is_kind);
  if (is_kind) found.push_back(page_of(k, out));
  add_named(found, phases, text, out);
  add_named(found, advices, text, out);
  if (const retry_rule* rule = find_retry_rule(text)) found.push_back(page_of(*rule, out));
}

// A spec that begins as a policy's but is none throws find_policy()'s own text.
void add_policy(pages& found, const std::string& text, const terminal& out) {
  for (const policy_family& family : detail::families)
    if (family.name == text && !family.newest.empty()) return found.push_back(page_of(family, out));
  const bool is_bridge = detail::starts_with(text, "bridge(");
  if (is_bridge || detail::find_family(std::string_view(text).substr(0, text.find(','))) != nullptr)
    found.push_back(page_of(read_policy(text), out));
}

void add_number(pages& found, std::string_view text, const terminal& out) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return;
  if (number >= 1000 && number <= 65535) found.push_back(page_of_close_code(number, out));
  if (number >= 100 && number <= 999) found.push_back(page_of_status(number, out));
}

// handshim's own codes are written as native ones are: "handshim:511".
void add_own_code(pages& found, std::string_view text, const terminal& out) {
  for (const fault_facts& row : all_faults())
    if (text == std::string(fault_category().name()) + ":" + std::to_string(static_cast<int>(row.id)))
      found.push_back(page_of(failure(row.id), out));
}

void add_log_line(pages& found, std::string_view text, const terminal& out) {
  if (const failure f = from_log_line(text)) found.push_back(page_of(f, out));
}

pages explained(const std::string& text, const terminal& out) {
  pages found;
  add_names(found, text, out);
  add_policy(found, text, out);
  add_number(found, text, out);
  add_own_code(found, text, out);
  if (const auto code = find_native(text)) found.push_back(page_of(*code, out));
  if (found.empty()) add_log_line(found, text, out);
  return found;
}

// The code with the nearest domain, if there is such a code.
std::string near_code(std::string_view text, const std::vector<std::string>& domains) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return {};
  const std::vector<std::string_view> words(domains.begin(), domains.end());
  const std::string code = std::string(nearest(text.substr(0, colon), words)) + std::string(text.substr(colon));
  return find_native(code) ? code : std::string();
}

// One word of each list that is near enough, the same word once.
std::vector<std::string> near_words(std::string_view text) {
  std::vector<std::vector<std::string_view>> lists(3);
  for (const fault_facts& row : all_faults()) lists[0].push_back(row.name);
  for (const kind_facts& row : all_kinds()) lists[1].push_back(row.name);
  for (const condition c : conditions) lists[2].push_back(name(c));
  for (const advice a : advices) lists[2].push_back(name(a));
  for (const retry_rule& rule : all_retry_rules()) lists[2].push_back(rule.name);
  const std::vector<std::string> natives = native_words();
  const std::string code = near_code(text, natives);
  if (code.empty())
    lists.emplace_back(natives.begin(), natives.end());
  else
    lists.push_back({code});
  const std::vector<std::string> policies = policy_names();
  lists.emplace_back(policies.begin(), policies.end());
  std::vector<std::string> out;
  for (const std::string& named : native_codes_called(text)) out.push_back(in_ticks(named));
  for (const auto& list : lists) {
    const std::string word = in_ticks(nearest(text, list));
    if (word != in_ticks("") && std::find(out.begin(), out.end(), word) == out.end()) out.push_back(word);
  }
  return out;
}

// The first faults that have the text in their names: for who remembers a part of one.
std::vector<std::string> faults_with(std::string_view text) {
  constexpr std::size_t shortest = 3, most = 8;
  std::vector<std::string> out;
  for (const fault_facts& row : all_faults())
    if (text.size() >= shortest && row.name.find(text) != std::string_view::npos && out.size() < most)
      out.push_back(in_ticks(row.name));
  return out;
}

std::string unknown_name(std::string_view text) {
  if (const std::string mistake = native_mistake(text); !mistake.empty()) return mistake;
  constexpr std::size_t longest = 80;
  const bool cut = text.size() > longest;
  const std::string shown = in_ticks(std::string(text.substr(0, longest)) + (cut ? "..." : ""));
  const std::string near = joined(near_words(text), " or ");
  const std::string with = joined(faults_with(text), ", ");
  return shown + " is nothing that handshim knows. " + (near.empty() ? "" : "Did you mean " + near + "? ") +
         (with.empty() ? "" : "It is in the names of " + with + ". ") +
         "It explains faults, conditions, exception classes, policies, close codes, HTTP statuses, native codes such "
         "as errno:111 or beast.http:2, fingerprints, and lines of a log with what() in them";
}

// Of what there is a list elsewhere: docs/policies.md has the faults, docs/exceptions.md the classes.
int list_rules(const arguments& given) {
  given.at_most(0);
  const bool markdown = given.has("--markdown");
  std::cout << (markdown ? rules_table(table_style::markdown, terminal(false))
                         : rules_table(table_style::plain, terminal::of(STDOUT_FILENO)));
  return all_well;
}

int run_explain(const arguments& given) {
  if (given.has("--rules")) return list_rules(given);
  if (given.positionals().empty())
    throw usage_error(
        "explain what? A name such as eof_before_status_line, a code such as 1006 or errno:111, or a line of a log");
  const std::string text = on_one_line(joined(given.positionals(), " "));
  const pages found = explained(text, terminal::of(STDOUT_FILENO));
  if (found.empty()) throw usage_error(unknown_name(text));
  std::cout << joined(found, "\n");
  return all_well;
}

}  // namespace

const command_description& describe_explain() {
  static const command_description described{
      "explain",
      "Tells what a name, a code or a line of a log means, when it comes and what to do.",
      {"NAME", "LINE OF A LOG", "--rules [--markdown]"},
      {{"--rules", "", "Lists the rules that say whether to try again."},
       {"--markdown", "", "Prints them in Markdown, as docs/retrying.md has them."}},
      "NAME is a fault, a condition, an exception class, a policy, a close code (1006), an HTTP status (503), a "
      "native\n"
      "code (errno:111, ECONNREFUSED, boost.beast.websocket:19), a rule for trying again or a fingerprint. Of a line "
      "of a log,\n"
      "what() or to_json() is enough. A name with several meanings is told in all of them.\n\n"
      "Examples: handshim explain eof_before_status_line\n"
      "          handshim explain 1006\n"
      "          handshim explain 'ws://host/: connect: nothing listens at that address and port "
      "[connection_refused]'"};
  return described;
}

int command_explain(const std::vector<std::string>& words) {
  return run_described(describe_explain(), words, std::cout, run_explain);
}

}  // namespace handshim::tool
