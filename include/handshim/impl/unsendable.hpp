// What a client was given and cannot send: the failure, with what is wrong.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "handshim/failure.hpp"
#include "handshim/rfc6455/close_code.hpp"
#include "handshim/rfc6455/frame.hpp"
#include "handshim/rfc6455/utf8.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

// The byte at which text stops being valid UTF-8, its size if the last character is incomplete.
inline std::string end_of_utf8(std::string_view text) {
  rfc6455::utf8_checker checker;
  std::size_t valid = 0;
  while (valid < text.size() && checker.feed(text.substr(valid, 1))) ++valid;
  return "at byte " + std::to_string(valid) + " of " + std::to_string(text.size());
}

// For text that is not valid UTF-8.
inline failure unsendable_text(std::string_view text) { return failure_about(fault::text_not_utf8, end_of_utf8(text)); }

// The next two are no failure for what can be sent.
inline failure unsendable_ping(std::string_view payload) {
  if (payload.size() <= rfc6455::max_control_payload) return {};
  return failure_about(fault::control_payload_too_long, std::to_string(payload.size()) + " bytes");
}

inline failure unsendable_close(std::uint16_t code, std::string_view reason) {
  if (!rfc6455::may_be_sent(code)) return failure_about(fault::close_code_not_sendable, std::to_string(code));
  if (reason.size() > rfc6455::max_close_reason)
    return failure_about(fault::close_reason_invalid, std::to_string(reason.size()) + " bytes");
  return rfc6455::is_utf8(reason) ? failure()
                                  : failure_about(fault::close_reason_invalid, "not UTF-8 " + end_of_utf8(reason));
}

}  // namespace detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
