#pragma once

#include <cstddef>
#include <cstdint>

#include "handshim/rfc6455/base64.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace rfc6455 {

HANDSHIM_INLINE std::string base64_encode(std::string_view bytes) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  while (!bytes.empty()) {
    const std::size_t n = bytes.size() < 3 ? bytes.size() : 3;
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) group = group << 8 | (i < n ? static_cast<unsigned char>(bytes[i]) : 0u);
    for (std::size_t i = 0; i < 4; ++i) out += i <= n ? alphabet[group >> (18 - 6 * i) & 63u] : '=';
    bytes.remove_prefix(n);
  }
  return out;
}

}  // namespace rfc6455
}  // namespace HANDSHIM_ABI
}  // namespace handshim
