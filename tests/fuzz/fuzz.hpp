// What the fuzz targets share: the list of them, taking an input apart, and what must hold of all that comes out.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

#include "../unit/json_checker.hpp"
#include "handshim/failure.hpp"

namespace fuzz {

/// One target; all of the program are in a list. run() throws `broken`, or is stopped by a sanitizer, for a finding.
struct target {
  const char* name;
  void (*run)(std::string_view input);
  const target* next;

  target(const char* n, void (*r)(std::string_view)) noexcept : name(n), run(r), next(first()) { first() = this; }
  static const target*& first() noexcept {
    static const target* head = nullptr;
    return head;
  }
};

/// Something that must hold did not.
struct broken : std::logic_error {
  using std::logic_error::logic_error;
};

inline void expect(bool holds, const char* what) {
  if (!holds) throw broken(what);
}

/// Takes an input apart from its front; at its end everything is zero or empty.
class input {
 public:
  explicit input(std::string_view bytes) noexcept : left_(bytes) {}

  unsigned byte() noexcept {
    if (left_.empty()) return 0;
    const auto out = static_cast<unsigned char>(left_.front());
    left_.remove_prefix(1);
    return out;
  }
  unsigned long long number() noexcept {
    unsigned long long out = 0;
    for (int i = 0; i < 8; ++i) out = out << 8 | byte();
    return out;
  }
  /// Up to the next byte of that value, which is dropped.
  std::string_view up_to(char end) noexcept {
    const std::string_view out = left_.substr(0, left_.find(end));
    left_.remove_prefix(out.size() < left_.size() ? out.size() + 1 : out.size());
    return out;
  }
  std::string_view rest() const noexcept { return left_; }

 private:
  std::string_view left_;
};

inline bool is_one_line(std::string_view text) noexcept {
  for (const char c : text)
    if (c < 0x20 || c > 0x7e) return false;
  return true;
}

/// UTF-8 by the table of RFC 3629, section 4, written in another way than the library's.
inline bool is_utf8(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size();) {
    const auto at = [&](std::size_t n) { return n < text.size() ? static_cast<unsigned char>(text[n]) : 0u; };
    const unsigned lead = at(i);
    const std::size_t more = lead < 0x80 ? 0 : lead < 0xc2 || lead > 0xf4 ? 4 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    if (more == 4) return false;
    unsigned point = more == 0 ? lead : lead & (0x3fu >> more);
    for (std::size_t n = 1; n <= more; ++n) {
      if (at(i + n) >> 6 != 2) return false;
      point = point << 6 | (at(i + n) & 0x3fu);
    }
    const unsigned least = more == 2 ? 0x800 : more == 3 ? 0x10000 : 0;
    if (point < least || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return false;
    i += more + 1;
  }
  return true;
}

/// A control character of ASCII, or one of U+0080 to U+009F in UTF-8.
inline bool has_control(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 || c == 0x7f) return true;
    if (c == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0) return true;
  }
  return false;
}

/// "key=value" with one blank between two; a value is bare or a JSON string.
inline bool is_logfmt(std::string_view line) {
  if (!is_one_line(line)) return false;
  for (;;) {
    const std::size_t key = line.find_first_not_of("abcdefghijklmnopqrstuvwxyz_");
    if (key == 0 || key == std::string_view::npos || line[key] != '=') return false;
    line.remove_prefix(key + 1);
    std::size_t end = line.find(' ');
    if (!line.empty() && line[0] == '"') {
      for (end = 1; end < line.size() && line[end] != '"';) end += line[end] == '\\' ? 2 : 1;
      if (!json_test::is_json(line.substr(0, ++end))) return false;
    } else if (end == 0 || line.substr(0, end).find_first_of("\"=\\") != std::string_view::npos || line.empty()) {
      return false;
    }
    if (end >= line.size()) return true;
    if (line[end] != ' ') return false;
    line.remove_prefix(end + 1);
  }
}

/// A word of the bounded vocabulary of fingerprints, with its numbers.
inline bool is_fingerprint(std::string_view text) noexcept {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-";
  return !text.empty() && text.size() <= 80 && text.find_first_not_of(allowed) == std::string_view::npos;
}

/// All that a failure prints, at that level, which is given to `each` as well.
template <class Each>
void check_printed(const handshim::failure& f, handshim::disclosure level, Each each) {
  const std::string json = f.to_json(level), logfmt = f.to_logfmt(level), text = f.describe(level);
  expect(json_test::is_json(json), "to_json() is no JSON in ASCII");
  expect(is_logfmt(logfmt), "to_logfmt() is no logfmt in ASCII");
  std::string_view lines = text;
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    expect(line.size() < lines.size() && is_one_line(line), "describe() has a control character, or no last line end");
    lines.remove_prefix(line.size() + 1);
  }
  for (const std::string* one : {&json, &logfmt, &text}) {
    expect(one->size() < 200000, "a failure prints more than is bounded");
    each(*one);
  }
}

/// what() and the fingerprint: enough, and soon done, where the texts of a failure are not what is looked at.
inline void check_printed(const handshim::failure& f) {
  const std::string what = f.what();
  expect(is_one_line(what), "what() is not one line of ASCII");
  expect(what.size() <= 1024, "what() is too long");
  expect(is_fingerprint(f.fingerprint()), "a fingerprint of unknown letters");
}

}  // namespace fuzz
