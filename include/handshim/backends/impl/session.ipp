#pragma once

#include <array>
#include <cerrno>

#include "handshim/backends/session.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace backends {
namespace detail {

// Messages that wait for recv() while another call reads; beyond that the peer is slowed down.
inline constexpr std::size_t max_waiting = 1u << 16;
// How often drain() reads: a peer that floods must not keep it from its deadline.
inline constexpr int max_drained = 16;
// How long a read may block while output waits for room in the stream.
inline constexpr auto retry_output = std::chrono::milliseconds(10);
// How long a write under way may take to tell of the reset that has ended the connection.
inline constexpr auto word_of_reset = std::chrono::milliseconds(50);
// How long the last words of a peer that cannot be written to any more are waited for.
inline constexpr auto last_words = std::chrono::seconds(1);

inline net::deadline now() noexcept { return net::deadline::in(std::chrono::nanoseconds(0)); }

// A flag that is set while a call is under way.
class raised_flag {
 public:
  explicit raised_flag(bool& flag) noexcept : flag_(flag) { flag_ = true; }
  ~raised_flag() { flag_ = false; }
  raised_flag(const raised_flag&) = delete;
  raised_flag& operator=(const raised_flag&) = delete;

 private:
  bool& flag_;
};

}  // namespace detail

HANDSHIM_INLINE session::session(std::unique_ptr<net::byte_stream> stream, const reading& how,
                                 std::size_t max_message_size, keepalive alive, std::string_view first_bytes)
    : stream_(std::move(stream)), connection_(how, max_message_size), alive_(alive) {
  if (alive_.interval.count() > 0) next_ping_ = net::deadline::in(alive_.interval);
  take(first_bytes, {});
}

HANDSHIM_INLINE session::~session() = default;

HANDSHIM_INLINE session_state session::state() const {
  const std::lock_guard<std::mutex> hold(mutex_);
  session_state out;
  out.has_received = connection_.received().has_value();
  out.has_sent = connection_.sent().has_value();
  if (out.has_received) out.received = *connection_.received();
  if (out.has_sent) out.sent = *connection_.sent();
  out.order = connection_.order();
  out.stream_error = stream_error_;
  out.bytes_in = bytes_in_;
  out.bytes_out = bytes_out_;
  return out;
}

HANDSHIM_INLINE bool session::is_over() const noexcept {
  const std::lock_guard<std::mutex> hold(mutex_);
  return cancelled_ || connection_.is_over();
}

// How it ended; no error while it has not.
HANDSHIM_INLINE std::error_code session::verdict() const noexcept {
  if (cancelled_) return net::stream_errc::interrupted;
  return connection_.is_over() ? make_error_code(connection_.outcome()) : std::error_code();
}

HANDSHIM_INLINE void session::wait(lock& held, net::deadline until) {
  if (until.is_never())
    changed_.wait(held);
  else
    changed_.wait_until(held, until.when());
}

// What was read is never read again: if there is no memory for it the connection is lost, so that nothing is left out
// of it unnoticed.
HANDSHIM_INLINE void session::receive(std::string_view bytes) {
  struct loss {
    session& of;
    bool happened = true;
    ~loss() {
      if (!happened) return;
      if (!of.stream_error_) of.stream_error_ = {ENOMEM, std::system_category()};
      of.connection_.fail(fault::connection_lost, 0);
    }
  } without_memory{*this};
  connection_.receive(bytes);
  without_memory.happened = false;
}

// What one read of the stream gave.
HANDSHIM_INLINE void session::take(std::string_view bytes, std::error_code error) {
  bytes_in_ += bytes.size();
  if (!bytes.empty()) receive(bytes);
  if (!error || error == net::stream_errc::timed_out) return;
  if (error == net::stream_errc::interrupted) {
    cancelled_ = true;
    return;
  }
  if (!stream_error_) stream_error_ = error;
  const bool eof = error == net::stream_errc::eof && stream_error_ != std::errc::connection_reset;
  connection_.receive_end(eof ? rfc6455::ending::eof : rfc6455::ending::reset);
}

