// A stream socket of Poco's that notes what went through it, and can hold a deadline.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include <Poco/Exception.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/Net/StreamSocketImpl.h>
#include <Poco/Timespan.h>

#include "handshim/adapters/impl/response_seen.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace adapters::poco::detail {

/// What a socket noted. Written by the thread that uses the socket.
struct socket_notes {
  using clock = std::chrono::steady_clock;

  std::string first_bytes;  ///< of the response
  bool noting = false;      ///< whether the session's socket is the one below: else nothing but `connected` is known
  bool connected = false;   ///< TCP stands
  bool saw_end = false;     ///< a read came to the end of the stream
  std::uint64_t bytes_in = 0, bytes_out = 0;
  clock::time_point until{};  ///< for all of the opening handshake but the name look-up; none if it is zero

  bool has_deadline() const noexcept { return until != clock::time_point{}; }
  /// What is left of the deadline, not less than nothing, and at most `most` unless that is none.
  ::Poco::Timespan left(const ::Poco::Timespan& most) const {
    const auto span = std::chrono::duration_cast<std::chrono::microseconds>(until - clock::now()).count();
    const ::Poco::Timespan rest((std::max<std::int64_t>)(span, 0));
    return most.totalMicroseconds() > 0 ? (std::min)(most, rest) : rest;
  }
};

/// In place of the implementation that a StreamSocket makes for itself.
class noting_socket final : public ::Poco::Net::StreamSocketImpl {
 public:
  explicit noting_socket(std::shared_ptr<socket_notes> notes) : notes_(std::move(notes)) {}

  void connect(const ::Poco::Net::SocketAddress& to) override { connect(to, ::Poco::Timespan()); }
  void connect(const ::Poco::Net::SocketAddress& to, const ::Poco::Timespan& timeout) override {
    begin();
    if (notes_->has_deadline())
      StreamSocketImpl::connect(to, (std::max)(notes_->left(timeout), ::Poco::Timespan(1)));
    else if (timeout.totalMicroseconds() > 0)
      StreamSocketImpl::connect(to, timeout);
    else
      StreamSocketImpl::connect(to);
    notes_->connected = true;
  }

  using StreamSocketImpl::receiveBytes;
  int receiveBytes(void* to, int size, int flags) override {
    if (notes_->has_deadline() && !poll(notes_->left(getReceiveTimeout()), SELECT_READ))
      throw ::Poco::TimeoutException("the opening handshake");
    const int count = StreamSocketImpl::receiveBytes(to, size, flags);
    if (count > 0) adapters::detail::keep_seen(notes_->first_bytes, static_cast<const char*>(to), std::size_t(count));
    if (count > 0) notes_->bytes_in += std::uint64_t(count);
    if (count == 0) notes_->saw_end = true;
    return count;
  }

  using StreamSocketImpl::sendBytes;
  int sendBytes(const void* from, int size, int flags) override {
    const int count = StreamSocketImpl::sendBytes(from, size, flags);
    if (count > 0) notes_->bytes_out += std::uint64_t(count);
    return count;
  }

 private:
  // A session that has to authenticate connects again.
  void begin() {
    notes_->first_bytes.clear();
    notes_->connected = notes_->saw_end = false;
    notes_->bytes_in = notes_->bytes_out = 0;
  }

  std::shared_ptr<socket_notes> notes_;
};

/// A StreamSocket over such an implementation.
class noting_stream_socket : public ::Poco::Net::StreamSocket {
 public:
  explicit noting_stream_socket(const std::shared_ptr<socket_notes>& notes) : StreamSocket(new noting_socket(notes)) {}
};

}  // namespace adapters::poco::detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
