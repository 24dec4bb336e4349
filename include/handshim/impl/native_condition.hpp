// Which of handshim's conditions a native code meets, by the name of its category and its value.
#pragma once

#include <string_view>

#include "handshim/fault.hpp"

namespace handshim::detail {

/// Whether a code of a category with this name, and not of handshim's, meets the condition.
bool native_holds(std::string_view category, int value, condition wanted) noexcept;

}  // namespace handshim::detail
