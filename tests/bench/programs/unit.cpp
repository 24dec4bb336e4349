// One guarded call, as it stands in many units of a program.
#include "handshim/handshim.hpp"

int client_call(int x);

int guarded_call(int x);
int guarded_call(int x) {
  return handshim::guard(handshim::phase::open, [x] { return client_call(x); });
}
