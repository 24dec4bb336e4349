#pragma once

#include <utility>

#include "handshim/retry/pause.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {

// A cancel() that comes before the attempt has begun is lost, so it is called until the attempt is over.
HANDSHIM_INLINE void stop_signal::request() {
  std::unique_lock<std::mutex> hold(mutex_);
  requested_ = true;
  changed_.notify_all();
  if (cancel_ && attempting_ == std::this_thread::get_id()) return cancel_();
  for (int tries = 0; cancel_ && tries < 200; ++tries) {
    cancel_();
    changed_.wait_for(hold, std::chrono::milliseconds(5));
  }
}

HANDSHIM_INLINE bool stop_signal::requested() const {
  const std::lock_guard<std::mutex> hold(mutex_);
  return requested_;
}

// In parts of a day, as a wait for what the clock cannot count returns at once.
HANDSHIM_INLINE bool stop_signal::wait_for(std::chrono::nanoseconds span) const {
  std::unique_lock<std::mutex> hold(mutex_);
  while (!requested_ && span.count() > 0) {
    const auto part = span < std::chrono::hours(24) ? span : std::chrono::hours(24);
    changed_.wait_for(hold, part, [this] { return requested_; });
    span -= part;
  }
  return requested_;
}

HANDSHIM_INLINE stoppable_scope::stoppable_scope(stop_signal* by, std::function<void()> cancel) : by_(by) {
  if (by_ == nullptr) return;
  const std::lock_guard<std::mutex> hold(by_->mutex_);
  by_->cancel_ = std::move(cancel);
  by_->attempting_ = std::this_thread::get_id();
}

HANDSHIM_INLINE stoppable_scope::~stoppable_scope() {
  if (by_ == nullptr) return;
  const std::lock_guard<std::mutex> hold(by_->mutex_);
  by_->cancel_ = nullptr;
  by_->changed_.notify_all();
}

}  // namespace HANDSHIM_ABI
}  // namespace handshim