// Reads the stream once; the lock is open meanwhile. Only one thread at a time pumps.
HANDSHIM_INLINE void session::pump(lock& held, net::deadline until) {
  const detail::raised_flag pumping(pumping_);
  flush(held, detail::now());
  if (has_unsent()) until = net::earlier(until, net::deadline::in(detail::retry_output));
  std::array<char, 16384> buffer;
  std::error_code error;
  held.unlock();
  const std::size_t n = stream_->read_some(buffer.data(), buffer.size(), until, error);
  held.lock();
  if (error == net::stream_errc::eof) hear_writer(held);
  take({buffer.data(), n}, error);
  flush(held, detail::now());
  end_if_over(held);
  changed_.notify_all();
}

// The system tells of a reset once: if a write was told, a read sees an end of stream.
HANDSHIM_INLINE void session::hear_writer(lock& held) {
  const net::deadline until = net::deadline::in(detail::word_of_reset);
  while (flushing_ && !until.passed()) wait(held, until);
}

HANDSHIM_INLINE void session::wait_or_pump(lock& held, net::deadline until) {
  if (pumping_)
    wait(held, until);
  else
    pump(held, until);
}

// Takes what is there already, so that the end of the connection is seen before anything is sent. Whether nothing
// more is there now.
HANDSHIM_INLINE bool session::drain(lock& held) {
  for (int round = 0; round < detail::max_drained; ++round) {
    const std::uint64_t before = bytes_in_;
    if (verdict()) return true;
    if (pumping_ || connection_.queued_bytes() >= detail::max_waiting) return false;
    pump(held, detail::now());
    if (bytes_in_ == before) return true;
  }
  return false;
}

// Once nothing more will come: the last frame out, then the stream ends, which wakes whoever reads it.
HANDSHIM_INLINE void session::end_if_over(lock& held) {
  if (ended_ || !connection_.is_over()) return;
  flush(held, detail::now());
  if (flushing_) return;
  ended_ = true;
  stream_->finish();
}

HANDSHIM_INLINE void session::write_failed(std::error_code error) {
  unsent_.clear();
  if (error == net::stream_errc::interrupted)
    cancelled_ = true;
  else if (!stream_error_)
    stream_error_ = error;
}

// Writes what waits, until the stream takes no more; what is left stays for the next call.
HANDSHIM_INLINE void session::flush(lock& held, net::deadline until) {
  if (flushing_) return;
  const detail::raised_flag flushing(flushing_);
  while (has_unsent()) {
    if (unsent_.empty()) unsent_ = connection_.take_output();
    std::string block = std::move(unsent_);
    unsent_.clear();
    std::error_code error;
    std::size_t written = 0;
    held.unlock();
    while (written < block.size() && !error)
      written += stream_->write_some(block.data() + written, block.size() - written, until, error);
    held.lock();
    bytes_out_ += written;
    if (written < block.size()) unsent_ = block.erase(0, written);
    if (!error) continue;
    if (error != net::stream_errc::timed_out) write_failed(error);
    break;
  }
  changed_.notify_all();
}

// Until all output is written: by this thread or by the one that writes already.
HANDSHIM_INLINE std::error_code session::flush_all(lock& held, net::deadline until) {
  while (has_unsent() && !cancelled_) {
    if (flushing_)
      wait(held, until);
    else
      flush(held, until);
    if (stream_error_) return stream_error_;
    if (has_unsent() && until.passed()) return net::stream_errc::timed_out;
  }
  end_if_over(held);
  return {};
}

// Sends pings when they are due and looks for their answers; returns when to look again.
HANDSHIM_INLINE net::deadline session::keep_alive(lock& held, net::deadline until) {
  if (alive_.interval.count() <= 0 || !connection_.is_open()) return until;
  if (!pong_due_.is_never() && connection_.pongs() != pongs_before_) pong_due_ = net::deadline::never();
  if (pong_due_.passed()) return pong_overdue(held, until);
  if (next_ping_.passed()) {
    connection_.ping(std::to_string(net::clock::now().time_since_epoch().count()));
    next_ping_ = net::deadline::in(alive_.interval);
    if (alive_.timeout.count() > 0 && pong_due_.is_never()) {
      pongs_before_ = connection_.pongs();
      pong_due_ = net::deadline::in(alive_.timeout);
    }
    flush(held, detail::now());
  }
  return net::earlier(until, net::earlier(next_ping_, pong_due_));
}

