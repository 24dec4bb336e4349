#define HANDSHIM_FIXED_POLICY "websockets-asyncio-13.0"
#include "raised.hpp"
#include "units.hpp"

std::string raised_by_fixed_unit() { return raised(); }
