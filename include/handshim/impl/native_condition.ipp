#pragma once

#include "handshim/impl/native_condition.hpp"
#include "handshim/impl/native_rows.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

// Zero is success in every category of codes.
HANDSHIM_INLINE bool native_holds(std::string_view category, int value, condition wanted) noexcept {
  const native_domain* domain = value != 0 ? find_domain(category) : nullptr;
  if (domain == nullptr) return false;
  const native_sense sense = sense_of(*domain, value);
  const fault f = is_phased(sense) ? row_of(sense).unknown : static_cast<fault>(sense);
  return f != fault::unclassified && holds(f, wanted);
}

}  // namespace detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
