// A byte stream whose other end upgrades and then repeats the same bytes for ever, in memory; what is written to it
// is thrown away.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "frames.hpp"  // of tests/support
#include "handshim/net/byte_stream.hpp"
#include "handshim/net/error.hpp"
#include "handshim/options.hpp"
#include "handshim/rfc6455/handshake.hpp"

namespace bench {

/// The response to a request, which holds a Sec-WebSocket-Key.
inline std::string upgrade_for(std::string_view request) {
  constexpr std::string_view name = "Sec-WebSocket-Key: ";
  const std::size_t key = request.find(name) + name.size();
  std::string out = client_test::upgrade_response;
  const std::string accept = handshim::rfc6455::accept_for(request.substr(key, request.find("\r\n", key) - key));
  return out.replace(out.find("{accept}"), 8, accept);
}

/// The bytes of the other end. After so many of them the stream ends; npos: never.
class endless_source {
 public:
  /// Empty bytes are a peer that says nothing.
  explicit endless_source(std::string again, std::size_t most = std::string::npos)
      : again_(std::move(again)), most_(most) {}

  std::size_t read(char* to, std::size_t size) {
    if (at_ == now().size()) {
      in_response_ = false;
      at_ = 0;
    }
    const std::size_t n = std::min({size, now().size() - at_, most_ - given_});
    std::copy_n(now().data() + at_, n, to);
    at_ += n;
    given_ += n;
    return n;
  }
  bool ended() const noexcept { return given_ == most_; }
  /// A client's bytes: the request is answered, the rest counts for nothing.
  void write(const char* from, std::size_t size) {
    if (answered_) return;
    request_.append(from, size);
    if (request_.find("\r\n\r\n") == std::string::npos) return;
    answered_ = true;
    response_ = upgrade_for(request_);
    if (most_ != std::string::npos) most_ += response_.size();
  }

 private:
  const std::string& now() const noexcept { return in_response_ ? response_ : again_; }

  std::string again_, request_, response_;
  std::size_t at_ = 0, most_, given_ = 0;
  bool answered_ = false, in_response_ = true;
};

class endless_stream final : public handshim::net::byte_stream {
 public:
  explicit endless_stream(endless_source source) : source_(std::move(source)) {}

  std::size_t read_some(char* to, std::size_t size, handshim::net::deadline, std::error_code& error) override {
    error.clear();
    const std::size_t n = source_.read(to, size);
    if (n == 0) error = source_.ended() ? handshim::net::stream_errc::eof : handshim::net::stream_errc::timed_out;
    return n;
  }
  std::size_t write_some(const char* from, std::size_t size, handshim::net::deadline, std::error_code&) override {
    source_.write(from, size);
    return size;
  }
  void shutdown() noexcept override {}
  void finish() noexcept override {}

 private:
  endless_source source_;
};

/// Options of a client whose peer says that, and without timeouts and pings: no clock decides what is measured.
inline handshim::options endless(std::string again, std::size_t most = std::string::npos) {
  handshim::options how;
  how.ping_interval = {};
  how.max_message_size = std::size_t{1} << 30;
  how.open_stream = [again = std::move(again), most](const handshim::rfc6455::uri&, handshim::net::deadline,
                                                     handshim::net::interrupter&, std::error_code&) {
    return std::make_unique<endless_stream>(endless_source(again, most));
  };
  return how;
}

}  // namespace bench
