#pragma once

#include <utility>

#include "handshim/rfc6455/text.hpp"
#include "handshim/rfc6455/uri.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace rfc6455 {
namespace detail {

constexpr std::uint16_t default_port(bool secure) noexcept { return secure ? 443 : 80; }

inline bool starts_with(std::string_view text, std::string_view start) noexcept {
  return text.substr(0, start.size()) == start;
}

inline bool has_uri_characters(std::string_view text) noexcept {
  return all(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

inline bool percent_decode(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0) return false;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return true;
}

inline fault parse_user_info(std::string_view text, uri& out) {
  const std::size_t colon = text.find(':');
  if (colon == text.npos) return fault::uri_user_info_incomplete;
  out.has_user_info = true;
  const bool decoded =
      percent_decode(text.substr(0, colon), out.user) && percent_decode(text.substr(colon + 1), out.password);
  return decoded ? fault::none : fault::uri_invalid;
}

// Text behind the host: nothing, or a colon and perhaps a port.
inline fault parse_port(std::string_view text, uri& out) noexcept {
  out.port = default_port(out.secure);
  if (text.size() <= 1) return fault::none;
  std::uint32_t port = 0;
  for (const char c : text.substr(1)) {
    if (!is_digit(c)) return fault::uri_port_invalid;
    port = port * 10 + static_cast<std::uint32_t>(c - '0');
    if (port > 65535) return fault::uri_port_invalid;
  }
  out.port = static_cast<std::uint16_t>(port);
  return fault::none;
}

inline bool is_ipv4(std::string_view text) noexcept {
  int numbers = 0;
  for (std::size_t at = 0; at <= text.size(); ++numbers) {
    const std::size_t dot = find_or_end(text, '.', at);
    const std::string_view number = text.substr(at, dot - at);
    if (number.empty() || number.size() > 3 || !all(number, is_digit)) return false;
    int value = 0;
    for (const char c : number) value = value * 10 + (c - '0');
    if (value > 255) return false;
    at = dot + 1;
  }
  return numbers == 4;
}

// How many 16-bit groups the colon-separated text has, -1 if it is malformed; an IPv4 address at its end is two.
inline int count_groups(std::string_view text, bool at_end) noexcept {
  int groups = 0;
  for (std::size_t at = 0; !text.empty() && at <= text.size();) {
    const std::size_t colon = find_or_end(text, ':', at);
    const std::string_view group = text.substr(at, colon - at);
    at = colon + 1;
    if (at_end && colon == text.size() && is_ipv4(group)) return groups + 2;
    const auto is_hex = [](char c) { return hex_value(c) >= 0; };
    if (group.empty() || group.size() > 4 || !all(group, is_hex)) return -1;
    ++groups;
  }
  return groups;
}

inline bool is_ipv6(std::string_view text) noexcept {
  const std::size_t gap = text.find("::");
  if (gap == text.npos) return count_groups(text, true) == 8;
  const int before = count_groups(text.substr(0, gap), false);
  const int after = count_groups(text.substr(gap + 2), true);
  return before >= 0 && after >= 0 && before + after <= 7;
}

inline std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = to_lower(c);
  return out;
}

// What stands between the brackets: an address and perhaps a zone (RFC 6874, which writes "%25" before it).
inline bool parse_address(std::string_view text, std::string& host) {
  const std::size_t percent = find_or_end(text, '%');
  std::string_view zone = text.substr(percent);
  if (!is_ipv6(text.substr(0, percent))) return false;
  host = lower_case(text.substr(0, percent));
  if (zone.empty()) return true;
  if (!starts_with(zone, "%25")) return false;
  zone.remove_prefix(3);
  const auto allowed = [](char c) {
    return is_digit(c) || is_letter(c) || c == '-' || c == '.' || c == '_' || c == '~';
  };
  host.append("%").append(zone);
  return !zone.empty() && all(zone, allowed);
}

inline fault parse_host_and_port(std::string_view text, uri& out) {
  const bool bracket = starts_with(text, "[");
  const std::size_t host_end = bracket ? text.find(']') : find_or_end(text, ':');
  if (host_end == text.npos) return fault::uri_host_malformed;
  const std::string_view host = text.substr(bracket ? 1 : 0, host_end - (bracket ? 1 : 0));
  const std::string_view behind = text.substr(bracket ? host_end + 1 : host_end);
  if (bracket && (!parse_address(host, out.host) || !(behind.empty() || behind.front() == ':')))
    return fault::uri_host_malformed;
  if (host.find_first_of("[]<>\"\\^`{|}%") != host.npos && !bracket) return fault::uri_host_malformed;
  if (const fault f = parse_port(behind, out); f != fault::none) return f;
  if (!bracket) out.host = lower_case(host);
  return out.host.empty() ? fault::uri_host_missing : fault::none;
}

inline fault parse_authority(std::string_view text, uri& out) {
  const std::size_t at = text.rfind('@');
  if (at != text.npos) {
    if (const fault f = parse_user_info(text.substr(0, at), out); f != fault::none) return f;
    text.remove_prefix(at + 1);
  }
  return parse_host_and_port(text, out);
}

inline fault parse_hierarchy(std::string_view text, uri& out) {
  if (!starts_with(text, "//")) return fault::uri_host_missing;
  text.remove_prefix(2);
  const std::size_t end = text.find_first_of("/?");
  if (end != text.npos) out.target = text.substr(end);
  if (!starts_with(out.target, "/")) out.target.insert(0, 1, '/');
  return parse_authority(text.substr(0, end), out);
}

inline fault parse_whole_uri(std::string_view text, uri& out) {
  if (!has_uri_characters(text)) return fault::uri_character_invalid;
  const std::size_t colon = text.find(':');
  const std::string_view scheme = colon == text.npos ? std::string_view{} : text.substr(0, colon);
  out.secure = same_text(scheme, "wss");
  if (!out.secure && !same_text(scheme, "ws")) return fault::uri_scheme_unsupported;
  if (text.back() == '#') text.remove_suffix(1);  // an empty fragment identifies nothing
  if (text.find('#') != text.npos) return fault::uri_fragment;
  return parse_hierarchy(text.substr(colon + 1), out);
}

// "ws://host:port" as it may be parsed again: with the zone of an address, without the user info.
inline std::string origin_text(const uri& u) {
  std::string out = u.secure ? "wss://" : "ws://";
  const bool address = u.host.find(':') != u.host.npos;
  std::string host = u.host;
  if (const std::size_t zone = host.find('%'); zone != host.npos) host.insert(zone + 1, "25");
  out += address ? "[" + host + "]" : host;
  if (u.port != default_port(u.secure)) out += ":" + std::to_string(u.port);
  return out;
}

inline bool has_scheme(std::string_view text) noexcept {
  const std::size_t end = text.find_first_of(":/?#");
  if (end == text.npos || end == 0 || text[end] != ':' || !is_letter(text[0])) return false;
  const auto allowed = [](char c) { return is_digit(c) || is_letter(c) || c == '+' || c == '-' || c == '.'; };
  return all(text.substr(0, end), allowed);
}

// An absolute path without "." and ".." (RFC 3986, section 5.2.4).
inline std::string remove_dot_segments(std::string_view path) {
  std::string out;
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t next = find_or_end(path, '/', at + 1);
    const std::string_view segment = path.substr(at, next - at);  // with its slash in front
    const bool last = next == path.size();
    at = next;
    if (segment == "/..") out.resize(out.empty() ? 0 : out.rfind('/'));
    if (segment != "/." && segment != "/..")
      out += segment;
    else if (last)
      out += '/';
  }
  return out;
}

