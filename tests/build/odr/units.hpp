// What each unit raises for one and the same failure, seen from its own build.
#pragma once

#include <string>

/// "kind policy source"
std::string raised_by_default_unit();
std::string raised_by_fixed_unit();
std::string raised_by_plain_unit();
