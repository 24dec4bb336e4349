#pragma once

#include <algorithm>

#include "handshim/retry/advice.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

inline std::optional<std::chrono::nanoseconds> delay_asked_for(const failure& f, const advising& by) {
  const retry_after value = retry_after_in(f.evidence());
  if (value.as == retry_after::form::invalid) return std::nullopt;
  long long now = 0;
  if (value.as != retry_after::form::delay) {
    const auto time = by.now ? by.now() : std::chrono::system_clock::now();
    now = std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
  }
  const std::chrono::seconds asked(seconds_to_wait(value, now));
  return std::clamp(asked, std::chrono::seconds(0), (std::max)(by.longest_wait, std::chrono::seconds(0)));
}

// Nothing of the application's goes out before the 101.
inline bool nothing_was_sent(phase p) noexcept {
  return p != phase::unknown && p != phase::open && p != phase::closing;
}

inline std::optional<advice> users_word(const failure& f, const advising& by) {
  const int code = f.evidence().close_received.code;
  if (code < 3000 || code > 4999 || facts(f.fault()).retry != advice::by_close_code) return std::nullopt;
  for (const close_code_advice& row : by.close_codes)
    if (code >= row.first && code <= row.last) return row.what;
  return std::nullopt;
}

}  // namespace detail

HANDSHIM_INLINE retry_advice advise(const failure& f, const advising& by) {
  retry_advice out;
  if (!f) return out;
  const retry_rule& rule = detail::rule_of(f);
  out.what = detail::users_word(f, by).value_or(advice_for(f));
  out.where = rule.where;
  out.safe_to_send_again = detail::nothing_was_sent(f.phase());
  if (out.what == advice::after) out.delay = detail::delay_asked_for(f, by);
  out.rule = &rule;
  return out;
}

}  // namespace HANDSHIM_ABI
}  // namespace handshim