// The pong may have come while nobody received: what is there is read before the peer is given up.
HANDSHIM_INLINE net::deadline session::pong_overdue(lock& held, net::deadline until) {
  const bool all = drain(held);
  if (connection_.pongs() != pongs_before_ || connection_.has_message() || verdict()) return detail::now();
  if (!all) return net::earlier(until, net::deadline::in(detail::retry_output));
  connection_.fail(fault::keepalive_timeout, 1011, "keepalive ping timeout");
  end_if_over(held);
  return until;
}

HANDSHIM_INLINE std::error_code session::recv(rfc6455::message& out, net::deadline until) {
  lock held(mutex_);
  if (receiving_) return make_error_code(fault::concurrent_recv);
  const detail::raised_flag receiving(receiving_);
  for (;;) {
    if (cancelled_) return net::stream_errc::interrupted;
    if (connection_.has_message()) return out = connection_.take_message(), std::error_code();
    if (const std::error_code ended = verdict()) return end_if_over(held), ended;
    const net::deadline next = keep_alive(held, until);
    if (verdict() || connection_.has_message()) continue;
    if (until.passed()) {
      drain(held);
      if (!connection_.has_message() && !verdict()) return net::stream_errc::timed_out;
      continue;
    }
    wait_or_pump(held, next);
  }
}

HANDSHIM_INLINE std::error_code session::send(rfc6455::opcode type, std::string_view data, net::deadline until) {
  lock held(mutex_);
  if (sending_) return make_error_code(fault::concurrent_send);
  const detail::raised_flag sending(sending_);
  std::string frame;
  const rfc6455::frame_mask mask = connection_.next_mask();
  held.unlock();  // masking much data takes a while
  rfc6455::append_frame(frame, type, true, data, mask);
  held.lock();
  drain(held);
  while (!verdict() && !connection_.is_open() && !until.passed()) wait_or_pump(held, until);
  if (const std::error_code ended = verdict()) return ended;
  if (!connection_.send_frame(std::move(frame))) return make_error_code(fault::send_timeout);  // it is being closed
  return write_out(held, until);
}

HANDSHIM_INLINE std::error_code session::ping(std::string_view payload, net::deadline until) {
  lock held(mutex_);
  drain(held);
  if (const std::error_code ended = verdict()) return ended;
  if (!connection_.ping(payload)) return make_error_code(fault::state_invalid);  // it is being closed
  return write_out(held, until);
}

// Writes what a call has queued. If that does not go on in time the connection is lost: half a frame may be out.
HANDSHIM_INLINE std::error_code session::write_out(lock& held, net::deadline until) {
  const std::error_code error = flush_all(held, until);
  if (cancelled_) return net::stream_errc::interrupted;
  if (!error) return {};
  if (error == net::stream_errc::timed_out)
    connection_.fail(fault::send_timeout, 0);
  else
    hear_out(held, net::earlier(until, net::deadline::in(detail::last_words)));
  connection_.receive_end(rfc6455::ending::reset);
  unsent_.clear();
  stream_->shutdown();
  changed_.notify_all();
  return verdict();
}

// What the peer said before it left explains more than the error of a write.
HANDSHIM_INLINE void session::hear_out(lock& held, net::deadline until) {
  while (!verdict() && !until.passed() && connection_.queued_bytes() < detail::max_waiting) wait_or_pump(held, until);
}

HANDSHIM_INLINE std::error_code session::close(std::uint16_t code, std::string_view reason, net::deadline until) {
  lock held(mutex_);
  drain(held);
  if (cancelled_) return net::stream_errc::interrupted;
  connection_.close(code, reason);
  flush_all(held, until);
  while (!verdict() && !until.passed()) wait_or_pump(held, until);
  if (!connection_.is_over()) connection_.fail(fault::close_timeout, 0);
  end_if_over(held);
  stream_->shutdown();
  changed_.notify_all();
  return cancelled_ ? std::error_code(net::stream_errc::interrupted) : std::error_code();
}

HANDSHIM_INLINE void session::cancel() noexcept {
  const std::lock_guard<std::mutex> hold(mutex_);
  cancelled_ = true;
  changed_.notify_all();
}

}  // namespace backends
}  // namespace HANDSHIM_ABI
}  // namespace handshim
