#include "terminal.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "handshim/impl/json.hpp"
#include "handshim/rfc6455/utf8.hpp"

namespace handshim::tool {
namespace {

// The length of the colour sequence ("ESC [ ... m") that the text begins with, 0 if it begins with none.
std::size_t sequence_length(std::string_view text) noexcept {
  if (text.substr(0, 2) != "\x1b[") return 0;
  const std::size_t end = text.find('m');
  return end == std::string_view::npos ? 0 : end + 1;
}

// U+0080 to U+009F, which some terminals obey as they do ESC sequences.
bool has_c1_control(std::string_view utf8) noexcept {
  for (std::size_t i = utf8.find('\xc2'); i != std::string_view::npos; i = utf8.find('\xc2', i + 1))
    if (static_cast<unsigned char>(utf8[i + 1]) < 0xa0) return true;
  return false;
}

std::vector<std::size_t> widths(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widest;
  for (const auto& row : rows) {
    if (widest.size() < row.size()) widest.resize(row.size());
    for (std::size_t i = 0; i < row.size(); ++i) widest[i] = std::max(widest[i], width(row[i]));
  }
  return widest;
}

}  // namespace

bool wants_colour(int descriptor) noexcept {
  const char* const refused = std::getenv("NO_COLOR");
  if (refused != nullptr && *refused != '\0') return false;
  const char* const name = std::getenv("TERM");
  if (name != nullptr && std::string_view(name) == "dumb") return false;
  return ::isatty(descriptor) == 1;
}

std::string terminal::in(std::string_view code, std::string_view text) const {
  if (!colour_) return std::string(text);
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

std::string shown(std::string_view text) {
  const bool kept = rfc6455::is_utf8(text) && !has_c1_control(text);
  detail::string_text out;
  for (const char& c : text) {
    const std::string_view one(&c, 1);
    if (kept && static_cast<unsigned char>(c) >= 0x80)
      out << one;
    else
      detail::append_escaped(out, one, detail::no_limit, false);
  }
  return out.take();
}

std::string in_ticks(std::string_view text) { return "`" + shown(text) + "`"; }

std::size_t width(std::string_view text) noexcept {
  std::size_t columns = 0;
  while (!text.empty()) {
    if (const std::size_t skipped = sequence_length(text)) {
      text.remove_prefix(skipped);
      continue;
    }
    // The bytes of a code point after its first are 10xxxxxx.
    if ((static_cast<unsigned char>(text.front()) & 0xC0) != 0x80) ++columns;
    text.remove_prefix(1);
  }
  return columns;
}

std::string padded(std::string_view text, std::size_t columns) {
  const std::size_t taken = width(text);
  return std::string(text) + std::string(columns > taken ? columns - taken : 0, ' ');
}

std::string in_columns(const std::vector<std::vector<std::string>>& rows, std::size_t indent) {
  const std::vector<std::size_t> widest = widths(rows);
  std::string text;
  for (const auto& row : rows) {
    std::string line(indent, ' ');
    for (std::size_t i = 0; i < row.size(); ++i) line += i + 1 < row.size() ? padded(row[i], widest[i] + 2) : row[i];
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace handshim::tool
