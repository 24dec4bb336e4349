// A program that uses an installed handshim; see the script consume. Argument: what the default policy must be.
#include <iostream>
#include <string_view>

#include "handshim/handshim.hpp"
#include "handshim/net/deadline.hpp"

int main(int count, char** words) {
  if (handshim::net::deadline::never().passed()) return 1;
  std::cout << "by default as " HANDSHIM_DEFAULT_POLICY " says: "
            << facts(handshim::fault::connection_refused).description << "\n";
  return count == 2 && std::string_view(words[1]) == HANDSHIM_DEFAULT_POLICY ? 0 : 1;
}
