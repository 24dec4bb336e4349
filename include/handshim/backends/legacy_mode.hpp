// A client in the manner of websockets' legacy client: it reads line by line and throws its own exceptions.
// Every unreadable response is one invalid_message with the parser's exception nested in it. Also an example
// of how to wrap a client that throws: legacy_mode, below, wraps legacy_client.
#pragma once

#include "handshim/config.hpp"

#if HANDSHIM_HAS_EXCEPTIONS

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

#include "handshim/backends/live.hpp"
#include "handshim/backends/opening.hpp"
#include "handshim/backends/throwing.hpp"
#include "handshim/message.hpp"
#include "handshim/options.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {

/// The client itself: it knows nothing of handshim's exceptions. What it throws is below; trouble with the
/// socket is std::system_error.
class legacy_client {
 public:
  static constexpr std::string_view backend_name = "legacy_mode";

  struct error : std::runtime_error {
    using std::runtime_error::runtime_error;
  };
  struct invalid_uri : error {
    using error::error;
  };
  struct invalid_message : error {
    using error::error;
  };
  struct invalid_status_code : error {
    explicit invalid_status_code(int code)
        : error("server rejected the connection: HTTP " + std::to_string(code)), status(code) {}
    int status;
  };
  struct invalid_header : error {
    explicit invalid_header(const std::string& name) : error("missing or invalid header: " + name), header(name) {}
    std::string header;
  };
  struct redirect_error : error {
    using error::error;
  };
  struct connection_closed : error {
    connection_closed(int code_, const std::string& reason_)
        : error("connection is closed: code = " + std::to_string(code_)), code(code_), reason(reason_) {}
    int code;
    std::string reason;
  };
  /// What the parser throws; it stands nested in the others.
  struct parse_error : std::system_error {
    using std::system_error::system_error;
  };

  static void connect(backends::live& at, std::string_view uri, net::deadline until);
  static void send(backends::live& at, opcode type, std::string_view data, net::deadline until);
  static message recv(backends::live& at, net::deadline until);
  static void ping(backends::live& at, std::string_view payload, net::deadline until);
  static void close(backends::live& at, std::uint16_t code, std::string_view reason, net::deadline until);
};

/// A Backend for client<Backend> over the legacy client. Since 0.1.
using legacy_mode = backends::throwing_backend<legacy_client>;

}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/backends/impl/legacy_mode.ipp"
#endif

#endif  // HANDSHIM_HAS_EXCEPTIONS
