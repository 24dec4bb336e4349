// What a client wrote, frame by frame, held against what RFC 6455 (section 5) asks of a client.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "handshim/rfc6455/frame.hpp"

namespace client_test {

struct client_frame {
  unsigned first = 0;  // FIN, the reserved bits and the opcode
  bool masked = false, shortest = true;
  std::string mask;
  std::string payload;  // without the mask

  unsigned opcode() const { return first & 0x0fu; }

  // What a server may not be sent; empty if it is well-formed.
  std::string complaint() const {
    if (!masked) return "a frame without a mask";
    if ((first & 0x70u) != 0) return "a reserved bit is set";
    if (!shortest) return "a length that is not in its shortest form";
    const bool control = (opcode() & 8u) != 0;
    if (control && payload.size() > 125) return "a control frame over 125 bytes";
    if (control && (first & 0x80u) == 0) return "a control frame without FIN";
    if ((opcode() > 2 && opcode() < 8) || opcode() > 10) return "a reserved opcode";
    return "";
  }
};

// The first frame, which is then taken from the bytes; none unless all of it is there.
inline std::optional<client_frame> take_frame(std::string_view& bytes) {
  if (bytes.size() < 2) return std::nullopt;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(bytes[i])); };
  client_frame out;
  out.first = byte(0);
  out.masked = (byte(1) & 0x80u) != 0;
  std::uint64_t length = byte(1) & 0x7fu;
  const std::size_t more = length == 126 ? 2 : length == 127 ? 8 : 0, head = 2 + more + (out.masked ? 4 : 0);
  if (bytes.size() < head) return std::nullopt;
  if (more != 0) length = 0;
  for (std::size_t i = 0; i < more; ++i) length = length << 8 | byte(2 + i);
  out.shortest = more == 0 || length > (more == 2 ? 125u : 0xffffu);
  if (length > bytes.size() - head) return std::nullopt;
  const auto size = static_cast<std::size_t>(length);
  out.payload = bytes.substr(head, size);
  if (out.masked) out.mask = bytes.substr(head - 4, 4);
  for (std::size_t i = 0; out.masked && i < size; ++i)
    out.payload[i] = static_cast<char>(static_cast<unsigned char>(out.payload[i] ^ out.mask[i % 4]));
  bytes.remove_prefix(head + size);
  return out;
}

}  // namespace client_test
