#pragma once

#include <algorithm>

#include "handshim/backends/opening.hpp"
#include "handshim/guard.hpp"
#include "handshim/impl/first_bytes.hpp"
#include "handshim/impl/text.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace backends {
namespace detail {

inline bool is_redirect(const rfc6455::response& answer, const reading& how) noexcept {
  const int status = answer.status;
  if (status == 300) return how.follow_300 && answer.find("Location") != nullptr;
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

inline bool peer_left(const std::error_code& error) noexcept {
  return error == std::errc::broken_pipe || error == std::errc::connection_reset;
}

inline bool gave_up(const std::error_code& error) noexcept {
  return error == net::stream_errc::timed_out || error == net::stream_errc::interrupted;
}

inline rfc6455::ending ending_of(const std::error_code& error) noexcept {
  if (error == net::stream_errc::eof) return rfc6455::ending::eof;
  return gave_up(error) ? rfc6455::ending::timeout : rfc6455::ending::reset;
}

// Secrets that are for one server only.
inline bool is_credential(const rfc6455::header& h) noexcept { return handshim::detail::is_secret_header(h.name); }

}  // namespace detail

HANDSHIM_INLINE fault opening::begin(std::string_view uri) {
  note_.endpoint = uri;
  note_.phase = phase::local;
  if (const fault f = rfc6455::parse_uri(uri, to_); f != fault::none) return f;
  note_.endpoint = to_.text();
  request_.subprotocols = how_.subprotocols;
  request_.headers = how_.headers;
  request_.origin = how_.origin;
  request_.user_agent = how_.user_agent;
  if (to_.has_user_info) request_.authorization = rfc6455::basic_authorization(to_.user, to_.password);
  return rfc6455::check_request(request_, note_.detail);
}

// The program's own, which may throw whatever the client.
HANDSHIM_INLINE std::error_code opening::call_opener() {
  std::error_code error;
  const auto call = [&] { stream_ = how_.open_stream(to_, until_, stop_, error); };
#if HANDSHIM_HAS_EXCEPTIONS
  note_.thrown = capture(phase::connect, call);
  if (note_.thrown) return note_.thrown.code();
#else
  call();
#endif
  return error;
}

HANDSHIM_INLINE std::error_code opening::open_stream() {
  if (how_.open_stream) {
    note_.phase = phase::connect;
    const std::error_code error = call_opener();
    if (stream_ || error) return error;
    note_.detail = "options::open_stream gave neither a stream nor an error";
    return make_error_code(fault::connect_failed);
  }
  if (to_.secure) return make_error_code(fault::tls_unsupported);
  net::connect_result made = net::connect_tcp(to_.host, to_.port, until_, stop_);
  note_.phase = made.step == net::connect_step::resolve ? phase::resolve : phase::connect;
  for (net::attempt& a : made.attempts) note_.attempts.push_back(std::move(a));
  // It stood, and was reset: whether the system tells it now or with the first read is chance.
  if (made.error == std::errc::connection_reset) {
    note_.phase = phase::handshake;
    note_.where = rfc6455::part::before_status_line;
  }
  stream_ = std::move(made.stream);
  return made.error;
}

HANDSHIM_INLINE std::error_code opening::write_request() {
  const std::string text = rfc6455::build_request(to_, request_, key_);
  std::size_t written = 0;
  std::error_code error;
  while (written < text.size() && !error) {
    const std::size_t n = stream_->write_some(text.data() + written, text.size() - written, until_, error);
    written += n;
    note_.bytes_out += n;
  }
  left_ = detail::peer_left(error) ? error : std::error_code();
  return left_ ? std::error_code() : error;
}

HANDSHIM_INLINE std::error_code opening::request() {
  stream_.reset();
  if (const std::error_code error = open_stream()) return error;
  note_.phase = phase::handshake;
  note_.response = {};
  note_.where = rfc6455::part::before_status_line;
  note_.header.clear();
  note_.first_bytes.clear();
  note_.bytes_in = note_.bytes_out = 0;
  key_ = rfc6455::make_key();
  return write_request();
}

HANDSHIM_INLINE std::size_t opening::read(char* to, std::size_t size, std::error_code& error) {
  // Data that keeps coming must not outlast the deadline.
  if (until_.passed()) return error = net::stream_errc::timed_out, 0;
  const std::size_t n = stream_->read_some(to, size, until_, error);
  // The system tells of a reset once: after a write that was told, a read sees an end of stream.
  if (error == net::stream_errc::eof && left_ == std::errc::connection_reset) error = left_;
  note_.bytes_in += n;
  handshim::detail::keep_first(note_.first_bytes, {to, n});
  return n;
}

HANDSHIM_INLINE std::error_code opening::unreadable(fault found) {
  std::error_code ended;
  char discarded[1024];
  while (how_.reading.report_at_end && !ended) read(discarded, sizeof discarded, ended);
  return detail::gave_up(ended) ? ended : make_error_code(found);
}

// A cut is told by the code of what cut it, and the trace says where; else the end brought another fault to light.
HANDSHIM_INLINE std::error_code opening::verdict(rfc6455::response_reader& reader, const std::error_code& ended) {
  note_.where = reader.where();
  if (reader.error() != fault::none) return unreadable(reader.error());
  if (!ended) return {};
  const rfc6455::ending how = detail::ending_of(ended);
  const fault found = reader.end(how);
  if (found == fault::none) return {};
  return found == rfc6455::fault_at(note_.where, how) ? ended : make_error_code(found);
}

HANDSHIM_INLINE bool opening::redirected(fault& error) {
  error = fault::none;
  if (how_.reading.redirects == follow::none || !detail::is_redirect(note_.response, how_.reading)) return false;
  const std::string* location = note_.response.find("Location");
  note_.header = "Location";
  if (location == nullptr) return error = fault::redirect_without_location, false;
  if (note_.redirects >= how_.reading.max_redirects) return error = fault::too_many_redirects, false;
  const rfc6455::uri from = to_;
  error = rfc6455::resolve_location(from, *location, how_.reading.redirects, to_);
  if (error != fault::none) return false;
  ++note_.redirects;
  note_.endpoint = to_.text();
  if (!to_.same_origin(from)) {
    request_.authorization.clear();
    auto& headers = request_.headers;
    headers.erase(std::remove_if(headers.begin(), headers.end(), detail::is_credential), headers.end());
  } else if (to_.has_user_info) {
    request_.authorization = rfc6455::basic_authorization(to_.user, to_.password);
  }
  return true;
}

HANDSHIM_INLINE fault opening::check() {
  if (note_.response.status != 101) return fault::upgrade_rejected;
  const rfc6455::upgrade found = rfc6455::check_upgrade(note_.response, key_, how_.subprotocols);
  note_.header = found.header;
  subprotocol_ = found.subprotocol;
  return found.error;
}

HANDSHIM_INLINE std::unique_ptr<session> opening::finish(std::string_view rest) {
  note_.phase = phase::open;
  note_.bytes_in -= rest.size();  // the session counts them
  return std::make_unique<session>(std::move(stream_), how_.reading, how_.max_message_size,
                                   keepalive{how_.ping_interval, how_.ping_timeout}, rest);
}

}  // namespace backends
}  // namespace HANDSHIM_ABI
}  // namespace handshim
