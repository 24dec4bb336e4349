// A strict reader of JSON (RFC 8259) for tests: whether a text is valid, and the texts in it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace json_test {

/// Checks one document that is ASCII alone; every string in it, decoded, is kept.
class checker {
 public:
  explicit checker(std::string_view text) : text_(text) { valid_ = ascii() && value(0) && at_ == text_.size(); }
  bool valid() const { return valid_; }
  const std::vector<std::string>& strings() const { return strings_; }

 private:
  bool ascii() const {
    for (const char c : text_)
      if (c < 0x20 || c > 0x7e) return false;
    return true;
  }
  char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (next() != c || at_ >= text_.size()) return false;
    ++at_;
    return true;
  }
  bool take(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }
  static bool digit(char c) { return c >= '0' && c <= '9'; }

  bool value(int depth) {
    if (depth > 20) return false;
    if (next() == '{') return object(depth);
    if (next() == '[') return array(depth);
    if (next() == '"') return string();
    return take("true") || take("false") || take("null") || number();
  }
  bool object(int depth) {
    take('{');
    if (take('}')) return true;
    std::vector<std::string> keys;
    do {
      if (!string()) return false;
      for (const std::string& key : keys)
        if (key == strings_.back()) return false;  // RFC 8259 only says SHOULD; ours are unique
      keys.push_back(strings_.back());
      if (!take(':') || !value(depth + 1)) return false;
    } while (take(','));
    return take('}');
  }
  bool array(int depth) {
    take('[');
    if (take(']')) return true;
    do
      if (!value(depth + 1)) return false;
    while (take(','));
    return take(']');
  }
  bool digits() {
    const std::size_t start = at_;
    while (digit(next())) ++at_;
    return at_ > start;
  }
  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (!take('e') && !take('E')) return true;
    if (!take('+')) take('-');
    return digits();
  }
  bool string() {
    if (!take('"')) return false;
    std::string out;
    while (at_ < text_.size() && next() != '"')
      if (!character(out)) return false;
    strings_.push_back(std::move(out));
    return take('"');
  }
  bool character(std::string& out) {
    if (!take('\\')) {
      const std::size_t start = at_;
      while (at_ < text_.size() && next() != '"' && next() != '\\') ++at_;
      out += text_.substr(start, at_ - start);
      return true;
    }
    constexpr std::string_view escapes = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
    const std::size_t which = escapes.find(next());
    if (at_ >= text_.size()) return false;
    ++at_;
    if (which != std::string_view::npos) {
      out += meanings[which];
      return true;
    }
    return text_[at_ - 1] == 'u' && code_unit(out);
  }
  // Only what stands for one byte: the library writes no other.
  bool code_unit(std::string& out) {
    unsigned unit = 0;
    for (int i = 0; i < 4; ++i) {
      const std::size_t digit_value = std::string_view("0123456789abcdef").find(next());
      if (digit_value == std::string_view::npos || at_ >= text_.size()) return false;
      unit = unit * 16 + static_cast<unsigned>(digit_value);
      ++at_;
    }
    out += static_cast<char>(unit);
    return unit < 0x100;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool valid_ = false;
  std::vector<std::string> strings_;
};

inline bool is_json(std::string_view text) { return checker(text).valid(); }

}  // namespace json_test
