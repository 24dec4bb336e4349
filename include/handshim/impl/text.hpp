// Text for logs from bytes of anybody: bounded, printable, without secrets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "handshim/config.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

/// Writes into a room of a fixed size and drops what does not fit, without memory and without a throw.
class text_writer {
 public:
  text_writer(const text_writer&) = delete;
  text_writer& operator=(const text_writer&) = delete;

  // A call: most of what writes is many of these.
  [[gnu::noinline]] text_writer& operator<<(std::string_view text) noexcept {
    const std::size_t n = text.size() < capacity_ - size_ ? text.size() : capacity_ - size_;
    if (n != 0) std::memcpy(data_ + size_, text.data(), n);
    size_ += n;
    return *this;
  }
  text_writer& operator<<(long long value) noexcept {
    char digits[24];
    std::size_t at = sizeof digits;
    auto rest = value < 0 ? 0ULL - static_cast<unsigned long long>(value) : static_cast<unsigned long long>(value);
    do {
      digits[--at] = static_cast<char>('0' + rest % 10);
    } while ((rest /= 10) != 0);
    if (value < 0) digits[--at] = '-';
    return *this << std::string_view(digits + at, sizeof digits - at);
  }
  /// Appends text that must not be dropped, over the end of what is there if need be.
  void end_with(std::string_view text) noexcept {
    if (text.size() > capacity_ - size_) size_ = capacity_ - text.size();
    *this << text;
  }
  std::string_view view() const noexcept { return {data_, size_}; }
  std::size_t size() const noexcept { return size_; }

 protected:
  text_writer(char* room, std::size_t capacity) noexcept : data_(room), capacity_(capacity) {}

 private:
  char* data_;
  std::size_t capacity_;
  std::size_t size_ = 0;
};

/// One with its room.
template <std::size_t Capacity>
class text_buffer : public text_writer {
 public:
  text_buffer() noexcept : text_writer(room_, Capacity) {}

 private:
  char room_[Capacity];
};

inline constexpr std::size_t no_limit = static_cast<std::size_t>(-1);

/// Anything that takes text by <<, so that what writes piece by piece is compiled once for all of them. Made where it
/// is handed over.
class text_sink {
 public:
  template <class Out, class = std::enable_if_t<!std::is_same_v<Out, text_sink>>>
  text_sink(Out& out) noexcept
      : out_(&out), put_([](void* to, std::string_view piece) { *static_cast<Out*>(to) << piece; }) {}
  text_sink& operator<<(std::string_view piece) {
    put_(out_, piece);
    return *this;
  }

 private:
  void* out_;
  void (*put_)(void* to, std::string_view piece);
};

/// Appends text with everything but printable ASCII as \xNN; a backslash too, so that it can be undone, unless
/// the text may have been through here before.
inline void append_escaped(text_sink out, std::string_view text, std::size_t limit = no_limit, bool backslash = true) {
  constexpr char hex[] = "0123456789abcdef";
  const std::string_view shown = text.substr(0, limit);
  std::size_t start = 0;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const auto c = static_cast<unsigned char>(shown[i]);
    if (c >= 0x20 && c < 0x7f && (c != '\\' || !backslash)) continue;
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
  for (std::string_view word : {"cookie", "authorization", "authentication-info", "token", "secret", "password",
                                "session", "api-key", "apikey"})
    if (contains_lower(name, word)) return true;
  return false;
}

/// The parts of an endpoint that may be shown: without user info, with "?..." for a query.
struct public_endpoint {
  std::string_view before, after, query;
};

inline bool is_scheme_char(char c) noexcept {
  const char l = lower(c);
  return (l >= 'a' && l <= 'z') || (l >= '0' && l <= '9') || l == '+' || l == '-' || l == '.';
}

/// Where the authority begins in a URI, in a reference without a scheme ("//host"), or in host:port.
inline std::size_t authority_start(std::string_view text) noexcept {
  std::size_t i = 0;
  while (i < text.size() && is_scheme_char(text[i])) ++i;
  if (text.substr(i, 3) == "://") return i + 3;
  return text.substr(0, 2) == "//" ? 2 : 0;
}

/// Whether what stands behind the last colon, if there is one outside of brackets, can be a port.
inline bool has_plain_port(std::string_view authority) noexcept {
  const std::size_t colon = authority.rfind(':');
  if (colon == std::string_view::npos || authority.back() == ']') return true;
  return authority.find_first_not_of("0123456789", colon + 1) == std::string_view::npos;
}

/// Where the user info ends is certain only in a URI that can be parsed; in another everything up to the
/// last '@' counts as secret, and all of it if that '@' may stand in the query.
inline public_endpoint without_secrets(std::string_view text, bool parsed) noexcept {
  constexpr std::size_t none = std::string_view::npos;
  const std::size_t start = authority_start(text);
  const std::string_view scheme = text.substr(0, start), rest = text.substr(start);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  const bool certain = parsed && (authority.find('@') != none || has_plain_port(authority));
  const std::size_t at = certain ? authority.rfind('@') : rest.rfind('@');
  const std::size_t query = rest.find_first_of("?#");
  if (at != none && query < at) return {scheme, {}, "?..."};
  const std::size_t from = at == none ? 0 : at + 1;
  return {scheme, rest.substr(from, query == none ? none : query - from), query == none ? "" : "?..."};
}

}  // namespace detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
