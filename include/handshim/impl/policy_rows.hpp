// The rows of the policy data as tables.
#pragma once

#include <string>
#include <vector>

#include "handshim/failure.hpp"
#include "handshim/impl/kind_set.hpp"
#include "handshim/impl/policy_spec.hpp"
#include "handshim/kind.hpp"
#include "handshim/reading.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

/// Stands in a row for the kinds that the policy gives to the phase's own fault.
inline constexpr kind of_phase = static_cast<kind>(255);

enum class row_verdict : std::uint8_t { no_loop, gives_up, retries, by_status };

namespace policy_rows {
enum families : unsigned {
  unified = 1,
  legacy = 2,
  asyncio = 4,
  sync = 8,
  sansio = asyncio | sync,
  every = legacy | sansio
};
constexpr unsigned operator|(families a, families b) noexcept {
  return static_cast<unsigned>(a) | static_cast<unsigned>(b);
}
}  // namespace policy_rows

template <class T>
struct policy_row {
  unsigned families;
  version since;
  fault about;
  T value;
};
using kinds_row = policy_row<kind_list>;
using retry_row = policy_row<row_verdict>;

// The kinds of a row are written with bare enumerators, which these name.
namespace kind_words {
inline constexpr kind of_phase = detail::of_phase;
#include "handshim/data/rows_begin.inc"
#define KIND(number, name, base, description) inline constexpr kind name = kind::name;
#include "handshim/data/kinds.inc"
#undef KIND
#define K(...) \
  kind_list { __VA_ARGS__ }
#define KINDS(families_, since, about, kinds) kinds_row{families_, since, fault::about, kinds},
using policy_rows::asyncio;
using policy_rows::every;
using policy_rows::legacy;
using policy_rows::sansio;
using policy_rows::sync;
using policy_rows::unified;
inline constexpr kinds_row kinds_table[] = {
#include "handshim/data/policies.inc"
};
inline constexpr kind_list combination_table[] = {
#define COMBINATION(...) K(__VA_ARGS__),
#include "handshim/data/combinations.inc"
#undef COMBINATION
};
#undef K
}  // namespace kind_words
inline constexpr auto& kinds_rows = kind_words::kinds_table;
inline constexpr auto& combinations = kind_words::combination_table;

/// Whether the core has a class for them: one kind, or a row of combinations.inc in any order.
inline bool is_in_core(kind_set kinds) noexcept {
  if ((kinds & (kinds - 1)) == 0) return true;
  for (const kind_list& row : combinations)
    if (set_of(row) == kinds) return true;
  return false;
}

namespace retry_words {
using namespace policy_rows;
#define LOOP(families_, since, about, verdict) retry_row{families_, since, fault::about, row_verdict::verdict},
inline constexpr retry_row retry_table[] = {
#include "handshim/data/policies.inc"
};
}  // namespace retry_words
inline constexpr auto& retry_rows = retry_words::retry_table;

/// Lays the preset of the families at a version over the defaults.
inline void apply_readings(reading& out, unsigned families_, version at) noexcept {
  using namespace policy_rows;
#define READS(row_families, since, field, value) \
  if (((row_families)&families_) != 0 && !(at < since)) out.field = value;
#include "handshim/data/policies.inc"
}

inline void insert_in_order(std::vector<version>& out, version at) {
  auto place = out.begin();
  while (place != out.end() && *place < at) ++place;
  if (place == out.end() || at < *place) out.insert(place, at);
}

/// The versions from the oldest on at which a row of any kind changes something for the families.
inline std::vector<version> epochs(unsigned families_, version oldest) {
  using namespace policy_rows;
  std::vector<version> out{oldest};
  const auto add = [&](unsigned of, version since) {
    if ((of & families_) != 0 && !(since < oldest)) insert_in_order(out, since);
  };
  for (const kinds_row& row : kinds_rows) add(row.families, row.since);
  for (const retry_row& row : retry_rows) add(row.families, row.since);
#define READS(row_families, since, field, value) add(row_families, since);
#include "handshim/data/policies.inc"
#include "handshim/data/rows_end.inc"
  return out;
}

inline std::string to_string(version at) {
  std::string out = std::to_string(at.major) + "." + std::to_string(at.minor);
  return at.patch == 0 ? out : out + "." + std::to_string(at.patch);
}

inline void add_epochs(std::vector<std::string>& out, const policy_family& f) {
  const unsigned families_ = f.name == "websockets-legacy"    ? policy_rows::legacy
                             : f.name == "websockets-asyncio" ? policy_rows::asyncio
                                                              : policy_rows::sync;
  for (version at : epochs(families_, to_version(f.oldest))) out.push_back(std::string(f.name) + "-" + to_string(at));
}

}  // namespace detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
