// The command line of one command: described by data, from which the help is printed and the words are read.
#pragma once

#include <iosfwd>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace handshim::tool {

/// Wrong usage: main prints what() on stderr.
class usage_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One option of a command. The views must outlive it: they are meant to be literals.
struct option {
  std::string_view name;         ///< with its dashes: "--port"
  std::string_view placeholder;  ///< what stands for its value in the help, "N"; empty for a flag
  std::string_view help;         ///< one sentence
  bool repeatable = false;       ///< may be given more than once
};

/// A command as its help and the manual page show it. Every command takes --help (-h) beside its options.
struct command_description {
  std::string_view name;
  std::string_view summary;             ///< one sentence
  std::vector<std::string_view> usage;  ///< each what follows "handshim NAME"
  std::vector<option> options;
  std::string_view details;  ///< paragraphs below the options; may be empty
};

/// The words of a command line, checked against a description. A value.
///
/// `--option value` and `--option=value` are the same; `--` ends the options; `-` and what begins like a negative
/// number are no options. Another value that begins with a dash must be written with `=`.
class arguments {
 public:
  /// Keeps no reference to the words, but one to the description. With --help nothing else is checked. Throws
  /// usage_error for an unknown option (naming the nearest and all), a missing or superfluous value, and an
  /// option given twice that is not repeatable.
  arguments(const command_description& described, const std::vector<std::string>& words);
  arguments(const command_description&&, const std::vector<std::string>&) = delete;

  bool help() const noexcept { return help_; }
  const std::vector<std::string>& positionals() const noexcept { return positionals_; }
  /// Throws usage_error if there are more positionals than that; names the first one too many.
  void at_most(std::size_t positionals) const;

  /// The name with its dashes, as in the description; std::logic_error if it is not there.
  bool has(std::string_view name) const { return !values(name).empty(); }
  std::optional<std::string> value(std::string_view name) const;
  /// All values of an option in their order; a flag has one empty value each time it was given.
  std::vector<std::string> values(std::string_view name) const;
  /// A decimal number; throws usage_error, naming what is valid, if it is none or out of [low, high].
  long long number(std::string_view name, long long fallback, long long low, long long high) const;

 private:
  struct given {
    const option* which;
    std::string value;
  };

  void read(const std::vector<std::string>& words);
  std::size_t read_option(const std::vector<std::string>& words, std::size_t at);
  const option& find(std::string_view name) const;
  void add(const option& which, std::string value);

  const command_description* described_;
  bool help_ = false;
  std::vector<std::string> positionals_;
  std::vector<given> given_;
};

/// The whole help of a command.
std::string help_text(const command_description& described);

/// Reads the words, prints the help to `out` if they ask for it, else calls `run`. Its result is the exit code.
int run_described(const command_description& described, const std::vector<std::string>& words, std::ostream& out,
                  int (*run)(const arguments&));

/// The choice that takes the fewest single-character edits from the word (a swap counts as one); empty if none
/// is near enough to be meant.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& choices);

/// "unknown WHAT `WORD`; did you mean `X`? Valid are: A, B".
std::string unknown_text(std::string_view what, std::string_view word, const std::vector<std::string_view>& choices);

}  // namespace handshim::tool
