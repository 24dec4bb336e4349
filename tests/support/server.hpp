// Servers for the tests of the clients: upgraded connections in the hands of a function, and an echo.
#pragma once

#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "frames.hpp"
#include "scripted_server.hpp"

namespace client_test {

using handshim::rfc6455::opcode;
using handshim::tool::received_frame;
using handshim::tool::scripted_server;
using peer = handshim::tool::connection;  // the client, as the server sees it

inline std::string uri_of(const scripted_server& server, const std::string& target = "/") {
  return "ws://127.0.0.1:" + std::to_string(server.port()) + target;
}

// Calls fn with each connection, once it is upgraded.
template <class F>
scripted_server::handler upgraded(F fn) {
  return [fn](peer& client) {
    if (client.upgrade()) fn(client);
  };
}

// Answers a frame as an echo server does; false at the end.
inline bool echo_one(peer& client) {
  const std::optional<received_frame> got = client.read_frame();
  if (!got) return false;
  switch (got->opcode) {
    case opcode::ping:
      return client.send(frame(0x8a, got->payload));
    case opcode::close:
      client.send(frame(0x88, got->payload));
      return false;
    case opcode::text:
    case opcode::binary:
    case opcode::continuation:
      return client.send(frame((got->fin ? 0x80u : 0u) | static_cast<unsigned>(got->opcode), got->payload));
    case opcode::pong:
      break;
  }
  return true;
}

inline void echo(peer& client) {
  while (echo_one(client)) {
  }
}

// What servers saw, for the test to look at.
class record {
 public:
  void add(std::string what) {
    const std::lock_guard<std::mutex> hold(mutex_);
    all_.push_back(std::move(what));
  }
  std::vector<std::string> all() const {
    const std::lock_guard<std::mutex> hold(mutex_);
    return all_;
  }
  // Waits for the item, for five seconds at most; empty if it does not come.
  std::string wait_for(std::size_t index) const {
    for (int i = 0; i < 500 && all().size() <= index; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    const std::vector<std::string> now = all();
    return index < now.size() ? now[index] : std::string();
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> all_;
};

}  // namespace client_test
