// How a connection was closed, from the close codes alone (RFC 6455, section 7).
#pragma once

#include "handshim/fault.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

// Section 7.4, and IANA's registry.
constexpr bool may_be_sent(int code) noexcept {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

// 0: not known; 1005: a close frame without a code.
constexpr bool is_in_order(int code) noexcept { return code == 0 || code == 1000 || code == 1001 || code == 1005; }

// The connection's close code is the one received (section 7.1.5); the one sent may only say that something was wrong.
constexpr fault closed_as(int received, int sent) noexcept {
  if (!is_in_order(received) || !is_in_order(sent)) return fault::closed_with_error;
  return received == 1005 ? fault::closed_without_code : fault::closed_normally;
}

}  // namespace detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
