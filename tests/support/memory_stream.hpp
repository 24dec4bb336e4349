// A byte stream whose other end is a script in memory: it answers the request, then ends as told.
#pragma once

#include <algorithm>
#include <cerrno>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "handshim/net/byte_stream.hpp"
#include "handshim/net/error.hpp"
#include "handshim/net/interrupter.hpp"
#include "handshim/options.hpp"
#include "handshim/rfc6455/handshake.hpp"

namespace client_test {

// How the input ends; lapse: as stall, but each deadline has passed at once, whatever the clock says.
enum class ending { eof, reset, stall, lapse };

// The other end, shared by the test and the streams that are opened to it, one after the other.
class memory_peer {
 public:
  // It sends the bytes once the request came, {accept} filled in and then cut to `most`, and so ends.
  explicit memory_peer(std::string bytes, ending how = ending::stall, std::size_t most = std::string::npos)
      : bytes_(std::move(bytes)), ending_(how), most_(most) {}

  // How many bytes one read gives at the most.
  std::size_t step = 1u << 16;
  // How many bytes can be written before the peer, who never reads, has no room for more.
  std::size_t room = std::string::npos;

  // All that was written to it, by all streams.
  std::string written() const {
    const std::lock_guard<std::mutex> hold(mutex_);
    return written_;
  }
  // How often a stream was opened, and how often one was ended in order.
  int opened() const { return count(opened_); }
  int finished() const { return count(finished_); }
  // Whether a stream has given all of its bytes: what follows is the end alone.
  bool drained() const { return count(drained_) != 0; }

 private:
  friend class memory_stream;

  int count(const int& what) const {
    const std::lock_guard<std::mutex> hold(mutex_);
    return what;
  }

  const std::string bytes_;
  const ending ending_;
  const std::size_t most_;
  mutable std::mutex mutex_;
  std::string written_;
  int opened_ = 0, finished_ = 0, drained_ = 0;
};

class memory_stream final : public handshim::net::byte_stream {
 public:
  memory_stream(std::shared_ptr<memory_peer> peer, handshim::net::interrupter& stop)
      : peer_(std::move(peer)), stop_(stop) {
    const std::lock_guard<std::mutex> hold(peer_->mutex_);
    ++peer_->opened_;
  }

  std::size_t read_some(char* to, std::size_t size, handshim::net::deadline until, std::error_code& error) override {
    {
      const std::lock_guard<std::mutex> hold(peer_->mutex_);
      error.clear();
      if (shut_) return error = handshim::net::stream_errc::eof, 0;
      if (const std::size_t n = take(to, size); n != 0) return n;
    }
    if (has_request() && peer_->ending_ != ending::stall) return error = end_of_input(), 0;
    return error = wait(until), 0;
  }

  std::size_t write_some(const char* from, std::size_t size, handshim::net::deadline until,
                         std::error_code& error) override {
    {
      const std::lock_guard<std::mutex> hold(peer_->mutex_);
      error.clear();
      if (shut_) return error = handshim::net::stream_errc::eof, 0;
      const std::size_t n = std::min(size, peer_->room - std::min(peer_->room, peer_->written_.size()));
      peer_->written_.append(from, n);
      if (!asked_) asked_ = request_.append(from, n).find("\r\n\r\n") != std::string::npos;
      if (n != 0) return n;
    }
    return error = wait(until), 0;
  }

  void shutdown() noexcept override {
    const std::lock_guard<std::mutex> hold(peer_->mutex_);
    shut_ = true;
  }
  void finish() noexcept override {
    const std::lock_guard<std::mutex> hold(peer_->mutex_);
    ++peer_->finished_;
  }

 private:
  bool has_request() const {
    const std::lock_guard<std::mutex> hold(peer_->mutex_);
    return asked_;
  }

  std::size_t take(char* to, std::size_t size) {
    if (!asked_) return 0;
    if (input_.empty() && at_ == 0) input_ = fill_in();
    const std::size_t n = std::min({size, peer_->step, input_.size() - at_});
    input_.copy(to, n, at_);
    at_ += n;
    if (at_ == input_.size()) peer_->drained_ = 1;
    return n;
  }

  std::string fill_in() const {
    std::string out = peer_->bytes_;
    const std::string name = "Sec-WebSocket-Key: ";
    const std::size_t key = request_.find(name) + name.size();
    const std::size_t place = out.find("{accept}");
    if (place != std::string::npos)
      out.replace(place, 8, handshim::rfc6455::accept_for(request_.substr(key, request_.find("\r\n", key) - key)));
    return out.substr(0, peer_->most_);
  }

  std::error_code end_of_input() const {
    if (peer_->ending_ == ending::eof) return handshim::net::stream_errc::eof;
    if (peer_->ending_ == ending::lapse) return handshim::net::stream_errc::timed_out;
    return {ECONNRESET, std::system_category()};
  }

  std::error_code wait(handshim::net::deadline until) {
    for (;;) {
      const auto slice = handshim::net::earlier(until, handshim::net::deadline::in(std::chrono::milliseconds(5)));
      const std::error_code why = stop_.wait(-1, handshim::net::direction::read, slice);
      if (why != handshim::net::stream_errc::timed_out || until.passed()) return why;
      const std::lock_guard<std::mutex> hold(peer_->mutex_);
      if (shut_) return handshim::net::stream_errc::eof;
    }
  }

  std::shared_ptr<memory_peer> peer_;
  handshim::net::interrupter& stop_;
  std::string request_, input_;
  std::size_t at_ = 0;
  bool asked_ = false;  // whether the request is all there
  bool shut_ = false;
};

// For options::open_stream.
inline handshim::stream_opener opener_to(std::shared_ptr<memory_peer> peer) {
  return [peer](const handshim::rfc6455::uri&, handshim::net::deadline, handshim::net::interrupter& stop,
                std::error_code&) { return std::make_unique<memory_stream>(peer, stop); };
}

}  // namespace client_test
