// The command `handshim`.
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "arguments.hpp"
#include "commands.hpp"
#include "handshim/config.hpp"
#include "manual.hpp"
#include "tables.hpp"
#include "terminal.hpp"

namespace handshim::tool {
namespace {

constexpr command commands[] = {
    {describe_demo, command_demo},         {describe_probe, command_probe},         {describe_wait, command_wait},
    {describe_policies, command_policies}, {describe_explain, command_explain},     {describe_serve, command_serve},
    {describe_replay, command_replay},     {describe_translate, command_translate},
};

std::string overview() {
  std::string text =
      "handshim: what WebSocket clients report when a connection fails\n\n"
      "Usage:\n  handshim COMMAND [ARGUMENTS]\n  handshim COMMAND --help\n  handshim --version | --manual | "
      "--completion\n\nCommands:\n";
  std::vector<std::vector<std::string>> rows;
  for (const command& one : commands)
    rows.push_back({std::string(one.describe().name), std::string(one.describe().summary)});
  return text + in_columns(rows, 2) + "\n" + paragraph("The exit code is " + std::string(exit_codes_text));
}

std::vector<const command_description*> descriptions() {
  std::vector<const command_description*> all;
  for (const command& one : commands) all.push_back(&one.describe());
  return all;
}

const command& find_command(const std::string& name) {
  std::vector<std::string_view> names;
  for (const command& one : commands) {
    if (one.describe().name == name) return one;
    names.push_back(one.describe().name);
  }
  throw usage_error(unknown_text("command", name, names) + "; `handshim --help` describes them");
}

// What an option that stands in a command's place prints; it stands alone.
std::string printed_by(const std::vector<std::string>& words) {
  const std::string& option = words.front();
  const bool help = option == "--help" || option == "-h";
  if (!help && option != "--version" && option != "--manual" && option != "--completion")
    throw usage_error(unknown_text("option", option, {"--help", "--version", "--manual", "--completion"}));
  if (words.size() > 1) throw usage_error("one word too many: " + in_ticks(words[1]));
  if (help) return overview();
  if (option == "--version") return "handshim " HANDSHIM_VERSION "\n";
  return option == "--manual" ? manual_page(descriptions()) : bash_completion(descriptions());
}

int run(const std::vector<std::string>& words) {
  if (words.empty()) throw usage_error("which command? `handshim --help` lists them");
  if (words.front().substr(0, 1) == "-") return std::cout << printed_by(words), all_well;
  return find_command(words.front()).run({words.begin() + 1, words.end()});
}

int main(const std::vector<std::string>& words) {
  try {
    const int code = run(words);
    if (std::cout.flush()) return code;
    std::cerr << "handshim: the output cannot be written\n";
  } catch (const std::exception& error) {
    std::cerr << "handshim: " << error.what() << "\n";
  }
  return trouble;
}

}  // namespace
}  // namespace handshim::tool

int main(int count, char** words) { return handshim::tool::main({words + (count > 0 ? 1 : 0), words + count}); }
