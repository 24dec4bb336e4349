#pragma once

#include "handshim/impl/closing.hpp"
#include "handshim/rfc6455/close_code.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace rfc6455 {
namespace detail {

inline constexpr close_code_facts close_codes[] = {
    {1000, "normal_closure", "the purpose of the connection is fulfilled"},
    {1001, "going_away", "the endpoint goes away: a server shuts down, or a user leaves the page"},
    {1002, "protocol_error", "the peer broke the protocol"},
    {1003, "unsupported_data", "the endpoint cannot take that type of data"},
    {1004, "reserved", "reserved; may not be sent"},
    {1005, "no_status_received", "the close frame had no code; never on the wire"},
    {1006, "abnormal_closure", "the connection ended without a close frame; never on the wire"},
    {1007, "invalid_payload", "a message held data not consistent with its type, such as text that is not UTF-8"},
    {1008, "policy_violation", "a message broke the endpoint's policy"},
    {1009, "message_too_big", "a message is too big for the endpoint"},
    {1010, "mandatory_extension", "the server did not agree to an extension that the client needs"},
    {1011, "internal_error", "the server met a condition that kept it from fulfilling the request"},
    {1012, "service_restart", "the service restarts"},
    {1013, "try_again_later", "the service is overloaded: try again later"},
    {1014, "bad_gateway", "a gateway got an invalid answer from the server behind it"},
    {1015, "tls_handshake", "the TLS handshake failed; never on the wire"},
};

}  // namespace detail

HANDSHIM_INLINE close_code_range all_close_codes() noexcept {
  return {std::begin(detail::close_codes), std::end(detail::close_codes)};
}

HANDSHIM_INLINE bool may_be_sent(int code) noexcept { return handshim::detail::may_be_sent(code); }

HANDSHIM_INLINE bool may_be_received(int code, const reading& how) noexcept {
  return may_be_sent(code) && !(how.early_close_codes && code >= 1012 && code <= 1014);
}

HANDSHIM_INLINE fault closed_as(int received, int sent) noexcept { return handshim::detail::closed_as(received, sent); }

HANDSHIM_INLINE std::string_view name_of(int code) noexcept {
  for (const close_code_facts& row : detail::close_codes)
    if (row.code == code) return row.name;
  if (code >= 3000 && code <= 3999) return "registered";
  return code >= 4000 && code <= 4999 ? "private_use" : "unassigned";
}

}  // namespace rfc6455
}  // namespace HANDSHIM_ABI
}  // namespace handshim
