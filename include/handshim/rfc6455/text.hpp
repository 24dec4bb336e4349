// The small rules of HTTP text that the other files of this room share: tokens, field values, lists, integers.
// Internal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "handshim/config.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace rfc6455::detail {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr char to_lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
/// The value of a hexadecimal digit, -1 if it is none.
constexpr int hex_value(char c) noexcept {
  if (is_digit(c)) return c - '0';
  const char l = to_lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

/// Whether every character passes the test. <algorithm> is as long as some clients' own headers: not for this.
template <class Test>
constexpr bool all(std::string_view text, Test passes) {
  for (const char c : text)
    if (!passes(c)) return false;
  return true;
}
/// Where the character stands first, from `at` on; the text's end if it does not.
inline std::size_t find_or_end(std::string_view text, char c, std::size_t at = 0) noexcept {
  const std::size_t found = text.find(c, at);
  return found == text.npos ? text.size() : found;
}

/// Whether the two are the same but for the case of ASCII letters.
bool same_text(std::string_view a, std::string_view b) noexcept;
/// Whether the text is a token (RFC 9110, section 5.6.2); an empty one is not.
bool is_token(std::string_view text) noexcept;
/// Whether all bytes may stand in a field value or reason phrase (RFC 9110, section 5.5; RFC 9112, section 4).
bool is_field_text(std::string_view text) noexcept;
/// The text without the blanks and tabs round it.
std::string_view trim(std::string_view text) noexcept;

/// An integer as Python's int() reads one: a sign, digits, single underscores between digits, white
/// space round it. Saturates.
bool parse_integer(std::string_view text, std::int64_t& out) noexcept;

/// A comma-separated list (RFC 9110, section 5.6.1): empty elements are skipped, at least one must be left.
/// An element is a token, or with slash also token "/" token. False if it cannot be read.
bool parse_list(std::string_view text, bool slash, std::vector<std::string>& out);
/// The tokens of such a list, up to what cannot be read.
std::vector<std::string> tokens_of(std::string_view text);

}  // namespace rfc6455::detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/rfc6455/impl/text.ipp"
#endif
