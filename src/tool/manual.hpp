// What is printed from the descriptions of all commands beside their help: the manual page and the shell's completion.
#pragma once

#include <string>
#include <vector>

#include "arguments.hpp"

namespace handshim::tool {

/// handshim(1) as troff with the macros man(7).
std::string manual_page(const std::vector<const command_description*>& commands);

/// A script for bash that completes the words of `handshim`: commands, options, and values where they are known.
std::string bash_completion(const std::vector<const command_description*>& commands);

}  // namespace handshim::tool
