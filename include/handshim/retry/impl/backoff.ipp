#pragma once

#include <algorithm>
#include <utility>

#include "handshim/retry/backoff.hpp"
#include "handshim/rfc6455/random.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

inline std::uint64_t seed_of(const backoff_options& shape) noexcept {
  std::uint64_t seed = shape.seed;
  if (seed == 0) rfc6455::fill_random(&seed, sizeof seed);
  return seed;
}

// SplitMix64 (Steele, Lea and Flood, 2014): the same numbers on every platform, which std's distributions do not
// promise.
inline std::uint64_t next_random(std::uint64_t& state) noexcept {
  std::uint64_t z = state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

// So that sums and doubles of it can be counted.
inline std::chrono::nanoseconds usable(std::chrono::nanoseconds span) noexcept {
  return std::clamp<std::chrono::nanoseconds>(span, {}, std::chrono::hours(24 * 365));
}

}  // namespace detail

HANDSHIM_INLINE backoff_options websockets_backoff() noexcept {
  backoff_options out;
  out.base = std::chrono::milliseconds(3100);
  out.factor = 1.618;
  out.cap = std::chrono::seconds(90);
  out.jitter = false;
  out.flap_window = {};
  return out;
}

HANDSHIM_INLINE backoff_options websockets_legacy_backoff() noexcept {
  backoff_options out = websockets_backoff();
  out.base = std::chrono::nanoseconds(3106560000);  // 1.92 s times 1.618
  out.cap = std::chrono::seconds(60);
  out.granularity = std::chrono::seconds(1);
  return out;
}

HANDSHIM_INLINE backoff::backoff(backoff_options shape) : shape_(std::move(shape)), random_(detail::seed_of(shape_)) {}

// The longest delay of the step: the first one, then base, base * factor and so on up to the cap.
HANDSHIM_INLINE std::chrono::nanoseconds backoff::longest(unsigned step) const noexcept {
  if (step == 0) return detail::usable(shape_.first);
  const auto cap = static_cast<double>(detail::usable(shape_.cap).count());
  auto length = static_cast<double>(detail::usable(shape_.base).count());
  for (unsigned i = 1; i < step && length < cap && shape_.factor > 1; ++i) length *= shape_.factor;
  const auto grown = std::chrono::nanoseconds(static_cast<long long>((std::min)(length, cap)));
  return shape_.granularity.count() > 0 ? grown - grown % shape_.granularity : grown;
}

HANDSHIM_INLINE std::chrono::nanoseconds backoff::random_up_to(std::chrono::nanoseconds most) noexcept {
  const double part = static_cast<double>(detail::next_random(random_) >> 11) / 9007199254740992.0;  // 2^53
  return std::chrono::nanoseconds(static_cast<long long>(static_cast<double>(most.count()) * part));
}

HANDSHIM_INLINE std::chrono::nanoseconds backoff::delay_for(const retry_advice& word) {
  const bool throttled = word.what == advice::throttled;
  if (throttled) ++taken_;
  const unsigned step = taken_++;
  const std::chrono::nanoseconds most = longest(step);
  if (word.delay) return *word.delay + random_up_to(most);
  if (throttled) return most / 2 + random_up_to(most / 2);
  return step == 0 || shape_.jitter ? random_up_to(most) : most;
}

HANDSHIM_INLINE backoff_step backoff::next(const failure& f) {
  const retry_advice word = advise(f, shape_.advising);
  if (!word.may_pass()) return {false, {}, word};
  return {true, delay_for(word), word};
}

HANDSHIM_INLINE backoff_step backoff::next_anyway(const failure& f) {
  const retry_advice word = advise(f, shape_.advising);
  return {true, delay_for(word), word};
}

HANDSHIM_INLINE void backoff::stood(std::chrono::nanoseconds how_long) noexcept {
  if (how_long >= shape_.flap_window) reset();
}

}  // namespace HANDSHIM_ABI
}  // namespace handshim
