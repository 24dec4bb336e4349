// Boost.Beast (1.74 to 1.81): its WebSocket stream, with handshim's exceptions and evidence. See
// docs/adapters/beast.md.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <boost/system/system_error.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "handshim/adapters/impl/beast_tap.hpp"
#include "handshim/adapters/impl/beast_token.hpp"
#include "handshim/handshim.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace adapters::beast {

/// The translator for guard() and capture(), for what the stream does not do: connecting, resolving, TLS.
///   guard<beast::translator>(phase::connect, [&] { boost::asio::connect(socket, addresses); });
struct translator {
  using exceptions = types<::boost::system::system_error>;
  static failure translate(const ::boost::system::system_error& e, phase p) {
    const std::string text = e.code().message();
    evidence known;
    known.backend = "beast";
    known.native_text = text;
    return from(std::error_code(e.code()), p, known);
  }
};

#if HANDSHIM_HAS_EXCEPTIONS
/// A completion token that completes with a handshim exception instead of an error_code: `token` gets
/// void(std::exception_ptr, ...) where it would have got void(error_code, ...). So a callback takes an exception_ptr,
/// and what co_await and std::future::get throw under use_awaitable and use_future is handshim's. The policy is that
/// of the stream, and one that is given wins over it. The token's associated executor, allocator and cancellation slot
/// stay its own. Since 0.1.
template <class Build = build_policy, class Token>
raising_t<std::decay_t<Token>> raising(Token&& token) {
  return {std::forward<Token>(token), current_policy<Build>(), false, phase::unknown};
}
template <class Token>
raising_t<std::decay_t<Token>> raising(Token&& token, const policy_choice& by) {
  return {std::forward<Token>(token), by, true, phase::unknown};
}
/// The same for an operation of Asio's own, which knows no phase, under the policy that holds here or the one given.
template <class Build = build_policy, class Token>
raising_t<std::decay_t<Token>> raising(phase p, Token&& token) {
  return {std::forward<Token>(token), current_policy<Build>(), false, p};
}
template <class Token>
raising_t<std::decay_t<Token>> raising(phase p, Token&& token, const policy_choice& by) {
  return {std::forward<Token>(token), by, true, p};
}
#endif

namespace detail {

// Whether a layer of the stream is TLS: Asio's ssl::stream has such a type, and no other layer.
template <class Layer, class = void>
struct has_tls : std::false_type {};
template <class Layer>
struct has_tls<Layer, std::void_t<typename Layer::handshake_type>> : std::true_type {};

}  // namespace detail

/// In place of boost::beast::websocket::stream<Next>, with the same members and these differences:
/// - A call without an error_code throws what the policy makes of the failure. The policy is the one that holds when
///   the stream is made, or that of set_policy(); under `native` it is Beast's own exception.
/// - A call with an error_code& and a completion handler get Beast's own code, which compares equal to handshim's
///   conditions; last_failure() then has the fault and the evidence.
/// - A call with a failure& in the place of the error_code& hands these back.
/// - Tokens may be wrapped in raising().
/// As Beast's stream it is for one thread or strand at a time, the completion of its operations included; only
/// last_failure() and choice() are thread-safe. Since 0.1.
template <class Next, bool deflateSupported = true>
class stream : public ::boost::beast::websocket::stream<detail::tap<Next>, deflateSupported> {
  using base = ::boost::beast::websocket::stream<detail::tap<Next>, deflateSupported>;

 public:
  using next_layer_type = std::remove_reference_t<Next>;
  using typename base::executor_type;
  using default_token = ::boost::asio::default_completion_token_t<executor_type>;
  using response_type = ::boost::beast::websocket::response_type;
  using string_view = ::boost::beast::string_view;
  using close_reason = ::boost::beast::websocket::close_reason;
  using ping_data = ::boost::beast::websocket::ping_data;

