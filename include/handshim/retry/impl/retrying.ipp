#pragma once

#include <algorithm>
#include <string>

#include "handshim/impl/fault_rows.hpp"
#include "handshim/impl/json.hpp"
#include "handshim/retry/retrying.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

inline constexpr std::size_t longest_history = 16;                                   // as long as an evidence keeps
inline constexpr std::chrono::nanoseconds too_short = std::chrono::milliseconds(5);  // to wait for a server once more

/// "950 ms", "12.3 s"
inline void write_span(string_text& out, std::chrono::nanoseconds span) {
  const long long ms = std::chrono::duration_cast<std::chrono::milliseconds>(span).count();
  if (ms < 1000)
    out << ms << " ms";
  else
    out << ms / 1000 << "." << ms / 100 % 10 << " s";
}

// What the texts of a failure say of its detail so far: the detail, else the header at fault.
inline std::string_view detail_shown(const evidence& known) noexcept {
  return known.detail.empty() ? known.header : known.detail;
}

}  // namespace detail

HANDSHIM_INLINE retry_run::retry_run(const retry_options& how, backoff& pace, bool waiting)
    : how_(how), pace_(pace), waiting_(waiting), began_(now()) {}

HANDSHIM_INLINE attempt_info retry_run::begin() {
  ++attempts_;
  return {attempts_, (std::max)(left(), std::chrono::nanoseconds(0))};
}

HANDSHIM_INLINE std::chrono::nanoseconds retry_run::now() const {
  return how_.clock.now ? how_.clock.now() : std::chrono::steady_clock::now().time_since_epoch();
}

HANDSHIM_INLINE std::chrono::nanoseconds retry_run::left() const {
  return how_.total.count() > 0 ? how_.total - spent() : (std::chrono::nanoseconds::max)();
}

HANDSHIM_INLINE failure retry_run::numbered(const failure& f) const {
  evidence known = f.evidence();
  known.attempt = attempts_;
  return f.with(known);
}

// The first one and the newest: an evidence keeps no more.
HANDSHIM_INLINE void retry_run::remember(const failure& f) {
  if (earlier_.size() == detail::longest_history) earlier_.erase(earlier_.begin() + 1);
  earlier_.push_back(f);
}

HANDSHIM_INLINE bool retry_run::end(failure& why, const std::string& reason) {
  detail::string_text text;
  const std::string_view before = detail::detail_shown(why.evidence());
  text << before << (before.empty() ? "" : "; ") << reason;
  if (attempts_ > 1) {
    detail::write_span(text << " (" << static_cast<long long>(attempts_) << " attempts in ", spent());
    text << ")";
  }
  const std::string told = text.take();
  evidence known = why.evidence();
  known.detail = told;
  known.attempt = attempts_;
  known.spent = spent();
  known.earlier = {earlier_.data(), earlier_.size()};
  why = why.with(known);
  return false;
}

// The last failure is then an earlier one.
HANDSHIM_INLINE bool retry_run::stopped(failure& why, const char* when) {
  if (!why.is(condition::cancelled)) {
    remember(why);
    evidence known;
    known.backend = why.evidence().backend;
    known.endpoint = why.evidence().endpoint;
    why = failure(fault::cancelled, known, {}, why.phase());
  }
  return end(why, when);
}

HANDSHIM_INLINE backoff_step retry_run::judged(const failure& f) {
  const backoff_step step = pace_.next(f);
  return step || !how_.keep_trying || !how_.keep_trying(f) ? step : pace_.next_anyway(f);
}

// A wait for a server shortens its pauses rather than ending before its time.
HANDSHIM_INLINE bool retry_run::out_of_time(std::chrono::nanoseconds& delay) const {
  const std::chrono::nanoseconds rest = left();
  if (waiting_ && delay > rest / 2) delay = rest / 2;
  return waiting_ ? rest < detail::too_short : delay >= rest;
}

HANDSHIM_INLINE bool retry_run::pause(std::chrono::nanoseconds span) const {
  if (how_.clock.pause) return how_.clock.pause(span) && !stop_requested();
  if (how_.stop != nullptr) return !how_.stop->wait_for(span);
  std::this_thread::sleep_for(span);
  return true;
}

HANDSHIM_INLINE bool retry_run::proceed(failure& why, const backoff_step& step) {
  std::chrono::nanoseconds delay = step.delay;
  if (!step) {
    const std::string_view what = waiting_ ? "waiting cannot mend this: " : "trying again is no use: ";
    return end(why, std::string(what).append(step.advice.rule->reason));
  }
  if (how_.attempts != 0 && attempts_ >= how_.attempts) return end(why, "no attempt is left");
  if (out_of_time(delay)) {
    detail::string_text text;
    text << "the time is up";
    if (!waiting_) detail::write_span(text << ": the next attempt would be in ", delay);
    return end(why, text.take());
  }
  remember(why);
  if (how_.on_retry) how_.on_retry(why, delay);
  if (pause(delay)) return true;
  earlier_.pop_back();
  return stopped(why, "stopped while it waited to try again");
}

HANDSHIM_INLINE bool retry_run::again(failure& why) {
  why = numbered(why);
  if (why.is(condition::cancelled) || stop_requested()) return stopped(why, "stopped");
  if (how_.give_up && how_.give_up(why)) return end(why, "given up by the program");
  return proceed(why, judged(why));
}

HANDSHIM_INLINE bool retry_run::again_after(const failure& lost, failure& why) {
  why = lost;
  if (stop_requested()) return stopped(why, "stopped");
  if (how_.give_up && how_.give_up(why)) return end(why, "given up by the program");
  const bool in_order = detail::row_of(why.fault()).retry == advice::never;
  return proceed(why, in_order ? pace_.next_anyway(why) : judged(why));
}

}  // namespace HANDSHIM_ABI
}  // namespace handshim
