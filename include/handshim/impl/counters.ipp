#pragma once

#include <atomic>
#include <cstring>
#include <new>

#include "handshim/counters.hpp"
#include "handshim/failure.hpp"
#include "handshim/impl/fault.ipp"
#include "handshim/impl/json.hpp"
#include "handshim/impl/policy.ipp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

using counter = std::atomic<std::uint64_t>;

// How many policies or backends have a counter of their own; what comes later shares the last one.
inline constexpr std::size_t named_counters = 31;
template <class T>
using places = std::atomic<const T*>[named_counters];

// The index of a key. Places are taken in order and never given back, so that all threads find the same one. `is`
// compares with what a place holds; `make` gives what to put into an empty one, or null; `drop` takes it back.
template <class T, class Is, class Make, class Drop>
std::size_t place_of(places<T>& all, Is is, Make make, Drop drop) noexcept {
  for (std::size_t i = 0; i < named_counters; ++i) {
    const T* there = all[i].load(std::memory_order_acquire);
    if (there == nullptr) {
      const T* const fresh = make();
      if (fresh == nullptr) break;
      if (all[i].compare_exchange_strong(there, fresh, std::memory_order_acq_rel)) return i;
      drop(fresh);
    }
    if (is(*there)) return i;
  }
  return named_counters;
}

// The name of a backend, as a failure keeps it; kept for ever once it has a counter.
struct kept_name {
  char text[64] = {};
  std::size_t size;
  explicit kept_name(std::string_view name) noexcept : size(name.copy(text, sizeof text)) {}
  std::string_view view() const noexcept { return {text, size}; }
};

// The counters of a kind stand at its number; the last is what went on unchanged.
inline constexpr std::size_t native_counter = 64;

struct counter_tables {
  counter faults[fault_count], changed[fault_count], differing[fault_count];
  counter kinds[native_counter + 1];
  places<policy_data> policy_places;
  counter policies[named_counters + 1], candidates[named_counters + 1];
  places<kept_name> backend_places;
  counter backends[named_counters + 1], without_backend;

  void add(const failure& f, const policy& by, const kind_list& as) noexcept {
    increment(faults[fault_index(f.fault())]);
    if (by.is_native())
      increment(kinds[native_counter]);
    else
      for (const kind k : as) increment(kinds[static_cast<std::size_t>(k) % native_counter]);
    increment(policies[index_of(by)]);
    increment(f.evidence().backend.empty() ? without_backend : backends[index_of(f.evidence().backend)]);
  }
  void add_change(fault f) noexcept { increment(changed[fault_index(f)]); }
  void add_difference(fault f, const policy& candidate) noexcept {
    increment(differing[fault_index(f)]);
    increment(candidates[index_of(candidate)]);
  }

 private:
  static void increment(counter& one) noexcept { one.fetch_add(1, std::memory_order_relaxed); }

  std::size_t index_of(const policy& p) noexcept {
    const policy_data* const data = policy_data::of(p);
    return place_of<policy_data>(
        policy_places, [data](const policy_data& there) { return &there == data || there.name == data->name; },
        [data] { return data; }, [](const policy_data*) {});
  }
  std::size_t index_of(std::string_view backend) noexcept {
    return place_of<kept_name>(
        backend_places, [backend](const kept_name& there) { return there.view() == backend; },
        [backend] { return new (std::nothrow) kept_name(backend); }, [](const kept_name* unused) { delete unused; });
  }
};

// All zero from the start, and never destroyed.
inline counter_tables& tables() noexcept {
  alignas(counter_tables) static unsigned char room[sizeof(counter_tables)];
  static counter_tables& now = *::new (static_cast<void*>(room)) counter_tables();
  return now;
}

using read_counter = std::uint64_t (*)(counter&);

// No name twice: a backend may be called "other" too.
inline void add_row(counters::rows& to, std::string_view name, std::uint64_t count) {
  if (count == 0) return;
  string_text shown;
  append_escaped(shown, name);
  counters::row fresh{shown.take(), count};
  for (counters::row& there : to)
    if (there.name == fresh.name) return static_cast<void>(there.count += count);
  to.push_back(std::move(fresh));
}

inline counters::rows rows_by_fault(counter (&from)[fault_count], read_counter read, std::uint64_t& sum) {
  counters::rows out;
  for (const fault_facts& row : all_faults()) {
    const std::uint64_t count = read(from[&row - all_faults().begin()]);
    add_row(out, row.name, count);
    sum += count;
  }
  return out;
}

inline counters::rows rows_by_kind(counter_tables& all, read_counter read) {
  counters::rows out;
  for (const kind_facts& row : all_kinds()) add_row(out, row.name, read(all.kinds[static_cast<std::size_t>(row.id)]));
  add_row(out, "native", read(all.kinds[native_counter]));
  return out;
}

template <class T, class Name>
counters::rows rows_by_place(const places<T>& names, counter (&from)[named_counters + 1], read_counter read,
                             Name name) {
  counters::rows out;
  for (std::size_t i = 0; i < named_counters; ++i)
    if (const T* there = names[i].load(std::memory_order_acquire)) add_row(out, name(*there), read(from[i]));
  add_row(out, "other", read(from[named_counters]));
  return out;
}

inline counters read_all(read_counter read) {
  counter_tables& all = tables();
  const auto policy_name = [](const policy_data& p) -> std::string_view { return p.name; };
  const auto backend_name = [](const kept_name& n) { return n.view(); };
  counters out;
  out.by_fault = rows_by_fault(all.faults, read, out.failures);
  out.by_kind = rows_by_kind(all, read);
  out.by_policy = rows_by_place<policy_data>(all.policy_places, all.policies, read, policy_name);
  out.by_backend = rows_by_place<kept_name>(all.backend_places, all.backends, read, backend_name);
  add_row(out.by_backend, "none", read(all.without_backend));
  out.changed_by_fault = rows_by_fault(all.changed, read, out.changed);
  out.would_differ_by_fault = rows_by_fault(all.differing, read, out.would_differ);
  out.would_differ_by_candidate = rows_by_place<policy_data>(all.policy_places, all.candidates, read, policy_name);
  return out;
}

}  // namespace detail

HANDSHIM_INLINE counters read_counters() {
  return detail::read_all([](detail::counter& one) { return one.load(std::memory_order_relaxed); });
}

HANDSHIM_INLINE counters take_counters() {
  return detail::read_all([](detail::counter& one) { return one.exchange(0, std::memory_order_relaxed); });
}

}  // namespace HANDSHIM_ABI
}  // namespace handshim
