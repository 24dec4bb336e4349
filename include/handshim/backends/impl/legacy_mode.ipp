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

  void read_response() {
    unsigned interim = 0;
    do {
      read_head();
    } while (is_interim(note_.response.status) && how_.interim && interim++ < how_.max_interim);
    note_.where = rfc6455::part::body;
    read_body();
    note_.where = rfc6455::part::done;
  }

  const std::string& rest() const noexcept { return buffer_; }

 private:
  static bool is_interim(int status) noexcept { return status >= 100 && status < 200 && status != 101; }

  [[noreturn]] void fail(fault f) {
    if (!is_a(f, fault::body_unreadable)) note_.where = rfc6455::part::failed;
    throw legacy_client::parse_error(steps_.unreadable(f));
  }

  void read_head() {
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

  void fill() {
    std::array<char, 4096> block;
    std::error_code error;
    const std::size_t n = steps_.read(block.data(), block.size(), error);
    buffer_.append(block.data(), n);
    if (note_.where == rfc6455::part::before_status_line && !buffer_.empty()) note_.where = rfc6455::part::status_line;
    if (error && n == 0) end(error);
  }

  // The end of the input ends a line too, where lines are measured at their end.
  [[noreturn]] void end(const std::error_code& how) {
    const bool headers = note_.where == rfc6455::part::headers;
    if (how == net::stream_errc::eof && how_.measure_at_end && buffer_.size() > how_.max_line)
      fail_line(headers ? fault::header_line_too_long : fault::status_line_too_long, buffer_);
    throw legacy_client::parse_error(how);
  }

  std::string read_line(fault too_long) {
    const std::size_t keep =
        how_.measure_at_end ? (std::max)(how_.max_line, rfc6455::detail::line_keep) : how_.max_line;
    std::size_t end = 0, searched = 0;
    while ((end = buffer_.find('\n', searched)) == std::string::npos) {
      searched = buffer_.size();
      if (searched >= keep) fail_line(too_long, std::string_view(buffer_).substr(0, keep));
      fill();
    }
    const std::string_view raw = std::string_view(buffer_).substr(0, (std::min)(end + 1, keep));
    if (end + 1 > how_.max_line) fail_line(too_long, raw);
    if (end == 0 || buffer_[end - 1] != '\r') fail_line(fault::bare_line_feed, raw);
    std::string line = buffer_.substr(0, end - 1);
    buffer_.erase(0, end + 1);
    return line;
  }

  // The body is the sans-I/O reader's job.
  void read_body() {
    rfc6455::response_reader reader(how_, std::move(note_.response));
    std::error_code ended;
    while (!reader.done()) {
      const std::size_t taken = reader.consume(buffer_);
      buffer_.erase(0, taken);
      if (reader.done() || reader.error() != fault::none) break;
      ended = read_more();
      if (ended && reader.end(ending_of(ended)) == fault::none) ended.clear();
      if (ended) break;
    }
    note_.response = reader.get();
    note_.header = reader.fault_header();
    if (ended) throw legacy_client::parse_error(ended);
    if (reader.error() != fault::none) fail(reader.error());
  }

  std::error_code read_more() {
    std::array<char, 4096> block;
    std::error_code error;
    buffer_.append(block.data(), steps_.read(block.data(), block.size(), error));
    return error;
  }

  static rfc6455::ending ending_of(const std::error_code& error) noexcept {
    if (error == net::stream_errc::eof) return rfc6455::ending::eof;
    return error == net::stream_errc::timed_out ? rfc6455::ending::timeout : rfc6455::ending::reset;
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
    reader.read_response();
  } catch (const legacy_client::parse_error&) {
    if (note.where == rfc6455::part::body)
      std::throw_with_nested(legacy_client::invalid_status_code(note.response.status));
    std::throw_with_nested(legacy_client::invalid_message("did not receive a valid HTTP response"));
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
