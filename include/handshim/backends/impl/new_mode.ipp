#pragma once

#include <array>

#include "handshim/backends/new_mode.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

// The parser's exception for what it met, in the classes that a general parser has. To it a reset is an end of file
// too, and the code keeps them apart; that the caller waits no longer is none of its business.
inline std::exception_ptr new_parser_exception(const std::error_code& code) {
  if (code == net::stream_errc::timed_out || code == net::stream_errc::interrupted)
    return std::make_exception_ptr(std::system_error(code));
  const fault f = fault_of(code);
  if (f == fault::none || f == fault::bare_line_feed) return std::make_exception_ptr(new_client::eof_error(code));
  if (is_a(f, fault::response_too_large) || f == fault::body_too_large)
    return std::make_exception_ptr(new_client::security_error(code));
  if (f == fault::content_length_repeated) return std::make_exception_ptr(new_client::lookup_error(code));
  if (f == fault::transfer_coding_unsupported) return std::make_exception_ptr(new_client::not_implemented_error(code));
  return std::make_exception_ptr(new_client::value_error(code));
}

inline void rethrow_if(const std::exception_ptr& stored) {
  if (stored) std::rethrow_exception(stored);
}

inline void throw_new_error(const std::error_code& error) {
  if (error) throw std::system_error(error);
}

inline void check_new_response(backends::opening& steps, const backends::trace& note, fault wrong) {
  if (wrong == fault::none) wrong = steps.check();
  if (wrong == fault::none) return;
  const std::error_code code = make_error_code(wrong);
  if (is_a(wrong, fault::upgrade_rejected)) throw new_client::invalid_status(code, note.response);
  throw new_client::invalid_handshake(code, note.header);
}

inline void check_new_result(backends::live& at, const std::error_code& error) {
  if (!error) return;
  const fault f = fault_of(error);
  const bool over = is_a(f, fault::closed) || is_a(f, fault::connection_lost) || is_a(f, fault::protocol_violated);
  if (over) throw new_client::connection_closed(error, at.open->state());
  throw std::system_error(error);
}

}  // namespace detail

HANDSHIM_INLINE void new_client::handshake::receive_data(std::string_view bytes) {
  const std::size_t taken = reader_.consume(bytes);
  if (reader_.done()) rest_ = bytes.substr(taken);
}

HANDSHIM_INLINE void new_client::handshake::store(const std::error_code& code) {
  if (code) exception_ = detail::new_parser_exception(code);
}

HANDSHIM_INLINE void new_client::connect(backends::live& at, std::string_view uri, net::deadline until) {
  backends::opening steps(*at.how, at.stop, at.note, until);
  if (const fault f = steps.begin(uri); f != fault::none) throw invalid_uri(make_error_code(f));
  detail::throw_new_error(at.stop.error());
  for (;;) {
    detail::throw_new_error(steps.request());
    handshake protocol(at.how->reading);
    std::array<char, 4096> block;
    while (!protocol.done()) {
      std::error_code ended;
      const std::size_t n = steps.read(block.data(), block.size(), ended);
      protocol.receive_data({block.data(), n});
      protocol.store(steps.verdict(protocol.reader(), ended));
    }
    at.note.response = protocol.reader().get();
    at.note.header = protocol.reader().fault_header();
    detail::rethrow_if(protocol.exception());
    fault wrong = fault::none;
    if (steps.redirected(wrong)) continue;
    detail::check_new_response(steps, at.note, wrong);
    at.subprotocol = steps.subprotocol();
    at.open = steps.finish(protocol.rest());
    return;
  }
}

HANDSHIM_INLINE void new_client::send(backends::live& at, opcode type, std::string_view data, net::deadline until) {
  detail::check_new_result(at, at.open->send(type, data, until));
}

HANDSHIM_INLINE message new_client::recv(backends::live& at, net::deadline until) {
  message out;
  detail::check_new_result(at, at.open->recv(out, until));
  return out;
}

HANDSHIM_INLINE void new_client::ping(backends::live& at, std::string_view payload, net::deadline until) {
  detail::check_new_result(at, at.open->ping(payload, until));
}

HANDSHIM_INLINE void new_client::close(backends::live& at, std::uint16_t code, std::string_view reason,
                                       net::deadline until) {
  detail::check_new_result(at, at.open->close(code, reason, until));
}

}  // namespace HANDSHIM_ABI
}  // namespace handshim
