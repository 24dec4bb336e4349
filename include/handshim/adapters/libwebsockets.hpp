// libwebsockets: its one callback and its return codes gathered into one failure for each connection.
#pragma once

#include <libwebsockets.h>
#include <poll.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "handshim/adapters/collector.hpp"
#if defined(LWS_WITH_TLS) && !defined(LWS_WITH_MBEDTLS) && !defined(USE_WOLFSSL)
#include "handshim/adapters/impl/openssl_fault.hpp"
#endif
#include "handshim/adapters/impl/socket_tap.hpp"
#include "handshim/handshim.hpp"
#include "handshim/rfc6455/text.hpp"
#include "handshim/rfc6455/uri.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace adapters::libwebsockets {

/// One connection, from lws_client_connect_via_info() to its end. Hand its address over as opaque_user_data, and
/// observed<callback> as the protocol's callback. One thread. Since 0.1.
class connection {
 public:
  connection() = default;
  ~connection() {
    if (wsi_ != nullptr) ::lws_set_opaque_user_data(wsi_, nullptr);
  }
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// In place of lws_client_connect_via_info(): false if it cannot even begin, which failed() then tells; no callback
  /// comes. Of info it sets opaque_user_data and pwsi.
  bool connect(::lws_client_connect_info& info) {
    begin(info);
    return start(info);
  }

  /// The same for a URI: sets address, port, path, host, origin (if unset) and the TLS flag; user info is left out, as
  /// libwebsockets would take it for the host. A URI that is not one fails here.
  bool connect(std::string_view uri, ::lws_client_connect_info& info) {
    const fault bad = rfc6455::parse_uri(uri, to_);
    if (bad != fault::none) {
      seen_.begin({std::string(uri), {}, {}, 0, false, false});
      seen_.state(bad);
      seen_.ended();
      return false;
    }
    host_ = to_.host_header();
    info.address = to_.host.c_str();
    info.port = to_.port;
    info.path = to_.target.c_str();
    info.host = host_.c_str();
    if (info.origin == nullptr) info.origin = info.host;
    if (to_.secure) info.ssl_connection |= LCCSCF_USE_SSL;
    return connect(info);
  }

  /// It failed, or is over; a close in order is a failure too, whose condition is closed_ok.
  bool is_over() const noexcept { return seen_.is_settled(); }
  bool is_open() const noexcept { return seen_.is_live() && seen_.where() >= phase::open; }
  const failure& failed() const noexcept { return seen_.result(); }
  /// Null before and after.
  ::lws* wsi() const noexcept { return wsi_; }

  /// In place of lws_close_reason(), in the callback, which then returns -1: what is sent is noted.
  void close_reason(::lws* wsi, ::lws_close_status code, std::string_view reason = {}) {
    std::string copy(reason);
    ::lws_close_reason(wsi, code, reinterpret_cast<unsigned char*>(copy.data()), copy.size());
    seen_.close_sent(static_cast<std::uint16_t>(code), reason);
  }

  /// A deadline of the program's own has passed: the failure says so, and the connection is given up.
  void expire(fault f = fault::none) {
    if (!seen_.is_live()) return;
    look();
    if (f != fault::none) seen_.state(f);
    seen_.timed_out();
    give_up();
  }
  void cancel() {
    if (!seen_.is_live()) return;
    seen_.state(fault::cancelled);
    seen_.ended();
    give_up();
  }

  /// What the callback is told; observed<> calls it.
  void on(::lws* wsi, ::lws_callback_reasons reason, void* in, std::size_t size) {
    if (reason == LWS_CALLBACK_WSI_DESTROY) {
      wsi_ = nullptr;
      return;
    }
    wsi_ = wsi;
    if (!seen_.is_live()) return;
    const char* const at = static_cast<const char*>(in);
    // Some texts come with the NUL behind them.
    std::string_view text(at == nullptr ? "" : at, at == nullptr ? 0 : size);
    text = text.substr(0, text.find('\0'));
    switch (reason) {
      case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
        seen_.reached(phase::handshake);
        return look();
      case LWS_CALLBACK_CLIENT_FILTER_PRE_ESTABLISH:
        return look();
      case LWS_CALLBACK_CLIENT_ESTABLISHED:
        return seen_.reached(phase::open);
      case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
        return on_close_frame({at, at == nullptr ? 0 : size});
      case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
      case LWS_CALLBACK_CLOSED_CLIENT_HTTP:
      case LWS_CALLBACK_CLIENT_CLOSED:
        return on_end(reason, text);
      default:
        return;
    }
  }

  /// Looks at what waits in the socket; call it before each lws_service(), as service() does.
  void look() {
    if (wsi_ != nullptr && seen_.is_live()) tap_.look(static_cast<int>(::lws_get_socket_fd(wsi_)), seen_);
  }

 private:
  void begin(const ::lws_client_connect_info& info) {
    expectation next;
    next.encrypted = (info.ssl_connection & LCCSCF_USE_SSL) != 0;
    if (info.address != nullptr) next.endpoint = std::string(info.address) + ':' + std::to_string(info.port);
    if (info.protocol != nullptr) next.subprotocols = rfc6455::detail::tokens_of(info.protocol);
    seen_.begin(std::move(next));
    seen_.reached(phase::resolve);
    tap_ = {};
    wsi_ = nullptr;
  }

