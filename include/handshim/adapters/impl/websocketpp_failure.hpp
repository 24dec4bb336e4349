// From a WebSocket++ connection to a failure.
#pragma once

#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

#include "handshim/adapters/impl/websocketpp_observed.hpp"
#include "handshim/rfc6455/close_code.hpp"
#include "handshim/rfc6455/utf8.hpp"
#include "handshim/translate.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace adapters::websocketpp {
namespace detail {

namespace ws = ::websocketpp;

// What a connection of client<Config> has, and one of the library's own client has not.
template <class Con, class = void>
struct has_notes : std::false_type {};
template <class Con>
struct has_notes<Con, std::void_t<decltype(std::declval<const Con&>().handshim_notes())>> : std::true_type {};
template <class Con, class = void>
struct has_attempt : std::false_type {};
template <class Con>
struct has_attempt<Con, std::void_t<decltype(std::declval<const Con&>().handshim_attempt())>> : std::true_type {};
template <class Con, class = void>
struct has_transport_code : std::false_type {};
template <class Con>
struct has_transport_code<Con, std::void_t<decltype(std::error_code(std::declval<const Con&>().get_transport_ec()))>>
    : std::true_type {};

template <class Con>
attempt attempt_of(const Con& con) {
  if constexpr (has_attempt<Con>::value)
    return con.handshim_attempt();
  else
    return {};
}

template <class Con>
bool has_missed_pong(const Con& con) {
  if constexpr (has_notes<Con>::value)
    return con.handshim_notes().has_missed_pong();
  else
    return false;
}

template <class Con>
bool closed_first(const Con& con) {
  if constexpr (has_notes<Con>::value)
    return con.handshim_notes().has_closed_first();
  else
    return false;
}

/// The response of a connection, by its bytes where they were kept.
template <class Con>
adapters::detail::response_seen response_of(const Con& con) {
  const auto& answer = con.get_response();
  if constexpr (has_notes<Con>::value) {
    return adapters::detail::response_seen(answer.handshim_seen());
  } else {
    rfc6455::response parts;
    parts.status = static_cast<int>(answer.get_status_code());
    parts.reason = answer.get_status_msg();
    for (const auto& line : answer.get_headers()) parts.headers.push_back({line.first, line.second});
    parts.body = answer.get_body();
    parts.body_complete = answer.ready();
    return adapters::detail::response_seen(std::move(parts), answer.headers_ready());
  }
}

/// Whether the opening handshake had succeeded. The library opens a connection once the headers are read and fit,
/// and reports with these three codes, and no others, that they do not.
template <class Con>
bool was_open(const Con& con) {
  namespace processor = ws::processor::error;
  const std::error_code code = con.get_ec();
  return con.get_response().headers_ready() && code != processor::make_error_code(processor::invalid_http_status) &&
         code != processor::make_error_code(processor::missing_required_header) &&
         code != ws::error::make_error_code(ws::error::extension_neg_failed);
}

template <class Con>
bool sent_request(const Con& con) {
  return !con.get_request_header("Sec-WebSocket-Key").empty();
}

inline bool is_socket_code(const std::error_code& code) noexcept {
  return std::string_view(code.category().name()) == "websocketpp.transport.asio.socket";
}

inline bool is_tls_code(const std::error_code& code) {
  return is_socket_code(code) || code == ws::transport::error::tls_error ||
         std::string_view(code.category().name()) == "asio.ssl";
}

inline bool is_resolver_code(const std::error_code& code) {
  const std::string_view domain = code.category().name();
  return domain == "asio.netdb" || domain == "asio.addrinfo";
}

/// When a connection that never was open failed.
template <class Con>
phase phase_before_open(const Con& con, const std::error_code& code) {
  if (sent_request(con)) return phase::handshake;
  if (is_tls_code(code)) return phase::tls;
  if (is_resolver_code(code)) return phase::resolve;
  if (!attempt_of(con).connected) return phase::connect;
  return con.get_proxy().empty() ? phase::tls : phase::proxy;
}

inline bool is_failed_handshake(const std::error_code& code) {
  constexpr int tls_handshake_failed = 8;  // the header that names it is Asio's
  return code.value() == tls_handshake_failed && is_socket_code(code);
}

/// The code of Asio behind one that says no more than that there is one. Only where it is the cause: before the
/// request is sent, get_transport_ec() is of the clean-up.
template <class Con>
std::error_code original_of(const Con& con, const std::error_code& code) {
  const bool tls = code == ws::transport::error::tls_error || is_failed_handshake(code);
  if (code != ws::transport::error::pass_through && !tls) return code;
  std::error_code original = attempt_of(con).original;
  if constexpr (has_transport_code<Con>::value)
    if (!original && sent_request(con)) original = con.get_transport_ec();
  return original ? original : code;
}

inline close_view close_frame(int code, std::string_view reason) noexcept {
  return {static_cast<std::uint16_t>(code), reason};
}

/// What is known of a connection. It must outlive the evidence.
template <class Con>
class known_of {
 public:
  explicit known_of(const Con& con)
      : endpoint_(con.get_uri() ? con.get_uri()->str() : std::string()),
        received_reason_(con.get_remote_close_reason()),
        sent_reason_(con.get_local_close_reason()) {
    known.backend = "websocketpp";
    known.endpoint = endpoint_;
    constexpr int nothing = ws::close::status::abnormal_close;
    const int received = con.get_remote_close_code(), sent = con.get_local_close_code();
    if (received != nothing) known.close_received = close_frame(received, received_reason_);
    if (sent != nothing) known.close_sent = close_frame(sent, sent_reason_);
  }

