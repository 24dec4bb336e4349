// Runs a command of `handshim` in this process, with what it prints kept.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "support/environment.hpp"

namespace tool_test {

struct result {
  int code;
  std::string out;

  bool says(std::string_view text) const { return out.find(text) != std::string::npos; }
  std::size_t lines() const {
    std::size_t n = 0;
    for (const char c : out) n += c == '\n' ? 1 : 0;
    return n;
  }
  std::size_t longest_line() const {
    std::size_t longest = 0;
    std::istringstream in(out);
    for (std::string line; std::getline(in, line);) longest = std::max(longest, line.size());
    return longest;
  }
};

/// The output is that of a pipe: without colours, wherever the tests run.
inline result run(int (*command)(const std::vector<std::string>&), const std::vector<std::string>& words) {
  test_support::set_variable("NO_COLOR", "1");
  std::ostringstream kept;
  struct redirection {
    std::streambuf* before;
    explicit redirection(std::ostream& to) : before(std::cout.rdbuf(to.rdbuf())) {}
    ~redirection() { std::cout.rdbuf(before); }
  };
  int code = 0;
  {
    const redirection to(kept);
    code = command(words);
  }
  return {code, kept.str()};
}

}  // namespace tool_test
