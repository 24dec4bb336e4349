// Waiting for a server that is starting, with any callable that makes one attempt.
#pragma once

#include <chrono>
#include <functional>
#include <string_view>
#include <type_traits>

#include "handshim/retry/retrying.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {

/// Short, random pauses: up to 100 ms, then longer by half each, at most a second, whatever a Retry-After says.
backoff_options waiting_backoff() noexcept;

/// How wait_until_ready() waits. Since 0.1.
struct ready_options {
  std::function<bool(const failure&)> give_up;  ///< true: waiting is over; asked first, such as whether the server died
  std::function<bool(const failure&)> keep_waiting;  ///< true: it is a part of the start here, such as a 404
  /// Told of each failure and of the pause that now follows.
  std::function<void(const failure&, std::chrono::nanoseconds delay)> on_wait;
  std::chrono::nanoseconds attempt_timeout = std::chrono::seconds(5);  ///< attempt_info::left is no more
  backoff_options backoff = waiting_backoff();
  stop_signal* stop = nullptr;
  retry_clock clock;
  handshim::phase phase = handshim::phase::unknown;  ///< of what an attempt throws that is no handshim::error
};

/// How the waiting went.
struct readiness {
  unsigned attempts = 0;
  std::chrono::nanoseconds waited{};
};

namespace detail {

retry_options waiting_as(const ready_options& how, std::chrono::nanoseconds span);

// Whether it is an attempt rather than a URI.
template <class T>
using if_attempt = std::enable_if_t<!std::is_convertible_v<T, std::string_view>>;

template <class Attempt>
readiness wait_with(Attempt& attempt, std::chrono::nanoseconds span, const ready_options& how, failure& why) {
  const retry_options as = waiting_as(how, span);
  backoff pace(as.backoff);
  retry_run run(as, pace, true);
  auto bounded = [&](failure& f, attempt_info info) {
    if (how.attempt_timeout.count() > 0 && info.left > how.attempt_timeout) info.left = how.attempt_timeout;
    run_attempt(attempt, f, info);
  };
  run_all(run, bounded, why);
  return {run.attempts(), run.spent()};
}

}  // namespace detail

/// Makes attempts, each attempt(failure&) or attempt(failure&, const attempt_info&), until one leaves no failure: then
/// the server is ready. What may pass is waited out, for that long at most: refused connections, an end or a reset
/// before the response, 502, 503 and 504, a name server that does not answer. What waiting cannot mend (404, a wrong
/// certificate, a wrong URI) ends it at once, and the text says so. Cancelled is never tried again. Since 0.1.
template <class Attempt, class = detail::if_attempt<Attempt>>
readiness wait_until_ready(Attempt&& attempt, std::chrono::nanoseconds span, const ready_options& how, failure& why) {
  return detail::wait_with(attempt, span, how, why);
}

#if HANDSHIM_HAS_EXCEPTIONS
inline namespace HANDSHIM_RTTI_VARIANT {

/// The same with an attempt() that throws, or attempt(const attempt_info&), taken as retry() takes it.
template <class Translator = default_translator, class Build = build_policy, class Attempt,
          class = detail::if_attempt<Attempt>>
readiness wait_until_ready(Attempt&& attempt, std::chrono::nanoseconds span, const ready_options& how = {}) {
  detail::catching_attempt<Translator, std::remove_reference_t<Attempt>> caught(attempt, how.phase);
  failure why;
  const readiness out = detail::wait_with(caught, span, how, why);
  caught.template take<Build>(why);
  return out;
}

}  // namespace HANDSHIM_RTTI_VARIANT
#endif

}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/retry/impl/readiness.ipp"
#endif
