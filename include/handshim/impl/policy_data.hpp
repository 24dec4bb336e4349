// What a policy consists of: tables folded from the rows, or two policies in one. Made once, kept for ever.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "handshim/impl/fault_rows.hpp"
#include "handshim/impl/immortal.hpp"
#include "handshim/impl/kind_set.hpp"
#include "handshim/impl/policy_rows.hpp"
#include "handshim/policy.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

// raise.ipp has them; builds without exceptions have none
struct raiser;
struct exception_maker;

// Classes for sets of kinds that the core has none for: bridge.hpp brings them.
struct class_table {
  const kind_set* sets;
  const raiser* raisers;  // one for each set; null in builds without exceptions
  const exception_maker* makers;
  std::size_t count;

  template <class Row>
  const Row* rows() const noexcept {
    if constexpr (std::is_same_v<Row, raiser>)
      return raisers;
    else
      return makers;
  }

  bool has(kind_set wanted) const noexcept {
    for (std::size_t i = 0; i < count; ++i)
      if (sets[i] == wanted) return true;
    return false;
  }
};

#if defined(HANDSHIM_COMPILED)
const class_table* bridge_classes() noexcept;
#else
inline std::atomic<const class_table*> brought_classes{nullptr};
inline const class_table* bridge_classes() noexcept { return brought_classes.load(std::memory_order_acquire); }
#endif

struct policy_data {
  std::string name;
  std::string spec;      // the name, put in terms of the built-in policies
  bool defined = false;  // by define_policy(), under that very name
  bool native = false;
  const policy_data* sides[2] = {};      // of a bridge: it raises what both do, and is else a copy of the second
  const class_table* classes = nullptr;  // with them it was made, so with them it raises, in whichever library
  kind_list kinds[fault_count];
  row_verdict retries[fault_count] = {};
  handshim::reading reading;

  bool is_bridge() const noexcept { return sides[0] != nullptr; }
  static policy handle(const policy_data* data) noexcept { return policy(data); }
  static const policy_data* of(const policy& p) noexcept { return p.data_; }
};

// What a failure without a fault of its own is judged as, and what `of_phase` stands for.
inline fault root_of(phase p) noexcept {
  switch (p) {
    case phase::local:
      return fault::usage_invalid;
    case phase::resolve:
      return fault::resolve_failed;
    case phase::connect:
      return fault::connect_failed;
    case phase::proxy:
      return fault::proxy_failed;
    case phase::tls:
      return fault::tls_failed;
    case phase::handshake:
      return fault::handshake_failed;
    case phase::open:
    case phase::closing:
      return fault::connection_lost;
    case phase::unknown:
      break;
  }
  return fault::none;
}

inline kind_union kinds_in(const policy_data& data, fault f, phase p) noexcept {
  kind_union out;
  if (data.is_bridge()) {
    out.add(kinds_in(*data.sides[1], f, p));  // the second's first, as its primary kind is the bridge's
    out.add(kinds_in(*data.sides[0], f, p));
    return out;
  }
  const fault root = root_of(p);
  for (const kind k : data.kinds[fault_index(f)]) {
    if (k != of_phase)
      out.add(k);
    else if (root != fault::none)
      for (const kind whole : data.kinds[fault_index(root)]) out.add(whole);
  }
  return out;
}

template <class Cell, class Value>
void set_subtree(Cell (&table)[fault_count], fault top, const Value& value) noexcept {
  for (std::size_t i = 0; i < fault_count; ++i)
    if (is_a(rows::numbers[i].id, top)) table[i] = value;
}

// The fold of all rows of the families up to the version; rows stand in the order in which they came.
inline void fold(policy_data& data, unsigned of, version at) noexcept {
  for (const kinds_row& row : kinds_rows)
    if ((row.families & of) != 0 && !(at < row.since)) set_subtree(data.kinds, row.about, row.value);
  for (const retry_row& row : retry_rows)
    if ((row.families & of) != 0 && !(at < row.since)) set_subtree(data.retries, row.about, row.value);
  apply_readings(data.reading, of, at);
}

inline unsigned row_families(const base_spec& spec) noexcept {
  const std::string_view name = spec.family->name;
  if (name == "unified") return policy_rows::unified;
  if (name == "websockets-legacy") return policy_rows::legacy;
  if (name == "websockets-asyncio") return policy_rows::asyncio;
  if (name == "websockets-sync") return policy_rows::sync;
  if (name == "websockets") return spec.at < v(14) ? policy_rows::legacy : policy_rows::asyncio;
  return 0;
}

// Policies are made once and never destroyed: handles stay valid, in static destructors too. A list that only grows at
// its end, so that it needs no lock.
class policy_registry {
 public:
  const policy_data* find(std::string_view name) const noexcept {
    for (const entry* one = first(); one; one = one->after())
      if (one->made->name == name) return one->made;
    return nullptr;
  }
  // What was there before under that name stays.
  const policy_data* add(std::unique_ptr<policy_data> made) {
    auto fresh = std::make_unique<entry>();
    fresh->made = made.get();
    for (std::atomic<entry*>* slot = &first_;;) {
      entry* there = nullptr;
      if (slot->compare_exchange_strong(there, fresh.get(), std::memory_order_acq_rel)) {
        fresh.release();
        return made.release();
      }
      if (there->made->name == made->name) return there->made;
      slot = &there->next;
    }
  }
  std::vector<std::string_view> defined() const {
    std::vector<std::string_view> out;
    for (const entry* one = first(); one; one = one->after())
      if (one->made->defined) out.push_back(one->made->name);
    return out;
  }

 private:
  struct entry {
    const policy_data* made = nullptr;
    std::atomic<entry*> next{nullptr};
    const entry* after() const noexcept { return next.load(std::memory_order_acquire); }
  };
  const entry* first() const noexcept { return first_.load(std::memory_order_acquire); }
  std::atomic<entry*> first_{nullptr};
};

inline policy_registry& registry() noexcept {
  static_assert(std::is_trivially_destructible_v<policy_registry>);
  static policy_registry all;
  return all;
}

// The policy that is always there, also when memory ran out.
struct unified_data : policy_data {
  unified_data() noexcept {
    name = spec = "unified-1";
    fold(*this, policy_rows::unified, v(1));
  }
};
inline const policy_data* unified() noexcept { return &immortal<unified_data>(); }

}  // namespace detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
