#undef HANDSHIM_DEFAULT_POLICY
#include "raised.hpp"
#include "units.hpp"

std::string raised_by_plain_unit() { return raised(); }
