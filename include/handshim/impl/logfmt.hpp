// Writes one line of logfmt: key=value, a value in quotes where it needs them.
#pragma once

#include <string>
#include <string_view>

#include "handshim/impl/json.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

/// Takes the same calls as json, for what is no list. A quoted value is a JSON string; so any bytes are valid.
class logfmt {
 public:
  logfmt& text(std::string_view key, std::string_view value) {
    begin(key);
    if (is_bare(value))
      out_ << value;
    else
      append_quoted(out_, value);
    return *this;
  }
  logfmt& number(std::string_view key, long long value) {
    begin(key);
    out_ << value;
    return *this;
  }
  logfmt& flag(std::string_view key, bool value) { return text(key, value ? "true" : "false"); }
  logfmt& text_if(std::string_view key, std::string_view value) { return value.empty() ? *this : text(key, value); }
  logfmt& number_if(std::string_view key, long long value) { return value == 0 ? *this : number(key, value); }
  std::string take() { return out_.take(); }

 private:
  static bool is_bare(std::string_view value) noexcept {
    for (const char c : value)
      if (c <= ' ' || c > '~' || c == '"' || c == '=' || c == '\\') return false;
    return !value.empty();
  }
  void begin(std::string_view key) {
    if (!first_) out_ << " ";
    first_ = false;
    out_ << key << "=";
  }

  string_text out_;
  bool first_ = true;
};

}  // namespace detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
