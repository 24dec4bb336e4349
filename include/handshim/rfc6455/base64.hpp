// Base64, for the handshake's key and for Basic authentication (RFC 4648, section 4).
#pragma once

#include <string>
#include <string_view>

#include "handshim/config.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace rfc6455 {

/// The bytes in Base64 with padding. Never fails but for want of memory; thread-safe.
std::string base64_encode(std::string_view bytes);

}  // namespace rfc6455
}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/rfc6455/impl/base64.ipp"
#endif