  void tell(const std::error_code& code, const std::error_code& reported, std::string detail = {}) {
    text_ = code ? code.message() : std::string();
    known.native_text = text_;
    detail_ = std::move(detail);
    if (reported != code)
      detail_ += (detail_.empty() ? "reported as " : ", reported as ") + std::string(reported.category().name()) + ":" +
                 std::to_string(reported.value()) + " " + reported.message();
    known.detail = detail_;
  }

  void since(std::chrono::steady_clock::time_point started) noexcept {
    if (started.time_since_epoch().count() != 0) known.elapsed = std::chrono::steady_clock::now() - started;
  }

  evidence known;

 private:
  std::string endpoint_, received_reason_, sent_reason_, text_, detail_;
};

/// The fault that the library's code means; with the native error as it is.
inline fault fault_of(const std::error_code& code, phase when, const evidence& known = {}) {
  return from_native(code.category().name(), code.value(), {}, when, known).fault();
}

template <class Con>
failure before_open(const Con& con) {
  const std::error_code reported = con.get_ec(), code = original_of(con, reported);
  const phase when = phase_before_open(con, code);
  known_of<Con> all(con);
  all.known.close_received = all.known.close_sent = {};  // 1006 or made up: no frame was sent yet
  const attempt how = attempt_of(con);
  all.tell(code, reported, how.detail);
  all.since(how.started);
  fault found = how.tls != fault::none ? how.tls : fault_of(code, when);
  adapters::detail::response_seen seen = response_of(con);
  if (when == phase::handshake) {
    found = seen.behind(found, {con.get_request_header("Sec-WebSocket-Key"), con.get_requested_subprotocols()});
    seen.tell(all.known);
  }
  return failure(found, all.known, code, handshim::detail::phase_of(found, when));
}

/// The processor's code whose text the library put into its close frame; no code if there is none.
inline std::error_code local_protocol_error(int code, const std::string& reason) {
  constexpr int first = ws::processor::error::general, last = ws::processor::error::short_key3;
  using namespace ws::processor::error;
  for (int value = first; value <= last; ++value) {
    const std::error_code candidate = make_error_code(static_cast<processor_errors>(value));
    if (to_ws(candidate) == code && candidate.message() == reason) return candidate;
  }
  return {};
}

/// The reason that the library gives with a 1002 for a close frame whose code may not be sent.
inline constexpr std::string_view bad_code_reason = "Invalid close code";

/// What is wrong with the close frame that came, judged by what the library kept of it; none if it is well formed.
/// A frame of a single byte is kept as code 1002, one with the code 1006 looks like none: only the answer tells.
template <class Con>
fault close_frame_fault(const Con& con) {
  const int received = con.get_remote_close_code();
  const bool refused = con.get_local_close_code() == ws::close::status::protocol_error &&
                       con.get_local_close_reason() == bad_code_reason;
  if (refused)
    return received == ws::close::status::protocol_error ? fault::close_frame_malformed : fault::close_code_not_allowed;
  const bool well_encoded = rfc6455::is_utf8(con.get_remote_close_reason());
  return well_encoded ? fault::none : fault::close_reason_not_utf8;
}

/// The fault of a connection that was open. `code` is the library's, and becomes the cause where the library hides it:
/// it calls a connection closed, with a code of zero, that it gave up for an error of the peer.
template <class Con>
fault after_open(const Con& con, std::error_code& code) {
  constexpr int nothing = ws::close::status::abnormal_close;
  if (has_missed_pong(con)) return fault::keepalive_timeout;
  if (const fault wrong = close_frame_fault(con); wrong != fault::none) return wrong;
  const int received = con.get_remote_close_code(), sent = con.get_local_close_code();
  if (received != nothing) return rfc6455::closed_as(received, sent == nothing ? received : sent);
  if (code == ws::error::close_handshake_timeout) return fault_of(code, phase::closing);
  if (code) return fault_of(code, phase::open);
  code = local_protocol_error(sent, con.get_local_close_reason());
  if (code && sent == ws::close::status::invalid_payload) return fault::message_not_utf8;
  if (code) return fault_of(code, phase::open);
  // Without a code it may have been silent_close, which hides a protocol error too.
  return sent == ws::close::status::no_status ? fault::connection_lost : fault::eof_before_close_answer;
}

template <class Con>
failure of_opened(const Con& con) {
  const std::error_code reported = con.get_ec();
  std::error_code code = original_of(con, reported);
  const fault found = after_open(con, code);
  known_of<Con> all(con);
  all.tell(code, reported);
  if (found == fault::close_frame_malformed) all.known.close_received = {};  // the code is made up
  if (all.known.close_received && all.known.close_sent && closed_first(con))
    all.known.order = close_order::sent_then_received;
  return failure(found, all.known, code, handshim::detail::phase_of(found, phase::open));
}

}  // namespace detail

