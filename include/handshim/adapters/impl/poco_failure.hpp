// From Poco's exceptions and frames to a failure.
#pragma once

#if defined(__GNUG__)
#include <cxxabi.h>
#endif

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include <Poco/Exception.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/NetException.h>

#include "handshim/adapters/impl/frame_checks.hpp"
#include "handshim/adapters/impl/poco_socket.hpp"
#include "handshim/guard.hpp"
#include "handshim/rfc6455/close_code.hpp"
#include "handshim/rfc6455/text.hpp"
#include "handshim/rfc6455/utf8.hpp"
#include "handshim/translate.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace adapters::poco {
namespace detail {

/// The class of an exception, as C++ writes it. className() is mangled, name() is the same for several classes.
inline std::string class_of(const ::Poco::Exception& e) {
#if defined(__GNUG__)
  int status = 0;
  char* readable = abi::__cxa_demangle(e.className(), nullptr, nullptr, &status);
  std::string out = readable ? readable : e.className();
  std::free(readable);
  return out;
#else
  const std::string_view written = e.className();
  return std::string(written.substr(written.rfind(' ') + 1));
#endif
}

}  // namespace detail

/// A Poco exception as a failure: its class and code are the native error, its displayText() the text. Since 0.1.
inline failure failure_of(const ::Poco::Exception& e, phase p, const evidence& known = {}) {
  evidence all = known;
  all.backend = "poco";
  return from_native(detail::class_of(e), e.code(), e.displayText(), p, all);
}

/// For guard(), around calls of Poco's that throw.
struct translator {
  using exceptions = types<::Poco::Exception>;
  static failure translate(const ::Poco::Exception& e, phase p) { return failure_of(e, p); }
};

namespace detail {

/// capture() of any call: once for all of them, as each would take its time to compile.
inline failure captured(phase when, void (*run)(void*), void* call) {
  return capture<translator>(when, [&] { run(call); });
}
template <class Call>
failure captured(phase when, Call& call) {
  return captured(
      when, [](void* it) { (*static_cast<Call*>(it))(); }, &call);
}

/// A response that says nothing: a new one says 200.
inline void forget(::Poco::Net::HTTPResponse& response) {
  response.clear();
  response.setStatus(::Poco::Net::HTTPResponse::HTTPStatus(0));
  response.setReason("");
}

/// The response by its bytes, or, where none were noted, as Poco keeps it.
inline adapters::detail::response_seen response_of(const socket_notes& notes, const ::Poco::Net::HTTPResponse& kept) {
  if (notes.noting) return adapters::detail::response_seen(notes.first_bytes);
  rfc6455::response parts;
  parts.status = int(kept.getStatus());
  parts.reason = kept.getReason();
  for (const auto& line : kept) parts.headers.push_back({line.first, line.second});
  return adapters::detail::response_seen(std::move(parts), parts.status != 0);
}

inline adapters::detail::request_seen request_of(const ::Poco::Net::HTTPRequest& request) {
  adapters::detail::request_seen out;
  out.key = request.get("Sec-WebSocket-Key", "");
  out.offered = rfc6455::detail::tokens_of(request.get("Sec-WebSocket-Protocol", ""));
  return out;
}

/// A close frame, which Poco hands over as data (RFC 6455, section 5.5.1).
struct close_frame {
  std::uint16_t code = 1005;
  std::string reason;
  fault wrong = fault::none;
};

inline close_frame read_close_frame(std::string_view payload) {
  close_frame out;
  if (payload.empty()) return out;
  if (payload.size() == 1) return out.wrong = fault::close_frame_malformed, out;
  out.code = std::uint16_t(static_cast<unsigned char>(payload[0]) << 8 | static_cast<unsigned char>(payload[1]));
  out.reason = payload.substr(2);
  if (!rfc6455::is_utf8(out.reason)) out.wrong = fault::close_reason_not_utf8;
  if (!rfc6455::may_be_sent(out.code)) out.wrong = fault::close_code_not_allowed;
  return out;
}

/// How an open connection stands. Not thread-safe, as the socket is not.
struct conversation {
  std::string endpoint;
  std::shared_ptr<socket_notes> notes = std::make_shared<socket_notes>();
  std::optional<close_frame> sent, received;
  close_order order = close_order::none;
  adapters::detail::frame_checks frames;
  bool checks = false;  ///< whether what they find is a failure
  failure end;          ///< how it ended
  failure last;         ///< of the newest call that failed

  evidence known() const {
    evidence out;
    out.backend = "poco";
    out.endpoint = endpoint;
    out.bytes_in = notes->bytes_in;
    out.bytes_out = notes->bytes_out;
    if (received) out.close_received = {received->code, received->reason};
    if (sent) out.close_sent = {sent->code, sent->reason};
    if (received && sent) out.order = order;
    return out;
  }

  /// The close frame that came; the answer is the program's to send, and echoes the code.
  failure closed_by(const close_frame& frame) {
    received = frame;
    order = sent ? close_order::sent_then_received : close_order::received_then_sent;
    const int other = sent ? sent->code : frame.code;
    const fault f = frame.wrong != fault::none ? frame.wrong : rfc6455::closed_as(frame.code, other);
    return failure(f, known(), {}, phase::open);
  }
  /// receiveFrame() gave 0 with flags 0.
  failure ended_by_peer(bool in_frame) {
    fault f = in_frame || frames.in_message() ? fault::eof_in_message : fault::eof_without_close;
    if (sent) f = fault::eof_before_close_answer;
    evidence all = known();
    all.native_domain = "Poco::Net::WebSocket::receiveFrame";
    all.native_text = "0 bytes with flags 0";
    return failure(f, all);
  }
};

/// Poco's one exception for whatever was late; the caller knows what it was.
inline bool is_timeout(const failure& f) { return f.evidence().native_domain == "Poco::TimeoutException"; }
inline fault late_in(phase when) noexcept { return from_native("handshim.net", 2, {}, when).fault(); }

/// The failure with what else is known of it.
inline failure with(const failure& f, const evidence& known, fault finer, phase when) {
  evidence all = known;
  all.native_domain = f.evidence().native_domain;
  all.native_value = f.evidence().native_value;
  all.native_text = f.evidence().native_text;
  all.cause = f.evidence().cause;
  return failure(finer, all, f.native_code(), handshim::detail::phase_of(finer, when));
}

}  // namespace detail
}  // namespace adapters::poco
}  // namespace HANDSHIM_ABI
}  // namespace handshim
