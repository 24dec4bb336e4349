// The seam under the clients: a TCP stream, a TLS stream, or one in memory for tests.
#pragma once

#include <cstddef>
#include <system_error>

#include "handshim/net/deadline.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace net {

/// A two-way stream of bytes. One thread may read while another writes; shutdown() and finish() may be called
/// from any thread while the object lives. Nothing throws but for want of memory. Since 0.1.
class byte_stream {
 public:
  byte_stream(const byte_stream&) = delete;
  byte_stream& operator=(const byte_stream&) = delete;
  virtual ~byte_stream() = default;

  /// Waits for at least one byte and takes up to size; 0 only with an error, or if size is 0. Errors:
  /// stream_errc::eof, timed_out or interrupted, or the system's. What is there at once is taken even when the
  /// deadline has passed, so a loop over this call has to look at its deadline itself.
  virtual std::size_t read_some(char* to, std::size_t size, deadline until, std::error_code& error) = 0;
  /// Waits until at least one byte can be sent and hands over up to size; else as read_some(). eof only after
  /// shutdown(): a peer that left is the system's error.
  virtual std::size_t write_some(const char* from, std::size_t size, deadline until, std::error_code& error) = 0;
  /// Ends both ways at once: calls that wait, and all later ones, end with eof. On Windows the shutdown() of a socket
  /// does not end what waits for it; tcp_stream sees to that.
  virtual void shutdown() noexcept = 0;
  /// Ends sending in order: the peer reads to the end of what was sent, then eof.
  virtual void finish() noexcept = 0;

 protected:
  byte_stream() = default;
};

}  // namespace net
}  // namespace HANDSHIM_ABI
}  // namespace handshim
