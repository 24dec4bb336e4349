#pragma once

#include "handshim/impl/observation.hpp"

namespace handshim::detail {

HANDSHIM_INLINE std::atomic<notice>& notice_slot() noexcept {
  static std::atomic<notice> slot{nullptr};
  return slot;
}

HANDSHIM_INLINE failure told(notice tell, const failure& f, const policy_choice& by) noexcept {
  tell(f, by);
  return observation_mark::on(f);
}

}  // namespace handshim::detail
