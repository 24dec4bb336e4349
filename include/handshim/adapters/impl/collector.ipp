#pragma once

#include <utility>

#include "handshim/adapters/collector.hpp"
#include "handshim/adapters/impl/shadow.hpp"
#include "handshim/impl/evidence_limits.hpp"
#include "handshim/translate.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace adapters {
namespace detail {

// What fails in a phase, if no more is known.
inline fault coarsest(phase p) noexcept {
  switch (p) {
    case phase::resolve:
      return fault::resolve_failed;
    case phase::connect:
      return fault::connect_failed;
    case phase::proxy:
      return fault::proxy_failed;
    case phase::tls:
      return fault::tls_failed;
    case phase::handshake:
      return fault::handshake_failed;
    case phase::open:
    case phase::closing:
      return fault::connection_lost;
    case phase::local:
    case phase::unknown:
      break;
  }
  return fault::usage_invalid;
}

// Words that say no more than that the peer went away, or not even that.
inline bool tells_little(fault f, phase p) noexcept {
  return f == fault::unclassified || f == coarsest(p) || f == fault::closed || is_a(f, fault::connection_lost);
}

inline fault fault_of_close(std::uint16_t code) noexcept {
  if (code == 1005) return fault::closed_without_code;
  return code == 1000 || code == 1001 ? fault::closed_normally : fault::closed_with_error;
}

}  // namespace detail

HANDSHIM_INLINE collector::collector(std::string_view client) : client_(client) {}
HANDSHIM_INLINE collector::collector(collector&&) noexcept = default;
HANDSHIM_INLINE collector& collector::operator=(collector&&) noexcept = default;
HANDSHIM_INLINE collector::~collector() = default;

HANDSHIM_INLINE void collector::begin(expectation of_this) {
  *this = collector(client_);
  expected_ = std::move(of_this);
  live_ = true;
  began_ = std::chrono::steady_clock::now();
}

HANDSHIM_INLINE void collector::requested(std::string key, bool extensions) {
  expected_.key = std::move(key);
  expected_.extensions = extensions;
}

HANDSHIM_INLINE void collector::reached(phase p) noexcept {
  if (p <= phase_ || is_settled()) return;
  if (p >= phase::open && !is_open() && shadow_) shadow_->opened();
  phase_ = p;
}

HANDSHIM_INLINE void collector::connected() noexcept { reached(expected_.encrypted ? phase::tls : phase::handshake); }

HANDSHIM_INLINE void collector::report(std::string_view domain, int value, std::string_view text) {
  failed_ = failed_ || !reported_;
  report_end(domain, value, text);
}

HANDSHIM_INLINE void collector::report_end(std::string_view domain, int value, std::string_view text) {
  if (std::exchange(reported_, true)) return;
  domain_ = domain;
  value_ = value;
  text_ = text;
}

HANDSHIM_INLINE void collector::state(fault f) noexcept {
  if (stated_ == fault::none) stated_ = f;
}

HANDSHIM_INLINE void collector::responded(int status, std::vector<rfc6455::header> headers, bool complete) {
  told_.status = status;
  told_.headers = std::move(headers);
  headers_complete_ = complete;
}

HANDSHIM_INLINE void collector::body(std::string_view bytes) {
  handshim::detail::keep_first(told_.body, bytes, handshim::detail::max_body);
}

HANDSHIM_INLINE void collector::close_received(std::uint16_t code, std::string_view reason) {
  if (received_) return;
  received_.emplace(rfc6455::close_info{code, std::string(reason)});
  if (sent_) order_ = close_order::sent_then_received;
}

HANDSHIM_INLINE void collector::close_sent(std::uint16_t code, std::string_view reason) {
  if (sent_ || ending_ || !is_open()) return;  // nobody is there to hear it
  reached(phase::closing);
  sent_.emplace(rfc6455::close_info{code, std::string(reason)});
  if (received_) order_ = close_order::received_then_sent;
  if (shadow_) shadow_->close(code, reason);
}

HANDSHIM_INLINE void collector::peer_sent(std::string_view bytes) {
  if (!live_ || is_settled() || expected_.encrypted) return;
  reached(phase::handshake);
  if (!shadow_ && is_open()) return;  // too late to know where a frame begins
  if (!shadow_) shadow_ = std::make_unique<detail::shadow>(expected_.max_message_size);
  shadow_->receive(bytes);
}

HANDSHIM_INLINE void collector::missed() noexcept {
  if (shadow_) shadow_->miss();
}

HANDSHIM_INLINE void collector::stops_reading() noexcept {
  if (shadow_ && shadow_->outcome() == fault::none) shadow_->miss();
}

HANDSHIM_INLINE void collector::peer_ended(rfc6455::ending how) noexcept {
  if (ending_ || is_settled()) return;
  ending_ = how;
  if (shadow_) shadow_->end(how);
}

HANDSHIM_INLINE const failure& collector::timed_out() {
  timed_out_ = true;
  return settle();
}

HANDSHIM_INLINE const failure& collector::ended() { return settle(); }

HANDSHIM_INLINE bool collector::reads_along() const noexcept { return shadow_ && shadow_->is_sound(); }

HANDSHIM_INLINE fault collector::choose() const {
  if (stated_ != fault::none) return stated_;
  return is_open() ? when_open() : in_handshake();
}

HANDSHIM_INLINE fault collector::in_handshake() const {
  if (reads_along() && shadow_->reader().error() != fault::none) return shadow_->reader().error();
  if (timed_out_) return of_timeout();
  const fault f = in_response();
  if (f == fault::none) return of_report(of_ending());
  const fault told = said();
  return is_a(told, f) ? told : f;  // such as what came of the body
}

