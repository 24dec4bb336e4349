// Which of handshim's conditions a native code meets, by its category and its value.
#pragma once

#include <cstdint>
#include <system_error>

#include "handshim/config.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {

enum class condition : std::uint8_t;  // fault.hpp includes this header

namespace detail {

/// Whether a code of a category that is not handshim's meets the condition.
bool native_holds(const std::error_code& code, condition wanted) noexcept;

}  // namespace detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
