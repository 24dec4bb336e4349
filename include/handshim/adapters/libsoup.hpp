// libsoup 3: its GErrors and signals gathered into one failure for each WebSocket connection.
#pragma once

#include <libsoup/soup.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "handshim/adapters/collector.hpp"
#include "handshim/adapters/impl/callback.hpp"
#include "handshim/adapters/impl/socket_tap.hpp"
#include "handshim/handshim.hpp"
#include "handshim/rfc6455/uri.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace adapters::libsoup {
namespace detail {

// A text of GLib's, which is the caller's to free.
inline std::string taken(char* text) {
  struct owner {
    char* text;
    ~owner() { ::g_free(text); }
  } const frees{text};
  return text;
}

// Looks at the socket each time before the main loop dispatches; never ready itself.
class tap_source {
 public:
  tap_source() = default;
  tap_source(const tap_source&) = delete;
  tap_source& operator=(const tap_source&) = delete;
  ~tap_source() { stop(); }

  void start(::GSocketConnection* connection, collector& to) {
    stop();
    static ::GSourceFuncs functions{prepare, check, dispatch, nullptr, nullptr, nullptr};
    source_ = reinterpret_cast<wrapped*>(::g_source_new(&functions, sizeof(wrapped)));
    source_->self = this;
    socket_ = G_SOCKET(g_object_ref(::g_socket_connection_get_socket(connection)));
    to_ = &to;
    tap_ = {};
    ::g_source_set_priority(&source_->base, G_PRIORITY_HIGH);
    ::g_source_attach(&source_->base, ::g_main_context_get_thread_default());
    look();
  }
  void stop() noexcept {
    if (source_ == nullptr) return;
    ::g_source_destroy(&source_->base);
    ::g_source_unref(&source_->base);
    ::g_object_unref(socket_);
    source_ = nullptr;
  }
  void look() {
    if (source_ != nullptr) tap_.look(::g_socket_get_fd(socket_), *to_);  // -1 once it is closed
  }

 private:
  struct wrapped {
    ::GSource base;
    tap_source* self;
  };
  static ::gboolean prepare(::GSource*, ::gint* timeout) {
    *timeout = -1;
    return FALSE;
  }
  static ::gboolean check(::GSource* source) {
    reinterpret_cast<wrapped*>(source)->self->look();
    return FALSE;
  }
  static ::gboolean dispatch(::GSource*, ::GSourceFunc, ::gpointer) { return G_SOURCE_CONTINUE; }

  wrapped* source_ = nullptr;
  ::GSocket* socket_ = nullptr;
  collector* to_ = nullptr;
  adapters::detail::socket_tap tap_;
};

}  // namespace detail

/// One WebSocket connection, from the message to its end. Single-threaded, as libsoup is. The handler is called once,
/// when the connection could not be made or is over (a close in order is a failure too, whose condition is closed_ok);
/// in it nothing of this object may be destroyed. Since 0.1.
class connection {
 public:
  /// Each is made of any callable, or of none.
  using handler = adapters::detail::callback<const failure&>;
  using opened = adapters::detail::callback<::SoupWebsocketConnection*>;

  explicit connection(handler done = {}) : state_(std::make_shared<state>(std::move(done))) {}
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection() { state_->leave(); }

  /// In place of soup_message_new("GET", uri); null if libsoup cannot read the URI, which failed() then tells. Yours.
  ::SoupMessage* message(const char* uri) {
    ::SoupMessage* const made = ::soup_message_new("GET", uri);
    if (made == nullptr) state_->refuse(uri);
    return made;
  }

  /// In place of soup_session_websocket_connect_async() and its _finish: calls when_open if there is a connection.
  void connect(::SoupSession* session, ::SoupMessage* message, const char* origin, char** protocols, opened when_open) {
    state_->connect(session, message, origin, protocols, std::move(when_open), state_);
  }

  /// In place of soup_websocket_connection_close(): what is sent is noted.
  void close(::gushort code, const char* reason = nullptr) {
    if (state_->socket == nullptr) return;
    state_->tap.look();
    state_->seen.close_sent(code, reason == nullptr ? "" : reason);
    ::soup_websocket_connection_close(state_->socket, code, reason);
  }

  /// Null before and after.
  ::SoupWebsocketConnection* get() const noexcept { return state_->socket; }
  bool is_over() const noexcept { return state_->seen.is_settled(); }
  const failure& failed() const noexcept { return state_->seen.result(); }

