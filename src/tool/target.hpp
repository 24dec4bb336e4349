// The server that a command talks to, as its arguments name it.
#pragma once

#include <string>
#include <string_view>

#include "arguments.hpp"
#include "handshim/options.hpp"

namespace handshim::tool {

/// Fit to be shown: without user info and query.
std::string public_uri(const std::string& text);

/// The one positional, whether it is a URI or not. Throws usage_error if there is none, or another one.
std::string read_uri(const arguments& given);

/// The value of --timeout, or the other one: seconds, over 0 and at most a day, such as 2.5. Throws usage_error.
options::duration read_timeout(const arguments& given, const std::string& otherwise);

/// The name that --backend gives, or the first one. Throws usage_error for one that is not there.
std::string_view read_backend(const arguments& given);

}  // namespace handshim::tool
