// Winsock and Windows' threads. What fails leaves its reason in WSAGetLastError().
#pragma once

#include <winsock2.h>
#include <ws2tcpip.h>

#include <process.h>

#include <cerrno>
#include <cstddef>
#include <new>
#include <string>
#include <system_error>

#include "handshim/impl/immortal.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace net::platform {

// std::system_category() of MinGW knows no value of Winsock, so that no code would equal std::errc::connection_refused.
// Same name, same values, same texts.
class winsock_category final : public std::error_category {
 public:
  const char* name() const noexcept override { return "system"; }
  std::string message(int value) const override { return std::system_category().message(value); }
  std::error_condition default_error_condition(int value) const noexcept override {
    switch (value) {
      case WSAECONNREFUSED:
        return std::errc::connection_refused;
      case WSAECONNRESET:
        return std::errc::connection_reset;
      case WSAECONNABORTED:
        return std::errc::connection_aborted;
      case WSAETIMEDOUT:
        return std::errc::timed_out;
      case WSAENETUNREACH:
        return std::errc::network_unreachable;
      case WSAENETDOWN:
        return std::errc::network_down;
      case WSAENETRESET:
        return std::errc::network_reset;
      case WSAEHOSTUNREACH:
        return std::errc::host_unreachable;
      case WSAENOTCONN:
        return std::errc::not_connected;
      case WSAESHUTDOWN:
        return std::errc::broken_pipe;
      case WSAEWOULDBLOCK:
        return std::errc::operation_would_block;
      case WSAEACCES:
        return std::errc::permission_denied;
      case WSAEADDRINUSE:
        return std::errc::address_in_use;
      case WSAEADDRNOTAVAIL:
        return std::errc::address_not_available;
      case WSAEAFNOSUPPORT:
        return std::errc::address_family_not_supported;
      case WSAEMFILE:
        return std::errc::too_many_files_open;
      case WSAENOBUFS:
        return std::errc::no_buffer_space;
      case WSAENOTSOCK:
        return std::errc::not_a_socket;
      case WSAEINVAL:
        return std::errc::invalid_argument;
      default:
        return std::system_category().default_error_condition(value);
    }
  }
};

inline const std::error_category& category() noexcept { return handshim::detail::immortal<winsock_category>(); }
inline int last_error() noexcept { return ::WSAGetLastError(); }
constexpr int refused = WSAECONNREFUSED;

inline bool was_interrupted() noexcept { return false; }
inline bool would_block() noexcept { return ::WSAGetLastError() == WSAEWOULDBLOCK; }
inline bool is_connecting() noexcept { return ::WSAGetLastError() == WSAEWOULDBLOCK; }

// Once; never undone, as sockets may outlive main().
inline bool started() noexcept {
  static const int error = [] {
    WSADATA data;
    return ::WSAStartup(MAKEWORD(2, 2), &data);
  }();
  if (error != 0) ::WSASetLastError(error);
  return error == 0;
}

inline SOCKET handle(int fd) noexcept { return fd < 0 ? INVALID_SOCKET : static_cast<SOCKET>(fd); }
inline int number(SOCKET socket) noexcept { return socket == INVALID_SOCKET ? -1 : static_cast<int>(socket); }

inline void set_flags(int fd) noexcept {
  u_long on = 1;
  ::ioctlsocket(handle(fd), static_cast<long>(FIONBIO), &on);
  ::SetHandleInformation(reinterpret_cast<HANDLE>(handle(fd)), HANDLE_FLAG_INHERIT, 0);
}

inline int open_socket(int family) noexcept {
  return started() ? number(::socket(family, SOCK_STREAM, IPPROTO_TCP)) : -1;
}

inline void set_options(int fd) noexcept {
  const BOOL on = 1;
  ::setsockopt(handle(fd), IPPROTO_TCP, TCP_NODELAY, reinterpret_cast<const char*>(&on), sizeof on);
}

inline void close(int fd) noexcept { ::closesocket(handle(fd)); }

inline bool pending_error(int fd, int& value) noexcept {
  int size = sizeof value;
  return ::getsockopt(handle(fd), SOL_SOCKET, SO_ERROR, reinterpret_cast<char*>(&value), &size) == 0;
}

inline std::ptrdiff_t receive(int fd, char* to, std::size_t size) noexcept {
  return ::recv(handle(fd), to, static_cast<int>(size), 0);
}
inline std::ptrdiff_t transmit(int fd, const char* from, std::size_t size) noexcept {
  return ::send(handle(fd), from, static_cast<int>(size), 0);
}

