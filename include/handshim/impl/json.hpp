// Writes JSON, and text without a bound.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "handshim/impl/text.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

/// std::string with the << of text_buffer, for texts without a bound worth a buffer.
class string_text {
 public:
  string_text& operator<<(std::string_view text) {
    text_.append(text);
    return *this;
  }
  string_text& operator<<(long long value) {
    text_buffer<24> digits;
    digits << value;
    return *this << digits.view();
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

/// Appends a JSON string. Bytes over 0x7f are written as the code point of that number: reversible, and valid for any
/// input.
inline void append_quoted(string_text& out, std::string_view value) {
  out << "\"";
  constexpr std::string_view hex = "0123456789abcdef";
  std::size_t start = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const auto byte = static_cast<unsigned char>(value[i]);
    const bool special = byte == '"' || byte == '\\';
    if (byte >= 0x20 && byte < 0x7f && !special) continue;
    out << value.substr(start, i - start);
    start = special ? i : i + 1;
    if (special)
      out << "\\";
    else
      out << "\\u00" << hex.substr(byte >> 4, 1) << hex.substr(byte & 15, 1);
  }
  out << value.substr(start) << "\"";
}

/// Writes one JSON object; every text is made ASCII, so that any bytes give valid JSON.
class json {
 public:
  json& number(std::string_view key, long long value) {
    begin(key);
    out_ << value;
    return *this;
  }
  json& flag(std::string_view key, bool value) {
    begin(key);
    out_ << (value ? "true" : "false");
    return *this;
  }
  json& text(std::string_view key, std::string_view value) {
    begin(key);
    quoted(value);
    return *this;
  }
  /// A value that is JSON already.
  json& nested(std::string_view key, std::string_view value) {
    begin(key);
    out_ << value;
    return *this;
  }
  json& text_if(std::string_view key, std::string_view value) { return value.empty() ? *this : text(key, value); }
  json& number_if(std::string_view key, long long value) { return value == 0 ? *this : number(key, value); }

  json& open(std::string_view key, char bracket) {
    begin(key);
    return raw(bracket);
  }
  json& item(char bracket) {
    separate();
    return raw(bracket);
  }
  json& item(std::string_view value) {
    separate();
    quoted(value);
    return *this;
  }
  json& close(char bracket) {
    out_ << std::string_view(&bracket, 1);
    first_ = false;
    return *this;
  }
  std::string take() { return out_.take(); }

 private:
  json& raw(char bracket) {
    out_ << std::string_view(&bracket, 1);
    first_ = true;
    return *this;
  }
  void separate() {
    if (!first_) out_ << ",";
    first_ = false;
  }
  void begin(std::string_view key) {
    separate();
    quoted(key);
    out_ << ":";
  }
  void quoted(std::string_view value) { append_quoted(out_, value); }

  string_text out_;
  bool first_ = true;
};

}  // namespace detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
