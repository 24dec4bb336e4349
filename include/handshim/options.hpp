// What a client may be told before it connects.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "handshim/net/byte_stream.hpp"
#include "handshim/net/interrupter.hpp"
#include "handshim/policy.hpp"
#include "handshim/reading.hpp"
#include "handshim/rfc6455/handshake.hpp"
#include "handshim/rfc6455/uri.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {

/// Makes the byte stream for a URI: the place to plug in TLS, a proxy, or a stream in memory. Returns null
/// and sets the error if it cannot; a fault's code (make_error_code(fault::tls_certificate_expired)) says most. What it
/// throws is translated as by guard(). It must be done by the deadline, and leave when the interrupter is triggered.
using stream_opener = std::function<std::unique_ptr<net::byte_stream>(const rfc6455::uri& to, net::deadline until,
                                                                      net::interrupter& stop, std::error_code& error)>;

/// For backends that have TLS of their own. Files are in PEM; an empty name is none. Since 0.1.
struct tls_options {
  std::string ca_file;           ///< certificates to trust, instead of the system's
  std::string certificate_file;  ///< this client's own, its chain behind it
  std::string key_file;          ///< the key for it
  bool verify = true;            ///< whether the server's certificate and its host name are checked
};

/// A time of zero or less means none: no limit, no keepalive. docs/client.md has all of it in use. Since 0.1.
struct options {
  using duration = std::chrono::nanoseconds;

  std::optional<handshim::policy> policy;  ///< wins over every other choice; else what holds when the client is made

  duration open_timeout = std::chrono::seconds(10);   ///< all of connect(): names, addresses, redirects, the response
  duration close_timeout = std::chrono::seconds(10);  ///< all of close()
  duration recv_timeout{};                            ///< all of one recv()
  duration send_timeout = std::chrono::seconds(10);   ///< all of one send(); passing it breaks the connection
  duration ping_interval = std::chrono::seconds(20);  ///< between keepalive pings, while a thread is in recv()
  duration ping_timeout = std::chrono::seconds(20);   ///< for the answer to one

  std::vector<std::string> subprotocols;  ///< offered to the server, the preferred one first
  std::vector<rfc6455::header> headers;   ///< sent with the request
  std::string origin;                     ///< the Origin header; empty: none
  std::string user_agent = "handshim/" HANDSHIM_VERSION;
  std::size_t max_message_size = 1u << 20;  ///< bytes of a message received
  handshim::reading reading;                ///< limits and leniencies; find_policy(...).reading() has presets
  stream_opener open_stream;                ///< empty: TCP, and wss:// is fault::tls_unsupported
  tls_options tls;                          ///< not for streams that open_stream makes
};

}  // namespace HANDSHIM_ABI
}  // namespace handshim
