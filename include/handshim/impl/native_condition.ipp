#pragma once

#include <cerrno>

#if defined(_WIN32)
#include <ws2tcpip.h>
#else
#include <netdb.h>
#endif
#include "handshim/impl/native_condition.hpp"

namespace handshim::detail {

enum class domain : std::uint8_t { other, errno_, getaddrinfo_, stream_ };

inline domain domain_of(std::string_view name) noexcept {
  if (name == "system" || name == "generic" || name == "asio.system") return domain::errno_;
  if (name == "getaddrinfo") return domain::getaddrinfo_;
  return name == "handshim.net" ? domain::stream_ : domain::other;
}

struct native_row {
  domain where;
  int value;
  fault unknown, resolve, connect, tls, handshake, open;
};
inline constexpr native_row native_rows[] = {
#define CODE(domain_, value, unknown, resolve, connect, tls, handshake, open) \
  {domain::domain_, value, fault::unknown, fault::resolve, fault::connect, fault::tls, fault::handshake, fault::open},
#include "handshim/data/native_codes.inc"
#undef CODE
};

inline const native_row* find_row(std::string_view name, int value) noexcept {
  const domain where = domain_of(name);
  if (where == domain::other) return nullptr;
  for (const native_row& row : native_rows)
    if (row.where == where && row.value == value) return &row;
  return nullptr;
}

HANDSHIM_INLINE bool native_holds(std::string_view category, int value, condition wanted) noexcept {
  const native_row* row = find_row(category, value);
  return row != nullptr && holds(row->unknown, wanted);
}

}  // namespace handshim::detail