// What the response tells, as far as it came; none for a 101 that only the client finds fault with.
HANDSHIM_INLINE fault collector::in_response() const {
  // What the client took for the answer may be an earlier one than the last.
  if (told_.status != 0 && told_.status != 101) return fault::upgrade_rejected;
  const rfc6455::response& got = answer();
  const bool complete = reads_along() ? shadow_->reader().done() : headers_complete_;
  if (got.status == 101) return complete ? check(got).error : fault::none;
  const bool refused = got.status != 0 && (!reads_along() || complete || place() == rfc6455::part::body);
  return refused ? fault::upgrade_rejected : fault::none;
}

HANDSHIM_INLINE rfc6455::upgrade collector::check(const rfc6455::response& got) const {
  return rfc6455::detail::check_seen_upgrade(got, expected_.key, expected_.subprotocols, expected_.extensions);
}

HANDSHIM_INLINE fault collector::when_open() const {
  if (reads_along() && shadow_->outcome() != fault::none) return shadow_->outcome();
  return timed_out_ ? of_timeout() : of_report(of_ending());
}

// What the peer's end means by itself. In the handshake it need not be why the client gave up: only what was read
// along tells.
HANDSHIM_INLINE fault collector::of_ending() const noexcept {
  if (!ending_) return fault::none;
  const bool eof = *ending_ == rfc6455::ending::eof;
  if (is_open()) {
    if (!eof) return fault::connection_reset;
    return sent_ ? fault::eof_before_close_answer : fault::eof_without_close;
  }
  if (phase_ == phase::tls) return eof ? fault::tls_eof : fault::tls_reset;
  return phase_ == phase::connect && !eof ? fault::connect_reset : fault::none;
}

HANDSHIM_INLINE fault collector::of_timeout() const noexcept {
  switch (phase_) {
    case phase::resolve:
      return fault::resolve_timeout;
    case phase::connect:
      return fault::connect_timeout;
    case phase::tls:
      return fault::tls_timeout;
    case phase::handshake:
      return knows_place() ? rfc6455::fault_at(place(), rfc6455::ending::timeout) : fault::handshake_timeout;
    case phase::closing:
      return fault::close_timeout;
    default:
      return detail::coarsest(phase_);
  }
}

HANDSHIM_INLINE bool collector::knows_place() const noexcept { return reads_along() || told_.status != 0; }

// How far the response came, if that is known.
HANDSHIM_INLINE rfc6455::part collector::place() const noexcept {
  if (reads_along()) return shadow_->reader().done() ? rfc6455::part::done : shadow_->reader().where();
  if (told_.status == 0) return rfc6455::part::before_status_line;
  if (!headers_complete_) return rfc6455::part::headers;
  return told_.status == 101 ? rfc6455::part::done : rfc6455::part::body;
}

// What is known without the client's words: a close frame, how far it got.
HANDSHIM_INLINE fault collector::of_state() const noexcept {
  if (received_) return detail::fault_of_close(received_->code);
  // It was this side's to end the connection, and nothing went wrong.
  if (sent_ && !ending_ && !failed_) return reads_along() ? fault::close_timeout : detail::fault_of_close(sent_->code);
  return detail::coarsest(phase_);
}

HANDSHIM_INLINE fault collector::said() const {
  if (!reported_) return fault::unclassified;
  evidence known;
  tell(known);
  return from_native(domain_, value_, text_, phase_, known).fault();
}

// The client's words, unless they say less than how the peer ended the connection.
HANDSHIM_INLINE fault collector::of_report(fault ending) const {
  const fault known = of_state(), told = said();
  if (!detail::tells_little(told, phase_)) return told;
  if (ending != fault::none && detail::tells_little(known, phase_)) return ending;
  return known != detail::coarsest(phase_) || told == fault::unclassified ? known : told;
}

HANDSHIM_INLINE const rfc6455::response& collector::answer() const noexcept {
  return reads_along() ? shadow_->reader().get() : told_;
}

HANDSHIM_INLINE void collector::tell(evidence& known) const {
  known.backend = client_;
  known.endpoint = expected_.endpoint;
  known.native_domain = domain_;
  known.native_value = value_;
  known.native_text = text_;
  known.elapsed = std::chrono::steady_clock::now() - began_;
  if (!is_open()) {
    known.http_status = told_.status != 0 ? told_.status : answer().status;
    known.http_reason = answer().reason;
    known.body = answer().body.empty() ? told_.body : answer().body;
    known.body_complete = answer().body_complete;
  }
  if (shadow_) {
    known.bytes_in = shadow_->bytes_in();
    known.first_bytes = shadow_->first_bytes();
  }
  const auto view = [](const std::optional<rfc6455::close_info>& c) {
    return c ? close_view{c->code, c->reason} : close_view{};
  };
  const bool seen = is_open() && reads_along();
  known.close_received = view(seen ? shadow_->open().received() : received_);
  known.close_sent = view(sent_);
  known.order = order_;
}

HANDSHIM_INLINE const failure& collector::settle() {
  if (!live_) return result_;
  live_ = false;
  const fault f = choose();
  evidence known;
  tell(known);
  constexpr std::size_t most = handshim::detail::max_headers_kept;
  header_view headers[most];
  std::size_t n = 0;
  if (!is_open()) {
    const std::vector<rfc6455::header>& got = answer().headers;
    for (; n < got.size() && n < most; ++n) headers[n] = {got[n].name, got[n].value};
  }
  known.headers = {headers, n};
  rfc6455::upgrade found;
  if (is_a(f, fault::upgrade_invalid)) known.header = (found = check(answer())).header;
  result_ = failure(f, known, {}, handshim::detail::phase_of(f, phase_));
  return result_;
}

}  // namespace adapters
}  // namespace HANDSHIM_ABI
}  // namespace handshim
