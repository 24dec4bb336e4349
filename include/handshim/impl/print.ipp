#pragma once

#include "handshim/failure.hpp"
#include "handshim/impl/json.hpp"
#include "handshim/impl/text.hpp"

namespace handshim {
namespace detail {

template <class Out>
void write_header_value(Out& out, const header_view& header) {
  if (is_secret_header(header.name)) {
    out << "(not shown)";
    return;
  }
  const bool location = contains_lower(header.name, "location");
  if (!location && header.value.find("://") == std::string_view::npos) return append_escaped(out, header.value);
  const public_endpoint shown = without_secrets(header.value, location);
  append_escaped(out, shown.before);
  append_escaped(out, shown.after);
  out << shown.query;
}

/// The first bytes without what may be the value of a secret header.
inline std::string_view without_secret_headers(std::string_view bytes) noexcept {
  return is_secret_header(bytes) ? bytes.substr(0, bytes.find('\n')) : bytes;
}

/// What the first bytes of a peer that does not speak HTTP look like; empty if nothing is recognised.
inline std::string_view recognise(std::string_view bytes) noexcept {
  struct signature {
    std::string_view start, meaning;
  };
  constexpr signature known[] = {
      {"SSH-", "an SSH server"},
      {"220 ", "an SMTP or FTP server"},
      {"220-", "an SMTP or FTP server"},
      {"+OK", "a POP3 server"},
      {"* OK", "an IMAP server"},
      {"PRI * HTTP/2", "an HTTP/2 preface"},
      {"HTTP/2", "an HTTP/2 server that answers in text"},
      {std::string_view("\x00\x00", 2), "an HTTP/2 frame or a binary protocol"},
      {"\x15\x03", "a TLS alert: the port speaks TLS, try wss://"},
      {"\x16\x03", "a TLS handshake: the port speaks TLS, try wss://"},
      {"<!DOCTYPE", "an HTML page without an HTTP header"},
      {"<html", "an HTML page without an HTTP header"},
      {"RFB ", "a VNC server"},
      {"-ERR", "a Redis or POP3 server"},
  };
  for (const signature& s : known)
    if (bytes.substr(0, s.start.size()) == s.start) return s.meaning;
  return {};
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
  explicit description(const failure& f) : failure_(f), known_(f.evidence()) {}

  std::string text() {
    out_ << failure_.what();
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
    if (!known_.backend.empty()) append_escaped(line("backend"), known_.backend);
    native();
    if (known_.elapsed.count() != 0) line("elapsed") << milliseconds(known_.elapsed) << " ms";
    if (known_.attempt != 0) line("attempt") << static_cast<long long>(known_.attempt);
    if (known_.redirects != 0) line("redirects") << static_cast<long long>(known_.redirects);
  }

  void native() {
    if (known_.native_domain.empty() && known_.native_text.empty()) return;
    append_escaped(line("native"), known_.native_domain);
    if (known_.native_value != 0) out_ << ":" << static_cast<long long>(known_.native_value);
    const std::error_code& code = failure_.native_code();
    out_ << " ";
    append_escaped(out_, known_.native_text.empty() && code ? code.message() : std::string(known_.native_text));
  }

  void response() {
    if (known_.http_status != 0) {
      line("status") << static_cast<long long>(known_.http_status) << " ";
      append_escaped(out_, known_.http_reason);
    }
    for (const header_view& header : known_.headers) {
      append_escaped(line("header"), header.name);
      out_ << ": ";
      write_header_value(out_, header);
    }
    if (!known_.body.empty()) append_escaped(line(known_.body_complete ? "body" : "body so far"), known_.body, 200);
  }

  void bytes() {
    if (known_.bytes_in != 0 || known_.bytes_out != 0)
      line("bytes") << static_cast<long long>(known_.bytes_in) << " received, "
                    << static_cast<long long>(known_.bytes_out) << " sent";
    if (known_.first_bytes.empty() || known_.http_status != 0) return;
    line("first bytes") << "\"";
    append_escaped(out_, without_secret_headers(known_.first_bytes));
    out_ << "\"";
    const std::string_view meaning = recognise(known_.first_bytes);
    if (!meaning.empty()) out_ << " (" << meaning << ")";
  }

  void closing() {
    close("received", known_.close_received);
    close("sent", known_.close_sent);
    if (known_.order == close_order::received_then_sent) line("order") << "received, then sent";
    if (known_.order == close_order::sent_then_received) line("order") << "sent, then received";
  }

  void close(std::string_view label, const close_view& frame) {
    if (!frame) return;
    line(label) << "close " << static_cast<long long>(frame.code) << " ";
    append_escaped(out_, frame.reason);
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
  const evidence& known_;
  string_text out_;
};

inline std::string_view name_of(close_order order) noexcept {
  if (order == close_order::received_then_sent) return "received_then_sent";
  return order == close_order::sent_then_received ? "sent_then_received" : "";
}

inline void write_close(json& out, std::string_view key, const close_view& frame) {
  if (!frame) return;
  out.open(key, '{').number("code", frame.code).text("reason", frame.reason).close('}');
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

inline void write_evidence(json& out, const evidence& known) {
  out.text_if("endpoint", known.endpoint).text_if("backend", known.backend).text_if("detail", known.detail);
  if (!known.native_domain.empty())
    out.text("native_domain", known.native_domain).number("native_value", known.native_value);
  out.text_if("native_text", known.native_text).number_if("http_status", known.http_status);
  out.text_if("http_reason", known.http_reason).text_if("header", known.header);
  if (!known.body.empty()) out.text("body", known.body).boolean("body_complete", known.body_complete);
  out.number_if("bytes_in", static_cast<long long>(known.bytes_in));
  out.number_if("bytes_out", static_cast<long long>(known.bytes_out));
  if (known.http_status == 0) out.text_if("first_bytes", without_secret_headers(known.first_bytes));
  write_close(out, "close_received", known.close_received);
  write_close(out, "close_sent", known.close_sent);
  out.text_if("close_order", name_of(known.order)).number_if("elapsed_ms", milliseconds(known.elapsed));
  out.number_if("attempt", known.attempt).number_if("spent_ms", milliseconds(known.spent));
  out.number_if("redirects", known.redirects);
  write_lists(out, known);
  write_earlier(out, known);
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
  if (block_) return detail::what_in(block_);
  detail::what_buffer out;
  detail::write_what(out, fault_, phase_, {}, evidence());
  return std::string(out.view());
}

HANDSHIM_INLINE std::string failure::describe() const {
  return *this ? detail::description(*this).text() : std::string("no failure\n");
}

HANDSHIM_INLINE std::string failure::to_json() const {
  detail::json out;
  out.item('{').text("fault", name(fault_)).number("number", static_cast<long long>(fault_));
  out.text("condition", name(condition())).text("phase", name(phase_)).text("fingerprint", fingerprint());
  out.text("what", what()).text("advice", name(advice_for(*this)));
  detail::write_evidence(out, evidence());
  out.close('}');
  return out.take();
}

}  // namespace handshim
