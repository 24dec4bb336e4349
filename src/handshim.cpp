// The compiled variant: everything that the headers leave to the library, once.
#if !defined(HANDSHIM_COMPILED)
#error "compile src/handshim.cpp with HANDSHIM_COMPILED, as every unit that is linked with it"
#endif

#include "handshim/config.hpp"
#if !HANDSHIM_HAS_EXCEPTIONS || !HANDSHIM_HAS_RTTI
#error "build src/handshim.cpp with exceptions and RTTI; units that have neither may link with it"
#endif

#include "handshim/impl/fault.ipp"  // first: others use its table

#include "handshim/impl/bridge.ipp"
#include "handshim/impl/counters.ipp"
#include "handshim/impl/event.ipp"
#include "handshim/impl/exceptions.ipp"
#include "handshim/impl/failure.ipp"
#include "handshim/impl/native_condition.ipp"
#include "handshim/impl/observation.ipp"
#include "handshim/impl/observe.ipp"
#include "handshim/impl/openmetrics.ipp"
#include "handshim/impl/policy.ipp"
#include "handshim/impl/print.ipp"
#include "handshim/impl/raise.ipp"
#include "handshim/impl/translate.ipp"

#include "handshim/retry/impl/advice.ipp"
#include "handshim/retry/impl/backoff.ipp"
#include "handshim/retry/impl/pause.ipp"
#include "handshim/retry/impl/readiness.ipp"
#include "handshim/retry/impl/retrying.ipp"
#include "handshim/retry/impl/rules.ipp"

#include "handshim/rfc6455/impl/base64.ipp"
#include "handshim/rfc6455/impl/close_code.ipp"
#include "handshim/rfc6455/impl/connection.ipp"
#include "handshim/rfc6455/impl/frame.ipp"
#include "handshim/rfc6455/impl/handshake.ipp"
#include "handshim/rfc6455/impl/random.ipp"
#include "handshim/rfc6455/impl/response.ipp"
#include "handshim/rfc6455/impl/sha1.ipp"
#include "handshim/rfc6455/impl/text.ipp"
#include "handshim/rfc6455/impl/upgrade.ipp"
#include "handshim/rfc6455/impl/uri.ipp"
#include "handshim/rfc6455/impl/utf8.ipp"

#include "handshim/net/impl/connect.ipp"
#include "handshim/net/impl/deadline.ipp"
#include "handshim/net/impl/error.ipp"
#include "handshim/net/impl/interrupter.ipp"
#include "handshim/net/impl/resolver.ipp"
#include "handshim/net/impl/socket.ipp"
#include "handshim/net/impl/tcp_stream.ipp"

#include "handshim/backends/impl/legacy_mode.ipp"
#include "handshim/backends/impl/new_mode.ipp"
#include "handshim/backends/impl/opening.ipp"
#include "handshim/backends/impl/raw_sockets.ipp"
#include "handshim/backends/impl/session.ipp"
#include "handshim/backends/impl/trace.ipp"

#include "handshim/adapters/impl/collector.ipp"
