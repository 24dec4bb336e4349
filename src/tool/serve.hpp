// `handshim serve`: a faulty server to try a client against.
#pragma once

#include "arguments.hpp"

namespace handshim::tool {

/// Serves until SIGINT or SIGTERM, then returns 0. These signals must not be handled elsewhere meanwhile. Writes to
/// stdout. Throws usage_error for arguments that do not fit together, and what scripted_server and load_scenarios
/// throw.
int serve(const arguments& given);

}  // namespace handshim::tool
