#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>

#include "handshim/rfc6455/base64.hpp"
#include "handshim/rfc6455/handshake.hpp"
#include "handshim/rfc6455/random.hpp"
#include "handshim/rfc6455/sha1.hpp"
#include "handshim/rfc6455/text.hpp"

namespace handshim::rfc6455 {
namespace detail {

template <std::size_t Size>
std::string_view as_text(const std::array<unsigned char, Size>& bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), Size};
}

inline bool is_set_by_client(std::string_view name) noexcept {
  constexpr std::string_view names[] = {"Host", "Upgrade", "Connection", "Content-Length", "Transfer-Encoding"};
  constexpr std::string_view start = "Sec-WebSocket-";
  return same_text(name.substr(0, start.size()), start) ||
         std::any_of(std::begin(names), std::end(names), [&](std::string_view n) { return same_text(n, name); });
}

inline std::string bad_header(const std::vector<header>& headers) {
  for (std::size_t i = 0; i < headers.size(); ++i) {
    const header& h = headers[i];
    if (!is_token(h.name)) return "headers[" + std::to_string(i) + "]";
    if (is_set_by_client(h.name) || !is_field_text(h.value)) return "header " + h.name;
  }
  return {};
}

inline std::string bad_subprotocol(const std::vector<std::string>& names) {
  for (auto it = names.begin(); it != names.end(); ++it)
    if (!is_token(*it) || std::find(names.begin(), it, *it) != it)
      return "subprotocols[" + std::to_string(it - names.begin()) + "]";
  return {};
}

inline std::string bad_item(const request_options& options) {
  std::string what = bad_subprotocol(options.subprotocols);
  if (what.empty()) what = bad_header(options.headers);
  if (what.empty() && !is_field_text(options.origin)) what = "origin";
  if (what.empty() && !is_field_text(options.user_agent)) what = "user_agent";
  if (what.empty() && !is_field_text(options.authorization)) what = "authorization";
  return what;
}

inline void append_header(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

// A field of the options, unless it is empty or a header of the caller replaces it.
inline void append_field(std::string& out, const request_options& options, std::string_view name,
                         std::string_view value) {
  const auto replaces = [&](const header& h) { return same_text(h.name, name); };
  if (!value.empty() && std::none_of(options.headers.begin(), options.headers.end(), replaces))
    append_header(out, name, value);
}

inline std::string join_subprotocols(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

// All lines of a header as one list (RFC 9110, section 5.3).
inline std::string join_lines(const response& answer, std::string_view name) {
  std::string out;
  for (const header& h : answer.headers)
    if (same_text(h.name, name)) out.append(",").append(h.value);
  return out;
}

inline fault check_connection(const response& answer) {
  if (answer.count("Connection") == 0) return fault::connection_header_missing;
  const std::string text = join_lines(answer, "Connection");
  std::vector<std::string_view> list;
  if (!parse_list(text, false, list)) return fault::connection_header_malformed;
  const auto upgrades = [](std::string_view option) { return same_text(option, "upgrade"); };
  return std::any_of(list.begin(), list.end(), upgrades) ? fault::none : fault::connection_header_invalid;
}

inline fault check_upgrade_header(const response& answer) {
  if (answer.count("Upgrade") == 0) return fault::upgrade_header_missing;
  const std::string text = join_lines(answer, "Upgrade");
  std::vector<std::string_view> list;
  if (!parse_list(text, true, list)) return fault::upgrade_header_malformed;
  return list.size() == 1 && same_text(list[0], "websocket") ? fault::none : fault::upgrade_header_invalid;
}

inline fault check_accept(const response& answer, std::string_view key) {
  const std::string* value = answer.find("Sec-WebSocket-Accept");
  if (value == nullptr) return fault::accept_missing;
  if (answer.count("Sec-WebSocket-Accept") != 1) return fault::accept_repeated;
  return *value == accept_for(key) ? fault::none : fault::accept_wrong;
}

inline fault check_subprotocol(const response& answer, const std::vector<std::string>& offered, std::string& out) {
  if (answer.count("Sec-WebSocket-Protocol") == 0) return fault::none;
  if (offered.empty()) return fault::subprotocol_unrequested;
  const std::string text = join_lines(answer, "Sec-WebSocket-Protocol");
  std::vector<std::string_view> list;
  if (!parse_list(text, false, list)) return fault::subprotocol_malformed;
  if (list.size() != 1) return fault::subprotocol_repeated;
  if (std::find(offered.begin(), offered.end(), list[0]) == offered.end()) return fault::subprotocol_unknown;
  out = list[0];
  return fault::none;
}

}  // namespace detail

HANDSHIM_INLINE std::string make_key() {
  std::array<unsigned char, 16> bytes{};
  fill_random(bytes.data(), bytes.size());
  return base64_encode(detail::as_text(bytes));
}

HANDSHIM_INLINE std::string accept_for(std::string_view key) {
  const auto digest = sha1(std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
  return base64_encode(detail::as_text(digest));
}

HANDSHIM_INLINE std::string basic_authorization(std::string_view user, std::string_view password) {
  return "Basic " + base64_encode(std::string(user).append(":").append(password));
}

HANDSHIM_INLINE fault check_request(const request_options& options, std::string& what) {
  const std::string bad = detail::bad_item(options);
  if (bad.empty()) return fault::none;
  what = bad;
  return fault::header_not_sendable;
}

HANDSHIM_INLINE std::string build_request(const uri& to, const request_options& options, std::string_view key) {
  std::string out = "GET " + to.target + " HTTP/1.1\r\n";
  detail::append_header(out, "Host", to.host_header());
  detail::append_header(out, "Upgrade", "websocket");
  detail::append_header(out, "Connection", "Upgrade");
  detail::append_header(out, "Sec-WebSocket-Key", key);
  detail::append_header(out, "Sec-WebSocket-Version", "13");
  const std::string subprotocols = detail::join_subprotocols(options.subprotocols);
  if (!subprotocols.empty()) detail::append_header(out, "Sec-WebSocket-Protocol", subprotocols);
  detail::append_field(out, options, "Origin", options.origin);
  detail::append_field(out, options, "Authorization", options.authorization);
  detail::append_field(out, options, "User-Agent", options.user_agent);
  for (const header& h : options.headers) detail::append_header(out, h.name, h.value);
  return out += "\r\n";
}

HANDSHIM_INLINE upgrade check_upgrade(const response& answer, std::string_view key,
                                      const std::vector<std::string>& offered) {
  upgrade out;
  const auto failed = [&out](fault f, std::string_view name) {
    out.error = f;
    if (f != fault::none) out.header = name;
    return f != fault::none;
  };
  if (failed(detail::check_connection(answer), "Connection")) return out;
  if (failed(detail::check_upgrade_header(answer), "Upgrade")) return out;
  if (failed(detail::check_accept(answer, key), "Sec-WebSocket-Accept")) return out;
  const bool extended = answer.count("Sec-WebSocket-Extensions") != 0;
  if (failed(extended ? fault::extension_unrequested : fault::none, "Sec-WebSocket-Extensions")) return out;
  failed(detail::check_subprotocol(answer, offered, out.subprotocol), "Sec-WebSocket-Protocol");
  return out;
}

}  // namespace handshim::rfc6455