/// Why a connection ended: for the fail handler and the close handler, and whenever get_state() is closed; no failure
/// while it stands. A connection of client<Config> tells more than one of the library's own client, which keeps
/// neither the bytes of the response nor the code behind pass_through. Since 0.1.
template <class Config>
failure failure_of(const ::websocketpp::connection<Config>& con) {
  if (con.get_state() != ::websocketpp::session::state::closed) return {};
  return detail::was_open(con) ? detail::of_opened(con) : detail::before_open(con);
}

/// What a call on a connection failed with: invalid_state on a connection that has ended is how it ended, else the
/// code's own failure. For con->send(), which returns its code, and every call that takes an error_code. Since 0.1.
template <class Config>
failure failure_of(const ::websocketpp::connection<Config>& con, const std::error_code& code) {
  if (!code) return {};
  if (code == ::websocketpp::error::invalid_state) {
    if (failure ended = failure_of(con)) return ended;
    // The peer has closed, and the library waits for the end of the stream.
    if (con.get_remote_close_code() != ::websocketpp::close::status::abnormal_close) return detail::of_opened(con);
  }
  detail::known_of<::websocketpp::connection<Config>> all(con);
  all.tell(code, code);
  return from(code, phase::local, all.known);
}

}  // namespace adapters::websocketpp
}  // namespace HANDSHIM_ABI
}  // namespace handshim
