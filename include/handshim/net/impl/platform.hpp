// The system's sockets, in two versions with the same functions: all that a port has to bring. Descriptors are int on
// Windows too, whose handles have no more than 32 bits that count.
#pragma once

#if defined(_WIN32)
#include "handshim/net/impl/platform_windows.hpp"
#else
#include "handshim/net/impl/platform_posix.hpp"
#endif
