// The one unit of its program that has the classes of bridges.
#include "handshim/bridge.hpp"

#include "units.hpp"

namespace {

// Static objects of this unit may use bridges already.
const handshim::policy early = handshim::find_policy("bridge(websockets-13.1,websockets-14.0)");

}  // namespace

std::string bridge_made_early() { return std::string(early.name()); }

std::string raised_by_bridge_unit() {
  try {
    handshim::raise(
        handshim::failure(handshim::fault::eof_before_status_line),
        handshim::bridge(handshim::find_policy("websockets-14.0"), handshim::find_policy("websockets-13.1")));
  } catch (const handshim::eof_error& e) {
    return std::string(handshim::name(e.kind()));
  } catch (const handshim::error&) {
    return "another";
  }
}
