// Which connection a backend holds at the moment, shared safely between threads.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "handshim/backends/session.hpp"
#include "handshim/backends/trace.hpp"
#include "handshim/failure.hpp"
#include "handshim/fault.hpp"
#include "handshim/net/deadline.hpp"
#include "handshim/net/interrupter.hpp"
#include "handshim/options.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace backends {

/// One connection: while it is made, and once it is open. Kept by whoever still works with it. Session has is_over()
/// and cancel() as backends::session has them.
template <class Session>
struct basic_live {
  explicit basic_live(std::shared_ptr<const options> o) noexcept : how(std::move(o)) {}

  const std::shared_ptr<const options> how;  ///< what connect() was told
  net::interrupter stop;                     // before the session: its stream refers to it
  trace note;
  std::string subprotocol;  ///< the one agreed
  std::unique_ptr<Session> open;
};
using live = basic_live<session>;

/// All members from any thread.
template <class Session>
class basic_live_slot {
 public:
  using live = basic_live<Session>;

  explicit basic_live_slot(options how) : how_(std::make_shared<const options>(std::move(how))) {}

  /// For each connect() that begins later.
  void configure(options how) {
    auto next = std::make_shared<const options>(std::move(how));
    const std::lock_guard<std::mutex> hold(mutex_);
    how_.swap(next);
  }
  /// A fresh one for connect(), or why there can be none: already_connected, concurrent_connect.
  std::shared_ptr<live> begin(fault& why) {
    const std::lock_guard<std::mutex> hold(mutex_);
    why = connecting_ ? fault::concurrent_connect : is_open() ? fault::already_connected : fault::none;
    if (why != fault::none) return nullptr;
    now_ = std::make_shared<live>(how_);
    connecting_ = true;
    return now_;
  }
  /// connect() is done, with an open session or without.
  void end() noexcept {
    const std::lock_guard<std::mutex> hold(mutex_);
    connecting_ = false;
  }
  /// The connection to work with: not_connected before connect(), concurrent_connect during it.
  std::shared_ptr<live> get(fault& why) const noexcept {
    const std::lock_guard<std::mutex> hold(mutex_);
    why = connecting_ ? fault::concurrent_connect : !now_ || !now_->open ? fault::not_connected : fault::none;
    return why == fault::none ? now_ : nullptr;
  }
  /// Of the open connection, or of the last one; empty if there was none.
  std::string subprotocol() const {
    fault why = fault::none;
    const std::shared_ptr<live> at = get(why);
    return at ? at->subprotocol : std::string();
  }
  void cancel() noexcept {
    const std::lock_guard<std::mutex> hold(mutex_);
    if (!now_) return;
    now_->stop.trigger();
    if (!connecting_ && now_->open) now_->open->cancel();
  }

 private:
  // A cancel() that came with the last of connect() counts, though the session has not heard of it.
  bool is_open() const { return now_ && now_->open && !now_->open->is_over() && !now_->stop.triggered(); }

  mutable std::mutex mutex_;
  std::shared_ptr<const options> how_;
  std::shared_ptr<live> now_;
  bool connecting_ = false;
};
using live_slot = basic_live_slot<session>;

/// What a call of a backend ends with that could not begin.
inline failure failure_before(std::string_view backend, fault why) noexcept {
  evidence known;
  known.backend = backend;
  return failure(why, known);
}

/// A connect() from its beginning to its end, on every path; false if it could not begin, and refused() says why.
template <class Session>
class connecting {
 public:
  connecting(basic_live_slot<Session>& slot, std::string_view backend)
      : slot_(slot), backend_(backend), now_(slot.begin(why_)) {
    if (!now_) return;
    now_->note.backend = backend;
    now_->note.started = net::clock::now();
  }
  ~connecting() {
    if (now_) slot_.end();
  }
  connecting(const connecting&) = delete;
  connecting& operator=(const connecting&) = delete;

  explicit operator bool() const noexcept { return now_ != nullptr; }
  basic_live<Session>& operator*() const noexcept { return *now_; }
  basic_live<Session>* operator->() const noexcept { return now_.get(); }
  failure refused() const noexcept { return failure_before(backend_, why_); }

 private:
  basic_live_slot<Session>& slot_;
  std::string_view backend_;
  fault why_ = fault::none;
  const std::shared_ptr<basic_live<Session>> now_;
};

}  // namespace backends
}  // namespace HANDSHIM_ABI
}  // namespace handshim
