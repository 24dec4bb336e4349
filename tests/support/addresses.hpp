// Puts names and addresses of the test's choice in the place of getaddrinfo while it lives. One at a time.
#pragma once

#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "handshim/net/resolver.hpp"

namespace client_test {

// Every name has these numeric addresses, in this order, as soon as the delay is over.
class addresses {
 public:
  explicit addresses(std::vector<std::string> hosts, std::chrono::milliseconds delay = {}) {
    now() = {std::move(hosts), delay};
    handshim::net::detail::resolve_hook().store(look_up);
  }
  // Waits for look-ups that nobody waits for any more: they use what this is about to take away.
  ~addresses() {
    while (handshim::net::detail::abandoned_lookups() != 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    handshim::net::detail::resolve_hook().store(&::getaddrinfo);
  }
  addresses(const addresses&) = delete;
  addresses& operator=(const addresses&) = delete;

 private:
  struct answer {
    std::vector<std::string> hosts;
    std::chrono::milliseconds delay{};
  };

  static answer& now() {
    static answer one;
    return one;
  }

  static int look_up(const char*, const char* port, const addrinfo* hints, addrinfo** list) {
    std::this_thread::sleep_for(now().delay);
    for (const std::string& host : now().hosts) {
      if (const int error = ::getaddrinfo(host.c_str(), port, hints, list)) return error;
      while (*list != nullptr) list = &(*list)->ai_next;
    }
    return 0;
  }
};

}  // namespace client_test
