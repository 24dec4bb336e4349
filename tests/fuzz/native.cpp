// Input: a table of native reports as tests/corpus/native.tsv has them, without its header line. Each row is a failure
// of a fault that there is, or a table error. Then the columns of the last row go to the catalogue as they are.
#include "handshim/translate.hpp"

#include "fuzz.hpp"
#include "handshim/impl/native_rows.hpp"
#include "native_report.hpp"

namespace tool = handshim::tool;
using handshim::failure;
using handshim::fault;
using handshim::phase;

namespace {

constexpr std::string_view header =
    "scenario\tclient\tclient_version\tstep\tkind\tdomain\tvalue\tname\tmessage\tclose_code\thttp_status\n";

void check(const failure& f) {
  fuzz::expect(static_cast<bool>(f) && handshim::facts(f.fault()).id == f.fault(), "no fault that there is");
  fuzz::check_printed(f);
}

void check_catalogue(const tool::tsv_table::row& row) {
  fuzz::input numbers(row["value"]);
  const int value = static_cast<int>(numbers.number());
  handshim::evidence known;
  known.close_received.code = static_cast<std::uint16_t>(numbers.byte() << 8 | numbers.byte());
  known.http_status = static_cast<int>(numbers.byte() << 2);
  const bool listed = handshim::detail::find_domain(row["domain"]) != nullptr;
  for (const phase p : {phase::unknown, phase::handshake, phase::open, phase::closing}) {
    const failure f = handshim::from_native(row["domain"], value, row["message"], p, known);
    check(f);
    fuzz::expect(listed || f.fault() == fault::unclassified, "a wrong guess at an unknown domain");
  }
}

void read(const tool::tsv_table& table) {
  tool::native_reader reader;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto row = table[i];
    const failure f = reader.read(row);
    if (tool::is_error(row))
      check(f);
    else
      fuzz::expect(!f, "a failure out of no error");
  }
}

void run(std::string_view bytes) {
  try {
    const tool::tsv_table table(std::string(header).append(bytes), "input");
    tool::require_native_columns(table);
    if (table.size() != 0) check_catalogue(table[table.size() - 1]);
    read(table);
  } catch (const tool::tsv_error& error) {
    const std::string_view text = error.what();
    fuzz::expect(text.substr(0, 6) == "input:", "a table error without its place");
    fuzz::expect(fuzz::is_utf8(text) && !fuzz::has_control(text), "a table error that is not fit for a terminal");
  }
}

const fuzz::target of_reports("native", run);

}  // namespace
