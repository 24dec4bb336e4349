#pragma once

#include <limits>
#include <utility>

#include "handshim/rfc6455/response.hpp"
#include "handshim/rfc6455/text.hpp"
#include "handshim/rfc6455/utf8.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace rfc6455 {
namespace detail {

// With measure_at_end a line is kept up to here, whatever max_line says.
inline constexpr std::size_t line_keep = std::size_t{1} << 20;

inline bool is_other_http(std::string_view protocol) noexcept {
  constexpr std::string_view start = "HTTP/";
  return protocol.size() > start.size() && protocol.substr(0, start.size()) == start &&
         is_digit(protocol[start.size()]);
}

inline bool parse_status_number(std::string_view text, const reading& how, std::int64_t& out) noexcept {
  const bool strict = text.size() == 3 && all(text, is_digit);
  return (how.integer_status || strict) && parse_integer(text, out);
}

// What is negative is told apart from what is no number (RFC 9110, section 8.6).
inline bool parse_length(std::string_view text, const reading& how, std::int64_t& out) noexcept {
  const std::string_view digits = !text.empty() && text.front() == '-' ? text.substr(1) : text;
  return (how.integer_status || all(digits, is_digit)) && parse_integer(text, out);
}

inline fault parse_status(std::string_view text, const reading& how, int& out) noexcept {
  std::int64_t number = 0;
  if (!parse_status_number(text, how, number)) return fault::status_code_malformed;
  constexpr std::int64_t most = (std::numeric_limits<int>::max)();
  out = static_cast<int>(number > most ? most : number < -most ? -most : number);
  if (out < 100 || out > 999) return fault::status_code_malformed;
  return out < 600 || how.high_status ? fault::none : fault::status_code_out_of_range;
}

// The name that stands in a header line, if it is a token.
inline std::string_view name_in(std::string_view line) noexcept {
  const std::size_t colon = line.find(':');
  const std::string_view name = line.substr(0, colon);
  return colon != line.npos && is_token(name) ? name : std::string_view{};
}

// At most 15 digits, so that no sum overflows (RFC 9112, section 7.1).
inline bool parse_chunk_size(std::string_view line, std::uint64_t& out) noexcept {
  const std::string_view field = line.substr(0, line.find(';'));
  const std::string_view digits = field.substr(0, field.find_last_not_of(" \t") + 1);
  out = 0;
  for (const char c : digits) {
    if (hex_value(c) < 0) return false;
    out = (out & 0x00ffffffffffffffu) * 16 + static_cast<std::uint64_t>(hex_value(c));
  }
  return !digits.empty() && digits.size() <= 15;
}

inline bool is_chunked(std::string_view coding, const reading& how) noexcept {
  return how.lower_case_coding ? coding == "chunked" : same_text(coding, "chunked");
}

constexpr bool has_no_body(int status) noexcept { return status < 200 || status == 204 || status == 304; }

inline fault pick(ending how, fault eof, fault reset, fault timeout) noexcept {
  if (how == ending::eof) return eof;
  return how == ending::reset ? reset : timeout;
}

}  // namespace detail

HANDSHIM_INLINE const std::string* response::find(std::string_view name) const noexcept {
  for (const header& h : headers)
    if (detail::same_text(h.name, name)) return &h.value;
  return nullptr;
}

HANDSHIM_INLINE std::size_t response::count(std::string_view name) const noexcept {
  std::size_t n = 0;
  for (const header& h : headers)
    if (detail::same_text(h.name, name)) ++n;
  return n;
}

HANDSHIM_INLINE fault parse_status_line(std::string_view line, const reading& how, response& out) {
  const std::size_t first = line.find(' ');
  const std::size_t second = first == line.npos ? first : line.find(' ', first + 1);
  if (second == line.npos) return fault::status_line_malformed;
  const std::string_view protocol = line.substr(0, first);
  if (protocol != "HTTP/1.1")
    return detail::is_other_http(protocol) ? fault::http_version_unsupported : fault::status_line_malformed;
  const fault f = detail::parse_status(line.substr(first + 1, second - first - 1), how, out.status);
  if (f != fault::none) return f;
  const std::string_view reason = line.substr(second + 1);
  if (!detail::is_field_text(reason) || (how.utf8_reason && !is_utf8(reason))) return fault::reason_malformed;
  out.reason = reason;
  return fault::none;
}

HANDSHIM_INLINE fault parse_header_line(std::string_view line, const reading& how, response& out) {
  if (!line.empty() && (line.front() == ' ' || line.front() == '\t')) return fault::header_folded;
  const std::size_t colon = line.find(':');
  if (colon == line.npos) return fault::header_without_colon;
  const std::string_view name = line.substr(0, colon);
  if (!detail::is_token(name)) return fault::header_name_invalid;
  const std::string_view value = detail::trim(line.substr(colon + 1));
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (!detail::is_field_text(value) || (how.ascii_headers && !detail::all(value, is_ascii)))
    return fault::header_value_invalid;
  out.headers.push_back({std::string(name), std::string(value)});
  return fault::none;
}

