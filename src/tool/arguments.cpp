#include "arguments.hpp"

#include <algorithm>
#include <charconv>
#include <ostream>
#include <utility>

#include "terminal.hpp"

namespace handshim::tool {
namespace {

std::vector<std::string_view> option_names(const command_description& described) {
  std::vector<std::string_view> names;
  for (const option& one : described.options) names.push_back(one.name);
  names.push_back("--help");
  return names;
}

std::string written(const option& one) {
  return std::string(one.name) + (one.placeholder.empty() ? "" : " " + std::string(one.placeholder));
}

// A negative number is none.
bool is_option(const std::string& word) {
  return word.size() > 1 && word.front() == '-' && (word[1] < '0' || word[1] > '9');
}

// Optimal string alignment: insertions, deletions, changes, and swaps of neighbours.
std::size_t edits(std::string_view from, std::string_view to) {
  std::vector<std::vector<std::size_t>> least(from.size() + 1, std::vector<std::size_t>(to.size() + 1));
  for (std::size_t i = 0; i <= from.size(); ++i) least[i][0] = i;
  for (std::size_t j = 0; j <= to.size(); ++j) least[0][j] = j;
  for (std::size_t i = 1; i <= from.size(); ++i)
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t change = from[i - 1] == to[j - 1] ? 0 : 1;
      least[i][j] = std::min({least[i - 1][j] + 1, least[i][j - 1] + 1, least[i - 1][j - 1] + change});
      if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
        least[i][j] = std::min(least[i][j], least[i - 2][j - 2] + 1);
    }
  return least[from.size()][to.size()];
}

}  // namespace

arguments::arguments(const command_description& described, const std::vector<std::string>& words)
    : described_(&described) {
  const auto end = std::find(words.begin(), words.end(), "--");
  help_ = std::any_of(words.begin(), end, [](const std::string& word) { return word == "--help" || word == "-h"; });
  if (!help_) read(words);
}

void arguments::read(const std::vector<std::string>& words) {
  for (std::size_t i = 0; i < words.size();) {
    if (words[i] == "--") {
      positionals_.insert(positionals_.end(), words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end());
      return;
    }
    if (is_option(words[i]))
      i = read_option(words, i);
    else
      positionals_.push_back(words[i++]);
  }
}

// Where the words go on after the option.
std::size_t arguments::read_option(const std::vector<std::string>& words, std::size_t at) {
  const std::string& word = words[at];
  const std::size_t equals = word.find('=');
  const option& which = find(std::string_view(word).substr(0, equals));
  if (which.placeholder.empty()) {
    if (equals != std::string::npos) throw usage_error(in_ticks(which.name) + " takes no value");
    add(which, "");
    return at + 1;
  }
  if (equals != std::string::npos) {
    add(which, word.substr(equals + 1));
    return at + 1;
  }
  if (at + 1 == words.size() || is_option(words[at + 1]))
    throw usage_error(in_ticks(which.name) + " needs a value: " + in_ticks(written(which)));
  add(which, words[at + 1]);
  return at + 2;
}

const option& arguments::find(std::string_view name) const {
  const auto& all = described_->options;
  const auto found = std::find_if(all.begin(), all.end(), [=](const option& one) { return one.name == name; });
  if (found == all.end()) throw usage_error(unknown_text("option", name, option_names(*described_)));
  return *found;
}

void arguments::add(const option& which, std::string value) {
  if (!which.repeatable && has(which.name)) throw usage_error(in_ticks(which.name) + " was given twice");
  given_.push_back({&which, std::move(value)});
}

void arguments::at_most(std::size_t positionals) const {
  if (positionals_.size() > positionals) throw usage_error("one word too many: " + in_ticks(positionals_[positionals]));
}

std::vector<std::string> arguments::values(std::string_view name) const {
  const auto& all = described_->options;
  if (std::none_of(all.begin(), all.end(), [=](const option& one) { return one.name == name; }))
    throw std::logic_error("the command has no option " + in_ticks(name));
  std::vector<std::string> found;
  for (const given& one : given_)
    if (one.which->name == name) found.push_back(one.value);
  return found;
}

std::optional<std::string> arguments::value(std::string_view name) const {
  std::vector<std::string> found = values(name);
  if (found.empty()) return std::nullopt;
  return std::move(found.back());
}

long long arguments::number(std::string_view name, long long fallback, long long low, long long high) const {
  const std::optional<std::string> text = value(name);
  if (!text) return fallback;
  long long number = 0;
  const char* const end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, number);
  if (error != std::errc() || stop != end || number < low || number > high)
    throw usage_error(in_ticks(name) + " must be a number from " + std::to_string(low) + " to " + std::to_string(high) +
                      ", not " + in_ticks(*text));
  return number;
}

std::string help_text(const command_description& described) {
  const std::string command = "handshim " + std::string(described.name);
  std::string text = command + ": " + std::string(described.summary) + "\n\nUsage:\n";
  for (const std::string_view usage : described.usage) text += "  " + command + " " + std::string(usage) + "\n";
  std::vector<std::vector<std::string>> rows;
  for (const option& one : described.options)
    rows.push_back({written(one), std::string(one.help) + (one.repeatable ? " May be repeated." : "")});
  rows.push_back({"-h, --help", "Prints this help."});
  text += "\nOptions:\n" + in_columns(rows, 2);
  if (!described.details.empty()) text += "\n" + std::string(described.details) + "\n";
  return text;
}

int run_described(const command_description& described, const std::vector<std::string>& words, std::ostream& out,
                  int (*run)(const arguments&)) {
  const arguments given(described, words);
  if (!given.help()) return run(given);
  out << help_text(described);
  return 0;
}

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& choices) {
  constexpr std::size_t longest = 200;  // an endless word is not worth the square of its length
  if (word.size() > longest) return {};
  std::string_view best;
  std::size_t least = std::max<std::size_t>(word.size() / 3, 2) + 1;
  for (const std::string_view choice : choices) {
    const std::size_t count = edits(word, choice);
    // As many edits as the choice has letters make any word of any other.
    if (count >= least || count >= choice.size()) continue;
    least = count;
    best = choice;
  }
  return best;
}

std::string unknown_text(std::string_view what, std::string_view word, const std::vector<std::string_view>& choices) {
  std::string text = "unknown " + std::string(what) + " " + in_ticks(word);
  const std::string_view meant = nearest(word, choices);
  if (!meant.empty()) text += "; did you mean " + in_ticks(meant) + "?";
  text += meant.empty() ? "; valid are: " : " Valid are: ";
  for (std::size_t i = 0; i < choices.size(); ++i) text += (i == 0 ? "" : ", ") + std::string(choices[i]);
  return text;
}

}  // namespace handshim::tool