  /// A deadline of the program's own has passed: the failure says so, and the connection is given up.
  void expire(fault f = fault::none) { state_->expire(f); }
  void cancel() { state_->cancel(); }

 private:
  struct state {
    explicit state(handler h) : done(std::move(h)) {}
    state(const state&) = delete;
    state& operator=(const state&) = delete;
    ~state() { leave(); }

    collector seen{"libsoup"};
    detail::tap_source tap;
    handler done;
    opened when_open;
    ::SoupMessage* message = nullptr;
    ::SoupWebsocketConnection* socket = nullptr;
    ::GCancellable* stop = nullptr;

    void leave() {
      done = {};
      seen.state(fault::cancelled);
      seen.ended();
      release();
      if (stop != nullptr) ::g_cancellable_cancel(stop);
      g_clear_object(&stop);
    }
    void release() noexcept {
      tap.stop();
      if (message != nullptr) g_signal_handlers_disconnect_by_data(message, this);
      if (socket != nullptr) g_signal_handlers_disconnect_by_data(socket, this);
      g_clear_object(&message);
      g_clear_object(&socket);
    }

    void refuse(const char* uri) {
      rfc6455::uri to;
      const fault why = rfc6455::parse_uri(uri, to);
      seen.begin({uri, {}, {}, 0, false, false});
      seen.report("soup_message_new", 0, "returned NULL");
      seen.state(why == fault::none ? fault::uri_invalid : why);
      finish();
    }

    void connect(::SoupSession* session, ::SoupMessage* of, const char* origin, char** protocols, opened then,
                 std::shared_ptr<state> self) {
      release();
      message = SOUP_MESSAGE(g_object_ref(of));
      when_open = std::move(then);
      g_clear_object(&stop);
      stop = ::g_cancellable_new();
      expect(protocols);
      g_signal_connect(message, "network-event", G_CALLBACK(on_network), this);
      g_signal_connect(message, "got-headers", G_CALLBACK(on_headers), this);
      g_signal_connect(message, "restarted", G_CALLBACK(on_restart), this);
      g_signal_connect(message, "got-informational", G_CALLBACK(on_informational), this);
      ::soup_session_websocket_connect_async(session, message, origin, protocols, G_PRIORITY_DEFAULT, stop, on_ready,
                                             new std::shared_ptr<state>(std::move(self)));
    }

    void expect(char** protocols) {
      ::GUri* const uri = ::soup_message_get_uri(message);
      expectation next;
      next.endpoint = detail::taken(::g_uri_to_string(uri));
      const std::string_view scheme = ::g_uri_get_scheme(uri);
      next.encrypted = scheme == "wss" || scheme == "https";
      for (; protocols != nullptr && *protocols != nullptr; ++protocols) next.subprotocols.emplace_back(*protocols);
      seen.begin(std::move(next));
      seen.reached(phase::resolve);
    }

    static void on_network(::SoupMessage*, ::GSocketClientEvent event, ::GIOStream* stream, ::gpointer data) {
      static_cast<state*>(data)->network(event, stream);
    }
    void network(::GSocketClientEvent event, ::GIOStream* stream) {
      switch (event) {
        case G_SOCKET_CLIENT_CONNECTING:
          return seen.reached(phase::connect);
        case G_SOCKET_CLIENT_CONNECTED:
          if (G_IS_SOCKET_CONNECTION(stream)) tap.start(G_SOCKET_CONNECTION(stream), seen);
          return;
        case G_SOCKET_CLIENT_PROXY_NEGOTIATING:
          tap.stop();  // what the proxy says is not the server's
          return seen.reached(phase::proxy);
        case G_SOCKET_CLIENT_TLS_HANDSHAKING:
          return seen.reached(phase::tls);
        case G_SOCKET_CLIENT_TLS_HANDSHAKED:
        case G_SOCKET_CLIENT_COMPLETE:
          return seen.reached(phase::handshake);
        default:
          return;
      }
    }

    static void on_informational(::SoupMessage* of, ::gpointer data) {
      if (::soup_message_get_status(of) == SOUP_STATUS_SWITCHING_PROTOCOLS) static_cast<state*>(data)->headers();
    }
    static void on_headers(::SoupMessage*, ::gpointer data) { static_cast<state*>(data)->headers(); }
    void headers() {
      ::SoupMessageHeaders* const sent = ::soup_message_get_request_headers(message);
      const char* const key = ::soup_message_headers_get_one(sent, "Sec-WebSocket-Key");
      seen.requested(key == nullptr ? "" : key,
                     ::soup_message_headers_get_list(sent, "Sec-WebSocket-Extensions") != nullptr);
      std::vector<rfc6455::header> got;
      ::SoupMessageHeadersIter at;
      ::soup_message_headers_iter_init(&at, ::soup_message_get_response_headers(message));
      const char *name = nullptr, *value = nullptr;
      while (::soup_message_headers_iter_next(&at, &name, &value)) got.push_back({name, value});
      seen.responded(static_cast<int>(::soup_message_get_status(message)), std::move(got), true);
    }

