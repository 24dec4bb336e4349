// The callers' side of a connection that a thread of its own drives with Beast: deadlines, threads, keepalive.
#pragma once

#include "handshim/config.hpp"

#if HANDSHIM_HAS_EXCEPTIONS

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <fcntl.h>

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "handshim/adapters/impl/beast_transport.hpp"
#include "handshim/net/deadline.hpp"
#include "handshim/net/interrupter.hpp"
#include "handshim/rfc6455/random.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace adapters::beast::detail {

/// One receiver and one sender at a time; close(), ping() and cancel() from any thread, as backends::session. Beast's
/// operations are all asynchronous here, as its timeouts do not bind the others, and run in one thread.
class session {
 public:
  /// Ends when the interrupter is triggered, which must outlive the constructor alone. Throws std::system_error and
  /// Asio's if descriptors or threads are exhausted.
  session(std::shared_ptr<const options> how, net::interrupter& stop)
      : how_(std::move(how)),
        work_(context_.get_executor()),
        wake_(context_),
        keepalive_(context_),
        closing_timer_(context_) {
    // A copy, as Asio closes what it was given.
    wake_.assign(::fcntl(stop.fd(), F_DUPFD_CLOEXEC, 0));
    wake_.async_wait(::boost::asio::posix::stream_descriptor::wait_read, [this](const error_code& ec) {
      if (!ec) cancel();
    });
  }
  session(const session&) = delete;
  session& operator=(const session&) = delete;
  ~session() {
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }

  ::boost::asio::io_context& context() noexcept { return context_; }
  void start(std::unique_ptr<transport> over) {
    over_ = std::move(over);
    thread_ = std::thread([this] { context_.run(); });
  }
  /// What `ask` makes of the notes, which belong to the thread of the connection.
  template <class Ask>
  auto of_notes(Ask ask) {
    std::unique_lock<std::mutex> held(mutex_);
    return there(held, [&] { return ask(notes()); });
  }

  failure secure(const rfc6455::uri& to, net::deadline until) {
    return wait(
        until, [&](completion then) { over_->secure(to, std::move(then)); },
        [this] { return notes().settle(fault::tls_timeout, phase::tls); });
  }
  failure upgrade(const rfc6455::uri& to, const rfc6455::request_options& parts, net::deadline until) {
    return wait(
        until, [&](completion then) { over_->upgrade(to, parts, std::move(then)); },
        [this] { return notes().settle(::boost::beast::error::timeout, phase::handshake); });
  }
  /// From now on messages are read, a bounded number ahead of recv(), and the connection is kept alive.
  void open() {
    post([this] {
      over_->on_control([this](bool is_close, std::string_view payload) { hear(is_close, payload); });
      read_next();
      keep_alive();
    });
  }

  failure recv(message& out, net::deadline until) {
    std::unique_lock<std::mutex> held(mutex_);
    if (receiving_) return failure(fault::concurrent_recv);
    const flag_scope scope(receiving_);
    wait_for(held, until, [this] { return is_ended() || !inbox_.empty(); });
    if (cancelled_) return cancelled();
    if (inbox_.empty()) return ended_ ? ended_ : failure(fault::recv_timeout);
    out = std::move(inbox_.front());
    inbox_.pop_front();
    queued_ -= cost(out);
    if (!reading_ && !ended_ && has_room()) {
      reading_ = true;
      post([this] { begin_read(); });
    }
    return {};
  }

  failure send(opcode type, std::string_view data, net::deadline until) {
    {
      std::unique_lock<std::mutex> held(mutex_);
      if (sending_) return failure(fault::concurrent_send);
      if (const failure over = obstacle(held, until)) return over;
      sending_ = true;
    }
    failure how = wait(
        until, [&](completion then) { over_->write(type, std::string(data), std::move(then)); },
        [this] { return notes().settle(fault::send_timeout, phase::open); });
    std::unique_lock<std::mutex> held(mutex_);
    sending_ = false;
    return explained(held, std::move(how), until);
  }

  failure ping(std::string_view payload, net::deadline until) {
    {
      std::unique_lock<std::mutex> held(mutex_);
      wait_for(held, until, [this] { return is_ended() || !pinging_; });
      if (const failure over = obstacle(held, until)) return over;
      if (pinging_) return failure(fault::send_timeout);
      pinging_ = true;
    }
    failure how = wait(
        until, [&](completion then) { over_->ping(std::string(payload), std::move(then)); },
        [this] { return notes().settle(fault::send_timeout, phase::open); });
    std::unique_lock<std::mutex> held(mutex_);
    pinging_ = false;
    changed_.notify_all();
    return explained(held, std::move(how), until);
  }

