// The core, for who wraps a client that they have: no sockets, no threads. client.hpp has clients. What a comment does
// not date, in any header, is there since 0.1.
#pragma once

#include "handshim/config.hpp"
#include "handshim/exceptions.hpp"
#include "handshim/failure.hpp"
#include "handshim/fault.hpp"
#include "handshim/guard.hpp"
#include "handshim/kind.hpp"
#include "handshim/policy.hpp"
#include "handshim/raise.hpp"
#include "handshim/translate.hpp"
