#pragma once

#include "handshim/impl/closing.hpp"
#include "handshim/rfc6455/close_code.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace rfc6455 {
namespace detail {

using namespace std::string_view_literals;  // else the compiler counts each text, character by character, in every unit

inline constexpr close_code_facts close_codes[] = {
    {1000, "normal_closure"sv, "the purpose of the connection is fulfilled"sv},
    {1001, "going_away"sv, "the endpoint goes away: a server shuts down, or a user leaves the page"sv},
    {1002, "protocol_error"sv, "the peer broke the protocol"sv},
    {1003, "unsupported_data"sv, "the endpoint cannot take that type of data"sv},
    {1004, "reserved"sv, "reserved; may not be sent"sv},
    {1005, "no_status_received"sv, "the close frame had no code; never on the wire"sv},
    {1006, "abnormal_closure"sv, "the connection ended without a close frame; never on the wire"sv},
    {1007, "invalid_payload"sv, "a message held data not consistent with its type, such as text that is not UTF-8"sv},
    {1008, "policy_violation"sv, "a message broke the endpoint's policy"sv},
    {1009, "message_too_big"sv, "a message is too big for the endpoint"sv},
    {1010, "mandatory_extension"sv, "the server did not agree to an extension that the client needs"sv},
    {1011, "internal_error"sv, "the server met a condition that kept it from fulfilling the request"sv},
    {1012, "service_restart"sv, "the service restarts"sv},
    {1013, "try_again_later"sv, "the service is overloaded: try again later"sv},
    {1014, "bad_gateway"sv, "a gateway got an invalid answer from the server behind it"sv},
    {1015, "tls_handshake"sv, "the TLS handshake failed; never on the wire"sv},
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
