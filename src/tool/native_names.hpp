// Native codes as people write them: "errno:111", "ECONNREFUSED", "boost.beast.websocket:19".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "handshim/fault.hpp"

namespace handshim::tool {

/// A native code.
struct native_name {
  std::string domain;  ///< as it was written
  int value = 0;
  std::string symbol;  ///< "ECONNREFUSED", where the tables know it
};

/// Reads "domain:value", where the value may be a symbol; a symbol alone that is no other word; or a domain alone whose
/// name says it all, such as an exception class. None if the text is nothing of the kind or if from_native() knows no
/// such domain.
std::optional<native_name> find_native(std::string_view text);

/// The number that the code of that name has on this system. None where the numbers are the domain's own everywhere, or
/// where it has no such name.
std::optional<int> number_here(std::string_view domain, std::string_view symbol);

/// What is wrong with a text that names a domain of native codes, and what may stand there; empty if it names none.
std::string native_mistake(std::string_view text);

/// The fault that the code means in that phase.
fault fault_in(const native_name& code, phase p);

/// The text that the domain has for the value; empty if that cannot be told here.
std::string message_of(const native_name& code);

/// All symbols of the tables that are known alone, and the names of the domains: for "did you mean".
std::vector<std::string> native_words();

/// "domain:symbol" for each domain that has the symbol.
std::vector<std::string> native_codes_called(std::string_view symbol);

}  // namespace handshim::tool
