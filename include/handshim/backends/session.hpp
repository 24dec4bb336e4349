// The open connection over a byte stream, as the three backends share it: deadlines, threads, keepalive.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>

#include "handshim/net/byte_stream.hpp"
#include "handshim/net/deadline.hpp"
#include "handshim/net/error.hpp"
#include "handshim/reading.hpp"
#include "handshim/rfc6455/connection.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace backends {

/// How a session is to be kept alive; zero for none.
struct keepalive {
  std::chrono::nanoseconds interval{}, timeout{};
};

/// What is known of a session at one moment.
struct session_state {
  rfc6455::close_info received, sent;
  bool has_received = false, has_sent = false;
  rfc6455::close_order order = rfc6455::close_order::none;
  std::error_code stream_error;  ///< what ended the stream, if something did
  std::uint64_t bytes_in = 0, bytes_out = 0;
};

/// One receiver and one sender at a time; close(), ping(), cancel() and state() from any thread. Reports a
/// fault's code, or stream_errc::timed_out and interrupted; never throws but for want of memory.
class session {
 public:
  session(std::unique_ptr<net::byte_stream> stream, const reading& how, std::size_t max_message_size, keepalive alive,
          std::string_view first_bytes);
  ~session();

  std::error_code recv(rfc6455::message& out, net::deadline until);
  std::error_code send(rfc6455::opcode type, std::string_view data, net::deadline until);
  std::error_code ping(std::string_view payload, net::deadline until);
  /// Sends a close frame, unless one was sent, and waits for the end. What the peer does meanwhile is no error
  /// of this call: recv() tells it.
  std::error_code close(std::uint16_t code, std::string_view reason, net::deadline until);
  /// Every call under way, and each later one, ends with stream_errc::interrupted; the interrupter of the
  /// stream must be triggered too.
  void cancel() noexcept;
  session_state state() const;
  /// Whether it ended or was cancelled: nothing more can be sent or received but what waits already.
  bool is_over() const noexcept;

 private:
  using lock = std::unique_lock<std::mutex>;

  std::error_code verdict() const noexcept;
  void pump(lock& held, net::deadline until);
  void hear_writer(lock& held);
  void wait_or_pump(lock& held, net::deadline until);
  bool drain(lock& held);
  void take(std::string_view bytes, std::error_code error);
  void receive(std::string_view bytes);
  void flush(lock& held, net::deadline until);
  std::error_code flush_all(lock& held, net::deadline until);
  std::error_code write_out(lock& held, net::deadline until);
  void hear_out(lock& held, net::deadline until);
  bool has_unsent() const noexcept { return !unsent_.empty() || connection_.has_output(); }
  void write_failed(std::error_code error);
  void end_if_over(lock& held);
  net::deadline keep_alive(lock& held, net::deadline until);
  net::deadline pong_overdue(lock& held, net::deadline until);
  void wait(lock& held, net::deadline until);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::unique_ptr<net::byte_stream> stream_;
  rfc6455::connection connection_;
  keepalive alive_;
  net::deadline next_ping_ = net::deadline::never();
  net::deadline pong_due_ = net::deadline::never();
  std::uint64_t pongs_before_ = 0;
  std::string unsent_;  // output that the stream has not taken yet
  bool receiving_ = false, sending_ = false, pumping_ = false, flushing_ = false, cancelled_ = false, ended_ = false;
  std::error_code stream_error_;
  std::uint64_t bytes_in_ = 0, bytes_out_ = 0;
};

}  // namespace backends
}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/backends/impl/session.ipp"
#endif
