// Units built differently in one program: each behaves as its own build says, whatever the order of linking.
#include "../check.hpp"
#include "handshim/handshim.hpp"
#include "units.hpp"

int main() {
  CHECK(raised_by_plain_unit() == "invalid_message unified-1 built in invalid_message");
  CHECK(raised_by_default_unit() == "eof_error websockets-14.0 the build eof_error");
  CHECK(raised_by_fixed_unit() == "connection_error websockets-asyncio-13.0 fixed by the build connection_error");

  handshim::set_policy(handshim::find_policy("websockets-13.1"));
  CHECK(raised_by_plain_unit() == "invalid_message websockets-13.1 set_policy() invalid_message");
  CHECK(raised_by_default_unit() == "invalid_message websockets-13.1 set_policy() invalid_message");
  CHECK(raised_by_fixed_unit() == "connection_error websockets-asyncio-13.0 fixed by the build connection_error");
  return failed_checks() == 0 ? 0 : 1;
}