  bool start(::lws_client_connect_info& info) {
    info.opaque_user_data = this;
    ::lws* made = nullptr;
    if (info.pwsi == nullptr) info.pwsi = &made;
    ::lws* const wsi = ::lws_client_connect_via_info(&info);
    if (info.pwsi == &made) info.pwsi = nullptr;
    if (wsi != nullptr) {
      if (seen_.is_live()) wsi_ = wsi;
      return true;
    }
    // Often without a callback, which would have told more.
    seen_.report("lws_client_connect_via_info", 0, "returned NULL");
    seen_.ended();
    return false;
  }

  // Two bytes of code, then the reason; nothing for a close frame without a code.
  void on_close_frame(std::string_view payload) {
    look();
    if (payload.size() < 2) return seen_.close_received(1005, {});
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(payload[i]); };
    const unsigned code = byte(0) * 256u + byte(1);
    seen_.close_received(static_cast<std::uint16_t>(code), payload.substr(2));
  }

  void on_end(::lws_callback_reasons reason, std::string_view text) {
    look();
    if (seen_.where() < phase::open) tell_response();
    if (seen_.where() == phase::tls) tell_certificate();
    if (reason == LWS_CALLBACK_CLIENT_CLOSED)
      seen_.report_end("lws_callback_reasons", reason, text);
    else
      seen_.report("lws_callback_reasons", reason, text);
    // Without a cause, before the connection stood: one of libwebsockets' own timeouts.
    if (reason == LWS_CALLBACK_CLOSED_CLIENT_HTTP || text == "closed before established")
      seen_.timed_out();
    else
      seen_.ended();
  }

  // OpenSSL's verdict, where libwebsockets is built with it; its own text has none.
  void tell_certificate() {
#if defined(LWS_WITH_TLS) && !defined(LWS_WITH_MBEDTLS) && !defined(USE_WOLFSSL)
    const SSL* const ssl = ::lws_get_ssl(wsi_);
    const long result = ssl == nullptr ? X509_V_OK : ::SSL_get_verify_result(ssl);
    if (result != X509_V_OK) seen_.state(detail::certificate_fault(result));
#endif
  }

  // Of the headers libwebsockets keeps those that it knows.
  void tell_response() {
    const int status = static_cast<int>(::lws_http_client_http_response(wsi_));
    if (status == 0) return;
    std::vector<rfc6455::header> headers;
    const std::array<std::pair<::lws_token_indexes, const char*>, 8> known{
        {{WSI_TOKEN_CONNECTION, "Connection"},
         {WSI_TOKEN_UPGRADE, "Upgrade"},
         {WSI_TOKEN_ACCEPT, "Sec-WebSocket-Accept"},
         {WSI_TOKEN_EXTENSIONS, "Sec-WebSocket-Extensions"},
         {WSI_TOKEN_PROTOCOL, "Sec-WebSocket-Protocol"},
         {WSI_TOKEN_HTTP_LOCATION, "Location"},
         {WSI_TOKEN_HTTP_RETRY_AFTER, "Retry-After"},
         {WSI_TOKEN_HTTP_WWW_AUTHENTICATE, "WWW-Authenticate"}}};
    for (const auto& [token, name] : known) {
      std::array<char, 512> value{};
      const int size = ::lws_hdr_copy(wsi_, value.data(), static_cast<int>(value.size()), token);
      if (size > 0) headers.push_back({name, std::string(value.data(), static_cast<std::size_t>(size))});
    }
    seen_.responded(status, std::move(headers));
  }

  void give_up() {
    if (wsi_ != nullptr) ::lws_set_timeout(wsi_, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_ASYNC);
  }

  collector seen_{"libwebsockets"};
  detail::socket_tap tap_;
  ::lws* wsi_ = nullptr;
  rfc6455::uri to_;
  std::string host_;
};

/// Goes in place of the protocol's callback: tells the connection, then calls it.
template <::lws_callback_function* Callback>
int observed(::lws* wsi, ::lws_callback_reasons reason, void* user, void* in, std::size_t size) {
  auto* const to = wsi == nullptr ? nullptr : static_cast<connection*>(::lws_get_opaque_user_data(wsi));
  if (to != nullptr) to->on(wsi, reason, in, size);
  return Callback(wsi, reason, user, in, size);
}

/// In place of lws_service() while one connection is waited for: serves the context for at most that long, and sees
/// what the peer sent before libwebsockets reads it. Returns what lws_service() does.
inline int service(::lws_context* context, connection& one, std::chrono::milliseconds most) {
  ::pollfd socket{-1, POLLIN, 0};
  if (one.wsi() != nullptr) socket.fd = static_cast<int>(::lws_get_socket_fd(one.wsi()));
  ::poll(&socket, 1, static_cast<int>(most.count()));
  one.look();
  return ::lws_service(context, -1);
}

}  // namespace adapters::libwebsockets
}  // namespace HANDSHIM_ABI
}  // namespace handshim
