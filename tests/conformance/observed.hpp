// What came of a conversation: at the client, and on the wire.
#pragma once

#include <string>
#include <vector>

#include "../support/client_frames.hpp"
#include "case.hpp"
#include "handshim/client.hpp"

namespace conformance {

struct observation {
  std::vector<handshim::message> received, sent;  // sent: what the script told the client to send
  std::string frames;                             // the bytes that the client wrote behind its request
  std::string fault = "ok";
};

/// Empty if it is as expected. With all pongs each ping must have been answered; else the newest of those that came
/// together (RFC 6455, section 5.5.3).
std::string difference(const expectation& expected, const observation& got, bool all_pongs);

/// The frames in the bytes; what is wrong with them, if anything is: none without a mask, nothing behind a close frame.
std::string read_frames(std::string_view bytes, std::vector<client_test::client_frame>& out);

}  // namespace conformance
