// WebSocket++: handshim's failures from its connections and codes, and client<Config> in place of its client.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>

#include <websocketpp/client.hpp>

#include "handshim/adapters/impl/websocketpp_failure.hpp"
#include "handshim/handshim.hpp"
#include "handshim/rfc6455/uri.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace adapters::websocketpp {

/// For guard(), around calls of the library that throw.
struct translator {
  using exceptions = types<::websocketpp::exception>;
  static failure translate(const ::websocketpp::exception& e, phase p) { return from(e.code(), p); }
};

/// The library's code for a URI that it does not take: what is wrong with it, if this library knows.
inline failure uri_failure(const std::string& uri, const std::error_code& code) {
  evidence known;
  known.backend = "websocketpp";
  known.endpoint = uri;
  rfc6455::uri parts;
  const fault found = code == ::websocketpp::error::invalid_uri ? rfc6455::parse_uri(uri, parts) : fault::none;
  return found == fault::none ? from(code, phase::local, known) : failure(found, known, code);
}

/// In place of ::websocketpp::client<Config>, with the same members. Those that throw there throw what the policy makes
/// of the failure; under `native` the library's own exception. The overloads with an error_code are the library's.
/// Handlers stay as they are: in a fail or close handler last_failure(hdl) tells why. The policy is the one that holds
/// when the client is made, or the one given. Calls are as thread-safe as the library's. Since 0.1.
template <class Config>
class client : public ::websocketpp::client<observed<Config>> {
  using base = ::websocketpp::client<observed<Config>>;

 public:
  using typename base::connection_ptr;
  using typename base::message_ptr;
  using connection_hdl = ::websocketpp::connection_hdl;
  using error_code = ::websocketpp::lib::error_code;
  using opcode = ::websocketpp::frame::opcode::value;
  using close_code = ::websocketpp::close::status::value;

  template <class Build = build_policy>
  client() : choice_(current_policy<Build>()) {}
  explicit client(const handshim::policy& p) : choice_(p) {}

  /// The policy that this client raises under, and who chose it.
  const policy_choice& choice() const noexcept { return choice_; }

  /// Why the connection ended, else why the last call on it failed; no failure if neither happened.
  failure last_failure(connection_hdl hdl) {
    error_code gone;
    const connection_ptr con = base::get_con_from_hdl(hdl, gone);
    if (gone) return from(gone, phase::local);
    if (const failure known = con->handshim_notes().end()) return known;
    const failure ended = failure_of(*con);
    if (!ended) return con->handshim_notes().last();
    con->handshim_notes().ended(ended);
    return ended;
  }
  /// The newest failure of a call of this client, not of what a handler told. Thread-safe.
  failure last_failure() const {
    const std::lock_guard<std::mutex> hold(mutex_);
    return last_;
  }

  /// A connection is told of once: the library calls the open handler and the close handler too after it has called
  /// the fail handler for an extension that it did not ask for.
  void set_open_handler(::websocketpp::open_handler handler) {
    base::set_open_handler([this, handler](connection_hdl hdl) {
      if (handler && !has_ended(hdl)) handler(hdl);
    });
  }
  void set_fail_handler(::websocketpp::fail_handler handler) { base::set_fail_handler(once(std::move(handler))); }
  void set_close_handler(::websocketpp::close_handler handler) { base::set_close_handler(once(std::move(handler))); }

  /// A fail or close handler out of a handler for void(connection_hdl, const failure&).
  template <class Handler>
  auto with_failure(Handler handler) {
    return [this, handler](connection_hdl hdl) mutable { handler(hdl, last_failure(hdl)); };
  }

  /// A pong that does not come is a failure of its own: keepalive_timeout, also once the connection is closed for it.
  void set_pong_timeout_handler(::websocketpp::pong_timeout_handler handler) {
    base::set_pong_timeout_handler([this, handler](connection_hdl hdl, std::string payload) {
      error_code gone;
      if (const connection_ptr con = base::get_con_from_hdl(hdl, gone)) note_missed_pong(*con);
      if (handler) handler(hdl, payload);
    });
  }

  using base::get_connection;
  connection_ptr get_connection(const std::string& uri, failure& why) {
    error_code code;
    connection_ptr con = base::get_connection(uri, code);
    settle(why, code ? uri_failure(uri, code) : failure());
    return con;
  }
  connection_ptr get_connection(const std::string& uri) {
    return or_raise([&](failure& f) { return get_connection(uri, f); });
  }

  using base::init_asio;
  template <class... Service>
  void init_asio(Service... service) {
    or_raise([&](failure& f) {
      error_code code;
      base::init_asio(service..., code);
      settle(f, from(code, phase::local));
    });
  }

