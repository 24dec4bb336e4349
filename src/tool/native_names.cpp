#include "native_names.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <iterator>
#include <system_error>

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

const symbol_row* find_symbol(std::string_view text) {
  const auto at = std::find_if(std::begin(symbols), std::end(symbols), [&](const symbol_row& row) {
    return row.symbol == text && is_word_of_its_own(row.symbol);
  });
  return at == std::end(symbols) ? nullptr : at;
}

const symbol_row* find_symbol(detail::native_table table, std::string_view text) {
  const auto at = std::find_if(std::begin(symbols), std::end(symbols),
                               [&](const symbol_row& row) { return row.where == table && row.symbol == text; });
  return at == std::end(symbols) ? nullptr : at;
}

// Two rows may have one value (EAGAIN and EWOULDBLOCK have on some systems): the first is as good.
std::string symbol_of(detail::native_table table, int value) {
  const int key = table == detail::native_table::openssl ? detail::openssl_reason(value) : value;
  for (const symbol_row& row : symbols)
    if (row.where == table && row.value == key) return std::string(row.symbol);
  return {};
}

}  // namespace

std::optional<native_name> find_native(std::string_view text) {
  if (const symbol_row* row = find_symbol(text))
    return native_name{std::string(domain_of(row->where)), row->value, std::string(row->symbol)};
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string domain(text.substr(0, colon));
  const detail::native_domain* known = detail::find_domain(domain);
  if (known == nullptr) return std::nullopt;
  const std::string_view number = text.substr(colon + 1);
  int value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (const symbol_row* row = find_symbol(known->table, number))
    value = row->value;
  else if (error != std::errc() || end != number.data() + number.size())
    return std::nullopt;
  return native_name{domain, value, symbol_of(known->table, value)};
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
  for (const detail::native_domain& one : detail::native_domains) out.push_back(std::string(one.name) + ":");
  for (const symbol_row& row : symbols)
    if (is_word_of_its_own(row.symbol)) out.emplace_back(row.symbol);
  return out;
}

}  // namespace handshim::tool
