// Bridges: what is raised is caught by the handlers for either of two policies, so that no upgrade needs a flag day.
// With this header a program has a class for each set of kinds that two built-in policies can want in one object;
// they take a while to compile, so it is in no other header. Include it in one unit of a program (of each shared
// library that finds or makes bridges), by text too: find_policy("bridge(websockets-13.1,websockets-14.0)"). The
// compiled variant has the classes in its library.
#pragma once

#include "handshim/raise.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {

inline namespace HANDSHIM_EXCEPTIONS_VARIANT {

/// bridge(A,B): what it raises is caught by the handlers for what A raises and for what B raises, and by those of all
/// their bases; is() tells both, kind() is B's primary kind. Where a kind of the one is a base of one of the other it
/// is simply the derived one. Everything but the class is B's: release_retries() and reading(). Of several clauses
/// that fit, the first one written runs, as ever: that may now be another one. On error (a side is native or a bridge,
/// or, through an override, there is no class for a failure) `why` is set and the result is unified-1. Thread-safe.
/// Since 0.1.
policy bridge(policy a, policy b, failure& why);

#if HANDSHIM_HAS_EXCEPTIONS
/// The same; throws policy_error.
policy bridge(policy a, policy b);
#endif

}  // namespace HANDSHIM_EXCEPTIONS_VARIANT
}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/impl/bridge.ipp"
#endif
