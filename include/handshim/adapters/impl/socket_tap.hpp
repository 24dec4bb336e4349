// Sees what waits in a client's socket before the client reads it, without taking it.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#if defined(__linux__)
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#endif

#include "handshim/adapters/collector.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace adapters::detail {

/// Tells a collector what the peer sent and how it ended. Whether something was read before it could be seen is known
/// from the kernel's count of bytes (TCP_INFO), so elsewhere than on Linux nothing is told at all. One TCP connection;
/// look() again whenever the socket is readable, before the client is given a chance to read.
class socket_tap {
 public:
  void look([[maybe_unused]] int fd, [[maybe_unused]] collector& to) {
#if defined(__linux__)
    // A client that reads no more must not be waited for, nor one that floods.
    constexpr int rounds = 16;
    connection_state now;
    if (!read_state(fd, now)) return to.missed();  // closed, and what was read before that cannot be known
    if (now.connecting) return to.reached(phase::connect);
    if (!now.ended) to.connected();
    if (to.where() < phase::tls) return;
    to.peer_sent({});  // from now on it is known that nothing came
    for (int round = 0; round < rounds; ++round) {
      if (!read_state(fd, now)) return;
      if (now.received - now.unread > seen_) lose(to);
      if (now.received <= seen_) break;
      if (!peek(fd, now, to)) lose(to);
    }
    // What a peer said before it ended a TLS handshake cannot be read here, but may be the reason.
    const bool telling = to.where() != phase::tls || now.received == 0;
    if (now.ended && telling) to.peer_ended(now.reset ? rfc6455::ending::reset : rfc6455::ending::eof);
#endif
  }

 private:
#if defined(__linux__)
  struct connection_state {
    std::uint64_t received = 0, unread = 0;
    bool connecting = false, ended = false, reset = false;
  };

  // Of Linux's struct tcp_info, which grows only at its end: the state, and tcpi_bytes_received, which counts a FIN.
  bool read_state(int fd, connection_state& out) const noexcept {
    constexpr std::size_t received_at = 128;
    std::array<unsigned char, 192> info{};
    socklen_t size = sizeof info;
    int unread = 0, again = 0;
    do {
      if (::ioctl(fd, FIONREAD, &unread) != 0 || unread < 0) return false;
      if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, info.data(), &size) != 0) return false;
      if (size < received_at + sizeof out.received || ::ioctl(fd, FIONREAD, &again) != 0) return false;
    } while (again != unread);  // more came in between
    std::memcpy(&out.received, info.data() + received_at, sizeof out.received);
    out.unread = static_cast<std::uint64_t>(unread);
    judge(fd, info[0], out);
    return out.received >= out.unread;
  }

  void judge(int fd, int state, connection_state& out) const noexcept {
    out.connecting = state == TCP_SYN_SENT;
    out.reset = out.ended = false;
    bool fin = state == TCP_CLOSE_WAIT || state == TCP_LAST_ACK || state == TCP_CLOSING || state == TCP_TIME_WAIT;
    if (state == TCP_CLOSE) {
      // Reset, or closed from both sides. An error that nobody has read yet tells; else the count does.
      const bool error = has_error(fd);
      out.reset = error || out.received == seen_;
      fin = out.received == seen_ + 1 || (!error && out.unread > 0);
    }
    if (fin) --out.received;
    out.ended = fin || out.reset;
  }

  // Unlike SO_ERROR it leaves the error where it is.
  static bool has_error(int fd) noexcept {
    ::pollfd one{fd, 0, 0};
    return ::poll(&one, 1, 0) == 1 && (one.revents & POLLERR) != 0;
  }

  // What is known already stands before what is new.
  bool peek(int fd, const connection_state& now, collector& to) {
    constexpr std::uint64_t most = 1u << 20;
    if (now.unread > most) return false;
    const std::uint64_t known = seen_ - (now.received - now.unread);
    std::string bytes(static_cast<std::size_t>(now.unread), '\0');
    const ssize_t n = ::recv(fd, bytes.data(), bytes.size(), MSG_PEEK | MSG_DONTWAIT);
    if (n < 0 || static_cast<std::uint64_t>(n) <= known) return false;
    const std::string_view seen(bytes.data(), static_cast<std::size_t>(n));
    seen_ += seen.size() - known;
    to.peer_sent(seen.substr(static_cast<std::size_t>(known)));
    return true;
  }

  void lose(collector& to) noexcept {
    seen_ = ~std::uint64_t{0};
    to.missed();
  }

  std::uint64_t seen_ = 0;
#endif
};

}  // namespace adapters::detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
