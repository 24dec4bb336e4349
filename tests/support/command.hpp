// A command of `handshim`, run in this process.
#pragma once

#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "arguments.hpp"

namespace command_test {

struct result {
  int code = 0;
  std::string out;
};

/// What it prints and its exit code. What it throws goes through, usage_error for instance.
inline result run(int (*command)(const std::vector<std::string>&), const std::vector<std::string>& words) {
  std::ostringstream text;
  struct redirection {
    std::streambuf* before;
    explicit redirection(std::streambuf* to) : before(std::cout.rdbuf(to)) {}
    ~redirection() { std::cout.rdbuf(before); }
  } redirected(text.rdbuf());
  result out;
  out.code = command(words);
  out.out = text.str();
  return out;
}

/// The text of the usage_error that the words give; empty if they give none.
inline std::string usage_error_of(int (*command)(const std::vector<std::string>&),
                                  const std::vector<std::string>& words) {
  try {
    run(command, words);
  } catch (const handshim::tool::usage_error& e) {
    return e.what();
  }
  return {};
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace command_test