  /// The same stream over another executor.
  template <class Executor>
  struct rebind_executor {
    using other = stream<typename next_layer_type::template rebind_executor<Executor>::other, deflateSupported>;
  };

  /// The arguments make the next layer.
  template <class Build = build_policy, class... Args, class = std::enable_if_t<std::is_constructible_v<Next, Args...>>>
  explicit stream(Args&&... args) : base(current_policy<Build>(), std::forward<Args>(args)...) {}
  stream(stream&&) = default;
  stream& operator=(stream&&) = default;

  /// Beast's, past the layer that takes notes.
  next_layer_type& next_layer() noexcept { return base::next_layer().next_layer(); }
  const next_layer_type& next_layer() const noexcept { return base::next_layer().next_layer(); }

  /// The newest failure of any call; none if there was none. Thread-safe.
  failure last_failure() const { return notes().last(); }
  /// The policy that this stream raises under, and who chose it. Thread-safe.
  policy_choice choice() const { return notes().choice(); }
  /// For every failure from now on.
  void set_policy(policy by) { notes().choose(by); }

  void handshake(string_view host, string_view target, error_code& ec) {
    begin_handshake(host, target);
    base::handshake(host, target, ec);
    notes().settle(ec, phase::handshake);
  }
  void handshake(response_type& response, string_view host, string_view target, error_code& ec) {
    begin_handshake(host, target);
    base::handshake(response, host, target, ec);
    notes().settle(ec, phase::handshake);
  }
  void handshake(string_view host, string_view target, failure& why) {
    why_of(why, [&](error_code& ec) { handshake(host, target, ec); });
  }
  void handshake(response_type& response, string_view host, string_view target, failure& why) {
    why_of(why, [&](error_code& ec) { handshake(response, host, target, ec); });
  }

  void close(const close_reason& reason, error_code& ec) {
    call(ec, phase::closing, [&] { base::close(reason, ec); });
  }
  void close(const close_reason& reason, failure& why) {
    why_of(why, [&](error_code& ec) { close(reason, ec); });
  }
  void ping(const ping_data& payload, error_code& ec) {
    call(ec, phase::open, [&] { base::ping(payload, ec); });
  }
  void ping(const ping_data& payload, failure& why) {
    why_of(why, [&](error_code& ec) { ping(payload, ec); });
  }
  void pong(const ping_data& payload, error_code& ec) {
    call(ec, phase::open, [&] { base::pong(payload, ec); });
  }
  void pong(const ping_data& payload, failure& why) {
    why_of(why, [&](error_code& ec) { pong(payload, ec); });
  }

  template <class DynamicBuffer>
  std::size_t read(DynamicBuffer& to, error_code& ec) {
    return call(ec, phase::open, [&] { return base::read(to, ec); });
  }
  template <class DynamicBuffer>
  std::size_t read(DynamicBuffer& to, failure& why) {
    return why_of(why, [&](error_code& ec) { return read(to, ec); });
  }
  template <class DynamicBuffer>
  std::size_t read_some(DynamicBuffer& to, std::size_t limit, error_code& ec) {
    return call(ec, phase::open, [&] { return base::read_some(to, limit, ec); });
  }
  template <class DynamicBuffer>
  std::size_t read_some(DynamicBuffer& to, std::size_t limit, failure& why) {
    return why_of(why, [&](error_code& ec) { return read_some(to, limit, ec); });
  }
  template <class MutableBuffers>
  std::size_t read_some(const MutableBuffers& to, error_code& ec) {
    return call(ec, phase::open, [&] { return base::read_some(to, ec); });
  }
  template <class MutableBuffers>
  std::size_t read_some(const MutableBuffers& to, failure& why) {
    return why_of(why, [&](error_code& ec) { return read_some(to, ec); });
  }
  template <class ConstBuffers>
  std::size_t write(const ConstBuffers& from, error_code& ec) {
    return call(ec, phase::open, [&] { return base::write(from, ec); });
  }
  template <class ConstBuffers>
  std::size_t write(const ConstBuffers& from, failure& why) {
    return why_of(why, [&](error_code& ec) { return write(from, ec); });
  }
  template <class ConstBuffers>
  std::size_t write_some(bool fin, const ConstBuffers& from, error_code& ec) {
    return call(ec, phase::open, [&] { return base::write_some(fin, from, ec); });
  }
  template <class ConstBuffers>
  std::size_t write_some(bool fin, const ConstBuffers& from, failure& why) {
    return why_of(why, [&](error_code& ec) { return write_some(fin, from, ec); });
  }

