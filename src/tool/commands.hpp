// The commands of `handshim`. A new one is declared here and gets a row in main.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "arguments.hpp"

namespace handshim::tool {

/// The exit codes, as diff and grep have them.
enum exit_code : int {
  all_well = 0,
  not_so = 1,   ///< the answer is no
  trouble = 2,  ///< there is no answer
};

/// What they mean, for the help and the manual page.
constexpr std::string_view exit_codes_text =
    "0 if all is well; 1 if it is not, as when the connection failed, the server is not ready or something would be "
    "raised otherwise; 2 if that cannot be told: wrong usage, a file that cannot be read, an output that cannot be "
    "written.";

/// What every command is: its description, and a function that takes the words behind its name and returns all_well or
/// not_so. What it throws is trouble: usage_error, or any other std::exception; main tells them.
struct command {
  const command_description& (*describe)();
  int (*run)(const std::vector<std::string>& words);
};

const command_description& describe_demo();
int command_demo(const std::vector<std::string>& words);
const command_description& describe_probe();
int command_probe(const std::vector<std::string>& words);
const command_description& describe_policies();
int command_policies(const std::vector<std::string>& words);
const command_description& describe_explain();
int command_explain(const std::vector<std::string>& words);
const command_description& describe_serve();
int command_serve(const std::vector<std::string>& words);
const command_description& describe_replay();
int command_replay(const std::vector<std::string>& words);
const command_description& describe_wait();
int command_wait(const std::vector<std::string>& words);
const command_description& describe_translate();
int command_translate(const std::vector<std::string>& words);

}  // namespace handshim::tool
