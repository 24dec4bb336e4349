// What each way of handing an error over by value has to carry: the native code, and when it happened.
#pragma once

#include <cerrno>

namespace bench {

inline constexpr const char* value_row = "error as a value";

/// A number that the compiler cannot look through.
inline int native_value() noexcept {
  int value = ECONNRESET;
  asm volatile("" : "+r"(value));
  return value;
}

/// The phase, as the peers have it.
enum class moment : unsigned char { handshake, open };

inline moment now() noexcept {
  moment value = moment::open;
  asm volatile("" : "+r"(value));
  return value;
}

}  // namespace bench
