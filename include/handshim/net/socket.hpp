// Every call of the operating system's sockets and pipes; impl/platform.hpp is what to port. All errors are codes of a
// category named "system" (on POSIX std::system_category()) or stream_errc; a signal (EINTR) is never one.
#pragma once

#include <cstddef>
#include <string>
#include <system_error>
#include <utility>

#include "handshim/config.hpp"
#include "handshim/net/deadline.hpp"
#include "handshim/net/impl/system_headers.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace net {

/// Owns a descriptor and closes it. Movable; -1 is none. Since 0.1.
class descriptor {
 public:
  descriptor() noexcept = default;
  explicit descriptor(int fd) noexcept : fd_(fd) {}
  descriptor(descriptor&& other) noexcept : fd_(other.release()) {}
  descriptor& operator=(descriptor&& other) noexcept {
    descriptor(std::move(other)).swap(*this);
    return *this;
  }
  ~descriptor();

  int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }
  int release() noexcept { return std::exchange(fd_, -1); }
  void swap(descriptor& other) noexcept { std::swap(fd_, other.fd_); }

 private:
  int fd_ = -1;
};

/// A socket address. Since 0.1.
struct address {
  sockaddr_storage storage{};
  socklen_t length = 0;

  /// "127.0.0.1:80" or "[::1]:80"; "?" for a family that is neither.
  std::string text() const;
};

/// Whether both are the same IPv4 or IPv6 address and port.
bool same_endpoint(const address& a, const address& b) noexcept;

enum class direction { read, write };

namespace detail {

std::error_code last_error() noexcept;

// Both ends non-blocking and close-on-exec.
struct pipe_ends {
  descriptor read, write;
};
pipe_ends open_pipe(std::error_code& error) noexcept;
// One for put_byte() and drain(): it may have one descriptor for both ends, and no second one.
pipe_ends open_wake(std::error_code& error) noexcept;
// Safe in a signal handler; errno is kept. What is full is readable already, so nothing is lost.
void put_byte(const pipe_ends& wake) noexcept;
void drain(const pipe_ends& wake) noexcept;

// Waits for fd or for wake (-1: none) to become ready; which of them did. Neither: the time is over.
struct readiness {
  bool fd, wake;
};
readiness wait_ready(int fd, direction way, int wake, deadline until, std::error_code& error) noexcept;

// A non-blocking TCP socket that is not inherited by child processes.
descriptor open_socket(int family, std::error_code& error) noexcept;
// Non-blocking, close-on-exec, no delay, no SIGPIPE. What cannot be set stays as it is.
void set_up(int fd) noexcept;
// No error: connected. errc::operation_in_progress: wait until it is writable, then ask connect_outcome.
std::error_code begin_connect(int fd, const address& to) noexcept;
// SO_ERROR; a socket that was connected to itself counts as refused, which it would be without the chance
// that its own port was the one called.
std::error_code connect_outcome(int fd, const address& to) noexcept;
bool connected_to_itself(int fd, const address& to) noexcept;
address peer_of(int fd) noexcept;

// At least one byte, or an error: eof, would_block or errno's.
std::size_t receive(int fd, char* to, std::size_t size, std::error_code& error) noexcept;
std::size_t transmit(int fd, const char* from, std::size_t size, std::error_code& error) noexcept;
void end_sending(int fd) noexcept;
void end_both(int fd) noexcept;

}  // namespace detail
}  // namespace net
}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/net/impl/socket.ipp"
#endif
