// What each client is asked to do. A unit for each client enters itself for all rows.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "../echo_server.hpp"
#include "../harness.hpp"
#include "memory.hpp"

namespace bench {

/// The port of a server of python3-websockets; 0 if there is none.
std::uint16_t python_port();

/// Client has: Client(port, target), which shakes hands; echo(data), which sends a binary message and waits for the
/// answer; send(data) and recv(), the two halves of it; fails(port, target), a handshake that fails.
template <class Client>
body echoing(std::uint16_t port, std::size_t size, std::size_t at_once) {
  auto of = std::make_shared<Client>(port, "/echo");
  return [of, data = std::string(size, 'x'), at_once](std::size_t times) {
    for (std::size_t i = 0; i < times; i += at_once) of->echo(data, at_once);
  };
}

inline body nothing() {
  return [](std::size_t) {};
}

template <class Client>
class contender {
 public:
  explicit contender(const std::string& name)
      : contender(name, {{"16 B", 16, 1},
                         {"16 B, 32 at a time", 16, 32},
                         {"1 KiB", 1024, 1},
                         {"64 KiB", 65536, 1},
                         {"1 MiB", 1 << 20, 1}}) {}

 private:
  struct echo_row {
    const char* name;
    std::size_t size, at_once;
  };
  contender(const std::string& name, std::initializer_list<echo_row> rows) {
    for (const echo_row& r : rows)
      entry(
          "echo " + std::string(r.name), name, [r] { return echoing<Client>(server().port(), r.size, r.at_once); }, 0);
    entry("handshake", name, always([](std::size_t times) {
            for (std::size_t i = 0; i < times; ++i) keep(Client(server().port(), "/echo"));
          }),
          0);
    entry("failing handshake", name, always([](std::size_t times) {
            for (std::size_t i = 0; i < times; ++i)
              if (!Client::fails(server().port(), "/close")) std::abort();
          }),
          0);
    if (python_port() != 0)
      entry(
          "echo 1 KiB, python3-websockets", name, [] { return echoing<Client>(python_port(), 1024, 1); }, 0);
    note([name] { return peak_line<Client>(name); }, true);
  }
};

}  // namespace bench
