// What a native error means, from the typed facts: the code, the phase, a close code, an HTTP status. A text only
// where there are none. Each step may say more than the one before, and never against it.
#pragma once

#include "handshim/failure.hpp"
#include "handshim/impl/closing.hpp"
#include "handshim/impl/native_rows.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

// What was decided, and the status if a text told it.
struct native_verdict {
  fault means = fault::unclassified;
  int status = 0;
};

inline fault in_handshake(const meaning_row& row, int status) noexcept {
  if (status == 0) return row.handshake;
  return status == 101 ? row.after_101 : row.after_other;
}

inline fault in_phase(const meaning_row& row, phase p, int status) noexcept {
  switch (p) {
    case phase::resolve:
      return row.resolve;
    case phase::connect:
      return row.connect;
    case phase::proxy:  // what only failed to connect failed at the proxy
      return row.connect == fault::connect_failed ? fault::proxy_failed : row.connect;
    case phase::tls:
      return row.tls;
    case phase::handshake:
      return in_handshake(row, status);
    case phase::open:
      return row.open;
    case phase::closing:
      return row.closing;
    case phase::local:
    case phase::unknown:
      break;
  }
  return row.unknown;
}

inline fault fault_in(native_sense sense, phase p, int status) noexcept {
  return is_phased(sense) ? in_phase(row_of(sense), p, status) : static_cast<fault>(sense);
}

inline int leading_number(std::string_view text) noexcept {
  int number = 0;
  for (std::size_t i = 0; i < text.size() && i < 4 && text[i] >= '0' && text[i] <= '9'; ++i)
    number = number * 10 + (text[i] - '0');
  return number;
}

// The rows of texts.inc for the table: a status that the text tells, and a fault.
inline native_verdict read_text(native_table in, int close_code, std::string_view text) noexcept {
  native_verdict told{fault::none, 0};
  if (text.empty()) return told;
  for (const native_text_row& row : native_texts) {
    if (row.where != in || (row.close_code != 0 && row.close_code != close_code)) continue;
    const std::string_view piece = row.piece;
    const std::size_t at = text.find(piece);
    if (at == std::string_view::npos) continue;
    if (row.means != fault::none) {
      told.means = row.means;
      return told;
    }
    told.status = leading_number(text.substr(at + piece.size()));
  }
  return told;
}

constexpr bool is_untold(native_sense sense) noexcept {
  const auto m = static_cast<meaning>(sense);
  return m == meaning::untold || m == meaning::gone_untold;
}

// 1006 stands for no frame (RFC 6455, section 7.1.5); a library that hands out one that was received cannot tell.
constexpr int received_code(const evidence& known) noexcept {
  return known.close_received.code == 1006 ? 0 : known.close_received.code;
}

inline fault closed_by(int received, int sent) noexcept {
  if (received != 1005 && !may_be_sent(received)) return fault::close_code_not_allowed;
  return closed_as(received, sent);
}

// What this side found wrong: it closes with a code that the peer did not use first (RFC 6455, section 7.4.1).
inline fault found_here(const evidence& known) noexcept {
  const int sent = known.close_sent.code;
  if (sent == received_code(known)) return fault::none;
  return sent == 1002   ? fault::protocol_violated
         : sent == 1007 ? fault::message_not_utf8
         : sent == 1009 ? fault::message_too_big
                        : fault::none;
}

// Whether the code says no more than that the connection is no longer there, or may not be.
inline bool is_only_over(fault f) noexcept {
  return is_a(f, fault::connection_lost) || f == fault::closed || f == fault::cancelled || f == fault::timed_out ||
         f == fault::recv_timeout;
}

inline bool may_be_open(phase p) noexcept { return p == phase::open || p == phase::closing || p == phase::unknown; }

inline fault with_close_codes(fault f, phase p, const evidence& known) noexcept {
  if (!may_be_open(p) || !(known.close_received || known.close_sent)) return f;
  const int received = received_code(known);
  const bool forbidden = received != 0 && received != 1005 && !may_be_sent(received);
  if (is_only_over(f) || f == fault::protocol_violated) {
    if (forbidden) return fault::close_code_not_allowed;
  }
  if (!is_only_over(f)) return f;
  if (const fault found = found_here(known); found != fault::none) return found;
  return received == 0 ? f : closed_by(received, known.close_sent.code);
}

/// The domain is null where no row lists it.
inline native_verdict native_fault(const native_domain* in, int value, std::string_view text, phase p,
                                   const evidence& known) noexcept {
  if (in == nullptr) return {};
  const native_sense sense = sense_of(*in, value);
  native_verdict out = read_text(in->table, received_code(known), text);
  if (known.http_status != 0) out.status = known.http_status;
  const fault typed = fault_in(sense, p, out.status);
  if (out.means != fault::none && (is_untold(sense) || is_a(out.means, typed))) return out;
  out.means = with_close_codes(typed, p, known);
  return out;
}

}  // namespace detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
