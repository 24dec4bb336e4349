// A client that drives the socket itself and reports codes: errno, getaddrinfo's, the stream's, and the faults
// of the sans-I/O layer. No exceptions inside; the whole API of builds without them.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include "handshim/backends/live.hpp"
#include "handshim/backends/opening.hpp"
#include "handshim/message.hpp"
#include "handshim/options.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {

/// A Backend for client<Backend>, whose calls it has with the failure handed back by value. One receiver and
/// one sender at a time; close(), ping() and cancel() from any thread. Since 0.1.
class raw_sockets {
 public:
  static constexpr std::string_view name = "raw_sockets";

  explicit raw_sockets(options how) : slot_(std::move(how)) {}

  failure connect(std::string_view uri, net::deadline until);
  failure send(opcode type, std::string_view data, net::deadline until);
  failure recv(message& out, net::deadline until);
  failure ping(std::string_view payload, net::deadline until);
  failure close(std::uint16_t code, std::string_view reason, net::deadline until);
  void cancel() noexcept { slot_.cancel(); }
  std::string subprotocol() const { return slot_.subprotocol(); }
  void configure(options how) { slot_.configure(std::move(how)); }

 private:
  static std::error_code exchange(backends::opening& steps, backends::live& at, std::string& rest);
  static std::error_code open(backends::live& at, std::string_view uri, net::deadline until);
  template <class Operation>
  failure on_open(phase when, Operation operation);

  backends::live_slot slot_;
};

}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/backends/impl/raw_sockets.ipp"
#endif