  using base::send;
  void send(connection_hdl hdl, const std::string& payload, opcode op, failure& why) {
    on(hdl, why, [&](error_code& ec) { base::send(hdl, payload, op, ec); });
  }
  void send(connection_hdl hdl, const void* payload, std::size_t size, opcode op, failure& why) {
    on(hdl, why, [&](error_code& ec) { base::send(hdl, payload, size, op, ec); });
  }
  void send(connection_hdl hdl, message_ptr message, failure& why) {
    on(hdl, why, [&](error_code& ec) { base::send(hdl, message, ec); });
  }
  void send(connection_hdl hdl, const std::string& payload, opcode op) {
    or_raise([&](failure& f) { send(hdl, payload, op, f); });
  }
  void send(connection_hdl hdl, const void* payload, std::size_t size, opcode op) {
    or_raise([&](failure& f) { send(hdl, payload, size, op, f); });
  }
  void send(connection_hdl hdl, message_ptr message) {
    or_raise([&](failure& f) { send(hdl, message, f); });
  }

  void close(connection_hdl hdl, close_code code, const std::string& reason, error_code& ec) {
    note_closing(hdl);
    base::close(hdl, code, reason, ec);
  }
  void close(connection_hdl hdl, close_code code, const std::string& reason, failure& why) {
    on(hdl, why, [&](error_code& ec) { close(hdl, code, reason, ec); });
  }
  void close(connection_hdl hdl, close_code code, const std::string& reason) {
    or_raise([&](failure& f) { close(hdl, code, reason, f); });
  }

  using base::ping;
  void ping(connection_hdl hdl, const std::string& payload, failure& why) {
    on(hdl, why, [&](error_code& ec) { base::ping(hdl, payload, ec); });
  }
  void ping(connection_hdl hdl, const std::string& payload) {
    or_raise([&](failure& f) { ping(hdl, payload, f); });
  }

  using base::pong;
  void pong(connection_hdl hdl, const std::string& payload, failure& why) {
    on(hdl, why, [&](error_code& ec) { base::pong(hdl, payload, ec); });
  }
  void pong(connection_hdl hdl, const std::string& payload) {
    or_raise([&](failure& f) { pong(hdl, payload, f); });
  }

  using base::get_con_from_hdl;
  connection_ptr get_con_from_hdl(connection_hdl hdl) {
    return or_raise([&](failure& f) {
      error_code code;
      connection_ptr con = base::get_con_from_hdl(hdl, code);
      settle(f, from(code, phase::local));
      return con;
    });
  }

  using base::interrupt;
  void interrupt(connection_hdl hdl) {
    or_raise([&](failure& f) { on(hdl, f, [&](error_code& ec) { base::interrupt(hdl, ec); }); });
  }
  using base::pause_reading;
  void pause_reading(connection_hdl hdl) {
    or_raise([&](failure& f) { on(hdl, f, [&](error_code& ec) { base::pause_reading(hdl, ec); }); });
  }
  using base::resume_reading;
  void resume_reading(connection_hdl hdl) {
    or_raise([&](failure& f) { on(hdl, f, [&](error_code& ec) { base::resume_reading(hdl, ec); }); });
  }

 private:
  bool has_ended(connection_hdl hdl) {
    error_code gone;
    const connection_ptr con = base::get_con_from_hdl(hdl, gone);
    return con && con->handshim_notes().end();
  }
  // The failure is made before the handler runs: it may ask later, or never.
  template <class Handler>
  auto once(Handler handler) {
    return [this, handler](connection_hdl hdl) {
      if (has_ended(hdl)) return;
      last_failure(hdl);
      if (handler) handler(hdl);
    };
  }
  template <class Con>
  void note_missed_pong(Con& con) {
    detail::known_of<::websocketpp::connection<observed<Config>>> all(con);
    con.handshim_notes().pong_missed();
    con.handshim_notes().failed(failure(fault::keepalive_timeout, all.known));
  }
  void note_closing(connection_hdl hdl) {
    error_code gone;
    const connection_ptr con = base::get_con_from_hdl(hdl, gone);
    if (con && con->get_state() == ::websocketpp::session::state::open) con->handshim_notes().closes_first();
  }
  void settle(failure& why, failure result) {
    why = std::move(result);
    if (!why) return;
    const std::lock_guard<std::mutex> hold(mutex_);
    last_ = why;
  }
  template <class Call>
  void on(connection_hdl hdl, failure& why, Call call) {
    error_code code, gone;
    call(code);
    if (!code) return settle(why, {});
    const connection_ptr con = base::get_con_from_hdl(hdl, gone);
    settle(why, con ? failure_of(*con, code) : from(code, phase::local));
    if (con) con->handshim_notes().failed(why);
  }
  template <class Call>
  auto or_raise(Call call) -> decltype(call(std::declval<failure&>())) {
    failure why;
    if constexpr (std::is_void_v<decltype(call(why))>) {
      call(why);
      if (why) raise_native_or(why);
    } else {
      auto result = call(why);
      if (why) raise_native_or(why);
      return result;
    }
  }
  [[noreturn]] void raise_native_or(const failure& why) const {
    if (choice_.policy.is_native()) throw ::websocketpp::exception(why.native_code());
    raise(why, choice_);
  }

  const policy_choice choice_;
  mutable std::mutex mutex_;
  failure last_;
};

}  // namespace adapters::websocketpp
}  // namespace HANDSHIM_ABI
}  // namespace handshim
