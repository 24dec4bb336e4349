// The commands of `handshim`. A new one is declared here and gets a row in main.cpp.
#pragma once

#include <string>
#include <vector>

#include "arguments.hpp"

namespace handshim::tool {

/// What every command is: its description, and a function that takes the words behind its name and returns the exit
/// code. It may throw usage_error (exit code 2) and any other std::exception (exit code 1); main tells them.
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
