#pragma once

#include <array>

#include "handshim/backends/trace.hpp"
#include "handshim/impl/evidence_limits.hpp"
#include "handshim/impl/fault_rows.hpp"
#include "handshim/translate.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace backends {
namespace detail {

// An evidence that views a trace; the lists of views are kept here.
class trace_evidence {
 public:
  explicit trace_evidence(const trace& from) noexcept {
    known.backend = from.backend;
    known.endpoint = from.endpoint;
    known.detail = from.detail;
    known.http_status = from.response.status;
    known.http_reason = from.response.reason;
    known.header = from.header;
    known.body = from.response.body;
    known.body_complete = from.response.body_complete;
    known.bytes_in = from.bytes_in;
    known.bytes_out = from.bytes_out;
    known.first_bytes = from.first_bytes;
    known.redirects = from.redirects;
    view_headers(from.response.headers);
    view_attempts(from.attempts);
    since(from.started);
  }

  void since(net::clock::time_point started) noexcept {
    if (started != net::clock::time_point{}) known.elapsed = net::clock::now() - started;
  }
  void add(const native_report& native) noexcept {
    known.native_domain = native.domain;
    known.native_text = native.text;
    known.cause = native.cause;
  }
  void add(const session_state& open) noexcept {
    known.bytes_in += open.bytes_in;
    known.bytes_out += open.bytes_out;
    if (open.has_received) known.close_received = {open.received.code, open.received.reason};
    if (open.has_sent) known.close_sent = {open.sent.code, open.sent.reason};
    if (open.order == rfc6455::close_order::received_then_sent) known.order = close_order::received_then_sent;
    if (open.order == rfc6455::close_order::sent_then_received) known.order = close_order::sent_then_received;
  }

  evidence known;

 private:
  void view_headers(const std::vector<rfc6455::header>& from) noexcept {
    std::size_t n = 0;
    for (; n < from.size() && n < headers_.size(); ++n) headers_[n] = {from[n].name, from[n].value};
    known.headers = {headers_.data(), n};
  }
  void view_attempts(const std::vector<net::attempt>& from) noexcept {
    std::size_t n = 0;
    for (; n < from.size() && n < attempts_.size(); ++n)
      attempts_[n] = {from[n].address, from[n].error, from[n].elapsed};
    known.attempts = {attempts_.data(), n};
  }

  std::array<header_view, handshim::detail::max_headers_kept> headers_;
  std::array<attempt_view, handshim::detail::max_attempts_kept> attempts_;
};

// What the program's own opener threw keeps its fault, its phase and its evidence.
inline failure failure_thrown(const trace& from) noexcept {
  const trace_evidence here(from);
  evidence known = from.thrown.evidence();
  known.backend = here.known.backend;
  known.endpoint = here.known.endpoint;
  known.redirects = here.known.redirects;
  known.elapsed = here.known.elapsed;
  return from.thrown.with(known);
}

// The code that a person wants to see: the stream's own, not the fault's.
inline std::error_code native_of(const std::error_code& code, const std::error_code& stream = {}) noexcept {
  return fault_of(code) == fault::none ? code : stream;
}

}  // namespace detail

HANDSHIM_INLINE fault handshake_fault(const std::error_code& code, rfc6455::part where) noexcept {
  const fault coarse = from(code, phase::handshake).fault();
  fault fine = fault::none;
  if (coarse == fault::eof_in_response) fine = rfc6455::fault_at(where, rfc6455::ending::eof);
  if (coarse == fault::reset_in_response) fine = rfc6455::fault_at(where, rfc6455::ending::reset);
  if (coarse == fault::handshake_timeout) fine = rfc6455::fault_at(where, rfc6455::ending::timeout);
  return fine == fault::none ? coarse : fine;
}

HANDSHIM_INLINE failure failure_of(const trace& known, const std::error_code& code, const native_report& native) {
  if (known.thrown) return detail::failure_thrown(known);
  const fault f =
      known.phase == phase::handshake ? handshake_fault(code, known.where) : from(code, known.phase).fault();
  detail::trace_evidence all(known);
  all.add(native);
  return failure(f, all.known, detail::native_of(code), handshim::detail::phase_of(f, known.phase));
}

HANDSHIM_INLINE failure failure_of(const trace& known, const session_state& open, phase when,
                                   net::clock::time_point started, const std::error_code& code,
                                   const native_report& native) {
  const failure bare = from(code, when);
  detail::trace_evidence all(known);
  all.known.elapsed = {};
  // The opening handshake went well: its response is no evidence of what came later.
  all.known.http_status = 0;
  all.known.headers = {};
  all.known.http_reason = all.known.body = {};
  all.since(started);
  all.add(native);
  all.add(open);
  return failure(bare.fault(), all.known, detail::native_of(code, open.stream_error), bare.phase());
}

}  // namespace backends
}  // namespace HANDSHIM_ABI
}  // namespace handshim
