// What a client checks in the 101 response (RFC 6455, section 4.1).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "handshim/config.hpp"
#include "handshim/fault.hpp"
#include "handshim/rfc6455/response.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace rfc6455 {

/// The Sec-WebSocket-Accept that answers the key (section 4.2.2). Thread-safe.
std::string accept_for(std::string_view key);

/// What check_upgrade() found.
struct upgrade {
  fault error = fault::none;
  std::string_view header;  ///< the name of the header at fault, static; empty if there is none
  std::string subprotocol;  ///< the one agreed; empty if there is none
};

/// Checks the headers of a 101 response (section 4.1), and in this order: Connection, Upgrade,
/// Sec-WebSocket-Accept, Sec-WebSocket-Extensions, Sec-WebSocket-Protocol. The status is the caller's to check.
/// Reports the faults under fault::upgrade_invalid. Thread-safe.
upgrade check_upgrade(const response& answer, std::string_view key, const std::vector<std::string>& offered);

namespace detail {

/// The same for who reads along with a client: of a key that is empty, as it is not known, any answer may be the right
/// one, and extensions may be agreed where the client offered some.
upgrade check_seen_upgrade(const response& answer, std::string_view key, const std::vector<std::string>& offered,
                           bool extensions);

}  // namespace detail

}  // namespace rfc6455
}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/rfc6455/impl/upgrade.ipp"
#endif
