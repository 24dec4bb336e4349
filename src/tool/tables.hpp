// Tables and paragraphs: what the commands print for a person, and the same as Markdown for the docs.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "terminal.hpp"

namespace handshim::tool {

/// How many columns a paragraph takes at the most.
inline constexpr std::size_t page_width = 96;

/// The label, and from that column on the text, broken between words at page_width. A label that is too long has a line
/// of its own. Ends in a line feed.
std::string labelled(std::string_view label, std::size_t column, std::string_view text);

/// The text from that column on, broken between words at page_width. Ends in a line feed.
std::string paragraph(std::string_view text, std::size_t column = 0);

/// The text with blanks between its lines instead of line feeds, and between its words just one.
std::string on_one_line(std::string_view text);

/// The words, with commas between them.
std::string joined(const std::vector<std::string>& words, std::string_view between = ", ");

/// How a table is printed: in columns, or as GitHub's Markdown.
enum class table_style { plain, markdown };

struct table_column {
  std::string title;
  bool names = false;          ///< in Markdown each name in a field stands in backquotes
  bool title_is_name = false;  ///< else a plain table has it in upper case
};

/// Rows of fields, all of them as long as the columns are many.
class table {
 public:
  explicit table(std::vector<table_column> columns) : columns_(std::move(columns)) {}

  /// Missing fields are empty.
  void add(std::vector<std::string> fields);
  bool empty() const noexcept { return rows_.empty(); }

  /// The terminal colours the head of a plain one.
  std::string text(table_style style, const terminal& out, std::size_t indent = 0) const;

 private:
  std::string plain(const terminal& out, std::size_t indent) const;
  std::string markdown() const;

  std::vector<table_column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace handshim::tool
