// Poco: handshim's failures from its exceptions, and WebSocket in place of Poco::Net::WebSocket.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <Poco/Buffer.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/Socket.h>
#include <Poco/Net/WebSocket.h>

#include "handshim/adapters/impl/poco_failure.hpp"
#include "handshim/handshim.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace adapters::poco {

/// In place of Poco::Net::WebSocket for a client, with the same members, which throw what the policy makes of the
/// failure. Beyond that: receiveFrame() reports the end of the stream and a close frame, which Poco hands over as
/// data, as failures; under `native` they are as in Poco. A close frame is answered with shutdown(), as with Poco.
/// Copies share the socket and what is known of it. Not thread-safe but for one receiver beside one sender, as in
/// Poco. Since 0.1.
class WebSocket : public ::Poco::Net::WebSocket {
  using base = ::Poco::Net::WebSocket;
  using session = ::Poco::Net::HTTPClientSession;
  using request = ::Poco::Net::HTTPRequest;
  using response = ::Poco::Net::HTTPResponse;

 public:
  /// Connects and shakes hands. The response is cleared first, so that its status is 0 if there was none. A session
  /// that is not connected yet and not secure gets a socket that notes the bytes of the response.
  template <class Build = build_policy>
  WebSocket(session& s, request& q, response& a) : WebSocket(current_policy<Build>(), s, q, a, {}) {}
  WebSocket(session& s, request& q, response& a, const handshim::policy& by, std::chrono::nanoseconds open_timeout = {})
      : WebSocket(policy_choice(by), s, q, a, open_timeout) {}
  /// With a deadline for all of it but the name look-up, which Poco cannot bound; Poco's own timeouts are for one read
  /// each. Not for a secure session.
  template <class Build = build_policy>
  WebSocket(session& s, request& q, response& a, std::chrono::nanoseconds open_timeout)
      : WebSocket(current_policy<Build>(), s, q, a, open_timeout) {}

  void shutdown() { shutdown(WS_NORMAL_CLOSE); }
  void shutdown(::Poco::UInt16 code, const std::string& reason = {}) {
    failure why;
    shutdown(code, reason, why);
    settle(why);
  }
  void shutdown(::Poco::UInt16 code, const std::string& reason, failure& why) {
    call(why, phase::closing, fault::send_timeout, [&] { base::shutdown(code, reason); });
    if (!why && !state_->talk.sent) state_->talk.sent = detail::close_frame{code, reason, fault::none};
  }

  int sendFrame(const void* data, int size, int flags = FRAME_TEXT) {
    failure why;
    const int count = sendFrame(data, size, flags, why);
    settle(why);
    return count;
  }
  int sendFrame(const void* data, int size, int flags, failure& why) {
    int count = 0;
    call(why, phase::open, fault::send_timeout, [&] { count = base::sendFrame(data, size, flags); });
    return count;
  }

  int receiveFrame(void* data, int size, int& flags) {
    failure why;
    const int count = receiveFrame(data, size, flags, why);
    settle(why);
    return count;
  }
  int receiveFrame(::Poco::Buffer<char>& data, int& flags) {
    failure why;
    const int count = receiveFrame(data, flags, why);
    settle(why);
    return count;
  }
  /// The frame is handed over whatever `why` says: a close frame too.
  int receiveFrame(void* data, int size, int& flags, failure& why) {
    return receive(
        why, flags, [&] { return base::receiveFrame(data, size, flags); },
        [&](int) { return static_cast<const char*>(data); });
  }
  int receiveFrame(::Poco::Buffer<char>& data, int& flags, failure& why) {
    return receive(
        why, flags, [&] { return base::receiveFrame(data, flags); }, [&](int count) { return data.end() - count; });
  }

  /// Whether frames that break RFC 6455 are failures: reserved bits and opcodes, fragments out of order, text that is
  /// not UTF-8, a fragmented message over getMaxPayloadSize(). Poco hands them over like any other; so does this unless
  /// told. Masked frames cannot be told from others.
  void setFrameChecks(bool on) { state_->talk.checks = on; }
  bool getFrameChecks() const { return state_->talk.checks; }

  /// The newest failure of a call; how the connection ended, once it has.
  failure last_failure() const { return state_->talk.end ? state_->talk.end : state_->talk.last; }
  /// The policy that this socket raises under, and who chose it.
  const policy_choice& choice() const noexcept { return state_->choice; }

 private:
  struct state {
    explicit state(const policy_choice& by) : choice(by) {}
    policy_choice choice;
    detail::conversation talk;
  };

  WebSocket(const policy_choice& by, session& s, request& q, response& a, std::chrono::nanoseconds open_timeout)
      : WebSocket(std::make_shared<state>(by), s, q, a, open_timeout) {}
  WebSocket(std::shared_ptr<state> s, session& with, request& q, response& a, std::chrono::nanoseconds open_timeout)
      : base(opened(*s, with, q, a, open_timeout)), state_(std::move(s)) {}

