// Compiled with -fsanitize=undefined by every compiler, g++ too, for which fewer expressions are then constants.
#include "handshim/backends/raw_sockets.hpp"
#include "handshim/client.hpp"

handshim::client<handshim::raw_sockets> sanitized_client();
handshim::client<handshim::raw_sockets> sanitized_client() { return handshim::client<handshim::raw_sockets>(); }