  /// The server's side: accept(), accept(buffers), accept(request).
  void accept(error_code& ec) {
    notes().begin_accept();
    call(ec, phase::handshake, [&] { base::accept(ec); });
  }
  void accept(failure& why) {
    why_of(why, [&](error_code& ec) { accept(ec); });
  }
  template <class BuffersOrRequest>
  void accept(const BuffersOrRequest& from, error_code& ec) {
    notes().begin_accept();
    call(ec, phase::handshake, [&] { base::accept(from, ec); });
  }
  template <class BuffersOrRequest>
  void accept(const BuffersOrRequest& from, failure& why) {
    why_of(why, [&](error_code& ec) { accept(from, ec); });
  }

#if HANDSHIM_HAS_EXCEPTIONS
  void handshake(string_view host, string_view target) {
    or_raise([&](error_code& ec) { handshake(host, target, ec); });
  }
  void handshake(response_type& response, string_view host, string_view target) {
    or_raise([&](error_code& ec) { handshake(response, host, target, ec); });
  }
  void close(const close_reason& reason) {
    or_raise([&](error_code& ec) { close(reason, ec); });
  }
  void ping(const ping_data& payload) {
    or_raise([&](error_code& ec) { ping(payload, ec); });
  }
  void pong(const ping_data& payload) {
    or_raise([&](error_code& ec) { pong(payload, ec); });
  }
  template <class DynamicBuffer>
  std::size_t read(DynamicBuffer& to) {
    return or_raise([&](error_code& ec) { return read(to, ec); });
  }
  template <class DynamicBuffer>
  std::size_t read_some(DynamicBuffer& to, std::size_t limit) {
    return or_raise([&](error_code& ec) { return read_some(to, limit, ec); });
  }
  template <class MutableBuffers>
  std::size_t read_some(const MutableBuffers& to) {
    return or_raise([&](error_code& ec) { return read_some(to, ec); });
  }
  template <class ConstBuffers>
  std::size_t write(const ConstBuffers& from) {
    return or_raise([&](error_code& ec) { return write(from, ec); });
  }
  template <class ConstBuffers>
  std::size_t write_some(bool fin, const ConstBuffers& from) {
    return or_raise([&](error_code& ec) { return write_some(fin, from, ec); });
  }
  void accept() {
    or_raise([&](error_code& ec) { accept(ec); });
  }
  template <class BuffersOrRequest>
  void accept(const BuffersOrRequest& from) {
    or_raise([&](error_code& ec) { accept(from, ec); });
  }
#endif

