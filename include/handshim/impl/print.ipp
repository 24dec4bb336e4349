#pragma once

#include "handshim/failure.hpp"
#include "handshim/impl/failure.ipp"
#include "handshim/impl/first_bytes.hpp"
#include "handshim/impl/json.hpp"
#include "handshim/impl/logfmt.hpp"
#include "handshim/impl/redact.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

template <class Out>
void write_header_value(Out& out, const header_view& header) {
  if (is_secret_header(header.name)) return static_cast<void>(out << "(not shown)");
  if (!contains_lower(header.name, "location")) return append_shown(out, header.value);
  const public_endpoint shown = without_secrets(header.value, true);
  append_escaped(out, shown.before);
  append_escaped(out, shown.after);
  out << shown.query;
}

/// Whether the peer answered in HTTP: on an open connection it did, with a 101.
inline bool answered(const failure& f) noexcept {
  return f.evidence().http_status != 0 || f.phase() == phase::open || f.phase() == phase::closing;
}

/// The evidence as far as that level shows it. What came first tells nothing once a status was read.
inline evidence evidence_at(disclosure level, const failure& f) {
  evidence known = f.evidence();
  if (answered(f)) known.first_bytes = {};
  if (level == disclosure::full) return known;
  known.headers = {};
  known.body_complete = false;
  for (std::string_view evidence::*peers : {&evidence::body, &evidence::first_bytes, &evidence::http_reason})
    known.*peers = {};
  known.close_received.reason = known.close_sent.reason = {};
  if (level == disclosure::no_headers) return known;
  known.attempts = {};
  known.native_value = 0;
  for (std::string_view evidence::*text : {&evidence::backend, &evidence::endpoint, &evidence::detail,
                                           &evidence::header, &evidence::native_domain, &evidence::native_text})
    known.*text = {};
  return known;
}

inline std::string what_at(disclosure level, const failure& f, const evidence& known) {
  if (level == disclosure::full || !f) return f.what();
  what_buffer out;
  write_what(out, f.fault(), f.phase(), known.endpoint, known);
  return std::string(out.view());
}

/// What the peer looks like, at every level: a word of a bounded vocabulary. Null if it answered in HTTP.
inline const first_bytes_row* looks_of(const failure& f) noexcept {
  return answered(f) ? nullptr : recognise(f.evidence().first_bytes);
}

template <class Out>
void write_code(Out& out, const std::error_code& code) {
  append_escaped(out, code.category().name());
  out << ":" << static_cast<long long>(code.value());
}

inline long long milliseconds(std::chrono::nanoseconds t) noexcept {
  return std::chrono::duration_cast<std::chrono::milliseconds>(t).count();
}

class description {
 public:
  description(const failure& f, disclosure level)
      : failure_(f), known_(evidence_at(level, f)), what_(what_at(level, f, known_)) {}

  std::string text() {
    out_ << what_;
    line("phase") << name(failure_.phase());
    conditions();
    where();
    response();
    bytes();
    closing();
    attempts();
    earlier();
    line("fingerprint") << failure_.fingerprint();
    line("advice") << name(advice_for(failure_)) << ": " << handshim::description(advice_for(failure_));
    line("hint") << facts(failure_.fault()).hint;
    out_ << "\n";
    return out_.take();
  }

 private:
  string_text& line(std::string_view label) {
    out_ << "\n  " << label << ":";
    for (std::size_t n = label.size(); n < 13; ++n) out_ << " ";
    return out_;
  }

  void conditions() {
    line("conditions") << name(failure_.condition());
    for (const auto& row : condition_rows)
      if (row.id != failure_.condition() && failure_.is(row.id)) out_ << ", " << row.name;
  }

  void where() {
    if (!known_.endpoint.empty()) line("endpoint") << known_.endpoint;
    if (!known_.backend.empty()) append_shown(line("backend"), known_.backend);
    native();
    if (known_.elapsed.count() != 0) line("elapsed") << milliseconds(known_.elapsed) << " ms";
    if (known_.attempt != 0) line("attempt") << static_cast<long long>(known_.attempt);
    if (known_.redirects != 0) line("redirects") << static_cast<long long>(known_.redirects);
  }

