#pragma once

#include <string>

#include "handshim/impl/immortal.hpp"
#include "handshim/net/error.hpp"
#include "handshim/net/impl/platform.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace net {
namespace detail {

inline const char* text_of(stream_errc e) noexcept {
  switch (e) {
    case stream_errc::eof:
      return "end of stream";
    case stream_errc::timed_out:
      return "the deadline passed";
    case stream_errc::interrupted:
      return "interrupted";
    case stream_errc::would_block:
      return "the call would block";
    case stream_errc::resolver_busy:
      return "too many abandoned look-ups of names are still under way";
  }
  return "unknown stream error";
}

// What it is to the standard library; no error for what that has no word for.
inline std::errc meaning_of(stream_errc e) noexcept {
  switch (e) {
    case stream_errc::eof:
      break;
    case stream_errc::timed_out:
      return std::errc::timed_out;
    case stream_errc::interrupted:
      return std::errc::operation_canceled;
    case stream_errc::would_block:
      return std::errc::operation_would_block;
    case stream_errc::resolver_busy:
      return std::errc::resource_unavailable_try_again;
  }
  return std::errc();
}

// Its functions stand in the class: else the first of them has the compiler make the whole class in every unit.
class stream_category_type final : public std::error_category {
 public:
  const char* name() const noexcept override { return "handshim.net"; }
  std::string message(int value) const override { return text_of(static_cast<stream_errc>(value)); }
  std::error_condition default_error_condition(int value) const noexcept override {
    const std::errc meant = meaning_of(static_cast<stream_errc>(value));
    return meant == std::errc() ? std::error_condition(value, *this) : std::make_error_condition(meant);
  }
};

class getaddrinfo_category_type final : public std::error_category {
 public:
  const char* name() const noexcept override { return "getaddrinfo"; }
  std::string message(int value) const override { return platform::getaddrinfo_message(value); }
};

}  // namespace detail

HANDSHIM_INLINE const std::error_category& stream_category() noexcept {
  return handshim::detail::immortal<detail::stream_category_type>();
}

HANDSHIM_INLINE const std::error_category& getaddrinfo_category() noexcept {
  return handshim::detail::immortal<detail::getaddrinfo_category_type>();
}

HANDSHIM_INLINE std::error_code make_error_code(stream_errc e) noexcept {
  return {static_cast<int>(e), stream_category()};
}

HANDSHIM_INLINE std::error_code getaddrinfo_error(int value) noexcept {
  if (platform::is_system_error(value)) return {platform::last_error(), platform::category()};
  return {value, getaddrinfo_category()};
}

}  // namespace net
}  // namespace HANDSHIM_ABI
}  // namespace handshim
