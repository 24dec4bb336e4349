// A backend over a client that throws: the native exception with its code and text, and the evidence of the trace.
#pragma once

#include "handshim/config.hpp"

#if HANDSHIM_HAS_EXCEPTIONS

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "handshim/backends/live.hpp"
#include "handshim/guard.hpp"
#include "handshim/message.hpp"
#include "handshim/options.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace backends {

/// The failure that a native exception means: its code, or that of one nested in it, decides.
inline std::error_code code_of(const failure& bare) noexcept {
  return bare.native_code() ? bare.native_code() : bare.code();
}

inline native_report report_of(const failure& bare) noexcept {
  const evidence& known = bare.evidence();
  return {known.native_domain, known.native_text, known.cause};
}

/// A Backend over a client that throws: what it throws is caught once and handed back as a failure. Client has
/// a backend_name, and connect(live&, ...) and the other calls as legacy_client has them: static, as all that they
/// know of a connection is in live. Threads as raw_sockets.
template <class Client>
class throwing_backend {
 public:
  static constexpr std::string_view name = Client::backend_name;

  explicit throwing_backend(options how) : slot_(std::move(how)) {}

  failure connect(std::string_view uri, net::deadline until) {
    const connecting at(slot_, name);
    if (!at) return at.refused();
    const failure bare = capture(phase::handshake, [&] { Client::connect(*at, uri, until); });
    return bare ? failure_of(at->note, code_of(bare), report_of(bare)) : failure();
  }
  failure send(opcode type, std::string_view data, net::deadline until) {
    return on_open(phase::open, [&](live& at) { Client::send(at, type, data, until); });
  }
  failure recv(message& out, net::deadline until) {
    return on_open(phase::open, [&](live& at) { out = Client::recv(at, until); });
  }
  failure ping(std::string_view payload, net::deadline until) {
    return on_open(phase::open, [&](live& at) { Client::ping(at, payload, until); });
  }
  failure close(std::uint16_t code, std::string_view reason, net::deadline until) {
    return on_open(phase::closing, [&](live& at) { Client::close(at, code, reason, until); });
  }
  void cancel() noexcept { slot_.cancel(); }
  std::string subprotocol() const { return slot_.subprotocol(); }
  void configure(options how) { slot_.configure(std::move(how)); }

 private:
  template <class Operation>
  failure on_open(phase when, Operation operation) {
    fault why = fault::none;
    const std::shared_ptr<live> at = slot_.get(why);
    if (!at) return failure_before(name, why);
    const auto started = net::clock::now();
    const failure bare = capture(when, [&] { operation(*at); });
    return bare ? failure_of(at->note, at->open->state(), when, started, code_of(bare), report_of(bare)) : failure();
  }

  live_slot slot_;
};

}  // namespace backends
}  // namespace HANDSHIM_ABI
}  // namespace handshim

#endif  // HANDSHIM_HAS_EXCEPTIONS
