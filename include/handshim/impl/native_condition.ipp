#pragma once

#include "handshim/impl/native_condition.hpp"
#include "handshim/impl/native_rows.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

// Zero is success in every category of codes.
inline bool native_holds(const native_domain* domain, int value, condition wanted) noexcept {
  if (domain == nullptr || value == 0) return false;
  const native_sense sense = sense_of(*domain, value);
  const fault f = is_phased(sense) ? row_of(sense).unknown : static_cast<fault>(sense);
  return f != fault::unclassified && holds(f, wanted);
}

HANDSHIM_INLINE bool native_holds(const std::error_code& code, condition wanted) noexcept {
  const known_code as = known_as(code);
  return native_holds(as.domain, as.value, wanted);
}

}  // namespace detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
