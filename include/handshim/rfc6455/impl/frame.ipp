#pragma once

#include <cstdint>
#include <cstring>

#include "handshim/rfc6455/frame.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace rfc6455 {
namespace detail {

inline void append_number(std::string& out, std::uint64_t number, unsigned bytes) {
  for (unsigned shift = 8 * bytes; shift > 0;) {
    shift -= 8;
    out += static_cast<char>(number >> shift & 0xffu);
  }
}

inline void append_length(std::string& out, std::uint64_t length) {
  constexpr unsigned mask_bit = 0x80;
  if (length < 126) return append_number(out, mask_bit | length, 1);
  const bool two_bytes = length <= 0xffff;
  append_number(out, mask_bit | (two_bytes ? 126u : 127u), 1);
  append_number(out, length, two_bytes ? 2 : 8);
}

}  // namespace detail

// Eight bytes at a time; memcpy because the data need not be aligned, and the byte order does not matter.
HANDSHIM_INLINE void apply_mask(char* data, std::size_t size, frame_mask mask) noexcept {
  std::uint64_t wide = 0, eight = 0;
  std::memcpy(&wide, mask.data(), 4);
  std::memcpy(reinterpret_cast<char*>(&wide) + 4, mask.data(), 4);
  std::size_t i = 0;
  for (; i + 8 <= size; i += 8) {
    std::memcpy(&eight, data + i, 8);
    eight ^= wide;
    std::memcpy(data + i, &eight, 8);
  }
  for (; i < size; ++i) data[i] = static_cast<char>(static_cast<unsigned char>(data[i]) ^ mask[i % 4]);
}

HANDSHIM_INLINE void append_frame(std::string& out, opcode op, bool fin, std::string_view payload, frame_mask mask) {
  out += static_cast<char>((fin ? 0x80u : 0u) | static_cast<unsigned>(op));
  detail::append_length(out, payload.size());
  out.append(reinterpret_cast<const char*>(mask.data()), mask.size());
  const std::size_t start = out.size();
  out.append(payload);
  apply_mask(out.data() + start, payload.size(), mask);
}

}  // namespace rfc6455
}  // namespace HANDSHIM_ABI
}  // namespace handshim
