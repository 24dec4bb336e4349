// The cases of the conformance suite: scripts in the language of the scenarios, each with its expected outcome.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "handshim/rfc6455/connection.hpp"
#include "script.hpp"

namespace conformance {

/// What a client is to make of a conversation.
struct expectation {
  std::vector<handshim::rfc6455::message> messages;  ///< received, in this order
  std::vector<std::string> pongs;                    ///< sent, in this order
  std::optional<int> close;                          ///< the code of the close frame sent, 1005 for none in it
  std::string fault;                                 ///< of the step that failed, or "ok"
};

/// One case. The client sends back what `recv` receives, and not what `recv-until-error` does.
struct test_case {
  std::string group, name;
  handshim::tool::scenario script;
  expectation expected;
  bool generated = false;
  std::size_t piece = 0;  ///< if not 0: delivered in pieces of that many bytes, and in no other way
};

/// A group of cases, numbered as the Autobahn test suite numbers them.
struct group {
  std::string number, title;
};

/// Throws tool::script_error or std::runtime_error naming the case.
test_case make_case(std::string group, std::string name, const std::string& client, const std::string& server,
                    const std::string& expect);

/// The bytes as a script writes them, in double quotes.
std::string quote(std::string_view bytes);

std::vector<group> load_groups(const std::string& path);
std::vector<test_case> load_cases(const std::string& path);

/// What follows from a rule: each place, each value, each size. The samples are cases of group 6 in one frame each,
/// from which more are made.
std::vector<test_case> generated_cases(const std::vector<test_case>& samples);

}  // namespace conformance
