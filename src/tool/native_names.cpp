#include "native_names.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <iterator>
#include <system_error>
#include <utility>

#include "handshim/impl/native_rows.hpp"
#include "handshim/net/error.hpp"
#include "handshim/translate.hpp"

namespace handshim::tool {
namespace {

// The rows of the library's tables, by the names that they are written with.
struct symbol_row {
  detail::native_table where;
  std::string_view symbol;
  int value;
};
constexpr symbol_row symbols[] = {
#define CODE(table, value, symbol, fault) {detail::native_table::table, #symbol, value},
#define PHASED(table, value, symbol, meaning) {detail::native_table::table, #symbol, value},
#include "handshim/data/native/all.inc"
#undef PHASED
#undef CODE
};

// Names that the systems have twice for one number.
constexpr symbol_row aliases[] = {
    {detail::native_table::errno_, "EWOULDBLOCK", EWOULDBLOCK},
    {detail::native_table::gio, "G_IO_ERROR_CONNECTION_CLOSED", 44},
};

// The name that a table is best known by: the first that has it.
std::string_view domain_of(detail::native_table table) {
  if (table == detail::native_table::errno_) return "errno";
  for (const detail::native_domain& one : detail::native_domains)
    if (one.table == table) return one.name;
  return {};
}

// A symbol alone is enough where it can be no other word: ECONNREFUSED, EAI_NONAME, CURLE_GOT_NOTHING.
bool is_word_of_its_own(std::string_view symbol) {
  return symbol.size() > 3 && std::none_of(symbol.begin(), symbol.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

template <class Fits>
const symbol_row* first_symbol(Fits fits) {
  for (const symbol_row& row : symbols)
    if (fits(row)) return &row;
  for (const symbol_row& row : aliases)
    if (fits(row)) return &row;
  return nullptr;
}

const symbol_row* find_symbol(detail::native_table table, std::string_view text) {
  return first_symbol([&](const symbol_row& row) { return row.where == table && row.symbol == text; });
}

// Alone, EAGAIN is the system's, though an exception class may carry it too.
const symbol_row* find_symbol(std::string_view text) {
  if (!is_word_of_its_own(text)) return nullptr;
  if (const symbol_row* row = find_symbol(detail::native_table::errno_, text)) return row;
  return first_symbol([&](const symbol_row& row) { return row.symbol == text; });
}

// Two rows may have one value: the first is as good.
std::string symbol_of(detail::native_table table, int value) {
  const int key = table == detail::native_table::openssl ? detail::openssl_reason(value) : value;
  for (const symbol_row& row : symbols)
    if (row.where == table && row.value == key) return std::string(row.symbol);
  return {};
}

std::size_t rows_of(detail::native_table table) {
  return static_cast<std::size_t>(
      std::count_if(std::begin(symbols), std::end(symbols), [&](const symbol_row& row) { return row.where == table; }));
}

// An exception class, or what has no number of its own.
bool says_it_all(const detail::native_domain& domain) {
  constexpr std::string_view exception = "Exception";
  const std::string_view name = domain.name;
  const bool is_class = name.size() > exception.size() && name.substr(name.size() - exception.size()) == exception;
  const std::size_t values = rows_of(domain.table);
  return is_class || values == 0 || (values == 1 && !symbol_of(domain.table, 0).empty());
}

// What stands before the last colon, which a name may hold too, and behind it.
std::pair<std::string_view, std::string_view> split(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return {};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

}  // namespace

std::optional<native_name> find_native(std::string_view text) {
  if (const symbol_row* row = find_symbol(text)) {
    const std::string domain(domain_of(row->where));
    return native_name{domain, row->value, symbol_of(row->where, row->value)};
  }
  if (const detail::native_domain* whole = detail::find_domain(text); whole != nullptr && says_it_all(*whole))
    return native_name{std::string(text), 0, symbol_of(whole->table, 0)};
  const auto [domain, number] = split(text);
  const detail::native_domain* known = detail::find_domain(domain);
  if (known == nullptr) return std::nullopt;
  int value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (const symbol_row* row = find_symbol(known->table, number))
    value = row->value;
  else if (error != std::errc() || end != number.data() + number.size())
    return std::nullopt;
  return native_name{std::string(domain), value, symbol_of(known->table, value)};
}

std::optional<int> number_here(std::string_view domain, std::string_view symbol) {
  const detail::native_domain* known = detail::find_domain(domain);
  if (known == nullptr) return std::nullopt;
  const detail::native_table in = known->table;
  if (in != detail::native_table::errno_ && in != detail::native_table::getaddrinfo_) return std::nullopt;
  const symbol_row* row = find_symbol(in, symbol);
  return row == nullptr ? std::nullopt : std::optional<int>(row->value);
}

std::string native_mistake(std::string_view text) {
  const detail::native_domain* whole = detail::find_domain(text);
  const std::string_view domain = whole != nullptr ? text : split(text).first;
  const detail::native_domain* known = detail::find_domain(domain);
  if (known == nullptr) return {};
  std::string out = std::string(domain) + " is a domain of native codes: write it with a whole number of 32 bits";
  const std::string example = symbol_of(known->table, 1);
  out += example.empty()
             ? " behind a colon"
             : " or a name, such as " + std::string(domain) + ":1 or " + std::string(domain) + ":" + example;
  return out;
}

fault fault_in(const native_name& code, phase p) { return from_native(code.domain, code.value, {}, p).fault(); }

std::string message_of(const native_name& code) {
  const detail::native_domain* known = detail::find_domain(code.domain);
  if (known == nullptr) return {};
  switch (known->table) {
    case detail::native_table::errno_:
      return std::generic_category().message(code.value);
    case detail::native_table::getaddrinfo_:
      return net::getaddrinfo_category().message(code.value);
    case detail::native_table::stream_:
      return net::stream_category().message(code.value);
    default:
      return {};
  }
}

std::vector<std::string> native_words() {
  std::vector<std::string> out;
  for (const detail::native_domain& one : detail::native_domains) out.emplace_back(one.name);
  for (const symbol_row& row : symbols)
    if (is_word_of_its_own(row.symbol)) out.emplace_back(row.symbol);
  return out;
}

std::vector<std::string> native_codes_called(std::string_view symbol) {
  std::vector<std::string> out;
  for (const symbol_row& row : symbols)
    if (row.symbol == symbol) out.push_back(std::string(domain_of(row.where)) + ":" + std::string(symbol));
  return out;
}

}  // namespace handshim::tool
