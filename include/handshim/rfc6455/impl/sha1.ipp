#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "handshim/rfc6455/sha1.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace rfc6455 {
namespace detail {

using sha1_state = std::array<std::uint32_t, 5>;

constexpr std::uint32_t rotate_left(std::uint32_t x, unsigned n) noexcept { return (x << n) | (x >> (32 - n)); }

inline std::array<std::uint32_t, 80> sha1_schedule(const unsigned char* block) noexcept {
  std::array<std::uint32_t, 80> w{};
  for (std::size_t i = 0; i < 16; ++i, block += 4)
    w[i] = std::uint32_t{block[0]} << 24 | std::uint32_t{block[1]} << 16 | std::uint32_t{block[2]} << 8 | block[3];
  for (std::size_t i = 16; i < 80; ++i) w[i] = rotate_left(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
  return w;
}

inline std::uint32_t sha1_round(std::size_t i, std::uint32_t b, std::uint32_t c, std::uint32_t d) noexcept {
  if (i < 20) return ((b & c) | (~b & d)) + 0x5a827999u;
  if (i < 40) return (b ^ c ^ d) + 0x6ed9eba1u;
  if (i < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdcu;
  return (b ^ c ^ d) + 0xca62c1d6u;
}

inline void sha1_add_block(sha1_state& state, const unsigned char* block) noexcept {
  const auto w = sha1_schedule(block);
  sha1_state s = state;
  for (std::size_t i = 0; i < 80; ++i) {
    const std::uint32_t next = rotate_left(s[0], 5) + sha1_round(i, s[1], s[2], s[3]) + s[4] + w[i];
    s = {next, s[0], rotate_left(s[1], 30), s[2], s[3]};
  }
  for (std::size_t i = 0; i < 5; ++i) state[i] += s[i];
}

// What does not fill a block, the bit 1, zeros, and the length in bits: one block or two.
inline void sha1_add_end(sha1_state& state, std::string_view rest, std::uint64_t bytes) noexcept {
  std::array<unsigned char, 128> tail{};
  if (!rest.empty()) std::memcpy(tail.data(), rest.data(), rest.size());
  tail[rest.size()] = 0x80;
  const std::size_t size = rest.size() < 56 ? 64 : 128;
  for (std::size_t i = 0; i < 8; ++i) tail[size - 1 - i] = static_cast<unsigned char>((bytes * 8) >> (8 * i));
  for (std::size_t at = 0; at < size; at += 64) sha1_add_block(state, tail.data() + at);
}

}  // namespace detail

HANDSHIM_INLINE std::array<unsigned char, 20> sha1(std::string_view bytes) noexcept {
  detail::sha1_state state = {0x67452301u, 0xefcdab89u, 0x98badcfeu, 0x10325476u, 0xc3d2e1f0u};
  const std::uint64_t size = bytes.size();
  for (; bytes.size() >= 64; bytes.remove_prefix(64))
    detail::sha1_add_block(state, reinterpret_cast<const unsigned char*>(bytes.data()));
  detail::sha1_add_end(state, bytes, size);
  std::array<unsigned char, 20> digest{};
  for (std::size_t i = 0; i < 20; ++i) digest[i] = static_cast<unsigned char>(state[i / 4] >> (24 - 8 * (i % 4)));
  return digest;
}

}  // namespace rfc6455
}  // namespace HANDSHIM_ABI
}  // namespace handshim
