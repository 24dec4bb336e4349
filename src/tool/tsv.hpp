// Tab-separated tables with a header line. Lines that begin with '#' and empty ones are skipped; nothing is quoted.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace handshim::tool {

/// A table that cannot be read: what() names the file, the line and what is wrong.
class tsv_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A table in memory. A value; reading it is thread-safe.
class tsv_table {
 public:
  /// One line of the table. Valid as long as its table is neither changed nor moved.
  class row {
   public:
    /// The field of that column; throws tsv_error if the table has no such column.
    const std::string& operator[](std::string_view column) const;
    /// The line in the file, counted from 1.
    std::size_t line() const noexcept;
    /// "file:line", to begin a message with.
    std::string place() const;

   private:
    friend class tsv_table;
    row(const tsv_table& table, std::size_t index) : table_(&table), index_(index) {}
    const tsv_table* table_;
    std::size_t index_;
  };

  /// Reads a text; throws tsv_error with that name in it.
  tsv_table(std::string_view text, std::string name);

  const std::string& name() const noexcept { return name_; }
  const std::vector<std::string>& columns() const noexcept { return columns_; }
  std::size_t size() const noexcept { return lines_.size(); }
  /// index < size().
  row operator[](std::size_t index) const { return {*this, index}; }

  /// Throws tsv_error naming each of these columns that is missing.
  void require(std::initializer_list<std::string_view> columns) const;

 private:
  struct line {
    std::size_t number;
    std::vector<std::string> fields;
  };

  void take(std::size_t number, std::string_view text);
  void take_header(std::size_t number, std::vector<std::string> fields);
  std::size_t position(std::string_view column) const;

  std::string name_;
  std::size_t header_line_ = 0;
  std::vector<std::string> columns_;
  std::vector<line> lines_;
};

/// Reads a file of at most 64 MiB; throws tsv_error.
tsv_table read_tsv(const std::string& path);

}  // namespace handshim::tool
