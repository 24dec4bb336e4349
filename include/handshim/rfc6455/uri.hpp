// WebSocket URIs and the Locations of redirects (RFC 6455, section 3; RFC 3986; RFC 9110, section 10.2.2).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "handshim/config.hpp"
#include "handshim/fault.hpp"
#include "handshim/reading.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace rfc6455 {

/// A WebSocket URI in its parts. A plain value; its functions never fail but for want of memory.
struct uri {
  bool secure = false;      ///< wss
  std::string host;         ///< lower case, an IPv6 address without its brackets, its zone behind '%'
  std::uint16_t port = 80;  ///< 80 for ws and 443 for wss if the text has none
  std::string target;       ///< path and query as they go into the request line; "/" if there is none
  bool has_user_info = false;
  std::string user, password;  ///< percent-decoded; any byte may stand in them

  /// The value of the Host header: brackets round IPv6, no zone, no port if it is the scheme's own.
  std::string host_header() const;
  /// The URI as text, always without the user info: fit for logs but for what the target holds.
  std::string text() const;
  /// Whether scheme, host and port are the same.
  bool same_origin(const uri& other) const noexcept;
};

/// Takes a ws or wss URI apart. Reports uri_character_invalid (a blank, a control, a byte over 0x7e),
/// uri_scheme_unsupported, uri_fragment, uri_user_info_incomplete, uri_invalid (a broken percent-encoding in the
/// user info), uri_host_malformed, uri_port_invalid, uri_host_missing, in this order; out then stays as it was.
/// Thread-safe.
fault parse_uri(std::string_view text, uri& out);

/// Where a redirect leads to: location resolved against base (RFC 3986, section 5.2), dot segments removed.
/// A relative one is taken with follow::all only. The user info of base is kept for the same origin only.
/// Reports redirect_location_invalid, redirect_location_malformed (host or port), and redirect_downgrade from wss to
/// ws; out then stays as it was. Thread-safe; base and out may be the same object.
fault resolve_location(const uri& base, std::string_view location, follow how, uri& out);

}  // namespace rfc6455
}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/rfc6455/impl/uri.ipp"
#endif
