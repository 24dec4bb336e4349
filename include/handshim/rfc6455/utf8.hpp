// Checking UTF-8, whole or in pieces (RFC 3629; RFC 6455, section 8.1).
#pragma once

#include <string_view>

#include "handshim/config.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace rfc6455 {

/// Checks text that comes in pieces, which may be split anywhere. Overlong forms, surrogates and code points
/// over U+10FFFF are invalid (RFC 3629, section 3). Not thread-safe; a plain value.
class utf8_checker {
 public:
  /// Takes the next piece; false at the first byte that no valid text can have there, and ever after.
  bool feed(std::string_view bytes) noexcept;
  /// Whether what came so far ends at the end of a character (and was valid).
  bool complete() const noexcept { return need_ == 0; }

 private:
  bool step(unsigned char byte) noexcept;
  bool expect(unsigned char need, unsigned char low, unsigned char high) noexcept;

  unsigned char need_ = 0;            // bytes that the character lacks
  unsigned char low_ = 0, high_ = 0;  // the range of the next one
};

/// Whether the bytes are valid UTF-8. Thread-safe.
bool is_utf8(std::string_view bytes) noexcept;

}  // namespace rfc6455
}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/rfc6455/impl/utf8.ipp"
#endif
