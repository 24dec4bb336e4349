// HTML that is built from text: what is not markup by its type gets escaped.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace handshim::tool {

/// A piece of a page.
class html {
 public:
  html() = default;
  /// Any text, escaped.
  static html text(std::string_view words);
  /// The same, and a line may end behind each underscore.
  static html name(std::string_view word);
  /// Markup: only for constants of this program.
  static html constant(std::string_view source) { return html(std::string(source)); }

  html& operator+=(const html& next) {
    source_ += next.source_;
    return *this;
  }
  friend html operator+(html first, const html& second) { return std::move(first += second); }

  const std::string& source() const noexcept { return source_; }

 private:
  explicit html(std::string source) : source_(std::move(source)) {}
  std::string source_;
};

/// Its value is escaped where it is written.
struct attribute {
  std::string_view name;
  std::string value;
};

html element(std::string_view tag, const html& inner, std::initializer_list<attribute> with = {});
/// One that has no end tag, such as `input`.
html void_element(std::string_view tag, std::initializer_list<attribute> with = {});

}  // namespace handshim::tool
