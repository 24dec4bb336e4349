#pragma once

#include "handshim/impl/observation.hpp"

namespace handshim::detail {

HANDSHIM_INLINE std::atomic<notice>& notice_slot() noexcept {
  static std::atomic<notice> slot{nullptr};
  return slot;
}

}  // namespace handshim::detail