  failure close(std::uint16_t code, std::string_view reason, net::deadline until) {
    {
      std::unique_lock<std::mutex> held(mutex_);
      if (cancelled_) return cancelled();
      if (closing_) wait_for(held, until, [this] { return is_ended(); });
      if (cancelled_) return cancelled();
      if (closing_ || ended_) return {};
      closing_ = true;
    }
    failure how = wait(
        until, [&](completion then) { over_->close(code, std::string(reason), std::move(then)); },
        [this] { return notes().settle(::boost::beast::error::timeout, phase::closing); });
    std::unique_lock<std::mutex> held(mutex_);
    if (!how) how = there(held, [this] { return notes().settle_close(); });
    if (cancelled_) return cancelled();
    end(how);
    return {};
  }

  void cancel() noexcept {
    {
      const std::lock_guard<std::mutex> hold(mutex_);
      cancelled_ = true;
    }
    changed_.notify_all();
    post([this] { shut(); });
  }
  bool is_over() const noexcept {
    const std::lock_guard<std::mutex> hold(mutex_);
    return is_ended();
  }

 private:
  class flag_scope {
   public:
    explicit flag_scope(bool& flag) noexcept : flag_(flag) { flag_ = true; }
    ~flag_scope() { flag_ = false; }
    flag_scope(const flag_scope&) = delete;
    flag_scope& operator=(const flag_scope&) = delete;

   private:
    bool& flag_;
  };

  static std::size_t cost(const message& m) noexcept { return m.data.empty() ? 1 : m.data.size(); }
  static failure cancelled() noexcept { return failure(fault::cancelled, {}, phase::open); }
  bool is_ended() const noexcept { return cancelled_ || ended_; }
  bool has_room() const noexcept { return queued_ < (std::max<std::size_t>)(how_->max_message_size, 1u << 16); }

  template <class F>
  void post(F f) {
    ::boost::asio::post(context_, std::move(f));
  }
  template <class Ready>
  void wait_for(std::unique_lock<std::mutex>& held, net::deadline until, Ready ready) {
    if (until.is_never())
      changed_.wait(held, ready);
    else
      changed_.wait_until(held, until.when(), ready);
  }

  // Why nothing can be sent; a close handshake under way ends first.
  failure obstacle(std::unique_lock<std::mutex>& held, net::deadline until) {
    if (closing_) wait_for(held, until, [this] { return is_ended(); });
    if (cancelled_) return cancelled();
    return ended_ ? ended_ : closing_ ? failure(fault::send_timeout) : failure();
  }

  // A peer that left is told first to whoever reads, and better.
  failure explained(std::unique_lock<std::mutex>& held, failure how, net::deadline until) {
    if (!how) return how;
    if (how.fault() != fault::send_timeout) {
      const net::deadline soon = net::earlier(until, net::deadline::in(std::chrono::seconds(1)));
      wait_for(held, soon, [this] { return is_ended() || !reading_; });
    }
    if (cancelled_) return cancelled();
    end(how);
    return ended_;
  }

  // Calls it in the thread of the connection and waits for what it returns or throws, which is soon: it may view what
  // is the caller's.
  template <class Call>
  auto there(std::unique_lock<std::mutex>& held, Call call) -> decltype(call()) {
    std::optional<decltype(call())> result;
    std::exception_ptr thrown;
    bool done = false;
    post([&] {
      try {
        result.emplace(call());
      } catch (...) {
        thrown = std::current_exception();
      }
      const std::lock_guard<std::mutex> hold(mutex_);
      done = true;
      changed_.notify_all();
    });
    changed_.wait(held, [&] { return done; });
    if (thrown) std::rethrow_exception(thrown);
    return std::move(*result);
  }

  // Begins an operation in the thread of the connection and waits for its completion. What is late or cancelled goes
  // on there until its socket is closed, which is at once.
  template <class Begin, class Late>
  failure wait(net::deadline until, Begin begin, Late late) {
    struct operation {
      bool done = false, abandoned = false;
      failure how;
    };
    const auto now = std::make_shared<operation>();
    completion then = [this, now](failure how) {
      {
        const std::lock_guard<std::mutex> hold(mutex_);
        now->how = std::move(how);
        now->done = true;
      }
      changed_.notify_all();
    };
    std::unique_lock<std::mutex> held(mutex_);
    there(held, [&] { return begin(then), true; });
    wait_for(held, until, [&] { return now->done || cancelled_; });
    if (cancelled_) return cancelled();
    if (now->done) return now->how;
    failure how = there(held, late);
    if (cancelled_) return cancelled();
    end(how);
    return how;
  }

