// A byte stream over a TCP connection.
#pragma once

#include <cstddef>
#include <system_error>
#include <utility>

#include "handshim/net/byte_stream.hpp"
#include "handshim/net/deadline.hpp"
#include "handshim/net/interrupter.hpp"
#include "handshim/net/socket.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace net {

namespace detail {
struct already_set_up {};
}  // namespace detail

/// Owns a connected socket. The descriptor is closed by the destructor only, so shutdown() is safe until then.
/// See byte_stream for the calls and for what threads may do. Since 0.1.
class tcp_stream final : public byte_stream {
 public:
  /// The socket is made non-blocking; the interrupter must outlive the stream.
  tcp_stream(descriptor socket, interrupter& stop) noexcept;
  /// For a socket of open_socket().
  tcp_stream(descriptor socket, interrupter& stop, detail::already_set_up) noexcept
      : socket_(std::move(socket)), stop_(stop) {}

  std::size_t read_some(char* to, std::size_t size, deadline until, std::error_code& error) override;
  std::size_t write_some(const char* from, std::size_t size, deadline until, std::error_code& error) override;
  void shutdown() noexcept override;
  void finish() noexcept override;

  int native_handle() const noexcept { return socket_.get(); }
  /// Gives the socket away: to who drives it in another way. Nothing more can be done with the stream.
  descriptor release() noexcept { return std::move(socket_); }
  /// The other end; "?" as text once the connection is gone.
  address peer() const noexcept { return detail::peer_of(socket_.get()); }

 private:
  template <class Attempt>
  std::size_t repeat(direction way, deadline until, std::error_code& error, Attempt attempt);
  std::error_code obstacle() const noexcept;
  std::error_code wait(direction way, deadline until) noexcept;

  descriptor socket_;
  interrupter& stop_;
  detail::shutter shutter_;
  bool emptied_ = false;  // the last read left nothing; the reader's own
};

}  // namespace net
}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/net/impl/tcp_stream.ipp"
#endif
