#pragma once

#include <limits>

#include "handshim/rfc6455/text.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace rfc6455::detail {

HANDSHIM_INLINE bool same_text(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (to_lower(a[i]) != to_lower(b[i])) return false;
  return true;
}

HANDSHIM_INLINE bool is_token(std::string_view text) noexcept {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  const auto allowed = [&](char c) { return is_digit(c) || is_letter(c) || others.find(c) != others.npos; };
  return !text.empty() && all(text, allowed);
}

HANDSHIM_INLINE bool is_field_text(std::string_view text) noexcept {
  return all(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
  });
}

HANDSHIM_INLINE std::string_view trim(std::string_view text) noexcept {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

HANDSHIM_INLINE bool parse_integer(std::string_view text, std::int64_t& out) noexcept {
  constexpr std::string_view blanks = " \t\n\v\f\r";  // int() drops them at both ends
  while (!text.empty() && blanks.find(text.front()) != blanks.npos) text.remove_prefix(1);
  while (!text.empty() && blanks.find(text.back()) != blanks.npos) text.remove_suffix(1);
  const bool negative = !text.empty() && text.front() == '-';
  if (negative || (!text.empty() && text.front() == '+')) text.remove_prefix(1);
  constexpr std::int64_t most = (std::numeric_limits<std::int64_t>::max)();
  std::int64_t value = 0;
  bool after_digit = false;
  for (const char c : text) {
    if (c == '_' ? !after_digit : !is_digit(c)) return false;
    after_digit = c != '_';
    if (after_digit) value = value > (most - 9) / 10 ? most : value * 10 + (c - '0');
  }
  out = negative ? -value : value;
  return after_digit;
}

inline bool is_list_element(std::string_view text, bool slash) noexcept {
  const std::size_t at = slash ? text.find('/') : text.npos;
  if (at == text.npos) return is_token(text);
  return is_token(text.substr(0, at)) && is_token(text.substr(at + 1));
}

HANDSHIM_INLINE bool parse_list(std::string_view text, bool slash, std::vector<std::string>& out) {
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t comma = find_or_end(text, ',', at);
    const std::string_view element = trim(text.substr(at, comma - at));
    at = comma + 1;
    if (element.empty()) continue;
    if (!is_list_element(element, slash)) return false;
    out.push_back(std::string(element));
  }
  return !out.empty();
}

HANDSHIM_INLINE std::vector<std::string> tokens_of(std::string_view text) {
  std::vector<std::string> out;
  parse_list(text, false, out);
  return out;
}

}  // namespace rfc6455::detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
