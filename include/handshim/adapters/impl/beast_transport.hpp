// One WebSocket of Beast over some layers, behind an interface that knows no layers.
#pragma once

#include "handshim/config.hpp"

#if HANDSHIM_HAS_EXCEPTIONS

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/field.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "handshim/adapters/beast.hpp"
#include "handshim/message.hpp"
#include "handshim/options.hpp"
#include "handshim/rfc6455/handshake.hpp"
#include "handshim/rfc6455/text.hpp"
#include "handshim/rfc6455/uri.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace adapters::beast::detail {

/// What an operation ended with; no failure if it went well.
using completion = std::function<void(failure)>;

/// A connection that Beast drives. All calls from the thread that runs its executor; completions come there too. One
/// operation of each name at a time.
class transport {
 public:
  transport() = default;
  transport(const transport&) = delete;
  transport& operator=(const transport&) = delete;
  virtual ~transport() = default;

  /// TLS, where there is some.
  virtual void secure(const rfc6455::uri& to, completion then) = 0;
  virtual void upgrade(const rfc6455::uri& to, const rfc6455::request_options& parts, completion then) = 0;
  /// The next message.
  virtual void read(message& to, completion then) = 0;
  virtual void write(opcode type, std::string data, completion then) = 0;
  virtual void ping(std::string payload, completion then) = 0;
  virtual void close(std::uint16_t code, std::string reason, completion then) = 0;
  /// Ends all operations at once.
  virtual void shut() noexcept = 0;

  /// Called for each pong with its payload, and for a close frame with none.
  virtual void on_control(std::function<void(bool is_close, std::string_view payload)> hear) = 0;
  virtual detail::notes& notes() noexcept = 0;
};

// Where the headers that the caller gave go; one of them replaces that which the client would set.
inline void fill(::boost::beast::websocket::request_type& request, const rfc6455::request_options& parts) {
  namespace http = ::boost::beast::http;
  const auto set = [&](http::field field, std::string_view name, const std::string& value) {
    const auto same = [&](const rfc6455::header& h) { return rfc6455::detail::same_text(h.name, name); };
    if (!value.empty() && std::none_of(parts.headers.begin(), parts.headers.end(), same)) request.set(field, value);
  };
  std::string offered;
  for (const std::string& name : parts.subprotocols) offered += (offered.empty() ? "" : ", ") + name;
  set(http::field::sec_websocket_protocol, "Sec-WebSocket-Protocol", offered);
  set(http::field::origin, "Origin", parts.origin);
  set(http::field::user_agent, "User-Agent", parts.user_agent);
  set(http::field::authorization, "Authorization", parts.authorization);
  for (const rfc6455::header& h : parts.headers) request.insert(h.name, h.value);
}

// The stream's notes, which are nobody else's business.
template <class Next>
class noted_stream : public stream<Next> {
 public:
  using stream<Next>::stream;
  using stream<Next>::notes;
};

/// Over the layers Next, whose lowest one is a TCP socket.
template <class Next>
class transport_over : public transport {
 public:
  template <class... Args>
  explicit transport_over(const options& how, Args&&... args) : ws_(std::forward<Args>(args)...) {
    if (how.policy) ws_.set_policy(*how.policy);
    ws_.read_message_max(how.max_message_size);
    ws_.auto_fragment(false);
    ws_.notes().read_as(how.reading);
  }

  void secure(const rfc6455::uri&, completion then) override { then({}); }
  void upgrade(const rfc6455::uri& to, const rfc6455::request_options& parts, completion then) override {
    using ::boost::beast::websocket::request_type;
    ws_.set_option(
        ::boost::beast::websocket::stream_base::decorator([parts](request_type& request) { fill(request, parts); }));
    ws_.async_handshake(to.host_header(), to.target, told(std::move(then)));
  }
  void read(message& to, completion then) override {
    ws_.async_read(buffer_, [this, &to, then = std::move(then)](const error_code& ec, std::size_t) {
      if (ec) return then(noted(ec));
      to.text = ws_.got_text();
      to.data = ::boost::beast::buffers_to_string(buffer_.data());
      buffer_.consume(buffer_.size());
      then({});
    });
  }
  void write(opcode type, std::string data, completion then) override {
    ws_.text(type == opcode::text);
    out_ = std::move(data);
    ws_.async_write(::boost::asio::buffer(out_), told(std::move(then)));
  }
  void ping(std::string payload, completion then) override {
    ws_.async_ping({payload.data(), payload.size()}, told(std::move(then)));
  }
  void close(std::uint16_t code, std::string reason, completion then) override {
    using ::boost::beast::websocket::close_code;
    ws_.async_close({static_cast<close_code>(code), {reason.data(), reason.size()}}, told(std::move(then)));
  }
  void shut() noexcept override {
    error_code ignored;
    ::boost::beast::get_lowest_layer(ws_).close(ignored);
  }
  void on_control(std::function<void(bool, std::string_view)> hear) override {
    using ::boost::beast::websocket::frame_type;
    ws_.control_callback([hear = std::move(hear)](frame_type type, ::boost::beast::string_view payload) {
      if (type != frame_type::ping) hear(type == frame_type::close, {payload.data(), payload.size()});
    });
  }
  detail::notes& notes() noexcept override { return ws_.notes(); }

 protected:
  /// A handler that turns a code into the failure that the stream has noted.
  auto told(completion then) {
    return [this, then = std::move(then)](const error_code& ec, std::size_t = 0) { then(ec ? noted(ec) : failure()); };
  }

  failure noted(const error_code& ec) const { return to_raise(ws_.last_failure(), ec, ws_.choice()); }

  noted_stream<Next> ws_;

 private:
  ::boost::beast::flat_buffer buffer_;
  std::string out_;
};

}  // namespace adapters::beast::detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim

#endif  // HANDSHIM_HAS_EXCEPTIONS
