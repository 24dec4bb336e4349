#pragma once

#include <atomic>

#include "handshim/exceptions.hpp"

namespace handshim::detail {

// Made at the first failure of each kind and never destroyed, so that copying one needs no memory.
HANDSHIM_INLINE const std::system_error& prebuilt(fault f) {
  static std::atomic<const std::system_error*> made[fault_count];
  std::atomic<const std::system_error*>& slot = made[fault_index(f)];
  if (const auto* ready = slot.load(std::memory_order_acquire)) return *ready;
  const auto* fresh = new std::system_error(make_error_code(f));
  const std::system_error* winner = nullptr;
  if (slot.compare_exchange_strong(winner, fresh, std::memory_order_acq_rel)) return *fresh;
  delete fresh;
  return *winner;
}

}  // namespace handshim::detail
