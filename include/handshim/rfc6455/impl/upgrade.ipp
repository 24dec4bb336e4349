#pragma once

#include <vector>

#include "handshim/rfc6455/base64.hpp"
#include "handshim/rfc6455/sha1.hpp"
#include "handshim/rfc6455/text.hpp"
#include "handshim/rfc6455/upgrade.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace rfc6455 {
namespace detail {

// All lines of a header as one list (RFC 9110, section 5.3).
inline std::string join_lines(const response& answer, std::string_view name) {
  std::string out;
  for (const header& h : answer.headers)
    if (same_text(h.name, name)) out.append(",").append(h.value);
  return out;
}

inline fault check_connection(const response& answer) {
  if (answer.count("Connection") == 0) return fault::connection_header_missing;
  std::vector<std::string> list;
  if (!parse_list(join_lines(answer, "Connection"), false, list)) return fault::connection_header_malformed;
  for (const std::string& option : list)
    if (same_text(option, "upgrade")) return fault::none;
  return fault::connection_header_invalid;
}

inline fault check_upgrade_header(const response& answer) {
  if (answer.count("Upgrade") == 0) return fault::upgrade_header_missing;
  std::vector<std::string> list;
  if (!parse_list(join_lines(answer, "Upgrade"), true, list)) return fault::upgrade_header_malformed;
  return list.size() == 1 && same_text(list[0], "websocket") ? fault::none : fault::upgrade_header_invalid;
}

// An empty accept: any will do.
inline fault check_accept(const response& answer, std::string_view accept) {
  const std::string* value = answer.find("Sec-WebSocket-Accept");
  if (value == nullptr) return fault::accept_missing;
  if (answer.count("Sec-WebSocket-Accept") != 1) return fault::accept_repeated;
  return accept.empty() || *value == accept ? fault::none : fault::accept_wrong;
}

inline fault check_subprotocol(const response& answer, const std::vector<std::string>& offered, std::string& out) {
  if (answer.count("Sec-WebSocket-Protocol") == 0) return fault::none;
  if (offered.empty()) return fault::subprotocol_unrequested;
  std::vector<std::string> list;
  if (!parse_list(join_lines(answer, "Sec-WebSocket-Protocol"), false, list)) return fault::subprotocol_malformed;
  if (list.size() != 1) return fault::subprotocol_repeated;
  for (const std::string& name : offered)
    if (name == list[0]) return out = name, fault::none;
  return fault::subprotocol_unknown;
}

inline upgrade check_answer(const response& answer, std::string_view accept, const std::vector<std::string>& offered,
                            bool extensions) {
  upgrade out;
  const auto failed = [&out](fault f, std::string_view name) {
    out.error = f;
    if (f != fault::none) out.header = name;
    return f != fault::none;
  };
  if (failed(check_connection(answer), "Connection")) return out;
  if (failed(check_upgrade_header(answer), "Upgrade")) return out;
  if (failed(check_accept(answer, accept), "Sec-WebSocket-Accept")) return out;
  const bool extended = !extensions && answer.count("Sec-WebSocket-Extensions") != 0;
  if (failed(extended ? fault::extension_unrequested : fault::none, "Sec-WebSocket-Extensions")) return out;
  failed(check_subprotocol(answer, offered, out.subprotocol), "Sec-WebSocket-Protocol");
  return out;
}

HANDSHIM_INLINE upgrade check_seen_upgrade(const response& answer, std::string_view key,
                                           const std::vector<std::string>& offered, bool extensions) {
  return check_answer(answer, key.empty() ? std::string() : accept_for(key), offered, extensions);
}

}  // namespace detail

HANDSHIM_INLINE std::string accept_for(std::string_view key) {
  const auto digest = sha1(std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
  return base64_encode({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

HANDSHIM_INLINE upgrade check_upgrade(const response& answer, std::string_view key,
                                      const std::vector<std::string>& offered) {
  return detail::check_answer(answer, accept_for(key), offered, false);
}

}  // namespace rfc6455
}  // namespace HANDSHIM_ABI
}  // namespace handshim
