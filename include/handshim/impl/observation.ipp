#pragma once

#include "handshim/impl/observation.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

HANDSHIM_INLINE std::atomic<notice>& notice_slot() noexcept {
  static std::atomic<notice> slot{nullptr};
  return slot;
}

}  // namespace detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
