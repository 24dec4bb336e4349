// The catalogue of native codes (data/native/) as tables of numbers.
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <system_error>

#if !defined(_WIN32)
#include <netdb.h>
#endif

#include "handshim/fault.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

enum class native_table : std::uint8_t {
#include "handshim/data/rows_begin.inc"
#define TABLE(name) name,
#define DOMAIN(name, table, m)
#define DOMAIN_IS(name, f)
#include "handshim/data/native/domains.inc"
#undef DOMAIN_IS
#undef DOMAIN
#undef TABLE
};

/// Numbers that no fault has, so that one number is a fault or a meaning.
enum class meaning : std::uint16_t {
  first = 0x8000 - 1,
#define MEANING(name, unknown, resolve, connect, tls, handshake, after_101, after_other, open, closing) name,
#include "handshim/data/native/meanings.inc"
#undef MEANING
};

/// The faults of a meaning, in the order of its columns.
struct meaning_row {
  fault unknown, resolve, connect, tls, handshake, after_101, after_other, open, closing;
};
inline constexpr meaning_row meaning_rows[] = {
#define MEANING(name, unknown, resolve, connect, tls, handshake, after_101, after_other, open, closing) \
  {fault::unknown,   fault::resolve,     fault::connect, fault::tls,    fault::handshake,               \
   fault::after_101, fault::after_other, fault::open,    fault::closing},
#include "handshim/data/native/meanings.inc"
#undef MEANING
};

/// A fault, or a meaning.
using native_sense = std::uint16_t;
constexpr bool is_phased(native_sense sense) noexcept { return sense >= 0x8000; }

struct native_row {
  std::int32_t value;
  native_sense sense;
  native_table where;
};
inline constexpr native_row native_rows[] = {
#define CODE(table, value, symbol, f) {value, static_cast<native_sense>(fault::f), native_table::table},
#define PHASED(table, value, symbol, m) {value, static_cast<native_sense>(meaning::m), native_table::table},
#include "handshim/data/native/all.inc"
#undef PHASED
#undef CODE
};

struct native_domain {
  const char* name;
  native_table table;
  native_sense otherwise;  ///< what a value means that the table does not list
};
inline constexpr native_domain native_domains[] = {
#define TABLE(name)
#define DOMAIN(name, table, m) {name, native_table::table, static_cast<native_sense>(meaning::m)},
#define DOMAIN_IS(name, f) {name, native_table::none_, static_cast<native_sense>(fault::f)},
#include "handshim/data/native/domains.inc"
#undef DOMAIN_IS
#undef DOMAIN
#undef TABLE
};

/// A piece of a text and what it means; fault::none: an HTTP status stands behind it. The close code that it must
/// stand beside; 0 for any.
struct native_text_row {
  native_table where;
  int close_code;
  const char* piece;
  fault means;
};
inline constexpr native_text_row native_texts[] = {
#define TEXT(table, piece, f) {native_table::table, 0, piece, fault::f},
#define TEXT_OF_CODE(table, code, piece, f) {native_table::table, code, piece, fault::f},
#define STATUS(table, piece) {native_table::table, 0, piece, fault::none},
#include "handshim/data/native/texts.inc"
#undef STATUS
#undef TEXT_OF_CODE
#undef TEXT
#include "handshim/data/rows_end.inc"
};

inline const meaning_row& row_of(native_sense phased) noexcept { return meaning_rows[phased - 0x8000]; }

// Finds rows by a hash of what they are looked up by. Made at the first look-up: as a constant it would cost every unit
// that includes this. Of rows that are alike the first one counts.
template <class Row, std::size_t Count, std::size_t (*HashOf)(const Row&)>
class row_index {
 public:
  explicit row_index(const Row (&rows)[Count]) noexcept : rows_(rows) {
    for (std::size_t i = 0; i < Count; ++i) {
      std::size_t at = HashOf(rows[i]) % capacity;
      while (places_[at] != 0) at = (at + 1) % capacity;
      places_[at] = static_cast<std::uint16_t>(i + 1);
    }
  }
  template <class Fits>
  const Row* find(std::size_t hash, Fits fits) const noexcept {
    for (std::size_t at = hash % capacity; places_[at] != 0; at = (at + 1) % capacity)
      if (const Row& row = rows_[places_[at] - 1]; fits(row)) return &row;
    return nullptr;
  }