  void native() {
    if (known_.native_domain.empty() && known_.native_text.empty()) return;
    std::string shown(known_.native_domain);
    if (known_.native_value != 0) shown += (shown.empty() ? "" : ":") + std::to_string(known_.native_value);
    const std::error_code& code = failure_.native_code();
    const std::string text = known_.native_text.empty() && code ? code.message() : std::string(known_.native_text);
    append_shown(line("native"), shown);
    if (!text.empty()) append_shown(out_ << (shown.empty() ? "" : " "), text);
  }

  void response() {
    if (known_.http_status != 0) {
      line("status") << static_cast<long long>(known_.http_status);
      if (!known_.http_reason.empty()) append_shown(out_ << " ", known_.http_reason);
    }
    for (const header_view& header : known_.headers) {
      append_escaped(line("header"), header.name);
      out_ << ": ";
      write_header_value(out_, header);
    }
    if (!known_.body.empty()) append_shown(line(known_.body_complete ? "body" : "body so far"), known_.body, 200);
  }

  void bytes() {
    if (known_.bytes_in != 0 || known_.bytes_out != 0)
      line("bytes") << static_cast<long long>(known_.bytes_in) << " received, "
                    << static_cast<long long>(known_.bytes_out) << " sent";
    const first_bytes_row* const looks = looks_of(failure_);
    if (looks != nullptr) line("looks like") << looks->meaning;
    if (known_.first_bytes.empty()) return;
    append_shown(line("first bytes") << "\"", known_.first_bytes);
    out_ << "\"";
  }

  void closing() {
    close("received", known_.close_received);
    close("sent", known_.close_sent);
    if (known_.order == close_order::received_then_sent) line("order") << "received, then sent";
    if (known_.order == close_order::sent_then_received) line("order") << "sent, then received";
  }

  void close(std::string_view label, const close_view& frame) {
    if (!frame) return;
    line(label) << "close " << static_cast<long long>(frame.code);
    if (!frame.reason.empty()) append_shown(out_ << " ", frame.reason);
  }

  void attempts() {
    for (const attempt_view& a : known_.attempts) {
      append_escaped(line("address"), a.address);
      out_ << " ";
      if (a.error)
        write_code(out_, a.error);
      else
        out_ << "connected";
      out_ << " after " << milliseconds(a.elapsed) << " ms";
    }
  }

  // Those that failed alike one after the other in one line.
  void earlier() {
    if (known_.spent.count() != 0) line("all attempts") << milliseconds(known_.spent) << " ms";
    for (std::size_t i = 0, last = 0; i < known_.earlier.size(); i = last + 1) {
      const std::string what = known_.earlier[i].fingerprint();
      for (last = i; last + 1 < known_.earlier.size() && known_.earlier[last + 1].fingerprint() == what;) ++last;
      const std::uint32_t from = known_.earlier[i].evidence().attempt, to = known_.earlier[last].evidence().attempt;
      line("earlier");
      if (from != 0) out_ << "attempt " << static_cast<long long>(from);
      if (from != to) out_ << (from == 0 ? "up to attempt " : " to ") << static_cast<long long>(to);
      out_ << (to != 0 ? ": " : "") << what;
    }
  }

  const failure& failure_;
  const evidence known_;
  const std::string what_;
  string_text out_;
};

inline std::string_view name_of(close_order order) noexcept {
  if (order == close_order::received_then_sent) return "received_then_sent";
  return order == close_order::sent_then_received ? "sent_then_received" : "";
}

inline std::string shown_text(std::string_view text) {
  string_text out;
  append_public(out, text);
  return out.take();
}

inline void write_close(json& out, std::string_view key, const close_view& frame) {
  if (!frame) return;
  out.open(key, '{').number("code", frame.code).text("reason", shown_text(frame.reason)).close('}');
}

inline void write_close(logfmt& out, std::string_view key, const close_view& frame) {
  if (!frame) return;
  out.number(key, frame.code).text_if(std::string(key) + "_reason", shown_text(frame.reason));
}

inline void write_lists(json& out, const evidence& known) {
  if (!known.headers.empty()) {
    out.open("headers", '[');
    for (const header_view& header : known.headers) {
      string_text value;
      write_header_value(value, header);
      out.item('[').item(header.name).item(value.take()).close(']');
    }
    out.close(']');
  }
  if (known.attempts.empty()) return;
  out.open("attempts", '[');
  for (const attempt_view& a : known.attempts) {
    out.item('{').text("address", a.address).number("elapsed_ms", milliseconds(a.elapsed));
    if (a.error) out.text("domain", a.error.category().name()).number("value", a.error.value());
    out.close('}');
  }
  out.close(']');
}

