// The opening of a connection, step by step, as the three backends share it. Each drives the steps, reads
// the response and reports trouble in its own way.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include "handshim/backends/session.hpp"
#include "handshim/backends/trace.hpp"
#include "handshim/net/interrupter.hpp"
#include "handshim/options.hpp"
#include "handshim/rfc6455/handshake.hpp"
#include "handshim/rfc6455/response.hpp"
#include "handshim/rfc6455/uri.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace backends {

/// One connect(). Not thread-safe but for the interrupter.
class opening {
 public:
  opening(const options& how, net::interrupter& stop, trace& note, net::deadline until) noexcept
      : how_(how), stop_(stop), note_(note), until_(until) {}

  /// Takes the URI and the options apart: nothing is sent.
  fault begin(std::string_view uri);
  /// Makes the byte stream and sends the request. EPIPE and ECONNRESET are left for read() to explain.
  std::error_code request();
  /// Reads what comes of the response; 0 only with an error.
  std::size_t read(char* to, std::size_t size, std::error_code& error);
  /// What to report of a response that cannot be read: the fault's code, or under reading::report_at_end that of
  /// the deadline if the peer does not end the connection before it.
  std::error_code unreadable(fault found);
  /// After each read: no error while there is more to read, or once the response is done; else what to report of it.
  /// ended is the error of the read, which may also end the response as it should.
  std::error_code verdict(rfc6455::response_reader& reader, const std::error_code& ended);
  /// Whether the response in the trace leads to another URI, to which request() then goes; with an error if
  /// it should but cannot.
  bool redirected(fault& error);
  /// Checks the response in the trace: upgrade_rejected, or what is wrong with the 101.
  fault check();
  /// The open connection; rest is what came behind the response.
  std::unique_ptr<session> finish(std::string_view rest);

  const std::string& subprotocol() const noexcept { return subprotocol_; }
  /// Where the next request goes to, and what is in it: for a backend that sends it in its own way.
  const rfc6455::uri& to() const noexcept { return to_; }
  const rfc6455::request_options& request_parts() const noexcept { return request_; }

 private:
  std::error_code call_opener();
  std::error_code open_stream();
  std::error_code write_request();

  const options& how_;
  net::interrupter& stop_;
  trace& note_;
  net::deadline until_;
  rfc6455::uri to_;
  rfc6455::request_options request_;
  std::string key_, subprotocol_;
  std::unique_ptr<net::byte_stream> stream_;
  std::error_code left_;  // what the request's write was told, if the peer had left by then
};

}  // namespace backends
}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/backends/impl/opening.ipp"
#endif
