// What a server said no with, for the tests of trying again.
#pragma once

#include <string_view>

#include "handshim/failure.hpp"

namespace retry_test {

/// An upgrade rejected with that status, and a Retry-After if one is given.
inline handshim::failure rejected(int status, std::string_view retry_after = {}) {
  const handshim::header_view header{"Retry-After", retry_after};
  handshim::evidence known;
  known.http_status = status;
  if (!retry_after.empty()) known.headers = {&header, 1};
  return handshim::failure(handshim::fault::upgrade_rejected, known);
}

}  // namespace retry_test
