// Trying again: advice, backoff, retry(), reconnect(), wait_until_ready(). No sockets; ready.hpp has a URI's.
#pragma once

#include "handshim/retry/advice.hpp"
#include "handshim/retry/backoff.hpp"
#include "handshim/retry/pause.hpp"
#include "handshim/retry/readiness.hpp"
#include "handshim/retry/reconnect.hpp"
#include "handshim/retry/retrying.hpp"
#include "handshim/retry/rules.hpp"
