// What handshim once wrote, read back: a line of a log, or a fingerprint.
#pragma once

#include <string_view>

#include "handshim/failure.hpp"

namespace handshim::tool {

/// The failure that the fingerprint stands for, with the HTTP status or the close code in it; none if it is no
/// fingerprint.
failure from_fingerprint(std::string_view text);

/// The failure that a text tells of: what(), to_json(), a fingerprint or a description, with anything round it. It
/// has the phase, the HTTP status and the close code as far as the text tells them. None if the text tells of none.
failure from_log_line(std::string_view text);

}  // namespace handshim::tool
