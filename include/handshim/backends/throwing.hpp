// How a backend over a client that throws hands failures back: the native exception, with its code and text,
// and the evidence of the trace.
#pragma once

#include "handshim/config.hpp"

#if HANDSHIM_HAS_EXCEPTIONS

#include <memory>
#include <string_view>
#include <utility>

#include "handshim/backends/live.hpp"
#include "handshim/guard.hpp"

namespace handshim::backends {

/// The failure that a native exception means: its code, or that of one nested in it, decides.
inline std::error_code code_of(const failure& bare) noexcept {
  return bare.native_code() ? bare.native_code() : bare.code();
}

inline native_report report_of(const failure& bare) noexcept {
  const evidence& known = bare.evidence();
  return {known.native_domain, known.native_text, known.cause};
}

inline failure failure_before(std::string_view backend, fault why) noexcept {
  evidence known;
  known.backend = backend;
  return failure(why, known);
}

/// connect() of a client that throws, on a slot.
template <class Connect>
failure connecting(live_slot& slot, std::string_view backend, Connect&& connect) {
  fault why = fault::none;
  const std::shared_ptr<live> at = slot.begin(why);
  if (!at) return failure_before(backend, why);
  const connecting_scope scope(slot);
  at->note.backend = backend;
  at->note.started = net::clock::now();
  const failure bare = capture(phase::handshake, [&] { connect(*at); });
  return bare ? failure_of(at->note, code_of(bare), report_of(bare)) : failure();
}

/// Another call of it, on the open connection.
template <class Operation>
failure operating(live_slot& slot, std::string_view backend, phase when, Operation&& operation) {
  fault why = fault::none;
  const std::shared_ptr<live> at = slot.get(why);
  if (!at) return failure_before(backend, why);
  const auto started = net::clock::now();
  const failure bare = capture(when, [&] { operation(*at); });
  return bare ? failure_of(at->note, at->open->state(), when, started, code_of(bare), report_of(bare)) : failure();
}

}  // namespace handshim::backends

#endif  // HANDSHIM_HAS_EXCEPTIONS
