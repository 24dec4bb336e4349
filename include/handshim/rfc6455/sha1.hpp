// SHA-1, which the opening handshake needs (RFC 6455, section 4.2.2); good for nothing else today.
#pragma once

#include <array>
#include <string_view>

#include "handshim/config.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace rfc6455 {

/// The SHA-1 digest of the bytes (FIPS 180-4), most significant byte first. Never fails; thread-safe.
std::array<unsigned char, 20> sha1(std::string_view bytes) noexcept;

}  // namespace rfc6455
}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/rfc6455/impl/sha1.ipp"
#endif
