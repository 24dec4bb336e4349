#include "native_names.hpp"

#include <netdb.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <iterator>
#include <system_error>

#include "handshim/net/error.hpp"
#include "handshim/translate.hpp"

namespace handshim::tool {
namespace {

// What people write for the codes of the operating system, and what std::error_code calls them.
constexpr std::string_view errno_domain = "errno", system_domain = "system";

// The rows of the library's table, by the names that they are written with.
struct symbol_row {
  std::string_view domain, symbol;
  int value;
};
constexpr std::string_view errno_ = errno_domain, getaddrinfo_ = "getaddrinfo", stream_ = "handshim.net";
constexpr symbol_row symbols[] = {
#define CODE(domain, value, unknown, resolve, connect, tls, handshake, open) {domain, #value, value},
#include "handshim/data/native_codes.inc"
#undef CODE
};

bool is_symbol(std::string_view text) { return !text.empty() && text.front() == 'E'; }

const symbol_row* find_symbol(std::string_view text) {
  const auto at = std::find_if(std::begin(symbols), std::end(symbols),
                               [&](const symbol_row& row) { return is_symbol(text) && row.symbol == text; });
  return at == std::end(symbols) ? nullptr : at;
}

// Two rows may have one value (EAGAIN and EWOULDBLOCK have on some systems): the first is as good.
std::string symbol_of(std::string_view domain, int value) {
  for (const symbol_row& row : symbols)
    if (row.value == value && row.domain == domain && is_symbol(row.symbol)) return std::string(row.symbol);
  return {};
}

std::string_view table_domain(std::string_view domain) {
  return domain == system_domain || domain == "generic" || domain == "asio.system" ? errno_domain : domain;
}

}  // namespace

std::optional<native_name> find_native(std::string_view text) {
  if (const symbol_row* row = find_symbol(text))
    return native_name{std::string(row->domain), row->value, std::string(row->symbol)};
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string domain(text.substr(0, colon));
  const std::string_view number = text.substr(colon + 1);
  int value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (const symbol_row* row = find_symbol(number))
    value = row->value;
  else if (error != std::errc() || end != number.data() + number.size())
    return std::nullopt;
  native_name found{domain, value, symbol_of(table_domain(domain), value)};
  // What a domain's table does not list is at least a failure of the phase; an unknown domain stays unclassified.
  if (fault_in(found, phase::handshake) == fault::unclassified) return std::nullopt;
  return found;
}

fault fault_in(const native_name& code, phase p) {
  const std::string_view domain = code.domain == errno_domain ? system_domain : std::string_view(code.domain);
  return from_native(domain, code.value, {}, p).fault();
}

std::string message_of(const native_name& code) {
  const std::string_view domain = table_domain(code.domain);
  if (domain == errno_) return std::generic_category().message(code.value);
  if (domain == getaddrinfo_) return net::getaddrinfo_category().message(code.value);
  return domain == stream_ ? net::stream_category().message(code.value) : std::string();
}

std::vector<std::string_view> native_words() {
  std::vector<std::string_view> out{"errno:", "system:", "getaddrinfo:", "handshim.net:"};
  for (const symbol_row& row : symbols)
    if (is_symbol(row.symbol)) out.push_back(row.symbol);
  return out;
}

}  // namespace handshim::tool
