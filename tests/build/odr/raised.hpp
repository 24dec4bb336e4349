// Included by units that are built differently: everything here is theirs alone.
#pragma once

#include <string>

#include "handshim/handshim.hpp"

namespace {

std::string raised() {
  try {
    handshim::raise(handshim::failure(handshim::fault::eof_before_status_line));
  } catch (const handshim::error& e) {
    std::string guarded;
    try {
      handshim::guard(handshim::phase::handshake,
                      [] { throw std::system_error(std::make_error_code(std::errc::connection_reset)); });
    } catch (const handshim::error& reset) {
      guarded = handshim::name(reset.kind());
    }
    return std::string(handshim::name(e.kind())) + " " + std::string(e.policy().name()) + " " +
           std::string(handshim::name(e.source())) + " " + guarded;
  }
  return "nothing";
}

}  // namespace
