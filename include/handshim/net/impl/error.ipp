#pragma once

#include <string>

#include "handshim/impl/immortal.hpp"
#include "handshim/net/error.hpp"
#include "handshim/net/impl/platform.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace net {
namespace detail {

class stream_category_type final : public std::error_category {
 public:
  const char* name() const noexcept override { return "handshim.net"; }
  std::string message(int value) const override;
  std::error_condition default_error_condition(int value) const noexcept override;
};

HANDSHIM_INLINE std::string stream_category_type::message(int value) const {
  switch (static_cast<stream_errc>(value)) {
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

HANDSHIM_INLINE std::error_condition stream_category_type::default_error_condition(int value) const noexcept {
  switch (static_cast<stream_errc>(value)) {
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
  return {value, *this};
}

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
