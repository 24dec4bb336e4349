#pragma once

#include <utility>

#include "handshim/net/error.hpp"
#include "handshim/net/tcp_stream.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace net {

HANDSHIM_INLINE tcp_stream::tcp_stream(descriptor socket, interrupter& stop) noexcept
    : tcp_stream(std::move(socket), stop, detail::already_set_up()) {
  detail::set_up(socket_.get());
}

// Asked before each attempt, so that a peer that never stops sending cannot keep the program from leaving.
HANDSHIM_INLINE std::error_code tcp_stream::obstacle() const noexcept {
  if (shutter_.is_shut()) return stream_errc::eof;
  if (stop_.triggered()) return stream_errc::interrupted;
  return {};
}

HANDSHIM_INLINE std::error_code tcp_stream::wait(direction way, deadline until) noexcept {
  if (const std::error_code error = obstacle()) return error;
  return shutter_.wait(stop_, socket_.get(), way, until);
}

template <class Attempt>
std::size_t tcp_stream::repeat(direction way, deadline until, std::error_code& error, Attempt attempt) {
  for (;;) {
    error = obstacle();
    if (error) return 0;
    const std::size_t done = attempt(error);
    if (error == stream_errc::would_block) {
      error =
          until.passed() ? make_error_code(stream_errc::timed_out) : shutter_.wait(stop_, socket_.get(), way, until);
      if (!error) continue;
    }
    if (error && shutter_.is_shut()) error = stream_errc::eof;  // what a socket says after shutdown() differs
    return done;
  }
}

HANDSHIM_INLINE std::size_t tcp_stream::read_some(char* to, std::size_t size, deadline until, std::error_code& error) {
  error.clear();
  if (size == 0) return 0;
  // When the last read took all that was there it is cheaper to wait first than to be told that there is no more.
  if (emptied_ && !until.passed()) {
    error = wait(direction::read, until);
    if (error) return 0;
  }
  const std::size_t n = repeat(direction::read, until, error, [=, fd = socket_.get()](std::error_code& e) {
    return detail::receive(fd, to, size, e);
  });
  emptied_ = n < size;
  return n;
}

HANDSHIM_INLINE std::size_t tcp_stream::write_some(const char* from, std::size_t size, deadline until,
                                                   std::error_code& error) {
  error.clear();
  if (size == 0) return 0;
  return repeat(direction::write, until, error,
                [=, fd = socket_.get()](std::error_code& e) { return detail::transmit(fd, from, size, e); });
}

HANDSHIM_INLINE void tcp_stream::shutdown() noexcept { shutter_.shut(stop_, socket_.get()); }

HANDSHIM_INLINE void tcp_stream::finish() noexcept { detail::end_sending(socket_.get()); }

}  // namespace net
}  // namespace HANDSHIM_ABI
}  // namespace handshim
