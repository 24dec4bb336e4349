// What the tests of net/ share: a listener on loopback, a port that never answers, counting descriptors.
#pragma once

#if !defined(_WIN32)
#include <dirent.h>
#endif

#include <chrono>
#include <cstdint>
#include <cstring>
#include <memory>
#include <ostream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "handshim/net/impl/system_headers.hpp"
#include "handshim/net/interrupter.hpp"
#include "handshim/net/socket.hpp"
#include "handshim/net/tcp_stream.hpp"

namespace net_test {

using namespace std::chrono_literals;
namespace net = handshim::net;

inline net::address loopback(int family, std::uint16_t port) {
  net::address made;
  if (family == AF_INET6) {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    v6.sin6_addr = in6addr_loopback;
    made.length = sizeof v6;
    std::memcpy(&made.storage, &v6, sizeof v6);
  } else {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    made.length = sizeof v4;
    std::memcpy(&made.storage, &v4, sizeof v4);
  }
  return made;
}

// A socket that blocks. Windows wants its library started first, as the first one of net/ does.
inline net::descriptor new_socket(int family) {
  std::error_code error;
  net::detail::open_socket(family, error);
  return net::descriptor(static_cast<int>(::socket(family, SOCK_STREAM, 0)));
}

inline bool bind_to(int fd, const net::address& to) {
  return ::bind(fd, reinterpret_cast<const sockaddr*>(&to.storage), to.length) == 0;
}

inline std::uint16_t port_of(int fd) {
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size) != 0) return 0;
  sockaddr_in v4{};  // the port stands at the same place in both families
  std::memcpy(&v4, &bound, sizeof v4);
  return ntohs(v4.sin_port);
}

// A listening socket on loopback, with a port of the system's choice.
class listener {
 public:
  explicit listener(int family = AF_INET, int backlog = 16) : socket_(new_socket(family)) {
    ok_ = socket_ && bind_to(socket_.get(), loopback(family, 0)) && ::listen(socket_.get(), backlog) == 0;
    port_ = port_of(socket_.get());
  }
  bool ok() const { return ok_; }
  std::uint16_t port() const { return port_; }
  net::descriptor accept() const {
    return net::descriptor(static_cast<int>(::accept(socket_.get(), nullptr, nullptr)));
  }

 private:
  net::descriptor socket_;
  bool ok_ = false;
  std::uint16_t port_ = 0;
};

inline bool has_ipv6() { return listener(AF_INET6).ok(); }

// A port where nobody listens: bound, so that no one else gets it, but not listening.
class deaf_port {
 public:
  deaf_port() : socket_(new_socket(AF_INET)) {
    bind_to(socket_.get(), loopback(AF_INET, 0));
    port_ = port_of(socket_.get());
  }
  std::uint16_t port() const { return port_; }

 private:
  net::descriptor socket_;
  std::uint16_t port_ = 0;
};

// A port whose connections are never answered: a listener with a full queue.
class blackhole {
 public:
  blackhole() : listener_(AF_INET, 0) {
    for (int i = 0; i < 4; ++i) {
      std::error_code error;
      fillers_.push_back(net::detail::open_socket(AF_INET, error));
      net::detail::begin_connect(fillers_.back().get(), loopback(AF_INET, port()));
    }
    std::this_thread::sleep_for(50ms);
  }
  std::uint16_t port() const { return listener_.port(); }

 private:
  listener listener_;
  std::vector<net::descriptor> fillers_;
};

// Both ends of a connection over loopback.
struct connection {
  net::interrupter stop;
  net::descriptor client_socket, peer;

  connection() {
    listener server;
    std::error_code error;
    client_socket = new_socket(AF_INET);
    net::detail::begin_connect(client_socket.get(), loopback(AF_INET, server.port()));
    peer = server.accept();
  }
  // The system's buffers made small, so that a writer soon has to wait.
  void shrink_buffers() {
    const int size = 4096;
    ::setsockopt(client_socket.get(), SOL_SOCKET, SO_SNDBUF, reinterpret_cast<const char*>(&size), sizeof size);
    ::setsockopt(peer.get(), SOL_SOCKET, SO_RCVBUF, reinterpret_cast<const char*>(&size), sizeof size);
  }
  net::tcp_stream& stream() {
    if (!stream_) stream_ = std::make_unique<net::tcp_stream>(std::move(client_socket), stop);
    return *stream_;
  }
  void peer_sends(const std::string& bytes) const {
    std::error_code error;
    net::detail::transmit(peer.get(), bytes.data(), bytes.size(), error);
  }
  void peer_leaves() { peer = net::descriptor(); }
  void peer_resets() {
    const linger at_once{1, 0};
    ::setsockopt(peer.get(), SOL_SOCKET, SO_LINGER, reinterpret_cast<const char*>(&at_once), sizeof at_once);
    peer_leaves();
  }

 private:
  std::unique_ptr<net::tcp_stream> stream_;
};

// How many descriptors the process has open; 0 where the system does not tell. On Windows they are sockets, whose
// handles are multiples of four, the lowest that are free; what else has a handle there comes and goes.
inline std::size_t open_descriptors() {
#if defined(_WIN32)
  std::size_t sockets = 0;
  for (SOCKET handle = 4; handle < 0x4000; handle += 4) {
    int type = 0, size = sizeof type;
    sockets += ::getsockopt(handle, SOL_SOCKET, SO_TYPE, reinterpret_cast<char*>(&type), &size) == 0;
  }
  return sockets;
#else
  DIR* list = ::opendir("/proc/self/fd");
  if (list == nullptr) return 0;
  std::size_t count = 0;
  while (::readdir(list) != nullptr) ++count;
  ::closedir(list);
  return count;
#endif
}

class stopwatch {
 public:
  net::clock::duration elapsed() const { return net::clock::now() - begin_; }

 private:
  net::clock::time_point begin_ = net::clock::now();
};

// Does something after a while in a thread, which is joined at the end of the scope.
class after {
 public:
  template <class Action>
  after(std::chrono::milliseconds delay, Action action)
      : thread_([=] {
          std::this_thread::sleep_for(delay);
          action();
        }) {}
  ~after() { thread_.join(); }

 private:
  std::thread thread_;
};

}  // namespace net_test
