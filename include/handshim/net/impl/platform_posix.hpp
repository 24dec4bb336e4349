// POSIX sockets and threads. What fails leaves its reason in errno.
#pragma once

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/eventfd.h>
#endif

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>

#include "handshim/config.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace net::platform {

inline const std::error_category& category() noexcept { return std::system_category(); }
inline int last_error() noexcept { return errno; }
constexpr int refused = ECONNREFUSED;

inline bool was_interrupted() noexcept { return errno == EINTR; }
inline bool would_block() noexcept { return errno == EAGAIN || errno == EWOULDBLOCK; }
// After a signal the connection goes on being made, as POSIX says.
inline bool is_connecting() noexcept { return errno == EINTR || errno == EINPROGRESS; }

inline void set_flags(int fd) noexcept {
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags >= 0 && (flags & O_NONBLOCK) == 0) ::fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

inline int open_socket(int family) noexcept {
#if defined(SOCK_CLOEXEC) && defined(SOCK_NONBLOCK)
  return ::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);  // spares set_flags()
#else
  return ::socket(family, SOCK_STREAM, IPPROTO_TCP);
#endif
}

// No delay, no SIGPIPE.
inline void set_options(int fd) noexcept {
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
#if defined(SO_NOSIGPIPE)
  ::setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
}

// Not again after EINTR: Linux has closed it by then, and the number may be another thread's.
inline void close(int fd) noexcept { ::close(fd); }

// SO_ERROR; false if it cannot be had.
inline bool pending_error(int fd, int& value) noexcept {
  socklen_t size = sizeof value;
  return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &value, &size) == 0;
}

inline std::ptrdiff_t receive(int fd, char* to, std::size_t size) noexcept { return ::recv(fd, to, size, 0); }
inline std::ptrdiff_t transmit(int fd, const char* from, std::size_t size) noexcept {
#if defined(MSG_NOSIGNAL)
  return ::send(fd, from, size, MSG_NOSIGNAL);
#else
  return ::send(fd, from, size, 0);
#endif
}

inline void end_sending(int fd) noexcept { ::shutdown(fd, SHUT_WR); }
inline void end_both(int fd) noexcept { ::shutdown(fd, SHUT_RDWR); }
constexpr bool shutdown_wakes = true;  // whether end_both() ends what waits for fd

// Waits for fd to be readable, or writable, and for wake (-1: none) to be readable: how many are, 0 once the time is
// over, -1 for an error.
inline int wait(int fd, bool writable, int wake, int milliseconds, bool& fd_ready, bool& wake_ready) noexcept {
  pollfd fds[] = {{fd, static_cast<short>(writable ? POLLOUT : POLLIN), 0}, {wake, POLLIN, 0}};
  const int n = ::poll(fds, 2, milliseconds);
  fd_ready = n > 0 && fds[0].revents != 0;
  wake_ready = n > 0 && fds[1].revents != 0;
  return n;
}

// A pipe whose ends are non-blocking and not inherited: read, write.
inline bool open_pipe(int (&fds)[2]) noexcept {
#if defined(__linux__)
  return ::pipe2(fds, O_NONBLOCK | O_CLOEXEC) == 0;
#else
  if (::pipe(fds) != 0) return false;
  for (const int fd : fds) set_flags(fd);
  return true;
#endif
}

// The same for put_byte(). On Linux an eventfd if there can be one, which costs half of what a pipe does; there is no
// second one then.
inline bool open_wake(int (&fds)[2]) noexcept {
#if defined(__linux__)
  fds[0] = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (fds[0] >= 0) return true;
#endif
  return open_pipe(fds);
}

// Safe in a signal handler; errno is kept.
inline void put_byte(int fd) noexcept {
  const int kept = errno;
#if defined(__linux__)
  const std::uint64_t byte = 1;
#else
  const char byte = 0;
#endif
  while (::write(fd, &byte, sizeof byte) < 0 && errno == EINTR) {
  }
  errno = kept;
}

inline void drain(int fd) noexcept {
  char bytes[64];
  for (;;) {
    const ssize_t n = ::read(fd, bytes, sizeof bytes);
    if (n == 0 || (n < 0 && errno != EINTR)) return;
  }
}

inline int get_addresses(const char* host, const char* port, const addrinfo* hints, addrinfo** list) {
  return ::getaddrinfo(host, port, hints, list);
}
inline std::string getaddrinfo_message(int value) { return ::gai_strerror(value); }
// errno stands behind this one.
inline bool is_system_error(int getaddrinfo_value) noexcept { return getaddrinfo_value == EAI_SYSTEM; }

// A thread that nobody joins: 0, or an error of category(). Not std::thread, which can only throw when there is none to
// be had.
inline int start_thread(void* (*function)(void*), void* argument) noexcept {
  pthread_attr_t attributes;
  if (const int error = ::pthread_attr_init(&attributes)) return error;
  ::pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  // The program's signal handlers shall not run in a thread that it does not know of.
  sigset_t all, before;
  sigfillset(&all);  // a macro on some systems
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  const int error = ::pthread_create(&thread, &attributes, function, argument);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ::pthread_attr_destroy(&attributes);
  return error;
}

}  // namespace net::platform
}  // namespace HANDSHIM_ABI
}  // namespace handshim
