// The compiled variant: every definition once.
#if !defined(HANDSHIM_COMPILED)
#error "compile src/handshim.cpp with HANDSHIM_COMPILED, as every unit that is linked with it"
#endif

#include "handshim/backends/legacy_mode.hpp"
#include "handshim/backends/new_mode.hpp"
#include "handshim/backends/raw_sockets.hpp"
#include "handshim/client.hpp"
#include "handshim/handshim.hpp"

#include "handshim/impl/exceptions.ipp"
