// client<Backend>: the same calls for every client under the shim.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

#include "handshim/impl/observation.hpp"
#include "handshim/impl/unsendable.hpp"
#include "handshim/message.hpp"
#include "handshim/net/deadline.hpp"
#include "handshim/options.hpp"
#include "handshim/rfc6455/utf8.hpp"
#if HANDSHIM_HAS_EXCEPTIONS
#include "handshim/raise.hpp"
#endif

namespace handshim {
inline namespace HANDSHIM_ABI {

/// A WebSocket client (RFC 6455, no extensions). Each call has three forms: one that throws what the policy
/// makes of a failure, one with a std::error_code& (a fault's code) and one with a failure&, which never throw but for
/// want of memory and are cleared where nothing failed. The policy is that of the options, else the one that holds when
/// the client is made. Every call returns by the deadline of its option. At once: one thread in recv(), one in send(),
/// and close(), ping() and cancel() from any thread; anything else is a concurrency_error. Moving is for one thread
/// alone. wrapping.md has what a Backend has to be. Since 0.1.
template <class Backend>
class client {
 public:
  template <class Build = build_policy>
  explicit client(options how = {}, Build = {})
      : state_(std::make_unique<state>(how, how.policy ? policy_choice(*how.policy) : current_policy<Build>())) {}

  /// What was moved from can only be destroyed or assigned to.
  client(client&&) noexcept = default;
  client& operator=(client&&) noexcept = default;
  ~client() = default;

  /// Resolves, connects, shakes hands. Not while connected; may be called again after a failure or a close.
  void connect(std::string_view uri, failure& why) { settle(why, backend().connect(uri, by(state_->times.open))); }
  /// The same, for that long at most: zero or less has passed already, nanoseconds::max() is options::open_timeout
  /// alone. In this form only: it is what loops over attempts call.
  void connect_within(std::string_view uri, std::chrono::nanoseconds most, failure& why) {
    settle(why, backend().connect(uri, net::earlier(by(state_->times.open), net::deadline::in(most))));
  }
  /// The same with other options, which are the client's from now on, its policy included if they name one.
  void connect(std::string_view uri, options how, failure& why) {
    backend().configure(how);
    replace(how);  // last: it needs no memory, which configure() may lack
    connect(uri, why);
  }

  /// Sends a text message, which must be valid UTF-8, in one frame.
  void send(std::string_view text, failure& why) {
    if (!rfc6455::is_utf8(text)) return settle(why, detail::unsendable_text(text));
    settle(why, backend().send(opcode::text, text, by(state_->times.send)));
  }
  /// Sends any bytes.
  void send_binary(std::string_view data, failure& why) {
    settle(why, backend().send(opcode::binary, data, by(state_->times.send)));
  }

  /// Waits for the next message, all of its fragments, until options::recv_timeout or for the given time, of which
  /// zero or less is no limit; passing it is a recv_timeout that leaves the connection usable. A closed or lost
  /// connection is a failure, the same with each further call.
  message recv(failure& why) { return recv(state_->times.recv.load(std::memory_order_relaxed), why); }
  message recv(std::chrono::nanoseconds timeout, failure& why) {
    message out;
    settle(why, backend().recv(out, timeout.count() > 0 ? net::deadline::in(timeout) : net::deadline::never()));
    return out;
  }

  /// Sends a ping with at most 125 bytes; it does not wait for the pong.
  void ping(std::string_view payload, failure& why) {
    if (failure wrong = detail::unsendable_ping(payload)) return settle(why, std::move(wrong));
    settle(why, backend().ping(payload, by(state_->times.send)));
  }
  void ping(failure& why) { ping({}, why); }

  /// Closes in order: sends a close frame and waits for the answer, at most options::close_timeout. The code is 1000 to
  /// 1003, 1007 to 1014 or 3000 to 4999 (section 7.4), the reason at most 123 bytes of UTF-8. Closing what is closed or
  /// lost is no failure; recv() tells how the connection ended. What never was connected is not_connected.
  void close(std::uint16_t code, std::string_view reason, failure& why) {
    if (failure wrong = detail::unsendable_close(code, reason)) return settle(why, std::move(wrong));
    settle(why, backend().close(code, reason, by(state_->times.close)));
  }
  void close(failure& why) { close(1000, {}, why); }

  /// Ends every call under way, at once, with fault::cancelled; the connection is then unusable. From any
  /// thread; a connect() that begins later is not affected.
  void cancel() noexcept { state_->backend.cancel(); }

  void connect(std::string_view uri, std::error_code& ec) {
    as_code(ec, [&](failure& f) { connect(uri, f); });
  }
  void connect(std::string_view uri, options how, std::error_code& ec) {
    as_code(ec, [&](failure& f) { connect(uri, std::move(how), f); });
  }
  void send(std::string_view text, std::error_code& ec) {
    as_code(ec, [&](failure& f) { send(text, f); });
  }
  void send_binary(std::string_view data, std::error_code& ec) {
    as_code(ec, [&](failure& f) { send_binary(data, f); });
  }
  message recv(std::error_code& ec) {
    return as_code(ec, [&](failure& f) { return recv(f); });
  }
  message recv(std::chrono::nanoseconds timeout, std::error_code& ec) {
    return as_code(ec, [&](failure& f) { return recv(timeout, f); });
  }
  void ping(std::string_view payload, std::error_code& ec) {
    as_code(ec, [&](failure& f) { ping(payload, f); });
  }
  void ping(std::error_code& ec) { ping({}, ec); }
  void close(std::uint16_t code, std::string_view reason, std::error_code& ec) {
    as_code(ec, [&](failure& f) { close(code, reason, f); });
  }
  void close(std::error_code& ec) { close(1000, {}, ec); }

#if HANDSHIM_HAS_EXCEPTIONS
  void connect(std::string_view uri) {
    or_raise([&](failure& f) { connect(uri, f); });
  }
  void connect(std::string_view uri, options how) {
    or_raise([&](failure& f) { connect(uri, std::move(how), f); });
  }
  void send(std::string_view text) {
    or_raise([&](failure& f) { send(text, f); });
  }
  void send_binary(std::string_view data) {
    or_raise([&](failure& f) { send_binary(data, f); });
  }
  message recv() {
    return value_or_raise([&](failure& f) { return recv(f); });
  }
  message recv(std::chrono::nanoseconds timeout) {
    return value_or_raise([&](failure& f) { return recv(timeout, f); });
  }
  void ping(std::string_view payload = {}) {
    or_raise([&](failure& f) { ping(payload, f); });
  }
  void close(std::uint16_t code = 1000, std::string_view reason = {}) {
    or_raise([&](failure& f) { close(code, reason, f); });
  }
#endif

  /// The policy that this client raises under, and who chose it.
  policy_choice choice() const noexcept {
    const std::lock_guard<std::mutex> hold(state_->mutex);
    return state_->choice;
  }
  /// The newest failure of any call of this client. Thread-safe.
  failure last_failure() const {
    const std::lock_guard<std::mutex> hold(state_->mutex);
    return state_->last;
  }
  /// The subprotocol that the server chose; empty for none.
  std::string subprotocol() const { return state_->backend.subprotocol(); }

 private:
  using duration = options::duration;
  // How long each call may take. Every call asks, so not under the lock.
  struct call_times {
    explicit call_times(const options& o) noexcept
        : open(o.open_timeout), close(o.close_timeout), recv(o.recv_timeout), send(o.send_timeout) {}
    void set(const options& o) noexcept {
      open.store(o.open_timeout, std::memory_order_relaxed);
      close.store(o.close_timeout, std::memory_order_relaxed);
      recv.store(o.recv_timeout, std::memory_order_relaxed);
      send.store(o.send_timeout, std::memory_order_relaxed);
    }
    std::atomic<duration> open, close, recv, send;
  };
  struct state {
    static_assert(std::is_constructible_v<Backend, const options&>,
                  "a Backend is made of options; wrapping.md has what else it has to be");
    state(const options& o, const policy_choice& c) : times(o), choice(c), backend(o) {}
    call_times times;
    mutable std::mutex mutex;  // of the next two
    policy_choice choice;
    failure last;
    Backend backend;
  };

  Backend& backend() noexcept { return state_->backend; }
  static net::deadline by(const std::atomic<duration>& time) noexcept {
    const duration span = time.load(std::memory_order_relaxed);
    return span.count() > 0 ? net::deadline::in(span) : net::deadline::never();
  }
  void replace(const options& how) noexcept {
    state_->times.set(how);
    if (!how.policy) return;
    const std::lock_guard<std::mutex> hold(state_->mutex);
    state_->choice = *how.policy;
  }
  void settle(failure& why, failure result) {
    if (!result && !why) return;
    why = std::move(result);
    if (!why) return;
    if (const detail::notice tell = detail::notice_for(why)) detail::tell_of(tell, why, choice());
    const std::lock_guard<std::mutex> hold(state_->mutex);
    state_->last = why;
  }
  template <class Call>
  static auto as_code(std::error_code& ec, Call call) {
    failure why;
    struct writer {
      const failure& from;
      std::error_code& to;
      ~writer() { to = from.code(); }
    } write{why, ec};
    return call(why);
  }
#if HANDSHIM_HAS_EXCEPTIONS
  // Both in the caller's frame, as raise() itself.
  template <class Call>
  [[gnu::always_inline]] inline void or_raise(Call call) {
    detail::outgoing out;
    {
      failure why;
      call(why);
      if (!why) return;
      out.put([&why] { return std::move(why); });
    }
    out.raise(choice());
  }
  // The result at the function's own scope, else it would be moved once more.
  template <class Call>
  [[gnu::always_inline]] inline auto value_or_raise(Call call) -> decltype(call(std::declval<failure&>())) {
    failure why;
    auto result = call(why);
    if (why) raise(why, choice());
    return result;
  }
#endif

  std::unique_ptr<state> state_;
};

}  // namespace HANDSHIM_ABI
}  // namespace handshim
