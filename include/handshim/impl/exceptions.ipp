#pragma once

#include <atomic>

#include "handshim/exceptions.hpp"
#include "handshim/impl/fault_rows.hpp"
#include "handshim/impl/immortal.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

// Codes of this category have no message, and libstdc++ needs no memory for an empty one.
class silent_category_type final : public fault_category_type {
 public:
  std::string message(int) const override { return {}; }
};

// Made at the first failure of each fault and never destroyed.
inline const std::system_error& remembered(fault f) {
  static std::atomic<const std::system_error*> made[fault_count];
  std::atomic<const std::system_error*>& slot = made[fault_index(f)];
  if (const auto* ready = slot.load(std::memory_order_acquire)) return *ready;
  const auto* fresh = new std::system_error(make_error_code(f));
  const std::system_error* winner = nullptr;
  if (slot.compare_exchange_strong(winner, fresh, std::memory_order_acq_rel)) return *fresh;
  delete fresh;
  return *winner;
}

HANDSHIM_INLINE std::system_error prebuilt(fault f) noexcept {
  try {
    return remembered(f);
  } catch (const std::bad_alloc&) {
    return std::system_error(std::error_code(static_cast<int>(f), immortal<silent_category_type>()));
  }
}

HANDSHIM_INLINE const char* what_line(fault f, phase p) noexcept { return plain_line(f, p); }

}  // namespace detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
