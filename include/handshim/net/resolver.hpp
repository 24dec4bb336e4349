// Host names to addresses, within a deadline.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

#include "handshim/net/deadline.hpp"
#include "handshim/net/impl/system_headers.hpp"
#include "handshim/net/interrupter.hpp"
#include "handshim/net/socket.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace net {

/// A look-up that nobody waits for any more cannot be stopped; while so many are under way, no further one is
/// begun.
inline constexpr unsigned max_abandoned_lookups = 16;
/// Of more addresses than this the rest is left out.
inline constexpr std::size_t max_addresses = 32;

/// The addresses of a host, in the system's order of preference, without repetitions. A numeric address
/// (IPv6 without brackets) is read in place; a name is looked up by getaddrinfo in a thread of its own, which is
/// abandoned when the deadline passes or the interrupter is triggered. Errors: codes of getaddrinfo_category(),
/// stream_errc::timed_out, interrupted or resolver_busy, or the system's (no thread, no descriptor).
/// Thread-safe. Since 0.1.
std::vector<address> resolve(const std::string& host, std::uint16_t port, deadline until, interrupter& stop,
                             std::error_code& error);

namespace detail {

// What looks names up; a test may put a slow or failing one in. Its list is freed with freeaddrinfo.
using resolve_function = int (*)(const char* host, const char* port, const addrinfo* hints, addrinfo** list);
std::atomic<resolve_function>& resolve_hook() noexcept;

// How many look-ups that nobody waits for are under way in this process.
std::atomic<unsigned>& abandoned_lookups() noexcept;

}  // namespace detail
}  // namespace net
}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/net/impl/resolver.ipp"
#endif