HANDSHIM_INLINE fault fault_at(part where, ending how) noexcept {
  switch (where) {
    case part::before_status_line:
      return detail::pick(how, fault::eof_before_status_line, fault::reset_before_status_line,
                          fault::timeout_before_status_line);
    case part::status_line:
      return detail::pick(how, fault::eof_in_status_line, fault::reset_in_status_line, fault::timeout_in_status_line);
    case part::headers:
      return detail::pick(how, fault::eof_in_headers, fault::reset_in_headers, fault::timeout_in_headers);
    case part::body:
      return detail::pick(how, fault::eof_in_body, fault::reset_in_body, fault::timeout_in_body);
    case part::done:
    case part::failed:
      break;
  }
  return fault::none;
}

HANDSHIM_INLINE response_reader::response_reader(const reading& how) : how_(how) {}

HANDSHIM_INLINE response_reader::response_reader(const reading& how, response head)
    : how_(how), any_byte_(true), response_(std::move(head)) {
  response_.body.clear();
  response_.body_complete = false;
  begin_body();
}

HANDSHIM_INLINE part response_reader::where() const noexcept {
  if (!any_byte_) return part::before_status_line;
  switch (step_) {
    case step::status_line:
      return part::status_line;
    case step::headers:
      return part::headers;
    case step::done:
      return part::done;
    case step::failed:
      return part::failed;
    default:
      return part::body;
  }
}

HANDSHIM_INLINE std::size_t response_reader::consume(std::string_view bytes) {
  const std::size_t all = bytes.size();
  while (!bytes.empty() && step_ != step::done && step_ != step::failed) {
    any_byte_ = true;  // here, because it starts anew behind an interim response
    bytes.remove_prefix(take(bytes));
  }
  return all - bytes.size();
}

HANDSHIM_INLINE fault response_reader::end(ending how) {
  if (step_ == step::done || step_ == step::failed) return error_;
  if (step_ == step::open_body && how != ending::timeout && how_.body_until_eof) {
    finish();
    response_.body_complete = how == ending::eof;  // of the rest nobody can tell whether there was any
  } else if (how == ending::eof && in_line() && line_.size() > how_.max_line) {
    fail_line(too_long(), line_);  // measure_at_end: this is the line's end
  } else {
    fail(fault_at(where(), how));
  }
  return error_;
}

HANDSHIM_INLINE std::size_t response_reader::take(std::string_view bytes) {
  if (in_line()) return take_line(bytes);
  if (step_ == step::open_body) return take_open(bytes);
  return step_ == step::chunk_end ? take_chunk_end(bytes.front()) : take_sized(bytes);
}

HANDSHIM_INLINE bool response_reader::in_line() const noexcept {
  return step_ == step::status_line || step_ == step::headers || step_ == step::chunk_size || step_ == step::trailers;
}

HANDSHIM_INLINE fault response_reader::too_long() const noexcept {
  return step_ == step::status_line ? fault::status_line_too_long : fault::header_line_too_long;
}

HANDSHIM_INLINE std::size_t response_reader::take_line(std::string_view bytes) {
  const bool longer = how_.measure_at_end && how_.max_line < detail::line_keep;
  const std::size_t keep = longer ? detail::line_keep : how_.max_line;
  const std::size_t room = line_.size() < keep ? keep - line_.size() : 1;
  const std::size_t lf = bytes.substr(0, room).find('\n');
  const std::string_view taken = bytes.substr(0, lf == bytes.npos ? room : lf + 1);
  if (lf != bytes.npos && line_.empty()) {
    on_raw_line(taken);
    return taken.size();
  }
  line_.append(taken);
  if (lf != bytes.npos)
    on_raw_line(std::exchange(line_, {}));
  else if (line_.size() >= keep)
    fail_line(too_long(), line_);
  return taken.size();
}

HANDSHIM_INLINE void response_reader::on_raw_line(std::string_view raw) {
  if (raw.size() > how_.max_line) return fail_line(too_long(), raw);
  if (raw.size() < 2 || raw[raw.size() - 2] != '\r') return fail_line(fault::bare_line_feed, raw);
  on_line(raw.substr(0, raw.size() - 2));
}

HANDSHIM_INLINE void response_reader::on_line(std::string_view line) {
  if (step_ == step::headers) return on_header_line(line);
  if (step_ == step::trailers) return on_trailer_line(line);
  if (step_ == step::chunk_size) return on_chunk_size(line);
  const fault f = parse_status_line(line, how_, response_);
  if (f != fault::none) return fail(f);
  step_ = step::headers;
  line_count_ = 0;
}

