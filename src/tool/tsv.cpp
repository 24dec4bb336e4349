#include "tsv.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <utility>

#include "terminal.hpp"

namespace handshim::tool {
namespace {

constexpr std::size_t largest_file = std::size_t{64} << 20;

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string at(const std::string& name, std::size_t line) { return name + ":" + std::to_string(line); }

std::string list(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + in_ticks(name);
  return text;
}

std::string count_error(const std::vector<std::string>& columns, std::size_t found) {
  const std::string counts = std::to_string(found) + " fields where the header has " + std::to_string(columns.size());
  return found < columns.size() ? counts + ": " + in_ticks(columns[found]) + " is missing" : counts;
}

struct file_closer {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

std::string read_file(const std::string& path) {
  const std::unique_ptr<std::FILE, file_closer> file(std::fopen(path.c_str(), "rb"));
  if (!file) throw tsv_error(path + ": " + std::strerror(errno));
  std::string text;
  std::vector<char> chunk(std::size_t{64} << 10);
  while (const std::size_t n = std::fread(chunk.data(), 1, chunk.size(), file.get())) {
    text.append(chunk.data(), n);
    if (text.size() > largest_file) throw tsv_error(path + ": larger than 64 MiB");
  }
  // A folder can be opened, but not read.
  if (std::ferror(file.get()) != 0) throw tsv_error(path + ": " + std::strerror(errno));
  return text;
}

}  // namespace

const std::string& tsv_table::row::operator[](std::string_view column) const {
  return table_->lines_[index_].fields[table_->position(column)];
}

std::size_t tsv_table::row::line() const noexcept { return table_->lines_[index_].number; }

std::string tsv_table::row::place() const { return at(table_->name_, line()); }

tsv_table::tsv_table(std::string_view text, std::string name) : name_(std::move(name)) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";  // spreadsheets write one
  if (text.substr(0, byte_order_mark.size()) == byte_order_mark) text.remove_prefix(byte_order_mark.size());
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    std::string_view one = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (!one.empty() && one.back() == '\r') one.remove_suffix(1);
    if (!one.empty() && one.front() != '#') take(number, one);
  }
  if (columns_.empty()) throw tsv_error(name_ + ": the header line is missing");
}

void tsv_table::take(std::size_t number, std::string_view text) {
  std::vector<std::string> fields = split(text, '\t');
  if (columns_.empty()) return take_header(number, std::move(fields));
  if (fields.size() != columns_.size())
    throw tsv_error(at(name_, number) + ": " + count_error(columns_, fields.size()));
  lines_.push_back({number, std::move(fields)});
}

void tsv_table::take_header(std::size_t number, std::vector<std::string> fields) {
  for (auto field = fields.begin(); field != fields.end(); ++field) {
    if (field->empty()) throw tsv_error(at(name_, number) + ": a column has no name");
    if (std::find(fields.begin(), field, *field) != field)
      throw tsv_error(at(name_, number) + ": two columns are named " + in_ticks(*field));
  }
  header_line_ = number;
  columns_ = std::move(fields);
}

std::size_t tsv_table::position(std::string_view column) const {
  const auto found = std::find(columns_.begin(), columns_.end(), column);
  if (found == columns_.end())
    throw tsv_error(at(name_, header_line_) + ": the column " + in_ticks(column) + " is missing; there are " +
                    list(columns_));
  return static_cast<std::size_t>(found - columns_.begin());
}

void tsv_table::require(std::initializer_list<std::string_view> columns) const {
  std::vector<std::string> missing;
  for (const std::string_view column : columns)
    if (std::find(columns_.begin(), columns_.end(), column) == columns_.end()) missing.emplace_back(column);
  if (!missing.empty())
    throw tsv_error(at(name_, header_line_) + ": missing columns: " + list(missing) + "; there are " + list(columns_));
}

tsv_table read_tsv(const std::string& path) { return {read_file(path), path}; }

}  // namespace handshim::tool
