// What a server writes: frames without a mask, and the response that upgrades.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace client_test {

// {accept} is to be filled in.
inline const std::string upgrade_response =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: {accept}\r\n\r\n";

// One frame; its first byte holds FIN, the reserved bits and the opcode.
inline std::string frame(unsigned first, std::string_view payload) {
  std::string out(1, static_cast<char>(first));
  const std::uint64_t n = payload.size();
  const int bytes = n < 126 ? 0 : n < 65536 ? 2 : 8;
  out += static_cast<char>(bytes == 0 ? n : bytes == 2 ? 126 : 127);
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(n >> (8 * i) & 255);
  return out.append(payload);
}

inline std::string text_frame(std::string_view payload) { return frame(0x81, payload); }
inline std::string binary_frame(std::string_view payload) { return frame(0x82, payload); }
inline std::string ping_frame(std::string_view payload) { return frame(0x89, payload); }

inline std::string close_frame(unsigned code, std::string_view reason = {}) {
  const std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 255)};
  return frame(0x88, payload + std::string(reason));
}

// A message in frames of at most that size.
inline std::string in_fragments(unsigned opcode, std::string_view data, std::size_t size) {
  std::string out;
  for (unsigned op = opcode;; op = 0) {
    const bool last = data.size() <= size;
    out += frame((last ? 0x80u : 0u) | op, data.substr(0, size));
    if (last) return out;
    data.remove_prefix(size);
  }
}

}  // namespace client_test
