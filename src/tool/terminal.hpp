// Text for a person at a terminal: colours where they are wanted, and columns.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace handshim::tool {

/// Whether the descriptor is a terminal that wants colours: NO_COLOR is unset or empty (no-color.org), and TERM
/// is not "dumb". Reads the environment.
bool wants_colour(int descriptor) noexcept;

/// Puts texts in colours, or leaves them as they are. A value.
class terminal {
 public:
  /// For what is written to that descriptor.
  static terminal of(int descriptor) noexcept { return terminal(wants_colour(descriptor)); }
  explicit terminal(bool colour) noexcept : colour_(colour) {}

  bool colour() const noexcept { return colour_; }
  std::string bold(std::string_view text) const { return in("1", text); }
  std::string dim(std::string_view text) const { return in("2", text); }
  std::string red(std::string_view text) const { return in("31", text); }
  std::string green(std::string_view text) const { return in("32", text); }

 private:
  std::string in(std::string_view code, std::string_view text) const;
  bool colour_;
};

/// The text as it may go to a terminal: a control character is written \xNN, and so is every byte over 0x7f if they are
/// not UTF-8 or hold a C1 control.
std::string shown(std::string_view text);

/// The same in backquotes, as messages name a word.
std::string in_ticks(std::string_view text);

/// How many columns the text takes: its UTF-8 code points, colours not counted. Wide characters count as one.
std::size_t width(std::string_view text) noexcept;

/// The text with blanks behind it up to that width; a longer one stays as it is.
std::string padded(std::string_view text, std::size_t columns);

/// One line for each row, each column as wide as its widest field, two blanks between them and none at the end.
std::string in_columns(const std::vector<std::vector<std::string>>& rows, std::size_t indent = 0);

}  // namespace handshim::tool
