// The first bytes of a peer: they are kept, and tell what it is if it is not what was expected there.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "handshim/impl/evidence_limits.hpp"
#include "handshim/impl/text.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

/// Of bytes that come in pieces the first `most` are kept.
inline void keep_first(std::string& kept, std::string_view bytes, std::size_t most = max_first_bytes) {
  if (kept.size() < most) kept.append(bytes.substr(0, most - kept.size()));
}

struct first_bytes_row {
  std::string_view name;  ///< one word, for ever
  std::size_t at;
  std::string_view start, also;
  std::string_view meaning;
};

inline constexpr first_bytes_row first_bytes_rows[] = {
#include "handshim/data/rows_begin.inc"
#define FIRST_BYTES(name, at, start, also, meaning) {#name, at, start, also, meaning},
#include "handshim/data/first_bytes.inc"
#undef FIRST_BYTES
#include "handshim/data/rows_end.inc"
};

inline bool same_in_any_case(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (lower(a[i]) != lower(b[i])) return false;
  return true;
}

/// The row for what the bytes look like; null if nothing is recognised.
inline const first_bytes_row* recognise(std::string_view bytes) noexcept {
  for (const first_bytes_row& row : first_bytes_rows) {
    if (row.at >= bytes.size() || !same_in_any_case(bytes.substr(row.at, row.start.size()), row.start)) continue;
    if (row.also.empty() || bytes.substr(row.at + row.start.size()).find(row.also) != std::string_view::npos)
      return &row;
  }
  return nullptr;
}

}  // namespace detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
