// A server on loopback whose connections all fail, each as its path says: /eof and /reset in the response, /busy a
// refusal, and after the upgrade /closed a close frame, /masked a frame that no server may send, /lost an end.
#pragma once

#include <string>
#include <thread>
#include <vector>

#include "../unit/net_support.hpp"
#include "frames.hpp"
#include "handshim/rfc6455/handshake.hpp"

namespace client_test {

class doomed_server {
 public:
  doomed_server() {
    for (int i = 0; i < 3; ++i)
      threads_.emplace_back([this] {
        while (serve(listener_.accept())) {
        }
      });
  }
  ~doomed_server() {
    for (std::size_t i = 0; i < threads_.size(); ++i) {
      const handshim::net::descriptor last = net_test::new_socket(AF_INET);
      handshim::net::detail::begin_connect(last.get(), net_test::loopback(AF_INET, listener_.port()));
      send(last, "GET /stop HTTP/1.1\r\n\r\n");
      receive(last);  // so that another thread has it
    }
    for (std::thread& t : threads_) t.join();
  }
  doomed_server(const doomed_server&) = delete;
  doomed_server& operator=(const doomed_server&) = delete;

  std::string uri(const std::string& path) const { return "ws://127.0.0.1:" + std::to_string(listener_.port()) + path; }

 private:
  static void send(const handshim::net::descriptor& to, const std::string& bytes) {
    std::error_code error;
    handshim::net::detail::transmit(to.get(), bytes.data(), bytes.size(), error);
  }
  // What comes next; empty at the end.
  static std::string receive(const handshim::net::descriptor& from) {
    char some[2048];
    const auto n = ::recv(from.get(), some, sizeof some, 0);
    return n > 0 ? std::string(some, static_cast<std::size_t>(n)) : std::string();
  }
  static std::string request_of(const handshim::net::descriptor& client) {
    std::string out;
    while (out.find("\r\n\r\n") == std::string::npos) {
      const std::string more = receive(client);
      if (more.empty()) break;
      out += more;
    }
    return out;
  }
  static std::string upgrade_for(const std::string& request) {
    std::string out = upgrade_response;
    const std::string name = "Sec-WebSocket-Key: ";
    const std::size_t key = request.find(name) + name.size();
    const std::string accept = handshim::rfc6455::accept_for(request.substr(key, request.find("\r\n", key) - key));
    return out.replace(out.find("{accept}"), 8, accept);
  }

  // False when it is the end.
  static bool serve(const handshim::net::descriptor& client) {
    const std::string request = request_of(client);
    const auto asks_for = [&](const char* path) { return request.rfind(std::string("GET ") + path + " ", 0) == 0; };
    if (asks_for("/stop")) return false;
    if (asks_for("/eof")) send(client, "HTTP/1.1 101 Switching Protocols\r\nUp");
    if (asks_for("/busy")) send(client, "HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nwait");
    if (asks_for("/closed")) send(client, upgrade_for(request) + close_frame(1011, "enough"));
    if (asks_for("/masked")) send(client, upgrade_for(request) + std::string("\x81\x81mask!"));
    if (asks_for("/lost")) send(client, upgrade_for(request));
    if (asks_for("/reset")) {
      const linger at_once{1, 0};
      ::setsockopt(client.get(), SOL_SOCKET, SO_LINGER, reinterpret_cast<const char*>(&at_once), sizeof at_once);
      return true;
    }
    ::shutdown(client.get(), SHUT_WR);
    while (!receive(client).empty()) {  // unread bytes would make it a reset
    }
    return true;
  }

  net_test::listener listener_;
  std::vector<std::thread> threads_;
};

}  // namespace client_test
