// How much of each part of an evidence a failure keeps: bytes of texts, entries of lists.
#pragma once

#include <cstddef>

#include "handshim/config.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

inline constexpr std::size_t max_endpoint = 512, max_backend = 64, max_detail = 1024, max_native_domain = 128,
                             max_native_text = 512, max_http_reason = 128, max_header = 64, max_body = 1024,
                             max_first_bytes = 64, max_headers_kept = 32, max_header_text = 256, max_attempts_kept = 16,
                             max_address = 64, max_reason = 123, max_earlier_kept = 16;

}  // namespace detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
