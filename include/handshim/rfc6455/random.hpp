// Random bytes for the handshake's key and the masks (RFC 6455, sections 4.1 and 5.3; RFC 4086).
#pragma once

#include <cstddef>

#include "handshim/config.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace rfc6455 {

/// Fills size bytes from the system's generator: getrandom, arc4random_buf or /dev/urandom. Should a system
/// have none of them at hand (a bare chroot on an old kernel), the bytes come from the clock instead, which
/// serves masks but no secret. Never fails, buffers nothing (so a fork repeats nothing); thread-safe.
void fill_random(void* data, std::size_t size) noexcept;

}  // namespace rfc6455
}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/rfc6455/impl/random.ipp"
#endif
