#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "handshim/rfc6455/utf8.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace rfc6455 {
namespace detail {

// How many bytes at the start are ASCII, counted eight at a time while there are so many.
inline std::size_t leading_ascii(std::string_view bytes) noexcept {
  constexpr std::uint64_t high_bits = 0x8080808080808080u;
  std::size_t n = 0;
  for (std::uint64_t eight; n + 8 <= bytes.size(); n += 8) {
    std::memcpy(&eight, bytes.data() + n, 8);
    if ((eight & high_bits) != 0) break;
  }
  while (n < bytes.size() && static_cast<unsigned char>(bytes[n]) < 0x80) ++n;
  return n;
}

}  // namespace detail

HANDSHIM_INLINE bool utf8_checker::expect(unsigned char need, unsigned char low, unsigned char high) noexcept {
  need_ = need;
  low_ = low;
  high_ = high;
  return low <= high;
}

// The second byte's range is what keeps out overlong forms, surrogates and code points over U+10FFFF.
HANDSHIM_INLINE bool utf8_checker::step(unsigned char byte) noexcept {
  if (need_ != 0) {
    if (byte < low_ || byte > high_) return expect(1, 0xff, 0x00);  // an empty range: invalid for ever
    return expect(static_cast<unsigned char>(need_ - 1), 0x80, 0xbf);
  }
  if (byte < 0x80) return true;
  if (byte >= 0xc2 && byte <= 0xdf) return expect(1, 0x80, 0xbf);
  if (byte == 0xe0) return expect(2, 0xa0, 0xbf);
  if (byte == 0xed) return expect(2, 0x80, 0x9f);
  if (byte >= 0xe1 && byte <= 0xef) return expect(2, 0x80, 0xbf);
  if (byte == 0xf0) return expect(3, 0x90, 0xbf);
  if (byte >= 0xf1 && byte <= 0xf3) return expect(3, 0x80, 0xbf);
  if (byte == 0xf4) return expect(3, 0x80, 0x8f);
  return expect(1, 0xff, 0x00);
}

HANDSHIM_INLINE bool utf8_checker::feed(std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    if (need_ == 0) bytes.remove_prefix(detail::leading_ascii(bytes));
    if (bytes.empty()) break;
    if (!step(static_cast<unsigned char>(bytes.front()))) return false;
    bytes.remove_prefix(1);
  }
  return low_ <= high_;
}

HANDSHIM_INLINE bool is_utf8(std::string_view bytes) noexcept {
  utf8_checker checker;
  return checker.feed(bytes) && checker.complete();
}

}  // namespace rfc6455
}  // namespace HANDSHIM_ABI
}  // namespace handshim
