#pragma once

#include <algorithm>
#include <array>

#include "handshim/backends/legacy_mode.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

// Reads a response line by line and throws parse_error, or std::system_error for the stream's own trouble.
class legacy_reader {
 public:
  legacy_reader(backends::opening& steps, backends::trace& note, const reading& how)
      : steps_(steps), note_(note), how_(how) {}

  void read_head() {
    unsigned interim = 0;
    do {
      read_one_head();
    } while (is_interim(note_.response.status) && how_.interim && interim++ < how_.max_interim);
  }

  // The body is the sans-I/O reader's job.
  void read_body() {
    rfc6455::response_reader reader(how_, std::move(note_.response));
    std::error_code ended, wrong;
    for (;;) {
      buffer_.erase(0, reader.consume(buffer_));
      wrong = steps_.verdict(reader, ended);
      if (wrong || reader.done()) break;
      ended = read_more();
    }
    note_.response = reader.get();
    note_.header = reader.fault_header();
    if (wrong) throw legacy_client::parse_error(wrong);
  }

  const std::string& rest() const noexcept { return buffer_; }

 private:
  static bool is_interim(int status) noexcept { return status >= 100 && status < 200 && status != 101; }

  [[noreturn]] void fail(fault f) {
    note_.where = rfc6455::part::failed;
    throw legacy_client::parse_error(steps_.unreadable(f));
  }

  void read_one_head() {
    note_.where = buffer_.empty() ? rfc6455::part::before_status_line : rfc6455::part::status_line;
    note_.response = {};
    const std::string line = read_line(fault::status_line_too_long);
    if (const fault f = rfc6455::parse_status_line(line, how_, note_.response); f != fault::none) fail(f);
    note_.where = rfc6455::part::headers;
    read_headers();
  }

  void read_headers() {
    for (std::size_t count = 0;; ++count) {
      const std::string line = read_line(fault::header_line_too_long);
      if (line.empty()) return;
      if (count >= how_.max_headers) fail(fault::too_many_headers);
      const fault f = rfc6455::parse_header_line(line, how_, note_.response);
      if (f != fault::none) fail_line(f, line);
    }
  }

  [[noreturn]] void fail_line(fault f, std::string_view line) {
    if (note_.where == rfc6455::part::headers) note_.header = rfc6455::detail::name_in(line);
    fail(f);
  }

  std::error_code read_more() {
    std::array<char, 4096> block;
    std::error_code error;
    buffer_.append(block.data(), steps_.read(block.data(), block.size(), error));
    return error;
  }

  // The end of the input ends a line too, where lines are measured at their end.
  void read_more_of_line(fault too_long) {
    const std::size_t before = buffer_.size();
    const std::error_code ended = read_more();
    if (note_.where == rfc6455::part::before_status_line && !buffer_.empty()) note_.where = rfc6455::part::status_line;
    if (buffer_.size() != before) return;
    if (ended == net::stream_errc::eof && before > how_.max_line) fail_line(too_long, buffer_);
    throw legacy_client::parse_error(ended);
  }

  std::string read_line(fault too_long) {
    const std::size_t keep =
        how_.measure_at_end ? (std::max)(how_.max_line, rfc6455::detail::line_keep) : how_.max_line;
    std::size_t end = 0, searched = 0;
    while ((end = buffer_.find('\n', searched)) == std::string::npos) {
      searched = buffer_.size();
      if (searched >= keep) fail_line(too_long, std::string_view(buffer_).substr(0, keep));
      read_more_of_line(too_long);
    }
    const std::string_view raw = std::string_view(buffer_).substr(0, (std::min)(end + 1, keep));
    if (end + 1 > how_.max_line) fail_line(too_long, raw);
    if (end == 0 || buffer_[end - 1] != '\r') fail_line(fault::bare_line_feed, raw);
    std::string line = buffer_.substr(0, end - 1);
    buffer_.erase(0, end + 1);
    return line;
  }

  backends::opening& steps_;
  backends::trace& note_;
  const reading& how_;
  std::string buffer_;
};

inline void throw_code(const std::error_code& error) {
  if (error) throw std::system_error(error);
}

// Throws the outer exception with the parser's nested in it.
template <class Outer>
[[noreturn]] void throw_nested(const std::error_code& code, Outer outer) {
  try {
    throw legacy_client::parse_error(code);
  } catch (const legacy_client::parse_error&) {
    std::throw_with_nested(std::move(outer));
  }
}

inline void read_legacy_response(legacy_reader& reader, const backends::trace& note) {
  try {
    reader.read_head();
  } catch (const legacy_client::parse_error&) {
    std::throw_with_nested(legacy_client::invalid_message("did not receive a valid HTTP response"));
  }
  try {
    reader.read_body();
  } catch (const legacy_client::parse_error&) {
    std::throw_with_nested(legacy_client::invalid_status_code(note.response.status));
  }
}

inline void check_legacy_response(backends::opening& steps, const backends::trace& note, fault redirect) {
  if (redirect != fault::none)
    throw_nested(make_error_code(redirect), legacy_client::redirect_error("cannot follow the redirect"));
  const fault wrong = steps.check();
  if (wrong == fault::none) return;
  const std::error_code code = make_error_code(wrong);
  if (wrong == fault::upgrade_rejected) throw_nested(code, legacy_client::invalid_status_code(note.response.status));
  throw_nested(code, legacy_client::invalid_header(note.header));
}

// A connection that is over is one exception; a deadline or a wrong call is not.
inline void check_legacy_result(backends::live& at, const std::error_code& error) {
  if (!error) return;
  const fault f = fault_of(error);
  const bool over = is_a(f, fault::closed) || is_a(f, fault::connection_lost) || is_a(f, fault::protocol_violated);
  if (!over) throw std::system_error(error);
  const backends::session_state now = at.open->state();
  throw_nested(error,
               legacy_client::connection_closed(now.has_received ? now.received.code : 1006, now.received.reason));
}

}  // namespace detail

HANDSHIM_INLINE void legacy_client::connect(backends::live& at, std::string_view uri, net::deadline until) {
  backends::opening steps(*at.how, at.stop, at.note, until);
  if (const fault f = steps.begin(uri); f != fault::none)
    detail::throw_nested(make_error_code(f), invalid_uri(std::string(handshim::name(f))));
  detail::throw_code(at.stop.error());
  for (;;) {
    detail::throw_code(steps.request());
    detail::legacy_reader reader(steps, at.note, at.how->reading);
    detail::read_legacy_response(reader, at.note);
    fault wrong = fault::none;
    if (steps.redirected(wrong)) continue;
    detail::check_legacy_response(steps, at.note, wrong);
    at.subprotocol = steps.subprotocol();
    at.open = steps.finish(reader.rest());
    return;
  }
}

HANDSHIM_INLINE void legacy_client::send(backends::live& at, opcode type, std::string_view data, net::deadline until) {
  detail::check_legacy_result(at, at.open->send(type, data, until));
}

HANDSHIM_INLINE message legacy_client::recv(backends::live& at, net::deadline until) {
  message out;
  detail::check_legacy_result(at, at.open->recv(out, until));
  return out;
}

HANDSHIM_INLINE void legacy_client::ping(backends::live& at, std::string_view payload, net::deadline until) {
  detail::check_legacy_result(at, at.open->ping(payload, until));
}

HANDSHIM_INLINE void legacy_client::close(backends::live& at, std::uint16_t code, std::string_view reason,
                                          net::deadline until) {
  detail::check_legacy_result(at, at.open->close(code, reason, until));
}

}  // namespace HANDSHIM_ABI
}  // namespace handshim
