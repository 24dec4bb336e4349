// Which connection a backend holds at the moment, shared safely between threads.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "handshim/backends/session.hpp"
#include "handshim/backends/trace.hpp"
#include "handshim/fault.hpp"
#include "handshim/net/interrupter.hpp"

namespace handshim::backends {

/// One connection: while it is made, and once it is open. Kept by whoever still works with it.
struct live {
  net::interrupter stop;  // before the session: its stream refers to it
  trace note;
  std::unique_ptr<session> open;
};

/// All members from any thread.
class live_slot {
 public:
  /// A fresh one for connect(), or why there can be none: already_connected, concurrent_connect.
  std::shared_ptr<live> begin(fault& why) {
    const std::lock_guard<std::mutex> hold(mutex_);
    why = connecting_ ? fault::concurrent_connect : is_open() ? fault::already_connected : fault::none;
    if (why != fault::none) return nullptr;
    now_ = std::make_shared<live>();
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
  void cancel() noexcept {
    const std::lock_guard<std::mutex> hold(mutex_);
    if (!now_) return;
    now_->stop.trigger();
    if (!connecting_ && now_->open) now_->open->cancel();
  }

 private:
  bool is_open() const { return now_ && now_->open && !now_->open->is_over(); }

  mutable std::mutex mutex_;
  std::shared_ptr<live> now_;
  bool connecting_ = false;
};

/// Ends a connect() on every path.
class connecting_scope {
 public:
  explicit connecting_scope(live_slot& slot) noexcept : slot_(slot) {}
  ~connecting_scope() { slot_.end(); }
  connecting_scope(const connecting_scope&) = delete;
  connecting_scope& operator=(const connecting_scope&) = delete;

 private:
  live_slot& slot_;
};

}  // namespace handshim::backends
