// Prints the policy that holds once the environment was asked.
#include <cstdio>

#include "handshim/policy.hpp"

int main() {
  if (handshim::use_environment()) return 1;
  std::printf("%.*s\n", static_cast<int>(handshim::current_policy().policy.name().size()),
              handshim::current_policy().policy.name().data());
}
