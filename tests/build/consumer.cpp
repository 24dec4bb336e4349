// A program that takes handshim in as others do: see the scripts consume and ../packaging/ways. Argument: what the
// default policy must be.
#include <iostream>

#if defined(SINGLE_HEADER)
#include "handshim.hpp"
#else
#include "handshim/backends/raw_sockets.hpp"
#include "handshim/client.hpp"
#include "handshim/handshim.hpp"
#endif

int main(int count, char** words) {
  handshim::client<handshim::raw_sockets> client;
  try {
    client.connect("ws://127.0.0.1:1/");  // where nothing listens
    return 1;
  } catch (const handshim::network_error& e) {
    std::cout << "by default as " << e.policy().name() << " says, of " HANDSHIM_VERSION ": " << name(e.kind()) << "\n";
    return count == 2 && e.policy().name() == words[1] ? 0 : 1;
  }
}
