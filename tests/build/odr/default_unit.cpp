#undef HANDSHIM_DEFAULT_POLICY
#define HANDSHIM_DEFAULT_POLICY "websockets-14.0"
#include "raised.hpp"
#include "units.hpp"

std::string raised_by_default_unit() { return raised(); }
