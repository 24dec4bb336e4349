// Free text of a client or a peer, without what is a secret in it: credentials and queries of URIs, and the values of
// what is named as cookies, tokens and passwords are.
#pragma once

#include <string_view>
#include <utility>

#include "handshim/impl/text.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

inline bool is_name_char(char c) noexcept {
  const char l = lower(c);
  return (l >= 'a' && l <= 'z') || (l >= '0' && l <= '9') || l == '-' || l == '_';
}

/// Words whose value is a secret. Fewer than for headers: "session: ended" is no secret in a text.
inline bool names_secret(std::string_view word) noexcept {
  for (std::string_view part : {"cookie", "authorization", "authentication-info", "token", "secret", "password",
                                "passwd", "api-key", "api_key", "apikey"})
    if (contains_lower(word, part)) return true;
  return false;
}

/// The value that stands behind a name: ": a b" up to the end of the line, "=a" up to the next field.
struct named_value {
  char sign = 0;           ///< 0 if there is none
  std::size_t length = 0;  ///< with the sign and what stands before it
};

// Not find_first_of() and its kin: those ask for each character in a call of its own.
constexpr bool stands_round_a_sign(char c) noexcept { return c == ' ' || c == '\t' || c == '"' || c == '\''; }
constexpr bool parts_words(char c) noexcept {
  return stands_round_a_sign(c) || c == '\r' || c == '\n' || c == '<' || c == '>';
}

/// Where the first character is that does not fit; the end if all do.
template <class Fits>
std::size_t end_of(std::string_view text, Fits fits, std::size_t from = 0) noexcept {
  while (from < text.size() && fits(text[from])) ++from;
  return from;
}

constexpr bool is_sign(char c) noexcept { return c == ':' || c == '='; }

/// Where the sign stands that makes what is before the text a name; npos if there is none.
inline std::size_t sign_at(std::string_view text) noexcept {
  const std::size_t at = end_of(text, stands_round_a_sign);
  return at < text.size() && is_sign(text[at]) ? at : std::string_view::npos;
}

inline named_value value_at(std::string_view text) noexcept {
  const std::size_t sign = sign_at(text);
  if (sign == std::string_view::npos) return {};
  const std::size_t start = end_of(text, stands_round_a_sign, sign + 1);
  if (start == text.size()) return {};
  const std::size_t end = text.find_first_of(text[sign] == ':' ? "\r\n" : " \t\r\n\"'<>&;,", start);
  return {text[sign], end == std::string_view::npos ? text.size() : end};
}

/// Whether the word has a query with values in it.
inline bool has_query_values(std::string_view word) noexcept {
  const std::size_t query = word.find('?');
  return query != std::string_view::npos && word.find('=', query) != std::string_view::npos;
}

/// Appends a word without its secrets: those of a URI, of "user:password@host" and of "/path?key=value".
inline void append_public_word(text_sink& out, std::string_view word) {
  constexpr std::size_t none = std::string_view::npos;
  const std::size_t colon = word.find(':'), scheme = colon == none ? none : word.find("://", colon);
  const bool user_info = colon != none && word.find('@', colon) != none;
  if (scheme == none && !user_info && !has_query_values(word)) return static_cast<void>(out << word);
  std::size_t begin = scheme == none ? 0 : scheme;
  while (begin > 0 && is_scheme_char(word[begin - 1])) --begin;
  const public_endpoint shown = without_secrets(word.substr(begin), true);
  out << word.substr(0, begin) << shown.before << shown.after << shown.query;
}

/// Where in the word the name of a secret ends that has a value; 0 if there is none outside of a URI.
inline std::size_t secret_name_end(std::string_view text, std::string_view word) noexcept {
  for (std::size_t i = 0; i < word.size(); ++i) {
    const std::size_t start = i;
    while (i < word.size() && is_name_char(word[i])) ++i;
    if (i == start || sign_at(text.substr(i)) == text.npos) continue;  // soon seen of most words
    if (!names_secret(word.substr(start, i - start)) || value_at(text.substr(i)).sign == 0) continue;
    return word.find("://") != std::string_view::npos || has_query_values(word) ? 0 : i;
  }
  return 0;
}

/// How much of the text is behind its last sign: no value, no URI, user info or query can be there.
inline std::size_t size_without_signs(std::string_view text) noexcept {
  std::size_t size = 0;
  while (size < text.size() && !is_sign(text[text.size() - 1 - size])) ++size;
  return size;
}

/// Appends free text; "..." stands for what is secret in it, so that nothing changes if it is done twice.
inline void append_public(text_sink out, std::string_view text) {
  const std::size_t plain = size_without_signs(text);
  bool bearer = false;  // the word before was the scheme of a token (RFC 6750)
  while (!text.empty()) {
    if (text.size() <= plain && !bearer && !contains_lower(text, "bearer")) return static_cast<void>(out << text);
    const std::string_view word = text.substr(0, end_of(text, [](char c) { return !parts_words(c); }));
    if (word.empty()) {
      out << text.substr(0, 1);
      text.remove_prefix(1);
      continue;
    }
    const bool token = std::exchange(bearer, word.size() == 6 && contains_lower(word, "bearer"));
    const std::size_t name = secret_name_end(text, word);
    append_public_word(out, token ? std::string_view("...") : word.substr(0, name != 0 ? name : word.size()));
    text.remove_prefix(name != 0 ? name : word.size());
    if (name == 0) continue;
    const named_value hidden = value_at(text);
    if (!token) out << (hidden.sign == ':' ? std::string_view(": ...") : std::string_view("=..."));
    text.remove_prefix(hidden.length);
  }
}

/// Where append_public() writes to if the text is not printable yet.
class escaping {
 public:
  explicit escaping(text_sink out) noexcept : out_(out) {}
  escaping& operator<<(std::string_view text) {
    append_escaped(out_, text);
    return *this;
  }

 private:
  text_sink out_;
};

/// Appends free text without secrets and control characters, cut if it is too long.
inline void append_shown(text_sink out, std::string_view text, std::size_t limit = no_limit) {
  escaping escaped(out);
  append_public(escaped, text.substr(0, limit));
  if (text.size() > limit) out << std::string_view("...");
}

}  // namespace detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
