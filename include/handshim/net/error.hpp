// The codes that net/ reports beside errno: ends of a stream's call, and getaddrinfo's.
#pragma once

#include <system_error>
#include <type_traits>

#include "handshim/config.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace net {

/// How a call on a stream ended without an error of the operating system. Since 0.1.
enum class stream_errc {
  eof = 1,            ///< the peer, or shutdown(), ended the stream in order
  timed_out = 2,      ///< the deadline passed
  interrupted = 3,    ///< the interrupter was triggered
  would_block = 4,    ///< nothing can be done at this moment; not reported by calls that have a deadline
  resolver_busy = 5,  ///< too many abandoned look-ups of names are still under way
};

/// "handshim.net". Its codes equal std::errc::timed_out, operation_canceled, operation_would_block and
/// resource_unavailable_try_again; eof equals none.
const std::error_category& stream_category() noexcept;
/// "getaddrinfo": the EAI_ codes, with the messages of gai_strerror.
const std::error_category& getaddrinfo_category() noexcept;

std::error_code make_error_code(stream_errc e) noexcept;
/// The code of a value that getaddrinfo returned; errno's for EAI_SYSTEM, so call it before errno changes.
std::error_code getaddrinfo_error(int value) noexcept;

}  // namespace net
}  // namespace HANDSHIM_ABI
}  // namespace handshim

template <>
struct std::is_error_code_enum<handshim::net::stream_errc> : std::true_type {};

#if !defined(HANDSHIM_COMPILED)
#include "handshim/net/impl/error.ipp"
#endif
