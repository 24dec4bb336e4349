#include "thrower.hpp"

#include "handshim/handshim.hpp"

void throw_from_library(int which) {
  using handshim::fault;
  constexpr fault faults[] = {fault::connection_refused, fault::timeout_in_headers, fault::closed_normally};
  handshim::evidence known;
  known.endpoint = "ws://127.0.0.1/";
  handshim::raise(handshim::failure(faults[which], known), handshim::policy());
}

void code_from_library(std::error_code* out) { *out = make_error_code(handshim::fault::eof_in_headers); }
