#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>

#include "../support/named_category.hpp"
#include "handshim/impl/native_fault.hpp"
#include "handshim/translate.hpp"
#include "native_names.hpp"
#include "tsv.hpp"

using namespace handshim;
using namespace handshim::detail;

namespace {

bool is_listed(native_table in, int value) {
  for (const native_row& row : native_rows)
    if (row.where == in && row.value == value) return true;
  return false;
}

constexpr phase told[] = {phase::resolve,   phase::connect, phase::proxy,  phase::tls,
                          phase::handshake, phase::open,    phase::closing};

// The classes whose values are errno's, or have none: the domain is the enumerator.
bool is_class(std::string_view domain) {
  return domain.substr(0, 6) == "Poco::" && domain != "Poco::Net::WebSocketException";
}

#if defined(__linux__)
constexpr bool is_recorded_here = true;
#else
constexpr bool is_recorded_here = false;
#endif

// The recorded number. If it is one of Linux or glibc and this is another system, that of the same name here, or none.
std::optional<int> value_of(const tool::tsv_table::row& row, native_table in) {
  const bool is_of_system = in == native_table::errno_ || in == native_table::getaddrinfo_;
  if (is_recorded_here || !is_of_system || is_class(row["domain"])) return std::stoi(row["value"]);
  return tool::number_here(row["domain"], row["name"]);
}

}  // namespace

TEST_CASE("every enumerator of the recorded libraries has a row, and a fault in every phase") {
  const tool::tsv_table table = tool::read_tsv("tests/corpus/catalogue.tsv");
  table.require({"domain", "value", "name", "versions"});
  CHECK(table.size() > 600);
  std::size_t checked = 0;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto row = table[i];
    CAPTURE(row["domain"] + ":" + row["value"] + " " + row["name"]);
    const native_domain* domain = find_domain(row["domain"]);
    REQUIRE(domain != nullptr);
    const std::optional<int> value = value_of(row, domain->table);
    if (!value) continue;
    ++checked;
    if (!is_class(row["domain"])) CHECK(is_listed(domain->table, *value));
    for (const phase p : told) {
      CHECK(from_native(row["domain"], *value, {}, p).fault() != fault::unclassified);
      CHECK(from_native(row["domain"], *value, {}, p).fault() != fault::none);
    }
  }
  CHECK(checked >= (is_recorded_here ? table.size() : 500));
}

TEST_CASE("no row is ambiguous: a table lists a value once, a domain and a text stand once") {
  std::set<std::pair<native_table, int>> codes;
  for (const native_row& row : native_rows) {
    CAPTURE(static_cast<int>(row.where));
    CAPTURE(row.value);
    CHECK(codes.insert({row.where, row.value}).second);
  }
  std::set<std::string_view> domains;
  for (const native_domain& one : native_domains) {
    CAPTURE(one.name);
    CHECK(domains.insert(one.name).second);
  }
}

TEST_CASE("no row is unreachable: each table has a domain, and no text stands behind one that it contains") {
  std::set<native_table> named;
  for (const native_domain& one : native_domains) named.insert(one.table);
  for (const native_row& row : native_rows) {
    CAPTURE(row.value);
    CHECK(named.count(row.where) == 1);
    if (row.where == native_table::openssl) CHECK(openssl_reason(20 << 23 | row.value) == row.value);
  }
  for (const native_text_row& text : native_texts) {
    CAPTURE(text.piece);
    CHECK(named.count(text.where) == 1);
    for (const native_text_row& earlier : native_texts) {
      if (&earlier == &text) break;
      if (earlier.where != text.where || earlier.means == fault::none || earlier.close_code != text.close_code)
        continue;
      CHECK(std::string_view(text.piece).find(earlier.piece) == std::string_view::npos);
    }
  }
}

TEST_CASE("no meaning is unused, and none is one fault in every phase") {
  std::set<int> used;
  for (const native_row& row : native_rows)
    if (is_phased(row.sense)) used.insert(row.sense);
  for (const native_domain& one : native_domains)
    if (is_phased(one.otherwise)) used.insert(one.otherwise);
  int number = static_cast<int>(meaning::first) + 1;
  for (const meaning_row& row : meaning_rows) {
    CAPTURE(number);
    CHECK(used.count(number) == 1);
    ++number;
    const bool phased = row.handshake != row.open || row.handshake != row.connect || row.handshake != row.after_101 ||
                        row.handshake != row.after_other || row.handshake != row.unknown;
    CHECK((phased || row.unknown == fault::resolve_failed));
  }
}

TEST_CASE("every text is believed: its value is untold, or it is finer than what the value says") {
  for (const native_text_row& text : native_texts) {
    if (text.means == fault::none) continue;
    CAPTURE(text.piece);
    bool believed = false;
    for (const native_row& row : native_rows)
      if (row.where == text.where)
        believed = believed || is_untold(row.sense) || is_a(text.means, fault_in(row.sense, phase::handshake, 0));
    CHECK(believed);
  }
}

TEST_CASE("a native code meets the conditions of what it means when the phase is not told, and no other") {
  for (const native_domain& domain : native_domains) {
    const named_category category(domain.name);
    for (const native_row& row : native_rows) {
      if (row.where != domain.table || row.value == 0 || domain.table == native_table::openssl) continue;
      const fault f = from_native(domain.name, row.value, {}, phase::unknown).fault();
      for (int c = static_cast<int>(condition::cancelled); c <= static_cast<int>(condition::closed_ok); ++c)
        CHECK((std::error_code(row.value, category) == static_cast<condition>(c)) ==
              (f != fault::unclassified && holds(f, static_cast<condition>(c))));
    }
  }
}
