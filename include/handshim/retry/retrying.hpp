// retry(): runs what may fail again, as long as the advice, the attempts and the time allow.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "handshim/guard.hpp"
#include "handshim/retry/backoff.hpp"
#include "handshim/retry/pause.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {

/// How retry() and reconnect() go on. Since 0.1.
struct retry_options {
  backoff_options backoff;
  unsigned attempts = 10;  ///< at most so many; 0: no bound
  std::chrono::nanoseconds
      total{};  ///< for all attempts and pauses; zero: no bound. No pause begins that would pass it
  std::function<bool(const failure&)> give_up;      ///< true: no further attempt, whatever the advice
  std::function<bool(const failure&)> keep_trying;  ///< true: again, though the advice says that it is no use
  /// Told of each failure and of the pause that now follows.
  std::function<void(const failure&, std::chrono::nanoseconds delay)> on_retry;
  stop_signal* stop = nullptr;
  retry_clock clock;
  handshim::phase phase = handshim::phase::unknown;  ///< of what an attempt throws that is no handshim::error
};

/// What an attempt may want to know.
struct attempt_info {
  unsigned number = 1;              ///< from 1
  std::chrono::nanoseconds left{};  ///< until the total is over; nanoseconds::max() without a bound
};

/// The state of one retry(), for loops of your own: begin() before each attempt, again() after one that failed. One
/// thread. The options and the backoff must outlive it.
class retry_run {
 public:
  /// waiting: it is a server's start that is waited for, so the pauses shrink towards the end of the time.
  retry_run(const retry_options& how, backoff& pace, bool waiting = false);

  attempt_info begin();
  /// Judges the failure and pauses: true to try again. If not, `why` is then the last failure with the earlier ones,
  /// the number of attempts and the time spent in its evidence, and with the reason in its text; it is fault::cancelled
  /// if the stop_signal was what ended it. Cancelled is never tried again.
  bool again(failure& why);
  /// The same before the first attempt, for a connection that was lost.
  bool again_after(const failure& lost, failure& why);

  unsigned attempts() const noexcept { return attempts_; }
  std::chrono::nanoseconds spent() const { return now() - began_; }

 private:
  bool proceed(failure& why, const backoff_step& step);
  bool out_of_time(std::chrono::nanoseconds& delay) const;
  backoff_step judged(const failure& f);
  bool end(failure& why, const std::string& reason);
  bool stopped(failure& why, const char* when);
  bool stop_requested() const { return how_.stop != nullptr && how_.stop->requested(); }
  bool pause(std::chrono::nanoseconds span) const;
  void remember(const failure& f);
  failure numbered(const failure& f) const;
  std::chrono::nanoseconds now() const;
  std::chrono::nanoseconds left() const;

  const retry_options& how_;
  backoff& pace_;
  const bool waiting_;
  const std::chrono::nanoseconds began_;
  unsigned attempts_ = 0;
  std::vector<failure> earlier_;
};

namespace detail {

template <class Attempt>
decltype(auto) run_attempt(Attempt& attempt, failure& why, const attempt_info& info) {
  if constexpr (std::is_invocable_v<Attempt&, failure&, const attempt_info&>)
    return attempt(why, info);
  else
    return attempt(why);
}

template <class Attempt>
using result_by_failure =
    decltype(run_attempt(std::declval<Attempt&>(), std::declval<failure&>(), std::declval<const attempt_info&>()));

// All attempts of a run; `why` tells nothing if the last one went well.
template <class Attempt>
auto run_all(retry_run& run, Attempt& attempt, failure& why) -> result_by_failure<Attempt> {
  for (;;) {
    why = failure();
    if constexpr (std::is_void_v<result_by_failure<Attempt>>) {
      run_attempt(attempt, why, run.begin());
      if (!why || !run.again(why)) return;
    } else {
      result_by_failure<Attempt> out = run_attempt(attempt, why, run.begin());
      if (!why || !run.again(why)) return out;
    }
  }
}

}  // namespace detail

/// Calls attempt(failure&), or attempt(failure&, const attempt_info&), until it leaves no failure; what it returns is
/// returned. An attempt has to bound its own time: attempt_info says what is left. Pauses block the thread; backoff is
/// what an event loop wants. Since 0.1.
template <class Attempt>
auto retry(Attempt&& attempt, const retry_options& how, failure& why) -> detail::result_by_failure<Attempt> {
  backoff pace(how.backoff);
  retry_run run(how, pace);
  return detail::run_all(run, attempt, why);
}

#if HANDSHIM_HAS_EXCEPTIONS
namespace detail {

template <class Attempt>
decltype(auto) run_attempt(Attempt& attempt, const attempt_info& info) {
  if constexpr (std::is_invocable_v<Attempt&, const attempt_info&>)
    return attempt(info);
  else
    return attempt();
}

template <class Attempt>
using result_by_throw = decltype(run_attempt(std::declval<Attempt&>(), std::declval<const attempt_info&>()));

inline namespace HANDSHIM_RTTI_VARIANT {

// An attempt that throws, as one that leaves a failure; it keeps the result, and the policy of the last exception.
template <class Translator, class Attempt>
class catching_attempt {
  using result = result_by_throw<Attempt>;
  static_assert(!std::is_reference_v<result>, "an attempt returns a value or nothing");

 public:
  catching_attempt(Attempt& attempt, handshim::phase p) : attempt_(attempt), phase_(p) {}

  void operator()(failure& why, const attempt_info& info) {
    chosen_.reset();
    try {
      catching<Translator>(
          phase_, [&] { run(info); }, keeping{why});
    } catch (const error& e) {
      chosen_ = policy_choice(e.policy(), e.source());
      why = e.failure();
    }
  }

  template <class Build>
  result take(const failure& why) {
    if (why) raise(why, chosen_ ? *chosen_ : current_policy<Build>());
    if constexpr (!std::is_void_v<result>) return std::move(*out_);
  }

 private:
  void run(const attempt_info& info) {
    if constexpr (std::is_void_v<result>)
      run_attempt(attempt_, info);
    else
      out_.emplace(run_attempt(attempt_, info));
  }

  Attempt& attempt_;
  handshim::phase phase_;
  std::optional<policy_choice> chosen_;
  std::optional<std::conditional_t<std::is_void_v<result>, char, result>> out_;
};

}  // namespace HANDSHIM_RTTI_VARIANT
}  // namespace detail

inline namespace HANDSHIM_RTTI_VARIANT {

/// The same with attempt(), or attempt(const attempt_info&), that throws: what it throws is taken as guard() takes it,
/// and in the end the last failure is raised, under the policy of the last exception if it was handshim's, else under
/// the one that holds here.
template <class Translator = default_translator, class Build = build_policy, class Attempt>
auto retry(Attempt&& attempt, const retry_options& how = {}) -> detail::result_by_throw<Attempt> {
  detail::catching_attempt<Translator, std::remove_reference_t<Attempt>> caught(attempt, how.phase);
  failure why;
  retry(caught, how, why);
  return caught.template take<Build>(why);
}

}  // namespace HANDSHIM_RTTI_VARIANT
#endif  // HANDSHIM_HAS_EXCEPTIONS

}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/retry/impl/retrying.ipp"
#endif
