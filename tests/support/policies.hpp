// Policies that a test takes for granted.
#pragma once

#include <doctest/doctest.h>

#include <string_view>

#include "handshim/policy.hpp"

namespace policy_test {

/// The policy of a spec that can be read; else the test ends.
inline handshim::policy find(std::string_view spec) {
  handshim::failure why;
  const handshim::policy found = handshim::find_policy(spec, why);
  CAPTURE(why.what());
  REQUIRE_FALSE(why);
  return found;
}

}  // namespace policy_test