inline void remove_dot_segments_of(uri& u) {
  const std::size_t query = find_or_end(u.target, '?');
  u.target = remove_dot_segments(std::string_view(u.target).substr(0, query)) + u.target.substr(query);
}

inline std::string resolve_text(const uri& base, std::string_view location) {
  const std::string_view target = base.target;
  const std::string_view path = target.substr(0, target.find('?'));
  const std::string reference(location);
  if (starts_with(location, "//")) return (base.secure ? "wss:" : "ws:") + reference;
  if (starts_with(location, "/")) return origin_text(base) + reference;
  if (location.empty()) return origin_text(base) + base.target;
  if (location.front() == '?') return origin_text(base) + std::string(path) + reference;
  return origin_text(base) + std::string(path.substr(0, path.rfind('/') + 1)) + reference;
}

}  // namespace detail

HANDSHIM_INLINE std::string uri::host_header() const {
  const bool address = host.find(':') != host.npos;
  const std::string name = host.substr(0, host.find('%'));
  std::string out = address ? "[" + name + "]" : name;
  if (port != detail::default_port(secure)) out += ":" + std::to_string(port);
  return out;
}

HANDSHIM_INLINE std::string uri::text() const { return detail::origin_text(*this) + target; }

HANDSHIM_INLINE bool uri::same_origin(const uri& other) const noexcept {
  return secure == other.secure && port == other.port && host == other.host;
}

HANDSHIM_INLINE fault parse_uri(std::string_view text, uri& out) {
  uri parsed;
  const fault f = detail::parse_whole_uri(text, parsed);
  if (f == fault::none) out = std::move(parsed);
  return f;
}

HANDSHIM_INLINE fault resolve_location(const uri& base, std::string_view location, follow how, uri& out) {
  const bool absolute = detail::has_scheme(location);
  if (!absolute && how != follow::all) return fault::redirect_location_invalid;
  uri next;
  const fault found = parse_uri(absolute ? std::string(location) : detail::resolve_text(base, location), next);
  if (found == fault::uri_port_invalid || found == fault::uri_host_malformed) return fault::redirect_location_malformed;
  if (found != fault::none) return fault::redirect_location_invalid;
  if (base.secure && !next.secure) return fault::redirect_downgrade;
  detail::remove_dot_segments_of(next);
  if (!next.has_user_info && next.same_origin(base)) {
    next.has_user_info = base.has_user_info;
    next.user = base.user;
    next.password = base.password;
  }
  out = std::move(next);
  return fault::none;
}

}  // namespace rfc6455
}  // namespace HANDSHIM_ABI
}  // namespace handshim
