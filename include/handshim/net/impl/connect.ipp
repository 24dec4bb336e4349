#pragma once

#include <utility>

#include "handshim/net/connect.hpp"
#include "handshim/net/error.hpp"
#include "handshim/net/resolver.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace net {
namespace detail {

// The end of this address's share when so many addresses, itself included, are still to be tried.
inline deadline share(deadline until, std::size_t addresses) noexcept {
  if (until.is_never() || addresses < 2) return until;
  return deadline::in(until.remaining() / static_cast<std::chrono::nanoseconds::rep>(addresses));
}

inline descriptor connect_address(const address& to, deadline until, interrupter& stop, std::error_code& error) {
  descriptor socket = open_socket(to.storage.ss_family, error);
  if (error) return {};
  error = begin_connect(socket.get(), to);
  if (error == std::errc::operation_in_progress) {
    error = stop.wait(socket.get(), direction::write, until);
    if (!error) error = connect_outcome(socket.get(), to);
  }
  return error ? descriptor() : std::move(socket);
}

// One attempt, with its record.
inline descriptor try_address(const address& to, deadline until, interrupter& stop, connect_result& result) {
  const auto begin = clock::now();
  descriptor socket = connect_address(to, until, stop, result.error);
  result.attempts.push_back({to.text(), result.error, clock::now() - begin});
  return socket;
}

inline void connect_any(const std::vector<address>& addresses, deadline until, interrupter& stop,
                        connect_result& result) {
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const std::size_t left = addresses.size() - i;
    if (i > 0 && until.passed()) {
      result.error = stream_errc::timed_out;
      return;
    }
    descriptor socket = try_address(addresses[i], share(until, left), stop, result);
    if (socket) result.stream = std::make_unique<tcp_stream>(std::move(socket), stop, already_set_up());
    if (result.stream || result.error == stream_errc::interrupted) return;
  }
}

}  // namespace detail

HANDSHIM_INLINE connect_result connect_tcp(const std::string& host, std::uint16_t port, deadline until,
                                           interrupter& stop) {
  connect_result result;
  result.error = stop.error();
  if (result.error) return result;
  const auto addresses = resolve(host, port, until, stop, result.error);
  if (result.error) return result;
  result.step = connect_step::connect;
  detail::connect_any(addresses, until, stop, result);
  return result;
}

}  // namespace net
}  // namespace HANDSHIM_ABI
}  // namespace handshim