  // In the thread of the connection, from here on.

  detail::notes& notes() noexcept { return over_->notes(); }

  void shut() noexcept {
    if (over_) over_->shut();
    keepalive_.cancel();
    closing_timer_.cancel();
  }
  void end(const failure& how) {
    if (!ended_) ended_ = how;
    changed_.notify_all();
    post([this] { shut(); });
  }

  void read_next() {
    {
      const std::lock_guard<std::mutex> hold(mutex_);
      reading_ = !is_ended() && has_room();
      if (!reading_) return;
    }
    begin_read();
  }
  void begin_read() {
    over_->read(incoming_, [this](failure how) { on_read(std::move(how)); });
  }
  void on_read(failure how) {
    // A write that took the news of a reset from this read may be told of it only in the next turn.
    if (how) return post([this, how] { end_of_read(how); });
    {
      const std::lock_guard<std::mutex> hold(mutex_);
      queued_ += cost(incoming_);
      inbox_.push_back(std::move(incoming_));
    }
    changed_.notify_all();
    read_next();
  }
  void end_of_read(failure how) {
    const bool eof = how.is(fault::eof_without_close) || how.is(fault::eof_in_message);
    if (eof && notes().was_reset()) how = notes().settle(::boost::asio::error::connection_reset, phase::open);
    const std::lock_guard<std::mutex> hold(mutex_);
    reading_ = false;
    // close() takes the reading over, and tells the end.
    if (!closing_ || !how.is(fault::cancelled)) end(how);
    changed_.notify_all();
  }

  // Beast waits for the peer to end the connection after its close frame; not for ever.
  void hear(bool is_close, std::string_view payload) {
    if (!is_close) {
      if (payload == ping_payload_) answered_ = true;
      return;
    }
    if (how_->close_timeout.count() <= 0) return;
    closing_timer_.expires_at(net::deadline::in(how_->close_timeout).when());
    closing_timer_.async_wait([this](const error_code& ec) {
      if (ec) return;
      const std::lock_guard<std::mutex> hold(mutex_);
      if (!closing_) end(notes().settle(::boost::beast::error::timeout, phase::open));
    });
  }

  void keep_alive() {
    if (how_->ping_interval.count() <= 0) return;
    keepalive_.expires_at(net::deadline::in(how_->ping_interval).when());
    keepalive_.async_wait([this](const error_code& ec) {
      if (!ec) send_keepalive();
    });
  }
  // Not while a ping is on its way, nor while nobody takes messages: the pong would wait behind these.
  void send_keepalive() {
    {
      const std::lock_guard<std::mutex> hold(mutex_);
      if (is_ended() || closing_) return;
      if (pinging_ || !reading_) return keep_alive();
      pinging_ = true;
    }
    unsigned char random[4];
    rfc6455::fill_random(random, sizeof random);
    ping_payload_.assign(reinterpret_cast<const char*>(random), sizeof random);
    answered_ = false;
    over_->ping(ping_payload_, [this](const failure&) {
      const std::lock_guard<std::mutex> hold(mutex_);
      pinging_ = false;
      changed_.notify_all();
    });
    if (how_->ping_timeout.count() <= 0) return keep_alive();
    keepalive_.expires_at(net::deadline::in(how_->ping_timeout).when());
    keepalive_.async_wait([this](const error_code& ec) {
      if (!ec) judge_keepalive();
    });
  }
  void judge_keepalive() {
    {
      const std::lock_guard<std::mutex> hold(mutex_);
      if (is_ended() || closing_) return;
      if (!answered_ && reading_) return end(notes().settle(fault::keepalive_timeout, phase::open));
    }
    keep_alive();
  }

  const std::shared_ptr<const options> how_;
  ::boost::asio::io_context context_{1};
  ::boost::asio::executor_work_guard<::boost::asio::io_context::executor_type> work_;
  ::boost::asio::posix::stream_descriptor wake_;
  ::boost::asio::steady_timer keepalive_, closing_timer_;
  std::unique_ptr<transport> over_;
  message incoming_;
  std::string ping_payload_;
  bool answered_ = true;
  std::thread thread_;

  mutable std::mutex mutex_;  // of what follows
  std::condition_variable changed_;
  std::deque<message> inbox_;
  std::size_t queued_ = 0;  // bytes in it
  bool receiving_ = false, sending_ = false, pinging_ = false, closing_ = false, cancelled_ = false;
  bool reading_ = false;  // a read is under way
  failure ended_;         // how the connection ended
};

}  // namespace adapters::beast::detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim

#endif  // HANDSHIM_HAS_EXCEPTIONS
