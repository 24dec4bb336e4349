// reconnect(): connects a client, and connects it again when its connection is lost.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "handshim/retry/retrying.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {

/// Keeps a client<Backend> connected: connect() the first time, and again after each loss, as soon as it is noticed.
/// One thread; stop_signal from any. The client must outlive it. Since 0.1.
template <class Client>
class reconnector {
 public:
  reconnector(Client& with, std::string uri, retry_options how = {})
      : client_(with), uri_(std::move(uri)), how_(std::move(how)), pace_(how_.backoff) {}
  reconnector(const reconnector&) = delete;
  reconnector& operator=(const reconnector&) = delete;

  /// The first attempt is made at once. After a loss it waits first, as the backoff says, which begins anew only if
  /// the connection stood for the flap window; a loss of which the advice says that trying again is no use is handed
  /// back at once. An orderly end counts as one that may pass. No attempt outlives retry_options::total.
  void connect(failure& why) {
    retry_run run(how_, pace_);
    const bool may_begin = !opened_ || after_loss(run, why);
    opened_.reset();
    if (!may_begin) return;
    auto attempt = [this](failure& f, const attempt_info& info) { attempt_once(f, info); };
    detail::run_all(run, attempt, why);
    if (why) return;
    before_ = client_.last_failure();
    opened_ = now();
  }

#if HANDSHIM_HAS_EXCEPTIONS
  /// The same; raises under the client's policy.
  void connect() {
    failure why;
    connect(why);
    if (why) raise(why, client_.choice());
  }
#endif

  const backoff& pace() const noexcept { return pace_; }

 private:
  void attempt_once(failure& why, const attempt_info& info) {
    const stoppable_scope until_then(how_.stop, [this] { client_.cancel(); });
    if (how_.stop != nullptr && how_.stop->requested())
      why = failure(fault::cancelled);
    else
      client_.connect_within(uri_, info.left, why);
  }

  bool after_loss(retry_run& run, failure& why) {
    pace_.stood(now() - *opened_);
    return run.again_after(loss(), why);
  }

  // The newest failure of the client, if it is younger than the connection and ended it; else it was closed here.
  failure loss() const {
    failure last = client_.last_failure();
    const bool old = last.fault() == before_.fault() && &last.evidence() == &before_.evidence();
    const bool ended = last.is(condition::lost) || last.is(condition::closed);  // a broken protocol is lost, too
    return !old && ended ? last : failure(fault::closed_normally);
  }

  std::chrono::nanoseconds now() const {
    return how_.clock.now ? how_.clock.now() : std::chrono::steady_clock::now().time_since_epoch();
  }

  Client& client_;
  const std::string uri_;
  const retry_options how_;
  backoff pace_;
  std::optional<std::chrono::nanoseconds> opened_;
  failure before_;  // the client's newest when the connection opened
};

/// Connects a client<Backend>, trying again as retry() does. For a connection that is to be kept up, use a reconnector.
template <class Client>
void reconnect(Client& with, std::string uri, const retry_options& how, failure& why) {
  reconnector<Client>(with, std::move(uri), how).connect(why);
}

#if HANDSHIM_HAS_EXCEPTIONS
/// The same; raises under the client's policy.
template <class Client>
void reconnect(Client& with, std::string uri, const retry_options& how = {}) {
  reconnector<Client>(with, std::move(uri), how).connect();
}
#endif

}  // namespace HANDSHIM_ABI
}  // namespace handshim