  template <class Token = default_token>
  auto async_handshake(string_view host, string_view target, Token&& token = {}) {
    begin_handshake(host, target);
    return base::async_handshake(host, target, noting(phase::handshake, std::forward<Token>(token)));
  }
  template <class Token = default_token>
  auto async_handshake(response_type& response, string_view host, string_view target, Token&& token = {}) {
    begin_handshake(host, target);
    return base::async_handshake(response, host, target, noting(phase::handshake, std::forward<Token>(token)));
  }
  template <class Token = default_token>
  auto async_accept(Token&& token = {}) {
    notes().begin_accept();
    return base::async_accept(noting(phase::handshake, std::forward<Token>(token)));
  }
  template <class BuffersOrRequest, class Token>
  auto async_accept(const BuffersOrRequest& from, Token&& token) {
    notes().begin_accept();
    return base::async_accept(from, noting(phase::handshake, std::forward<Token>(token)));
  }
  template <class Token = default_token>
  auto async_close(const close_reason& reason, Token&& token = {}) {
    return base::async_close(reason, noting(phase::closing, std::forward<Token>(token)));
  }
  template <class Token = default_token>
  auto async_ping(const ping_data& payload, Token&& token = {}) {
    return base::async_ping(payload, noting(phase::open, std::forward<Token>(token)));
  }
  template <class Token = default_token>
  auto async_pong(const ping_data& payload, Token&& token = {}) {
    return base::async_pong(payload, noting(phase::open, std::forward<Token>(token)));
  }
  template <class DynamicBuffer, class Token = default_token>
  auto async_read(DynamicBuffer& to, Token&& token = {}) {
    return base::async_read(to, noting(phase::open, std::forward<Token>(token)));
  }
  template <class DynamicBuffer, class Token = default_token>
  auto async_read_some(DynamicBuffer& to, std::size_t limit, Token&& token = {}) {
    return base::async_read_some(to, limit, noting(phase::open, std::forward<Token>(token)));
  }
  template <class MutableBuffers, class Token = default_token,
            class = std::enable_if_t<!std::is_convertible_v<Token, std::size_t>>>
  auto async_read_some(const MutableBuffers& to, Token&& token = {}) {
    return base::async_read_some(to, noting(phase::open, std::forward<Token>(token)));
  }
  template <class ConstBuffers, class Token = default_token>
  auto async_write(const ConstBuffers& from, Token&& token = {}) {
    return base::async_write(from, noting(phase::open, std::forward<Token>(token)));
  }
  template <class ConstBuffers, class Token = default_token>
  auto async_write_some(bool fin, const ConstBuffers& from, Token&& token = {}) {
    return base::async_write_some(fin, from, noting(phase::open, std::forward<Token>(token)));
  }

 protected:
  detail::notes& notes() const noexcept { return *base::next_layer().notes(); }

 private:
  void begin_handshake(string_view host, string_view target) {
    notes().begin_handshake(detail::has_tls<next_layer_type>::value, {host.data(), host.size()},
                            {target.data(), target.size()});
  }
  template <class Token>
  detail::noting_t<std::decay_t<Token>> noting(phase when, Token&& token) {
    return {std::forward<Token>(token), {base::next_layer().notes(), when}};
  }
  template <class Operation>
  auto call(error_code& ec, phase when, Operation operation) -> decltype(operation()) {
    struct at_the_end {
      detail::notes& to;
      const error_code& ec;
      phase when;
      ~at_the_end() { to.settle(ec, when); }
    } note{notes(), ec, when};
    return operation();
  }
  template <class Operation>
  auto why_of(failure& why, Operation operation) -> decltype(operation(std::declval<error_code&>())) {
    error_code ec;
    struct at_the_end {
      const stream& self;
      failure& why;
      const error_code& ec;
      ~at_the_end() { why = ec ? self.last_failure() : failure(); }
    } note{*this, why, ec};
    return operation(ec);
  }
#if HANDSHIM_HAS_EXCEPTIONS
  template <class Operation>
  auto or_raise(Operation operation) -> decltype(operation(std::declval<error_code&>())) {
    error_code ec;
    if constexpr (std::is_void_v<decltype(operation(ec))>) {
      operation(ec);
      if (ec) raise_last(ec);
    } else {
      const auto result = operation(ec);
      if (ec) raise_last(ec);
      return result;
    }
  }
  [[noreturn]] void raise_last(const error_code& ec) const {
    const policy_choice by = choice();
    raise(detail::to_raise(last_failure(), ec, by), by);
  }
#endif
};

}  // namespace adapters::beast
}  // namespace HANDSHIM_ABI
}  // namespace handshim
