// Text for logs from bytes of anybody: bounded, printable, without secrets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace handshim::detail {

/// A fixed buffer that drops what does not fit; made to be filled without memory and without a throw.
template <std::size_t Capacity>
class text_buffer {
 public:
  text_buffer& operator<<(std::string_view text) noexcept {
    const std::size_t n = text.size() < Capacity - size_ ? text.size() : Capacity - size_;
    if (n != 0) std::memcpy(data_ + size_, text.data(), n);
    size_ += n;
    return *this;
  }
  text_buffer& operator<<(long long value) noexcept {
    char digits[24];
    std::size_t at = sizeof digits;
    auto rest = value < 0 ? 0ULL - static_cast<unsigned long long>(value) : static_cast<unsigned long long>(value);
    do {
      digits[--at] = static_cast<char>('0' + rest % 10);
    } while ((rest /= 10) != 0);
    if (value < 0) digits[--at] = '-';
    return *this << std::string_view(digits + at, sizeof digits - at);
  }
  std::string_view view() const noexcept { return {data_, size_}; }
  std::size_t size() const noexcept { return size_; }

 private:
  char data_[Capacity];
  std::size_t size_ = 0;
};

/// Appends text with everything but printable ASCII as \xNN; a backslash too, so that it can be undone.
template <class Out>
void append_escaped(Out& out, std::string_view text, std::size_t limit = static_cast<std::size_t>(-1)) {
  constexpr char hex[] = "0123456789abcdef";
  const std::string_view shown = text.substr(0, limit);
  std::size_t start = 0;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const auto c = static_cast<unsigned char>(shown[i]);
    if (c >= 0x20 && c < 0x7f && c != '\\') continue;
    out << shown.substr(start, i - start);
    const char escape[4] = {'\\', 'x', hex[c >> 4], hex[c & 15]};
    out << std::string_view(escape, 4);
    start = i + 1;
  }
  out << shown.substr(start);
  if (shown.size() < text.size()) out << std::string_view("...");
}

inline char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

inline bool contains_lower(std::string_view text, std::string_view word) noexcept {
  for (std::size_t i = 0; i + word.size() <= text.size(); ++i) {
    std::size_t n = 0;
    while (n < word.size() && lower(text[i + n]) == word[n]) ++n;
    if (n == word.size()) return true;
  }
  return false;
}

/// Headers whose value is a secret, or holds one: never printed.
inline bool is_secret_header(std::string_view name) noexcept {
  for (std::string_view word : {"cookie", "authorization", "authentication-info", "token", "secret", "api-key"})
    if (contains_lower(name, word)) return true;
  return false;
}

/// The parts of an endpoint that may be shown: without user info, with "?..." for a query.
struct public_endpoint {
  std::string_view before, after, query;
};

/// Where the user info ends is certain only in a URI that can be parsed; in another everything up to the
/// last '@' counts as secret.
inline public_endpoint without_secrets(std::string_view text, bool parsed) noexcept {
  const std::size_t scheme = text.find("://");
  const std::size_t start = scheme == std::string_view::npos ? 0 : scheme + 3;
  const std::size_t query = text.find_first_of("?#", start);
  const std::size_t end = parsed ? text.find_first_of("/?#", start) : text.size();
  const std::size_t at = text.substr(0, end).rfind('@');
  const std::size_t from = at == std::string_view::npos || at < start ? start : at + 1;
  const std::size_t to = query == std::string_view::npos || query < from ? text.size() : query;
  return {text.substr(0, start), text.substr(from, to - from), to < text.size() ? std::string_view("?...") : ""};
}

}  // namespace handshim::detail
