// A client in the manner of websockets' newer ones: a sans-I/O protocol object that stores the handshake's
// exception and lets the parser's own exceptions out, as releases 13.1 to 14.1 did. new_mode, below, wraps it.
#pragma once

#include "handshim/config.hpp"

#if HANDSHIM_HAS_EXCEPTIONS

#include <exception>
#include <memory>
#include <optional>
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

/// The client itself. What it throws is below; trouble with the socket is std::system_error.
class new_client {
 public:
  static constexpr std::string_view backend_name = "new_mode";

  /// Every one carries the code of what it met.
  struct error : std::system_error {
    using std::system_error::system_error;
  };
  struct invalid_uri : error {
    using error::error;
  };
  /// The parser's own.
  struct eof_error : error {
    using error::error;
  };
  struct value_error : error {
    using error::error;
  };
  struct lookup_error : error {
    using error::error;
  };
  struct security_error : error {
    using error::error;
  };
  struct not_implemented_error : error {
    using error::error;
  };
  /// A refused upgrade, with the whole response.
  struct invalid_status : error {
    invalid_status(std::error_code code, const rfc6455::response& r)
        : error(code, "HTTP " + std::to_string(r.status)), response(r) {}
    rfc6455::response response;
  };
  struct invalid_handshake : error {
    invalid_handshake(std::error_code code, const std::string& name) : error(code, name), header(name) {}
    std::string header;
  };
  /// Both close frames, as far as there are any.
  struct connection_closed : error {
    connection_closed(std::error_code code, backends::session_state last) : error(code), state(std::move(last)) {}
    backends::session_state state;
  };

  /// The opening handshake without I/O: bytes in, then done, or the exception that was stored.
  class handshake {
   public:
    explicit handshake(const reading& how) : reader_(how) {}
    void receive_data(std::string_view bytes);
    /// The exception for that code, if it is an error.
    void store(const std::error_code& code);
    bool done() const noexcept { return reader_.done() || exception_; }
    const std::exception_ptr& exception() const noexcept { return exception_; }
    rfc6455::response_reader& reader() noexcept { return reader_; }
    const std::string& rest() const noexcept { return rest_; }

   private:
    rfc6455::response_reader reader_;
    std::exception_ptr exception_;
    std::string rest_;
  };

  static void connect(backends::live& at, std::string_view uri, net::deadline until);
  static void send(backends::live& at, opcode type, std::string_view data, net::deadline until);
  static message recv(backends::live& at, net::deadline until);
  static void ping(backends::live& at, std::string_view payload, net::deadline until);
  static void close(backends::live& at, std::uint16_t code, std::string_view reason, net::deadline until);
};

/// A Backend for client<Backend> over the new client. Since 0.1.
using new_mode = backends::throwing_backend<new_client>;

}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/backends/impl/new_mode.ipp"
#endif

#endif  // HANDSHIM_HAS_EXCEPTIONS
