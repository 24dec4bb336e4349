// One unit includes bridge.hpp, the others do not, and one that does is built without exceptions: what each of them
// raises under a bridge is caught in every other.
#include <cstdio>

#include "../check.hpp"
#include "handshim/handshim.hpp"
#include "units.hpp"

namespace {

template <class Kind>
bool catches(const handshim::policy& p) {
  try {
    handshim::raise(handshim::failure(handshim::fault::eof_before_status_line), p);
  } catch (const Kind&) {
    return true;
  } catch (...) {
    return false;
  }
}

void check_caught(const handshim::policy& p) {
  CHECK(catches<handshim::invalid_message>(p));
  CHECK(catches<handshim::invalid_handshake>(p));
  CHECK(catches<handshim::eof_error>(p));
  CHECK(catches<handshim::error>(p));
  CHECK(catches<std::exception>(p));
}

}  // namespace

int main() {
  CHECK(bridge_made_early() == "bridge(websockets-13.1,websockets-14.0)");
  CHECK(raised_by_bridge_unit() == "invalid_message");
  CHECK(name_by_unit_without_exceptions() == "bridge(websockets-13.1,websockets-14.2)");
  check_caught(handshim::find_policy("bridge(websockets-13.1,websockets-14.0)"));
  check_caught(made_without_exceptions());

  handshim::set_policy(handshim::find_policy("bridge(websockets-13.1,websockets-14.0)"));
  CHECK(raised_by_plain_unit() == "eof_error bridge(websockets-13.1,websockets-14.0) set_policy() eof_error");
  return failed_checks() == 0 ? 0 : 1;
}
