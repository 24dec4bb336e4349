#pragma once

#include <atomic>
#include <mutex>
#include <new>
#include <thread>

#include "handshim/impl/counters.ipp"
#include "handshim/impl/observation.hpp"
#include "handshim/observe.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

struct observer_place {
  std::atomic<unsigned> calls{0};
  observer who;
};

// Two places: a new observer goes into the one that no call is in, so that no call sees half of it.
struct watch_state {
  std::mutex changing;
  observer_place places[2];
  std::atomic<observer_place*> active{nullptr};
  std::atomic<bool> counting{false};
};

// Never destroyed: static objects may fail too.
inline watch_state& watch() noexcept {
  alignas(watch_state) static unsigned char room[sizeof(watch_state)];
  static watch_state& now = *::new (static_cast<void*>(room)) watch_state;
  return now;
}

inline bool& inside_observer() noexcept {
  static thread_local bool now = false;
  return now;
}

inline call_site& this_call_site() noexcept {
  static thread_local call_site now;
  return now;
}

inline event event_of(const failure& f, const policy_choice& by) noexcept {
  const auto kinds_differ = [&f](const policy& a, const policy& b) {
    return a.is_native() != b.is_native() || a.kinds(f) != b.kinds(f);
  };
  event out{f, by, by.policy.kinds(f), kinds_differ(by.policy, policy()), candidate(), {}, false, this_call_site()};
  if (!out.candidate) return out;
  out.candidate_kinds = out.candidate->kinds(f);
  out.would_differ = kinds_differ(by.policy, *out.candidate);
  return out;
}

inline void count(const event& e) noexcept {
  tables().add(e.failure, e.by.policy, e.kinds);
  if (e.changed) tables().add_change(e.failure.fault());
  if (e.would_differ) tables().add_difference(e.failure.fault(), *e.candidate);
}

// The place is entered before it is looked at again: who replaces it waits for those who entered.
inline void call_observer(watch_state& all, const event& e) noexcept {
  while (observer_place* place = all.active.load()) {
    place->calls.fetch_add(1);
    const bool stays = place == all.active.load();
    if (stays) place->who.call(place->who.context, e);
    place->calls.fetch_sub(1, std::memory_order_release);
    if (stays) return;
  }
}

inline void notify(const failure& f, const policy_choice& by) noexcept {
  if (inside_observer()) return;
  inside_observer() = true;
  const event e = event_of(f, by);
  if (watch().counting.load(std::memory_order_relaxed)) count(e);
  call_observer(watch(), e);
  inside_observer() = false;
}

// With the lock held.
inline void set_notice(const watch_state& all) noexcept {
  const bool wanted = all.active.load() != nullptr || all.counting.load();
  notice_slot().store(wanted ? notify : nullptr, std::memory_order_release);
}

HANDSHIM_INLINE call_site exchange_call_site(const call_site& now) noexcept {
  return std::exchange(this_call_site(), now);
}

}  // namespace detail

HANDSHIM_INLINE bool set_observer(observer who) noexcept {
  if (detail::inside_observer()) return false;
  detail::watch_state& all = detail::watch();
  const std::lock_guard<std::mutex> hold(all.changing);
  detail::observer_place* const old = all.active.load();
  detail::observer_place* const free = old == all.places ? all.places + 1 : all.places;
  free->who = who;
  all.active.store(who.call != nullptr ? free : nullptr);
  detail::set_notice(all);
  while (old != nullptr && old->calls.load() != 0) std::this_thread::yield();
  return true;
}

HANDSHIM_INLINE bool reset_observer() noexcept { return set_observer({}); }

HANDSHIM_INLINE bool count_failures(bool on) noexcept {
  if (detail::inside_observer()) return false;
  detail::watch_state& all = detail::watch();
  const std::lock_guard<std::mutex> hold(all.changing);
  all.counting.store(on);
  detail::set_notice(all);
  return true;
}

HANDSHIM_INLINE void observe(failure& f, const policy_choice& by) noexcept {
  if (!f) return;
  if (const detail::notice tell = detail::notice_for(f)) detail::tell_of(tell, f, by);
}

}  // namespace HANDSHIM_ABI
}  // namespace handshim
