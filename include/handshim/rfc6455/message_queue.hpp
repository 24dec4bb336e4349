// Messages that were received and wait to be taken.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "handshim/config.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace rfc6455 {

/// A message; the data of a text message is valid UTF-8.
struct message {
  bool text = true;
  std::string data;
};

/// First in, first out. A std::deque would do, but is as long as a tenth of some clients' headers. Not thread-safe.
class message_queue {
 public:
  bool empty() const noexcept { return taken_ == all_.size(); }
  /// The bytes that wait.
  std::size_t bytes() const noexcept { return bytes_; }
  /// What a message counts: an empty one counts for one byte too, so that no number of them gets past a bound.
  static std::size_t cost(const message& m) noexcept { return m.data.empty() ? 1 : m.data.size(); }

  void push(message&& m) {
    if (taken_ > all_.size() / 2) drop_taken();
    const std::size_t more = cost(m);
    all_.push_back(std::move(m));
    bytes_ += more;
  }
  /// The oldest message; an empty one if there is none.
  message pop() {
    message out;
    if (empty()) return out;
    out = std::move(all_[taken_++]);
    bytes_ -= cost(out);
    if (empty()) clear();
    return out;
  }
  void clear() noexcept {
    all_.clear();
    taken_ = bytes_ = 0;
  }

 private:
  // More than half of them are gone, so that each message is moved once on average.
  void drop_taken() noexcept {
    all_.erase(all_.begin(), all_.begin() + static_cast<std::ptrdiff_t>(taken_));
    taken_ = 0;
  }

  std::vector<message> all_;
  std::size_t taken_ = 0;  // so many at the beginning are gone
  std::size_t bytes_ = 0;
};

}  // namespace rfc6455
}  // namespace HANDSHIM_ABI
}  // namespace handshim
