// A TCP proxy before a server that comes up late: until then it accepts, reads the request and closes.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "handshim/net/interrupter.hpp"
#include "handshim/net/socket.hpp"

namespace client_test {

class late_proxy {
 public:
  late_proxy() : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in at = loopback(0);
    socklen_t size = sizeof at;
    if (::bind(listener_.get(), reinterpret_cast<sockaddr*>(&at), size) != 0 || ::listen(listener_.get(), 16) != 0 ||
        ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&at), &size) != 0)
      throw std::runtime_error("no port for a proxy");
    port_ = ntohs(at.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  late_proxy(const late_proxy&) = delete;
  late_proxy& operator=(const late_proxy&) = delete;
  ~late_proxy() {
    stop_.trigger();
    acceptor_.join();
    for (std::thread& one : workers_) one.join();
  }

  std::uint16_t port() const { return port_; }
  // From now on connections go on to that port.
  void server_is_up(std::uint16_t port) { target_ = port; }
  // How many were closed without an answer.
  int turned_away() const { return turned_away_; }

 private:
  using descriptor = handshim::net::descriptor;

  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    at.sin_port = htons(port);
    return at;
  }

  // False once the proxy is stopped.
  bool readable(int fd) {
    return !stop_.wait(fd, handshim::net::direction::read, handshim::net::deadline::in(std::chrono::seconds(60)));
  }

  void accept_all() {
    while (readable(listener_.get())) {
      const int fd = ::accept(listener_.get(), nullptr, nullptr);
      if (fd >= 0) workers_.emplace_back([this, fd] { serve(descriptor(fd)); });
    }
  }

  void serve(descriptor client) {
    const std::uint16_t target = target_;
    if (target == 0) return turn_away(client.get());
    const descriptor server(::socket(AF_INET, SOCK_STREAM, 0));
    const sockaddr_in to = loopback(target);
    if (::connect(server.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) return;
    while (pass_on(client.get(), server.get())) {
    }
  }

  // All of the request is read, so that the client sees an end and no reset.
  void turn_away(int client) {
    std::string request;
    char bytes[4096];
    while (request.find("\r\n\r\n") == std::string::npos && readable(client)) {
      const ssize_t n = ::recv(client, bytes, sizeof bytes, 0);
      if (n <= 0) break;
      request.append(bytes, static_cast<std::size_t>(n));
    }
    ++turned_away_;
  }

  // What came from either side; false at an end.
  bool pass_on(int client, int server) {
    pollfd both[] = {{client, POLLIN, 0}, {server, POLLIN, 0}, {stop_.fd(), POLLIN, 0}};
    if (::poll(both, 3, 60000) <= 0 || both[2].revents != 0) return false;
    return (both[0].revents == 0 || copy(client, server)) && (both[1].revents == 0 || copy(server, client));
  }

  static bool copy(int from, int to) {
    char bytes[4096];
    const ssize_t n = ::recv(from, bytes, sizeof bytes, 0);
    for (ssize_t sent = 0; sent < n;) {
      const ssize_t m = ::send(to, bytes + sent, static_cast<std::size_t>(n - sent), MSG_NOSIGNAL);
      if (m <= 0) return false;
      sent += m;
    }
    return n > 0;
  }

  handshim::net::interrupter stop_;
  descriptor listener_;
  std::uint16_t port_ = 0;
  std::atomic<std::uint16_t> target_{0};
  std::atomic<int> turned_away_{0};
  std::vector<std::thread> workers_;  // the acceptor's alone, until it has ended
  std::thread acceptor_;
};

}  // namespace client_test
