#pragma once

#include <cstring>

#include "handshim/net/error.hpp"
#include "handshim/net/impl/platform.hpp"
#include "handshim/net/socket.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace net {

HANDSHIM_INLINE descriptor::~descriptor() {
  if (fd_ >= 0) platform::close(fd_);
}

HANDSHIM_INLINE std::string address::text() const {
  char host[NI_MAXHOST], port[NI_MAXSERV];
  const int family = storage.ss_family;
  if (family != AF_INET && family != AF_INET6) return "?";
  if (::getnameinfo(reinterpret_cast<const sockaddr*>(&storage), length, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
    return "?";
  return family == AF_INET6 ? std::string("[") + host + "]:" + port : std::string(host) + ":" + port;
}

namespace detail {

inline bool same(const sockaddr_in& a, const sockaddr_in& b) noexcept {
  return a.sin_port == b.sin_port && a.sin_addr.s_addr == b.sin_addr.s_addr;
}

inline bool same(const sockaddr_in6& a, const sockaddr_in6& b) noexcept {
  return a.sin6_port == b.sin6_port && a.sin6_scope_id == b.sin6_scope_id &&
         std::memcmp(&a.sin6_addr, &b.sin6_addr, sizeof a.sin6_addr) == 0;
}

// As it is sent; 0 for a family that is neither.
inline unsigned port_of(const address& of) noexcept {
  sockaddr_in four{};
  sockaddr_in6 six{};
  std::memcpy(&four, &of.storage, sizeof four);
  std::memcpy(&six, &of.storage, sizeof six);
  return of.storage.ss_family == AF_INET ? four.sin_port : of.storage.ss_family == AF_INET6 ? six.sin6_port : 0u;
}

template <class Sockaddr>
bool same_as(const address& a, const address& b) noexcept {
  Sockaddr left{}, right{};
  std::memcpy(&left, &a.storage, sizeof left);
  std::memcpy(&right, &b.storage, sizeof right);
  return same(left, right);
}

}  // namespace detail

HANDSHIM_INLINE bool same_endpoint(const address& a, const address& b) noexcept {
  if (a.storage.ss_family != b.storage.ss_family) return false;
  if (a.storage.ss_family == AF_INET) return detail::same_as<sockaddr_in>(a, b);
  return a.storage.ss_family == AF_INET6 && detail::same_as<sockaddr_in6>(a, b);
}

namespace detail {

HANDSHIM_INLINE std::error_code last_error() noexcept { return {platform::last_error(), platform::category()}; }

inline pipe_ends opened(bool (*open)(int (&)[2]) noexcept, std::error_code& error) noexcept {
  error.clear();
  int fds[2] = {-1, -1};
  if (open(fds)) return {descriptor(fds[0]), descriptor(fds[1])};
  error = last_error();
  return {};
}

HANDSHIM_INLINE pipe_ends open_pipe(std::error_code& error) noexcept { return opened(platform::open_pipe, error); }
HANDSHIM_INLINE pipe_ends open_wake(std::error_code& error) noexcept { return opened(platform::open_wake, error); }

HANDSHIM_INLINE void put_byte(const pipe_ends& wake) noexcept {
  platform::put_byte(wake.write ? wake.write.get() : wake.read.get());
}
HANDSHIM_INLINE void drain(const pipe_ends& wake) noexcept { platform::drain(wake.read.get()); }

HANDSHIM_INLINE readiness wait_ready(int fd, direction way, int wake, deadline until, std::error_code& error) noexcept {
  error.clear();
  for (;;) {
    readiness ready{false, false};
    const int n = platform::wait(fd, way == direction::write, wake, until.poll_timeout(), ready.fd, ready.wake);
    if (n > 0 || (n == 0 && until.passed())) return ready;
    if (n < 0 && !platform::was_interrupted()) {
      error = last_error();
      return {false, false};
    }
  }
}

inline void set_up_new(int fd) noexcept {
#if !defined(SOCK_CLOEXEC) || !defined(SOCK_NONBLOCK)  // with which it was opened
  platform::set_flags(fd);
#endif
  platform::set_options(fd);
}

HANDSHIM_INLINE descriptor open_socket(int family, std::error_code& error) noexcept {
  error.clear();
  descriptor opened(platform::open_socket(family));
  if (!opened)
    error = last_error();
  else
    set_up_new(opened.get());
  return opened;
}

HANDSHIM_INLINE void set_up(int fd) noexcept {
  platform::set_flags(fd);
  platform::set_options(fd);
}

HANDSHIM_INLINE std::error_code begin_connect(int fd, const address& to) noexcept {
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&to.storage), to.length) == 0) return connect_outcome(fd, to);
  return platform::is_connecting() ? std::make_error_code(std::errc::operation_in_progress) : last_error();
}

HANDSHIM_INLINE std::error_code connect_outcome(int fd, const address& to) noexcept {
  int value = 0;
  if (!platform::pending_error(fd, value)) return last_error();
  if (value == 0 && connected_to_itself(fd, to)) value = platform::refused;
  return {value, platform::category()};
}

template <class Ask>
address ask_address(int fd, Ask ask) noexcept {
  address found;
  found.length = sizeof found.storage;
  if (ask(fd, reinterpret_cast<sockaddr*>(&found.storage), &found.length) != 0) return {};
  return found;
}

// The other end is asked for only where the ports are the same, as it need not be the address that was called: 0.0.0.0.
HANDSHIM_INLINE bool connected_to_itself(int fd, const address& to) noexcept {
  const address here = ask_address(fd, ::getsockname);
  return port_of(here) == port_of(to) && same_endpoint(here, peer_of(fd));
}

HANDSHIM_INLINE address peer_of(int fd) noexcept { return ask_address(fd, ::getpeername); }

// What one recv or send did; both may be given at most what an int counts.
template <class Call>
std::size_t transfer(std::size_t size, std::error_code& error, Call call) noexcept {
  error.clear();
  constexpr std::size_t most = 1u << 30;
  std::ptrdiff_t n = 0;
  do n = call(size < most ? size : most);
  while (n < 0 && platform::was_interrupted());
  if (n >= 0) return static_cast<std::size_t>(n);
  error = platform::would_block() ? make_error_code(stream_errc::would_block) : last_error();
  return 0;
}

HANDSHIM_INLINE std::size_t receive(int fd, char* to, std::size_t size, std::error_code& error) noexcept {
  const std::size_t n = transfer(size, error, [=](std::size_t most) { return platform::receive(fd, to, most); });
  if (n == 0 && !error) error = stream_errc::eof;
  return n;
}

HANDSHIM_INLINE std::size_t transmit(int fd, const char* from, std::size_t size, std::error_code& error) noexcept {
  return transfer(size, error, [=](std::size_t most) { return platform::transmit(fd, from, most); });
}

HANDSHIM_INLINE void end_sending(int fd) noexcept { platform::end_sending(fd); }
HANDSHIM_INLINE void end_both(int fd) noexcept { platform::end_both(fd); }

}  // namespace detail
}  // namespace net
}  // namespace HANDSHIM_ABI
}  // namespace handshim