 private:
  static constexpr std::size_t capacity = Count < 256 ? 512 : 2048;
  static_assert(Count * 3 <= capacity && Count < 0xffff);

  const Row* rows_;
  std::uint16_t places_[capacity] = {};
};

constexpr bool names_domain(const native_domain& row, std::string_view name) noexcept { return row.name == name; }

inline std::size_t hash_of_name(std::string_view name) noexcept {
  if (name.empty()) return 0;
  const auto byte = [name](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(name[i])); };
  return name.size() * 211 + byte(0) * 37 + byte(name.size() / 2) * 61 + byte(name.size() - 1) * 149;
}
inline std::size_t hash_of_domain(const native_domain& row) noexcept { return hash_of_name(row.name); }

/// Null for a name that domains.inc does not list.
inline const native_domain* find_domain(std::string_view name) noexcept {
  static const row_index<native_domain, std::size(native_domains), hash_of_domain> index(native_domains);
  return index.find(hash_of_name(name), [name](const native_domain& row) { return name == row.name; });
}

/// The same by the category. The standard library's are told by their address, which spares their names.
inline const native_domain* find_domain(const std::error_category& category) noexcept {
  static_assert(names_domain(native_domains[0], "system") && names_domain(native_domains[1], "generic"));
  if (category == std::system_category()) return &native_domains[0];
  if (category == std::generic_category()) return &native_domains[1];
  return find_domain(category.name());
}

/// A code as the tables know it; the domain is null if they do not.
struct known_code {
  const native_domain* domain;
  int value;
};

/// Of a category that domains.inc does not list, its own word counts: the code of std::errc that it says its code is.
inline known_code known_as(const std::error_code& code) noexcept {
  if (const native_domain* listed = find_domain(code.category())) return {listed, code.value()};
  const std::error_condition meant = code.default_error_condition();
  const bool tells = meant && meant.category() == std::generic_category();
  return {tells ? find_domain(meant.category()) : nullptr, meant.value()};
}

inline std::size_t hash_of_code(native_table where, std::int32_t value) noexcept {
  return static_cast<std::size_t>(where) * 127 + static_cast<std::uint32_t>(value);
}
inline std::size_t hash_of_row(const native_row& row) noexcept { return hash_of_code(row.where, row.value); }

/// OpenSSL's reason in a packed error: 1.1 has 12 bits for it, 3 has 23. An alert that came is 1000.
constexpr int openssl_reason(int packed) noexcept {
  constexpr unsigned ssl_library = 20;
  const auto bits = static_cast<unsigned>(packed);
  const unsigned reason = bits >> 24 == ssl_library ? bits & 0xfffu : bits & 0x7fffffu;
  const bool of_ssl = bits >> 24 == ssl_library || bits >> 23 == ssl_library;
  if (!of_ssl) return 0;
  return reason >= 1000 && reason <= 1255 ? 1000 : static_cast<int>(reason);
}

/// What the code means; `otherwise` of its domain if no row lists it.
inline native_sense sense_of(const native_domain& in, int value) noexcept {
  const int key = in.table == native_table::openssl ? openssl_reason(value) : value;
  static const row_index<native_row, std::size(native_rows), hash_of_row> index(native_rows);
  const native_row* row = index.find(hash_of_code(in.table, key), [&in, key](const native_row& one) {
    return one.where == in.table && one.value == key;
  });
  return row != nullptr ? row->sense : in.otherwise;
}

}  // namespace detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
