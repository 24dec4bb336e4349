#include "tables.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace handshim::tool {
namespace {

// Cuts the next word off the text; empty at its end.
std::string_view next_word(std::string_view& text) {
  constexpr std::string_view blanks = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  const std::string_view word = text.substr(0, text.find_first_of(blanks));
  text.remove_prefix(word.size());
  return word;
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

// What is one word is a name; "no loop" is not.
std::string in_code(std::string_view text) {
  const bool name = !text.empty() && text.find(' ') == std::string_view::npos;
  return name ? in_ticks(text) : std::string(text);
}

// "a, b + c" with each name in backquotes.
std::string names_in_code(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min({text.find(", "), text.find(" + "), text.size()});
    const std::size_t between = end == text.size() ? 0 : text[end] == ',' ? 2 : 3;
    out += in_code(text.substr(0, end));
    out += text.substr(end, between);
    text.remove_prefix(end + between);
  }
  return out;
}

std::string markdown_field(std::string_view text, bool names) {
  const std::string field = names ? names_in_code(text) : std::string(text);
  std::string out;
  for (const char c : field) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

}  // namespace

std::string labelled(std::string_view label, std::size_t column, std::string_view text) {
  std::string out(label), line;
  const auto flush = [&] {
    out += (width(out.substr(out.rfind('\n') + 1)) == 0 ? std::string(column, ' ') : "") + line + "\n";
    line.clear();
  };
  if (width(label) > column)
    out += "\n";
  else
    out = padded(label, column);
  for (std::string_view word = next_word(text); !word.empty(); word = next_word(text)) {
    if (!line.empty() && column + width(line) + 1 + width(word) > page_width) flush();
    line += (line.empty() ? "" : " ") + std::string(word);
  }
  flush();
  return out;
}

std::string paragraph(std::string_view text, std::size_t column) { return labelled("", column, text); }

std::string on_one_line(std::string_view text) {
  std::string out;
  for (std::string_view word = next_word(text); !word.empty(); word = next_word(text))
    out += (out.empty() ? "" : " ") + std::string(word);
  return out;
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) out.append(i == 0 ? "" : between).append(words[i]);
  return out;
}

void table::add(std::vector<std::string> fields) {
  fields.resize(columns_.size());
  rows_.push_back(std::move(fields));
}

std::string table::text(table_style style, const terminal& out, std::size_t indent) const {
  return style == table_style::markdown ? markdown() : plain(out, indent);
}

std::string table::plain(const terminal& out, std::size_t indent) const {
  std::vector<std::vector<std::string>> lines(1);
  for (const table_column& column : columns_)
    lines[0].push_back(out.bold(column.title_is_name ? column.title : upper(column.title)));
  lines.insert(lines.end(), rows_.begin(), rows_.end());
  return in_columns(lines, indent);
}

std::string table::markdown() const {
  std::string head = "|", rule = "|", body;
  for (const table_column& column : columns_) {
    head += " " + markdown_field(column.title, column.title_is_name) + " |";
    rule += "---|";
  }
  for (const auto& row : rows_) {
    body += "|";
    for (std::size_t i = 0; i < row.size(); ++i)
      body += (row[i].empty() ? "" : " " + markdown_field(row[i], columns_[i].names)) + " |";
    body += "\n";
  }
  return head + "\n" + rule + "\n" + body;
}

}  // namespace handshim::tool
