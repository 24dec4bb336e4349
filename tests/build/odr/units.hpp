// What each unit raises for one and the same failure, seen from its own build.
#pragma once

#include <string>

#include "handshim/policy.hpp"

/// "kind policy source"
std::string raised_by_default_unit();
std::string raised_by_fixed_unit();
std::string raised_by_plain_unit();

/// The kind alone, caught as the first of the bridge's policies names it.
std::string raised_by_bridge_unit();
/// The name of a policy that was found before main().
std::string bridge_made_early();
std::string name_by_unit_without_exceptions();
/// bridge(websockets-14.0,websockets-13.1), made before main().
handshim::policy made_without_exceptions();
