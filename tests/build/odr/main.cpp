// Units built differently in one program: each behaves as its own build says, whatever the order of linking.
#include "../check.hpp"
#include "handshim/handshim.hpp"
#include "handshim/observe.hpp"
#include "units.hpp"

int main() {
  CHECK(raised_by_plain_unit() == "invalid_message unified-1 built in invalid_message");
  CHECK(raised_by_default_unit() == "eof_error websockets-14.0 the build eof_error");
  CHECK(raised_by_fixed_unit() == "connection_error websockets-asyncio-13.0 fixed by the build connection_error");

  // Units that do not know of observers are observed all the same: two failures in each.
  int told = 0;
  handshim::set_observer({[](void* count, const handshim::event&) noexcept { ++*static_cast<int*>(count); }, &told});
  raised_by_plain_unit();
  raised_by_default_unit();
  raised_by_fixed_unit();
  CHECK(told == 6);
  handshim::reset_observer();
  // No unit includes bridge.hpp: only the compiled variant has the classes.
  handshim::failure why;
  handshim::find_policy("bridge(websockets-13.1,websockets-14.0)", why);
#if defined(HANDSHIM_COMPILED)
  CHECK(!why);
#else
  CHECK(why.fault() == handshim::fault::policy_combination);
  CHECK(why.what().find("include handshim/bridge.hpp") != std::string::npos);
#endif
  handshim::find_policy("bridge(websockets-13.0,websockets-13.1)", why);
  CHECK(!why);  // it asks for no class that the core has not

  handshim::set_policy(handshim::find_policy("websockets-13.1"));
  CHECK(raised_by_plain_unit() == "invalid_message websockets-13.1 set_policy() invalid_message");
  CHECK(raised_by_default_unit() == "invalid_message websockets-13.1 set_policy() invalid_message");
  CHECK(raised_by_fixed_unit() == "connection_error websockets-asyncio-13.0 fixed by the build connection_error");
  return failed_checks() == 0 ? 0 : 1;
}
