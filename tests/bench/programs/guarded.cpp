// A call, guarded; three kinds, caught.
#include <cstdio>
#include <stdexcept>

#include "handshim/handshim.hpp"

int call(int x) {
  if (x > 1) throw std::runtime_error("no");
  return x;
}

int main(int argc, char**) {
  try {
    return handshim::guard(handshim::phase::open, [&] { return call(argc); });
  } catch (const handshim::network_error& e) {
    std::puts(e.what());
  } catch (const handshim::invalid_handshake& e) {
    std::puts(e.what());
  } catch (const handshim::connection_closed& e) {
    std::puts(e.what());
  }
  return 1;
}
