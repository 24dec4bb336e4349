// Which of handshim's conditions a native code meets, by its category and its value.
#pragma once

#include <cstdint>
#include <string_view>
#include <system_error>

#include "handshim/config.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {

enum class condition : std::uint8_t;  // fault.hpp includes this header

namespace detail {

/// Whether a code of a category with this name, and not of handshim's, meets the condition.
bool native_holds(const std::error_code& code, condition wanted) noexcept;
bool native_holds(std::string_view category, int value, condition wanted) noexcept;

}  // namespace detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
