// Built without exceptions: bridges are judged by, and never raised.
#include "handshim/bridge.hpp"
#include "units.hpp"

#if HANDSHIM_HAS_EXCEPTIONS
#error "this unit must be built with -fno-exceptions"
#endif

namespace {

handshim::policy made(const char* first, const char* second) {
  handshim::failure why;
  return handshim::bridge(handshim::find_policy(first, why), handshim::find_policy(second, why), why);
}

// Before main(), and perhaps before the unit with exceptions brought its classes.
const handshim::policy early = made("websockets-14.0", "websockets-13.1");

}  // namespace

handshim::policy made_without_exceptions() { return early; }
std::string name_by_unit_without_exceptions() { return std::string(made("websockets-13.1", "websockets-14.2").name()); }
