// Objects that are made at their first use, need no memory of the heap and are never destroyed.
#pragma once

#include <new>

#include "handshim/config.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

/// The one T, made without arguments: fit for the destructors of static objects, and for when memory ran out.
template <class T>
const T& immortal() noexcept {
  alignas(T) static unsigned char room[sizeof(T)];
  static const T* const made = ::new (static_cast<void*>(room)) T();
  return *made;
}

}  // namespace detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