HANDSHIM_INLINE void response_reader::on_header_line(std::string_view line) {
  if (line.empty()) return on_headers_end();
  if (line_count_++ >= how_.max_headers) return fail(fault::too_many_headers);
  const fault f = parse_header_line(line, how_, response_);
  if (f != fault::none) fail_line(f, line);
}

HANDSHIM_INLINE void response_reader::on_trailer_line(std::string_view line) {
  if (line.empty()) return finish();
  response thrown_away;
  if (line_count_++ >= how_.max_headers || parse_header_line(line, how_, thrown_away) != fault::none)
    fail(fault::chunk_malformed);
}

HANDSHIM_INLINE void response_reader::on_chunk_size(std::string_view line) {
  if (!detail::parse_chunk_size(line, left_)) return fail(fault::chunk_malformed);
  if (left_ > how_.max_body - response_.body.size()) return fail(fault::body_too_large);
  step_ = left_ == 0 ? step::trailers : step::chunk_data;
  line_count_ = 0;
}

HANDSHIM_INLINE void response_reader::on_headers_end() {
  const int status = response_.status;
  if (status >= 200 || status == 101 || !how_.interim || interim_ >= how_.max_interim) return begin_body();
  ++interim_;
  any_byte_ = false;
  response_ = response{};
  step_ = step::status_line;
}

HANDSHIM_INLINE void response_reader::begin_body() {
  constexpr std::string_view name = "Transfer-Encoding";
  const std::size_t codings = response_.count(name);
  const bool refused = !how_.chunked && (how_.body || response_.status == 101);
  if (codings != 0 && refused) return fail(fault::transfer_coding_unsupported, name);
  if (!how_.body || detail::has_no_body(response_.status)) return finish();
  step_ = step::open_body;
  if (codings == 0) return begin_sized();
  if (codings != 1 || !detail::is_chunked(*response_.find(name), how_))
    return fail(fault::transfer_coding_unsupported, name);
  step_ = step::chunk_size;
}

HANDSHIM_INLINE void response_reader::begin_sized() {
  constexpr std::string_view name = "Content-Length";
  const std::string* text = response_.find(name);
  if (text == nullptr) return;
  if (response_.count(name) != 1) return fail(fault::content_length_repeated, name);
  std::int64_t length = 0;
  if (!detail::parse_length(*text, how_, length)) return fail(fault::content_length_malformed, name);
  if (length < 0) return fail(fault::content_length_negative, name);
  left_ = static_cast<std::uint64_t>(length);
  if (left_ > how_.max_body) return fail(fault::body_too_large, name);
  step_ = step::sized_body;
  if (left_ == 0) finish();
}

// The body of a Content-Length, or the data of a chunk.
HANDSHIM_INLINE std::size_t response_reader::take_sized(std::string_view bytes) {
  const std::size_t taken = bytes.size() < left_ ? bytes.size() : static_cast<std::size_t>(left_);
  response_.body.append(bytes.substr(0, taken));
  left_ -= taken;
  if (left_ != 0) return taken;
  if (step_ == step::sized_body) {
    finish();
  } else {
    step_ = step::chunk_end;
    left_ = 2;
  }
  return taken;
}

HANDSHIM_INLINE std::size_t response_reader::take_open(std::string_view bytes) {
  const std::size_t room = how_.max_body - response_.body.size();
  const std::string_view taken = bytes.substr(0, room);
  response_.body.append(taken);
  if (bytes.size() <= room) return taken.size();
  fail(fault::body_too_large);
  return taken.size() + 1;
}

HANDSHIM_INLINE std::size_t response_reader::take_chunk_end(char byte) {
  if (byte != (left_ == 2 ? '\r' : '\n'))
    fail(fault::chunk_malformed);
  else if (--left_ == 0)
    step_ = step::chunk_size;
  return 1;
}

HANDSHIM_INLINE void response_reader::finish() {
  response_.body_complete = true;
  step_ = step::done;
}

HANDSHIM_INLINE void response_reader::fail(fault f, std::string_view header_name) {
  error_ = f;
  fault_header_ = header_name;
  step_ = step::failed;
}

// A fault of a line: which one, where the chunks' own lines are concerned, says nothing more.
HANDSHIM_INLINE void response_reader::fail_line(fault f, std::string_view line) {
  if (step_ == step::chunk_size || step_ == step::trailers) return fail(fault::chunk_malformed);
  fail(f, step_ == step::headers ? detail::name_in(line) : std::string_view{});
}

}  // namespace rfc6455
}  // namespace HANDSHIM_ABI
}  // namespace handshim
