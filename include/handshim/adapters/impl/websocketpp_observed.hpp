// A WebSocket++ config that notes what the library knows for a moment and does not keep: the bytes of the response,
// and the code of Asio behind `pass_through`. Nothing that the library does is changed.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>

#include <websocketpp/client.hpp>

#include "handshim/adapters/impl/response_seen.hpp"
#include "handshim/failure.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace adapters::websocketpp {
namespace detail {

/// Notes of a connection. Written by the library's thread and the caller's.
class notes {
 public:
  void failed(const failure& f) {
    const std::lock_guard<std::mutex> hold(mutex_);
    last_ = f;
  }
  failure last() const {
    const std::lock_guard<std::mutex> hold(mutex_);
    return last_;
  }
  /// How the connection ended, once that was asked.
  void ended(const failure& f) {
    const std::lock_guard<std::mutex> hold(mutex_);
    end_ = f;
  }
  failure end() const {
    const std::lock_guard<std::mutex> hold(mutex_);
    return end_;
  }
  void pong_missed() {
    const std::lock_guard<std::mutex> hold(mutex_);
    pong_missed_ = true;
  }
  bool has_missed_pong() const {
    const std::lock_guard<std::mutex> hold(mutex_);
    return pong_missed_;
  }
  /// The caller closes, and no close frame has come yet.
  void closes_first() {
    const std::lock_guard<std::mutex> hold(mutex_);
    closed_first_ = true;
  }
  bool has_closed_first() const {
    const std::lock_guard<std::mutex> hold(mutex_);
    return closed_first_;
  }

 private:
  mutable std::mutex mutex_;
  failure last_, end_;
  bool pong_missed_ = false;
  bool closed_first_ = false;
};

/// In place of Config::connection_base.
template <class Base>
class observed_connection : public Base {
 public:
  notes& handshim_notes() noexcept { return notes_; }
  const notes& handshim_notes() const noexcept { return notes_; }

 private:
  notes notes_;
};

/// In place of Config::response_type: keeps the bytes that it is fed.
template <class Base>
class observed_response : public Base {
 public:
  using Base::consume;
  std::size_t consume(const char* bytes, std::size_t count) {
    adapters::detail::keep_seen(seen_, bytes, count);
    return Base::consume(bytes, count);
  }
  const std::string& handshim_seen() const noexcept { return seen_; }

 private:
  std::string seen_;
};

/// How a connection attempt went, as Asio tells it.
struct attempt {
  std::error_code original;  ///< the code that became pass_through, or tls_handshake_failed
  fault tls = fault::none;   ///< what the TLS handshake failed with, where OpenSSL tells
  std::string detail;        ///< OpenSSL's word on the certificate
  bool connected = false;    ///< TCP stands
  std::chrono::steady_clock::time_point started{};
};

/// The code that this thread's translate_ec() was given last.
inline std::error_code& translated() noexcept {
  thread_local std::error_code code;
  return code;
}

/// In place of the socket policy's connection: translate_ec() is the one place that sees Asio's code of a failed
/// look-up or connect.
template <class Base>
class noted_socket_connection : public Base {
 public:
  template <class Code>
  static std::error_code translate_ec(Code code) {
    translated() = code;
    return Base::translate_ec(code);
  }
  attempt& handshim_attempt() noexcept { return attempt_; }
  const attempt& handshim_attempt() const noexcept { return attempt_; }

 private:
  attempt attempt_;
};

// Whether a socket is TLS: Asio's ssl::stream has such a type.
template <class Socket, class = void>
struct is_tls : std::false_type {};
template <class Socket>
struct is_tls<Socket, std::void_t<typename Socket::handshake_type>> : std::true_type {};

/// With TLS it is defined in adapters/websocketpp_tls.hpp: a config with TLS needs that header. So a config means the
/// same in every unit, and OpenSSL is included by none that has no TLS.
template <class Base, bool HasTls>
class observed_socket_connection;
template <class Base>
class observed_socket_connection<Base, false> : public noted_socket_connection<Base> {};

/// In place of the socket policy.
template <class Base, class Con = typename Base::socket_con_type>
class observed_socket : public Base {
 public:
  using socket_con_type = observed_socket_connection<Con, is_tls<typename Con::socket_type>::value>;
};

/// In place of the transport: the callback of async_connect() runs right after translate_ec(), on its thread.
template <class Base>
class observed_transport : public Base {
 public:
  using Base::Base;
  observed_transport() = default;

 protected:
  template <class Connection, class Uri, class Handler>
  void async_connect(Connection con, Uri to, Handler handler) {
    con->handshim_attempt().started = std::chrono::steady_clock::now();
    translated().clear();
    Base::async_connect(con, to, [con, handler](const std::error_code& code) {
      con->handshim_attempt().connected = !code;
      if (code == ::websocketpp::transport::error::pass_through) con->handshim_attempt().original = translated();
      handler(code);
    });
  }
};

template <class Config, class Transport>
struct with_observed_transport : Config {};  // not over Asio: there is no such code

template <class Config, template <class> class Transport, class TransportConfig>
struct with_observed_transport<Config, Transport<TransportConfig>> : Config {
  struct transport_config : TransportConfig {
    using socket_type = observed_socket<typename TransportConfig::socket_type>;
  };
  using transport_type = observed_transport<Transport<transport_config>>;
};

}  // namespace detail

/// Config with the notes; what client<Config> hands to the library. It keeps the config's own types but for the
/// response, the transport and the base of connections, which derive from the config's.
template <class Config>
struct observed : detail::with_observed_transport<Config, typename Config::transport_type> {
  using type = observed;
  using response_type = detail::observed_response<typename Config::response_type>;
  using connection_base = detail::observed_connection<typename Config::connection_base>;
};

}  // namespace adapters::websocketpp
}  // namespace HANDSHIM_ABI
}  // namespace handshim
