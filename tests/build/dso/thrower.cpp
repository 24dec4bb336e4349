#include "thrower.hpp"

#include <exception>

#include "handshim/bridge.hpp"
#include "handshim/handshim.hpp"

void bridge_from_library(void* policy) {
  *static_cast<handshim::policy*>(policy) =
      handshim::bridge(handshim::find_policy("websockets-13.1"), handshim::find_policy("websockets-14.0"));
}

void throw_from_library(int which) {
  using handshim::fault;
  constexpr fault faults[] = {fault::connection_refused, fault::timeout_in_headers, fault::closed_normally,
                              fault::eof_before_status_line};
  handshim::evidence known;
  known.endpoint = "ws://127.0.0.1/";
  handshim::policy by;
  if (which == 3) bridge_from_library(&by);
  handshim::raise(handshim::failure(faults[which], known), by);
}

void exception_from_library(int which, void* exception) {
  try {
    throw_from_library(which);
  } catch (...) {
    *static_cast<std::exception_ptr*>(exception) = std::current_exception();
  }
}

void code_from_library(std::error_code* out) { *out = make_error_code(handshim::fault::eof_in_headers); }
