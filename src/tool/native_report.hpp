// A row of a table of native reports (tests/corpus/native.tsv) as the plain values that from_native() takes.
#pragma once

#include <string>
#include <string_view>

#include "handshim/failure.hpp"
#include "tsv.hpp"

namespace handshim::tool {

/// The columns that such a table has.
void require_native_columns(const tsv_table& table);

/// Whether the row reports an error; `ok`, `hang`, `n/a` and `crash` do not. Throws tsv_error for another kind.
bool is_error(const tsv_table::row& row);

/// Reads the reports of one client in one scenario after the other, in the order of the table, and keeps what an
/// earlier row of the same run told: whether the client closes, and the close frame that it received.
class native_reader {
 public:
  /// The failure that the row reports, or none for a row that reports no error. Throws tsv_error naming the
  /// place for a row that cannot be read.
  failure read(const tsv_table::row& row);

 private:
  void enter(const tsv_table::row& row);

  std::string run_;
  bool closing_ = false;
  int received_ = 0;
};

}  // namespace handshim::tool
