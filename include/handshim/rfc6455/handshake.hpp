// The opening handshake: the request that a client sends (RFC 6455, section 4.1); upgrade.hpp checks the answer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "handshim/config.hpp"
#include "handshim/fault.hpp"
#include "handshim/rfc6455/response.hpp"
#include "handshim/rfc6455/upgrade.hpp"
#include "handshim/rfc6455/uri.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace rfc6455 {

/// A fresh Sec-WebSocket-Key: 16 random bytes in Base64 (section 4.1). Thread-safe.
std::string make_key();
/// The value of an Authorization header for the user (RFC 7617): a secret. Thread-safe.
std::string basic_authorization(std::string_view user, std::string_view password);

/// What a caller may put into the request. Empty texts are left out.
struct request_options {
  std::vector<std::string> subprotocols;  ///< offered, the preferred one first
  std::vector<header> headers;            ///< one of these replaces the field below of the same name
  std::string origin;
  std::string user_agent = "handshim/" HANDSHIM_VERSION;
  std::string authorization;  ///< such as basic_authorization() makes from a URI's user info
};

/// Whether the options can be sent: header_not_sendable for a name or subprotocol that is not a token, a value with
/// a control character, a subprotocol given twice, or a header that the client sets itself (Host, Upgrade,
/// Connection, Sec-WebSocket-*, Content-Length, Transfer-Encoding). what then names the item, never its value, and
/// says what is wrong: "header Upgrade is the client's own"; else it stays as it was. Thread-safe.
fault check_request(const request_options& options, std::string& what);

/// The request (section 4.1), for options that check_request() found fine. Thread-safe.
std::string build_request(const uri& to, const request_options& options, std::string_view key);

}  // namespace rfc6455
}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/rfc6455/impl/handshake.ipp"
#endif