inline void write_earlier(json& out, const evidence& known) {
  if (known.earlier.empty()) return;
  out.open("earlier", '[');
  for (const failure& f : known.earlier) {
    out.item('{').number_if("attempt", f.evidence().attempt).text("fault", name(f.fault()));
    out.text("fingerprint", f.fingerprint()).close('}');
  }
  out.close(']');
}

inline void write_lists(logfmt& out, const evidence& known) {
  out.number_if("headers", static_cast<long long>(known.headers.size()));
  out.number_if("attempts", static_cast<long long>(known.attempts.size()));
}

inline void write_earlier(logfmt& out, const evidence& known) {
  out.number_if("earlier", static_cast<long long>(known.earlier.size()));
}

template <class Out>
void write_evidence(Out& out, const evidence& known) {
  out.text_if("endpoint", known.endpoint).text_if("backend", shown_text(known.backend));
  out.text_if("detail", known.detail);
  if (!known.native_domain.empty())
    out.text("native_domain", shown_text(known.native_domain)).number("native_value", known.native_value);
  out.text_if("native_text", known.native_text).number_if("http_status", known.http_status);
  out.text_if("http_reason", shown_text(known.http_reason)).text_if("header", shown_text(known.header));
  if (!known.body.empty()) out.text("body", shown_text(known.body)).flag("body_complete", known.body_complete);
  out.number_if("bytes_in", static_cast<long long>(known.bytes_in));
  out.number_if("bytes_out", static_cast<long long>(known.bytes_out));
  out.text_if("first_bytes", shown_text(known.first_bytes));
  write_close(out, "close_received", known.close_received);
  write_close(out, "close_sent", known.close_sent);
  out.text_if("close_order", name_of(known.order)).number_if("elapsed_ms", milliseconds(known.elapsed));
  out.number_if("attempt", known.attempt).number_if("spent_ms", milliseconds(known.spent));
  out.number_if("redirects", known.redirects);
  write_lists(out, known);
  write_earlier(out, known);
}

/// All fields of a failure, for JSON and logfmt alike.
template <class Out>
void write_failure(Out& out, const failure& f, disclosure level) {
  const evidence known = evidence_at(level, f);
  out.text("fault", name(f.fault())).number("number", static_cast<long long>(f.fault()));
  out.text("condition", name(f.condition())).text("phase", name(f.phase())).text("fingerprint", f.fingerprint());
  out.text("what", what_at(level, f, known)).text("advice", name(advice_for(f)));
  if (const first_bytes_row* looks = looks_of(f)) out.text("looks_like", looks->name);
  write_evidence(out, known);
}

}  // namespace detail

HANDSHIM_INLINE std::string failure::fingerprint() const {
  if (!*this) return "none";
  detail::string_text out;
  const handshim::evidence& known = evidence();
  if (fault_ == handshim::fault::unclassified) out << name(phase_) << ".";
  out << facts(fault_).fingerprint;
  if (fault_ == handshim::fault::upgrade_rejected && known.http_status >= 100 && known.http_status <= 999)
    out << "/" << static_cast<long long>(known.http_status);
  if (is_a(fault_, handshim::fault::closed) && known.close_received.code >= 1000 && known.close_received.code <= 4999)
    out << "/" << static_cast<long long>(known.close_received.code);
  return out.take();
}

HANDSHIM_INLINE std::string failure::what() const {
  if (!*this) return "no failure";
  detail::what_buffer out;
  detail::write_what(out, fault_, phase_, evidence().endpoint, evidence());
  return std::string(out.view());
}

HANDSHIM_INLINE std::string failure::describe(disclosure shown) const {
  return *this ? detail::description(*this, shown).text() : std::string("no failure\n");
}

HANDSHIM_INLINE std::string failure::to_json(disclosure shown) const {
  detail::json out;
  out.item('{');
  detail::write_failure(out, *this, shown);
  return out.close('}').take();
}

HANDSHIM_INLINE std::string failure::to_logfmt(disclosure shown) const {
  detail::logfmt out;
  detail::write_failure(out, *this, shown);
  return out.take();
}

}  // namespace HANDSHIM_ABI
}  // namespace handshim
