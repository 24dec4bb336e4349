#pragma once

#include <array>
#include <cstddef>

#include "handshim/rfc6455/base64.hpp"
#include "handshim/rfc6455/handshake.hpp"
#include "handshim/rfc6455/random.hpp"
#include "handshim/rfc6455/text.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace rfc6455 {
namespace detail {

inline bool is_set_by_client(std::string_view name) noexcept {
  constexpr std::string_view names[] = {"Host", "Upgrade", "Connection", "Content-Length", "Transfer-Encoding"};
  constexpr std::string_view start = "Sec-WebSocket-";
  for (const std::string_view one : names)
    if (same_text(one, name)) return true;
  return same_text(name.substr(0, start.size()), start);
}

inline constexpr char not_a_token[] = " is not a token";
inline constexpr char has_control[] = " has a control character";

inline std::string bad_header(const std::vector<header>& headers) {
  for (std::size_t i = 0; i < headers.size(); ++i) {
    const header& h = headers[i];
    if (!is_token(h.name)) return "the name of headers[" + std::to_string(i) + "]" + not_a_token;
    if (is_set_by_client(h.name)) return "header " + h.name + " is the client's own";
    if (!is_field_text(h.value)) return "the value of header " + h.name + has_control;
  }
  return {};
}

inline std::string bad_subprotocol(const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string item = "subprotocols[" + std::to_string(i) + "]";
    if (!is_token(names[i])) return item + not_a_token;
    for (std::size_t earlier = 0; earlier < i; ++earlier)
      if (names[earlier] == names[i]) return item + " was given before";
  }
  return {};
}

inline std::string bad_item(const request_options& options) {
  std::string what = bad_subprotocol(options.subprotocols);
  if (what.empty()) what = bad_header(options.headers);
  if (!what.empty()) return what;
  if (!is_field_text(options.origin)) what = "origin";
  if (what.empty() && !is_field_text(options.user_agent)) what = "user_agent";
  if (what.empty() && !is_field_text(options.authorization)) what = "authorization";
  return what.empty() ? what : what + has_control;
}

inline void append_header(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

// A field of the options, unless it is empty or a header of the caller replaces it.
inline void append_field(std::string& out, const request_options& options, std::string_view name,
                         std::string_view value) {
  for (const header& h : options.headers)
    if (same_text(h.name, name)) return;
  if (!value.empty()) append_header(out, name, value);
}

inline std::string join_subprotocols(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

}  // namespace detail

HANDSHIM_INLINE std::string make_key() {
  std::array<unsigned char, 16> bytes{};
  fill_random(bytes.data(), bytes.size());
  return base64_encode({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
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

}  // namespace rfc6455
}  // namespace HANDSHIM_ABI
}  // namespace handshim
