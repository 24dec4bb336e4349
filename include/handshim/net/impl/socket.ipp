#pragma once

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "handshim/net/error.hpp"
#include "handshim/net/socket.hpp"

namespace handshim::net {

HANDSHIM_INLINE descriptor::~descriptor() {
  // Not again after EINTR: Linux has closed it by then, and the number may be another thread's.
  if (fd_ >= 0) ::close(fd_);
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

HANDSHIM_INLINE std::error_code last_error() noexcept { return {errno, std::system_category()}; }

inline void set_flags(int fd) noexcept {
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags >= 0 && (flags & O_NONBLOCK) == 0) ::fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

HANDSHIM_INLINE pipe_ends open_pipe(std::error_code& error) noexcept {
  error.clear();
  int fds[2] = {-1, -1};
#if defined(__linux__)
  const int result = ::pipe2(fds, O_NONBLOCK | O_CLOEXEC);
#else
  const int result = ::pipe(fds);
#endif
  if (result != 0) {
    error = last_error();
    return {};
  }
#if !defined(__linux__)
  for (const int fd : fds) set_flags(fd);
#endif
  return {descriptor(fds[0]), descriptor(fds[1])};
}

HANDSHIM_INLINE void put_byte(int fd) noexcept {
  const int kept = errno;
  const char byte = 0;
  while (::write(fd, &byte, 1) < 0 && errno == EINTR) {
  }
  errno = kept;
}

HANDSHIM_INLINE void drain(int fd) noexcept {
  char bytes[64];
  for (;;) {
    const ssize_t n = ::read(fd, bytes, sizeof bytes);
    if (n == 0 || (n < 0 && errno != EINTR)) return;
  }
}

HANDSHIM_INLINE readiness wait_ready(int fd, direction way, int wake, deadline until, std::error_code& error) noexcept {
  error.clear();
  for (;;) {
    pollfd fds[] = {{fd, static_cast<short>(way == direction::read ? POLLIN : POLLOUT), 0}, {wake, POLLIN, 0}};
    const int n = ::poll(fds, 2, until.poll_timeout());
    if (n > 0) return {fds[0].revents != 0, fds[1].revents != 0};
    if (n == 0 && until.passed()) return {false, false};
    if (n < 0 && errno != EINTR) {
      error = last_error();
      return {false, false};
    }
  }
}

HANDSHIM_INLINE descriptor open_socket(int family, std::error_code& error) noexcept {
  error.clear();
#if defined(SOCK_CLOEXEC) && defined(SOCK_NONBLOCK)
  descriptor opened(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP));
#else
  descriptor opened(::socket(family, SOCK_STREAM, IPPROTO_TCP));
#endif
  if (!opened)
    error = last_error();
  else
    set_up(opened.get());
  return opened;
}

HANDSHIM_INLINE void set_up(int fd) noexcept {
  set_flags(fd);
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
#if defined(SO_NOSIGPIPE)
  ::setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
}

HANDSHIM_INLINE std::error_code begin_connect(int fd, const address& to) noexcept {
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&to.storage), to.length) == 0) return connect_outcome(fd);
  // After a signal the connection goes on being made, as POSIX says.
  if (errno == EINTR || errno == EINPROGRESS) return {EINPROGRESS, std::system_category()};
  return last_error();
}

HANDSHIM_INLINE std::error_code connect_outcome(int fd) noexcept {
  int value = 0;
  socklen_t size = sizeof value;
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &value, &size) != 0) return last_error();
  if (value == 0 && connected_to_itself(fd)) value = ECONNREFUSED;
  return {value, std::system_category()};
}

template <class Ask>
address ask_address(int fd, Ask ask) noexcept {
  address found;
  found.length = sizeof found.storage;
  if (ask(fd, reinterpret_cast<sockaddr*>(&found.storage), &found.length) != 0) return {};
  return found;
}

HANDSHIM_INLINE bool connected_to_itself(int fd) noexcept {
  const address here = ask_address(fd, ::getsockname);
  return same_endpoint(here, peer_of(fd));
}

HANDSHIM_INLINE address peer_of(int fd) noexcept { return ask_address(fd, ::getpeername); }

// What one recv or send did; both may be given at most what an int counts.
template <class Call>
std::size_t transfer(std::size_t size, std::error_code& error, Call call) noexcept {
  error.clear();
  constexpr std::size_t most = 1u << 30;
  ssize_t n = 0;
  do n = call((std::min)(size, most));
  while (n < 0 && errno == EINTR);
  if (n >= 0) return static_cast<std::size_t>(n);
  const bool later = errno == EAGAIN || errno == EWOULDBLOCK;
  error = later ? make_error_code(stream_errc::would_block) : last_error();
  return 0;
}

HANDSHIM_INLINE std::size_t receive(int fd, char* to, std::size_t size, std::error_code& error) noexcept {
  const std::size_t n = transfer(size, error, [=](std::size_t most) { return ::recv(fd, to, most, 0); });
  if (n == 0 && !error) error = stream_errc::eof;
  return n;
}

HANDSHIM_INLINE std::size_t transmit(int fd, const char* from, std::size_t size, std::error_code& error) noexcept {
#if defined(MSG_NOSIGNAL)
  constexpr int flags = MSG_NOSIGNAL;
#else
  constexpr int flags = 0;
#endif
  return transfer(size, error, [=](std::size_t most) { return ::send(fd, from, most, flags); });
}

HANDSHIM_INLINE void end_sending(int fd) noexcept { ::shutdown(fd, SHUT_WR); }
HANDSHIM_INLINE void end_both(int fd) noexcept { ::shutdown(fd, SHUT_RDWR); }

}  // namespace detail
}  // namespace handshim::net