  static std::string endpoint_of(const session& s, const request& q) {
    const std::string host = s.getHost().find(':') == std::string::npos ? s.getHost() : '[' + s.getHost() + ']';
    return (s.secure() ? "wss://" : "ws://") + host + ':' + std::to_string(s.getPort()) + q.getURI();
  }

  static base opened(state& to, session& s, request& q, response& a, std::chrono::nanoseconds open_timeout) {
    to.talk.endpoint = endpoint_of(s, q);
    detail::socket_notes& notes = *to.talk.notes;
    const auto began = detail::socket_notes::clock::now();
    if (open_timeout.count() > 0) notes.until = began + open_timeout;
    notes.connected = s.connected();
    notes.noting = !s.secure() && !s.connected();
    if (notes.noting) s.socket() = detail::noting_stream_socket(to.talk.notes);
    detail::forget(a);
    ::Poco::Net::Socket made;
    auto make = [&] { made = base(s, q, a); };
    const failure bare = detail::captured(phase::unknown, make);
    notes.until = {};
    if (bare) raise(explained(to.talk, bare, s, q, a, detail::socket_notes::clock::now() - began), to.choice);
    return base(made);
  }

  static phase phase_of(const detail::socket_notes& notes, const failure& f, const session& s, const response& a) {
    const std::string_view native = f.evidence().native_domain;
    if (native == "Poco::Net::HostNotFoundException" || native == "Poco::Net::DNSException" ||
        native == "Poco::Net::NoAddressFoundException")
      return phase::resolve;
    if (notes.connected || a.getStatus() != response::HTTPStatus(0)) return phase::handshake;
    if (native == "Poco::Net::SSLException" || native == "Poco::Net::CertificateValidationException") return phase::tls;
    return s.secure() ? phase::unknown : phase::connect;
  }

  static failure explained(const detail::conversation& talk, const failure& bare, const session& s, const request& q,
                           const response& a, std::chrono::nanoseconds elapsed) {
    const detail::socket_notes& notes = *talk.notes;
    const phase when = phase_of(notes, bare, s, a);
    const evidence& native = bare.evidence();
    fault found = detail::is_timeout(bare)
                      ? detail::late_in(when)
                      : from_native(native.native_domain, native.native_value, native.native_text, when).fault();
    evidence known = talk.known();
    known.elapsed = elapsed;
    adapters::detail::response_seen seen = detail::response_of(notes, a);
    if (when == phase::handshake) {
      found = seen.behind(found, detail::request_of(q), notes.saw_end);
      seen.tell(known);
      known.bytes_in = notes.bytes_in;
    }
    return detail::with(bare, known, found, when);
  }

  // `late` is what a timeout means in the call.
  template <class Call>
  void call(failure& why, phase when, fault late, Call go) {
    detail::conversation& talk = state_->talk;
    const failure bare = detail::captured(when, go);
    const fault found = detail::is_timeout(bare) ? late : bare.fault();
    why = bare ? detail::with(bare, talk.known(), found, when) : failure();
    if (why) talk.last = why;
    if (why.is(condition::lost) && !talk.end) talk.end = why;
  }

  template <class Call, class Data>
  int receive(failure& why, int& flags, Call go, Data data) {
    detail::conversation& talk = state_->talk;
    flags = 0;
    if (talk.received && !choice().policy.is_native()) return why = talk.end, 0;
    const std::uint64_t before = talk.notes->bytes_in;
    int count = 0;
    const bool answer_is_due = talk.sent && !talk.received;
    call(why, phase::open, answer_is_due ? fault::close_timeout : fault::recv_timeout, [&] { count = go(); });
    if (why) return count;
    if (count == 0 && flags == 0)
      why = talk.end ? talk.end : talk.ended_by_peer(talk.notes->bytes_in != before);
    else
      why = judged(flags, {data(count), std::size_t(count)});
    if (why) talk.last = talk.end = why;
    return count;
  }

  failure judged(int flags, std::string_view payload) {
    detail::conversation& talk = state_->talk;
    const fault wrong = talk.frames.see(unsigned(flags), payload, std::size_t(getMaxPayloadSize()));
    if (talk.checks && wrong != fault::none) return failure(wrong, talk.known());
    const bool closes = (flags & FRAME_OP_BITMASK) == FRAME_OP_CLOSE;
    return closes ? talk.closed_by(detail::read_close_frame(payload)) : failure();
  }

  // What Poco hands over as data is no exception under `native`.
  void settle(const failure& why) const {
    if (why && (why.evidence().cause || !choice().policy.is_native())) raise(why, choice());
  }

  std::shared_ptr<state> state_;
};

}  // namespace adapters::poco
}  // namespace HANDSHIM_ABI
}  // namespace handshim
