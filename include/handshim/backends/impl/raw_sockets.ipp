#pragma once

#include <array>

#include "handshim/backends/raw_sockets.hpp"
#include "handshim/translate.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
// Reads a response; the bytes behind it are the rest. The code is the stream's or a fault's.
HANDSHIM_INLINE std::error_code raw_sockets::exchange(backends::opening& steps, backends::live& at, std::string& rest) {
  rfc6455::response_reader reader(at.how->reading);
  std::array<char, 4096> buffer;
  std::error_code error;
  while (!reader.done() && !error) {
    const std::size_t n = steps.read(buffer.data(), buffer.size(), error);
    const std::size_t taken = reader.consume({buffer.data(), n});
    error = steps.verdict(reader, error);
    if (reader.done()) rest.assign(buffer.data() + taken, n - taken);
  }
  at.note.response = reader.get();
  at.note.header = reader.fault_header();
  return error;
}

HANDSHIM_INLINE std::error_code raw_sockets::open(backends::live& at, std::string_view uri, net::deadline until) {
  backends::opening steps(*at.how, at.stop, at.note, until);
  if (const fault f = steps.begin(uri); f != fault::none) return make_error_code(f);
  fault wrong = fault::none;
  std::string rest;
  do {
    if (!at.stop.ok()) return at.stop.error();
    if (const std::error_code error = steps.request()) return error;
    if (const std::error_code error = exchange(steps, at, rest)) return error;
  } while (steps.redirected(wrong));
  if (wrong == fault::none) wrong = steps.check();
  if (wrong != fault::none) return make_error_code(wrong);
  at.subprotocol = steps.subprotocol();
  at.open = steps.finish(rest);
  return {};
}

HANDSHIM_INLINE failure raw_sockets::connect(std::string_view uri, net::deadline until) {
  const backends::connecting at(slot_, name);
  if (!at) return at.refused();
  const std::error_code error = open(*at, uri, until);
  return error ? backends::failure_of(at->note, error) : failure();
}

template <class Operation>
failure raw_sockets::on_open(phase when, Operation operation) {
  fault why = fault::none;
  const std::shared_ptr<backends::live> at = slot_.get(why);
  if (!at) return backends::failure_before(name, why);
  const auto started = net::clock::now();
  const std::error_code error = operation(*at->open);
  return error ? backends::failure_of(at->note, at->open->state(), when, started, error) : failure();
}

HANDSHIM_INLINE failure raw_sockets::recv(message& out, net::deadline until) {
  return on_open(phase::open, [&](backends::session& s) { return s.recv(out, until); });
}

HANDSHIM_INLINE failure raw_sockets::send(opcode type, std::string_view data, net::deadline until) {
  return on_open(phase::open, [&](backends::session& s) { return s.send(type, data, until); });
}

HANDSHIM_INLINE failure raw_sockets::ping(std::string_view payload, net::deadline until) {
  return on_open(phase::open, [&](backends::session& s) { return s.ping(payload, until); });
}

HANDSHIM_INLINE failure raw_sockets::close(std::uint16_t code, std::string_view reason, net::deadline until) {
  return on_open(phase::closing, [&](backends::session& s) { return s.close(code, reason, until); });
}

}  // namespace HANDSHIM_ABI
}  // namespace handshim