    // Sent once more, after a redirect or for authentication: over another connection.
    static void on_restart(::SoupMessage*, ::gpointer data) {
      auto* const self = static_cast<state*>(data);
      self->tap.stop();
      self->seen.missed();
    }

    static void on_ready(::GObject* session, ::GAsyncResult* result, ::gpointer data) {
      auto* const kept = static_cast<std::shared_ptr<state>*>(data);
      const std::shared_ptr<state> self = std::move(*kept);
      delete kept;
      ::GError* error = nullptr;
      ::SoupWebsocketConnection* const made =
          ::soup_session_websocket_connect_finish(SOUP_SESSION(session), result, &error);
      self->ready(made, error);
      ::g_clear_error(&error);
    }
    void ready(::SoupWebsocketConnection* made, const ::GError* error) {
      if (!seen.is_live()) {
        g_clear_object(&made);
        return;
      }
      tap.look();
      if (made == nullptr) {
        // Some errors come between the headers and their signal.
        if (seen.where() == phase::handshake && ::soup_message_get_status(message) >= 200) headers();
        report(error);
        return finish();
      }
      socket = made;
      seen.reached(phase::open);
      g_signal_connect(socket, "error", G_CALLBACK(on_error), this);
      g_signal_connect(socket, "closed", G_CALLBACK(on_closed), this);
      if (when_open) when_open(socket);
    }

    // GTlsError says no more than that the certificate is no good; the message says what of it.
    void tell_certificate() {
      const unsigned wrong = ::soup_message_get_tls_peer_certificate_errors(message);
      if ((wrong & (G_TLS_CERTIFICATE_UNKNOWN_CA | G_TLS_CERTIFICATE_REVOKED)) != 0)
        seen.state(fault::tls_certificate_untrusted);
      else if ((wrong & (G_TLS_CERTIFICATE_EXPIRED | G_TLS_CERTIFICATE_NOT_ACTIVATED)) != 0)
        seen.state(fault::tls_certificate_expired);
      else if ((wrong & G_TLS_CERTIFICATE_BAD_IDENTITY) != 0)
        seen.state(fault::tls_certificate_host_mismatch);
    }

    void report(const ::GError* error) {
      if (error != nullptr && error->domain == G_TLS_ERROR && error->code == G_TLS_ERROR_BAD_CERTIFICATE)
        tell_certificate();
      if (error != nullptr) seen.report(::g_quark_to_string(error->domain), error->code, error->message);
    }

    // Emitted twice for some frames: the first counts.
    static void on_error(::SoupWebsocketConnection*, ::GError* error, ::gpointer data) {
      auto* const self = static_cast<state*>(data);
      self->tap.look();
      self->report(error);
    }
    static void on_closed(::SoupWebsocketConnection*, ::gpointer data) { static_cast<state*>(data)->closed(); }
    void closed() {
      tap.look();
      // 0: no close frame came.
      const ::gushort code = ::soup_websocket_connection_get_close_code(socket);
      const char* const reason = ::soup_websocket_connection_get_close_data(socket);
      if (code != 0) seen.close_received(code, reason == nullptr ? "" : reason);
      seen.report_end("closed signal", 0, "");
      finish();
    }

    void finish() {
      seen.ended();
      announce();
    }
    void announce() {
      const handler call = done;
      release();
      if (call) call(seen.result());
    }
    void expire(fault f) {
      if (!seen.is_live()) return;
      tap.look();
      if (f != fault::none) seen.state(f);
      seen.timed_out();
      give_up();
    }
    void cancel() {
      if (!seen.is_live()) return;
      seen.state(fault::cancelled);
      seen.ended();
      give_up();
    }
    void give_up() {
      if (stop != nullptr) ::g_cancellable_cancel(stop);
      announce();
    }
  };

  std::shared_ptr<state> state_;
};

}  // namespace adapters::libsoup
}  // namespace HANDSHIM_ABI
}  // namespace handshim
