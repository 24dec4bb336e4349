// A TCP connection to a host: every address in turn, within one deadline.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "handshim/net/deadline.hpp"
#include "handshim/net/interrupter.hpp"
#include "handshim/net/tcp_stream.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace net {

/// One address that was tried. Since 0.1.
struct attempt {
  std::string address;               ///< "127.0.0.1:80", "[::1]:80"
  std::error_code error;             ///< none for the one that worked
  std::chrono::nanoseconds elapsed;  ///< for this address alone
};

/// How far connect_tcp() came.
enum class connect_step { resolve, connect };

/// What connect_tcp() came to.
struct connect_result {
  std::unique_ptr<tcp_stream> stream;  ///< null with an error, never without
  std::error_code error;
  connect_step step = connect_step::resolve;
  std::vector<attempt> attempts;  ///< in the order of trying
};

/// Resolves the host (see resolve()) and connects to its addresses one after the other; each but the last gets
/// an equal share of the time that is left. The error is that of the last address tried, stream_errc::timed_out
/// once the deadline passed, or stream_errc::interrupted. A connection of a socket to itself, which loopback
/// makes possible, counts as refused. The interrupter must outlive the stream. Thread-safe. Since 0.1.
connect_result connect_tcp(const std::string& host, std::uint16_t port, deadline until, interrupter& stop);

}  // namespace net
}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/net/impl/connect.ipp"
#endif