inline void end_sending(int fd) noexcept { ::shutdown(handle(fd), SD_SEND); }
inline void end_both(int fd) noexcept { ::shutdown(handle(fd), SD_BOTH); }
// Whether end_both() ends what waits for fd. The own end of a connection makes no socket readable here: select() tells
// the peer's alone.
constexpr bool shutdown_wakes = false;

// fd_set holds handles here, so none is too large. A connect that failed is an exception, not writable. WSAPoll() told
// nothing of that before Windows 10 2004.
inline int wait(int fd, bool writable, int wake, int milliseconds, bool& fd_ready, bool& wake_ready) noexcept {
  fd_set read{}, write{}, failed{};
  const auto add = [](fd_set& to, int one) {
    if (one >= 0) to.fd_array[to.fd_count++] = handle(one);
  };
  add(writable ? write : read, fd);
  add(failed, fd);
  add(read, wake);
  fd_ready = wake_ready = false;
  if (fd < 0 && wake < 0) {
    ::Sleep(milliseconds < 0 ? ~DWORD{0} : static_cast<DWORD>(milliseconds));
    return 0;
  }
  timeval time{static_cast<long>(milliseconds / 1000), static_cast<long>(milliseconds % 1000 * 1000)};
  const int n = ::select(0, &read, &write, &failed, milliseconds < 0 ? nullptr : &time);
  if (n <= 0) return n;
  const auto is_in = [](const fd_set& set, int one) {
    for (u_int i = 0; i < set.fd_count; ++i)
      if (one >= 0 && set.fd_array[i] == handle(one)) return true;
    return false;
  };
  fd_ready = is_in(writable ? write : read, fd) || is_in(failed, fd);
  wake_ready = is_in(read, wake);
  return n;
}

// A connection over loopback, as select() knows no pipe. Whoever else connects to the port is turned away.
inline bool connect_pair(SOCKET listener, int (&fds)[2]) noexcept {
  sockaddr_in at{}, peer{}, own{};
  int size = sizeof at;
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* where = reinterpret_cast<sockaddr*>(&at);
  if (::bind(listener, where, size) != 0 || ::listen(listener, 1) != 0 || ::getsockname(listener, where, &size) != 0)
    return false;
  fds[1] = open_socket(AF_INET);
  if (fds[1] < 0 || ::connect(handle(fds[1]), where, size) != 0) return false;
  ::getsockname(handle(fds[1]), reinterpret_cast<sockaddr*>(&own), &size);
  for (;;) {
    fds[0] = number(::accept(listener, reinterpret_cast<sockaddr*>(&peer), &size));
    if (fds[0] < 0 || peer.sin_port == own.sin_port) return fds[0] >= 0;
    close(fds[0]);
  }
}

inline bool open_pipe(int (&fds)[2]) noexcept {
  const int listener = open_socket(AF_INET);
  if (listener < 0) return false;
  const bool made = connect_pair(handle(listener), fds);
  const int error = last_error();
  close(listener);
  for (int& fd : fds) {
    if (made) {
      set_flags(fd);
      set_options(fd);
    } else if (fd >= 0) {
      close(fd);
      fd = -1;
    }
  }
  if (!made) ::WSASetLastError(error);
  return made;
}

inline bool open_wake(int (&fds)[2]) noexcept { return open_pipe(fds); }

inline void put_byte(int fd) noexcept {
  const char byte = 0;
  ::send(handle(fd), &byte, 1, 0);
}

inline void drain(int fd) noexcept {
  char bytes[64];
  while (::recv(handle(fd), bytes, sizeof bytes, 0) > 0) {
  }
}

inline int get_addresses(const char* host, const char* port, const addrinfo* hints, addrinfo** list) {
  return started() ? ::getaddrinfo(host, port, hints, list) : last_error();
}
// gai_strerror() is not safe between threads here.
inline std::string getaddrinfo_message(int value) { return std::system_category().message(value); }
inline bool is_system_error(int) noexcept { return false; }

struct thread_start {
  void* (*function)(void*);
  void* argument;
};
inline unsigned __stdcall run_thread(void* start) {
  const thread_start what = *static_cast<thread_start*>(start);
  delete static_cast<thread_start*>(start);
  what.function(what.argument);
  return 0;
}

inline int start_thread(void* (*function)(void*), void* argument) noexcept {
  auto* start = new (std::nothrow) thread_start{function, argument};
  if (start == nullptr) return WSA_NOT_ENOUGH_MEMORY;
  const auto thread = ::_beginthreadex(nullptr, 0, run_thread, start, 0, nullptr);
  if (thread == 0) {
    delete start;
    return ERROR_TOO_MANY_TCBS;
  }
  ::CloseHandle(reinterpret_cast<HANDLE>(thread));
  return 0;
}

}  // namespace net::platform
}  // namespace HANDSHIM_ABI
}  // namespace handshim
