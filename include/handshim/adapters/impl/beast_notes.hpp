// What passes through a stream while Beast works, and the failure that is made of it and of Beast's code.
#pragma once

#include <boost/asio/error.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/websocket/error.hpp>

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "handshim/adapters/impl/frame_watch.hpp"
#include "handshim/adapters/impl/response_evidence.hpp"
#include "handshim/impl/first_bytes.hpp"
#include "handshim/policy.hpp"
#include "handshim/rfc6455/handshake.hpp"
#include "handshim/rfc6455/response.hpp"
#include "handshim/translate.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace adapters::beast {

using ::boost::beast::error_code;

namespace detail {

/// Shared by a stream and its operations under way, and as these for one thread or strand at a time; only last(),
/// choice() and choose() are thread-safe. The bytes go into handshim's own reader, as Beast drops the response of a
/// refused upgrade in some versions and makes one up in others.
class notes {
 public:
  explicit notes(const policy_choice& by) noexcept : choice_(by) {}

  /// A client's handshake begins: the target without secrets is cut out by the failure itself.
  void begin_handshake(bool tls, std::string_view host, std::string_view target) {
    begin();
    endpoint_.assign(tls ? "wss://" : "ws://").append(host).append(target);
    reader_.emplace(reading_);
    progress_ = progress::request;
  }
  /// A server's: the request is not looked at.
  void begin_accept() {
    begin();
    endpoint_.clear();
    reader_.reset();
    progress_ = progress::none;
  }

  void received(std::string_view bytes) {
    bytes_in_ += bytes.size();
    handshim::detail::keep_first(first_bytes_, bytes);
    if (progress_ == progress::open) return watch(in_, bytes);
    if (progress_ == progress::none) return;
    bytes.remove_prefix(reader_->consume(bytes));
    if (!reader_->done() || reader_->get().status != 101) return;
    progress_ = progress::open;
    watch(in_, bytes);
  }
  void sent(std::string_view bytes) {
    bytes_out_ += bytes.size();
    if (progress_ == progress::open) return watch(out_, bytes);
    if (progress_ == progress::request) handshim::detail::keep_first(request_, bytes, 1u << 16);
  }

  /// A write that was told of a reset: the system tells of it once, and a read then sees the end of the stream.
  void write_failed(const error_code& ec) {
    if (ec != ::boost::asio::error::connection_reset) return;
    reset_ = true;
  }

  bool was_reset() const { return reset_; }

  /// How a call of that phase ended: the failure, if the code is one, which is then the newest.
  failure settle(const error_code& ec, phase when) {
    if (ec) return keep(describe(ec, when));
    if (when == phase::handshake) opened();
    return {};
  }
  /// The end of a connection whose closing handshake went well, for which Beast has no code.
  failure settle_close() {
    adapters::detail::response_evidence out;
    fill(out, phase::closing, {});
    ended_ = in_.is_close_valid() ? closed() : fault::closed;
    return failure(ended_, out.all);
  }
  /// A code whose fault, unless it is none, the caller knows better.
  failure settle(const error_code& ec, phase when, fault found, std::string_view detail) {
    return keep(describe(ec, when, found, detail));
  }
  /// A failure that the caller found.
  failure settle(fault found, phase when, std::string_view header = {}) {
    adapters::detail::response_evidence out;
    fill(out, when, header);
    return keep(failure(found, out.all, {}, when));
  }

  /// How responses are read, for the handshakes that begin later. Beast does not look at it.
  void read_as(const reading& how) {
    reading_ = how;
    reading_.interim = false;
  }
  /// What is wrong with the response, though Beast took it; none if nothing is.
  fault unreadable() const { return reader_ ? reader_->error() : fault::none; }
  /// What is wrong with the 101, by the subprotocols that were offered.
  rfc6455::upgrade check(const std::vector<std::string>& offered) const {
    return reader_ ? rfc6455::check_upgrade(reader_->get(), key(), offered) : rfc6455::upgrade();
  }
  rfc6455::response response() const { return reader_ ? reader_->get() : rfc6455::response(); }

  failure last() const {
    const std::lock_guard<std::mutex> hold(mutex_);
    return last_;
  }
  policy_choice choice() const {
    const std::lock_guard<std::mutex> hold(mutex_);
    return choice_;
  }
  void choose(const policy_choice& by) {
    const std::lock_guard<std::mutex> hold(mutex_);
    choice_ = by;
  }

 private:
  void begin() {
    request_.clear();
    first_bytes_.clear();
    in_ = out_ = {};
    order_ = close_order::none;
    ended_ = fault::none;
    bytes_in_ = bytes_out_ = 0;
    settled_ = reset_ = false;
    started_ = std::chrono::steady_clock::now();
  }

  using frame_watch = adapters::detail::frame_watch;
  enum class progress : unsigned char { none, request, open };

  // A 1xx response is a refusal to Beast, and only the size of the whole head is limited (8192 bytes).
  static reading reading_as_beast() {
    reading out;
    out.interim = false;
    out.max_headers = out.max_line;
    return out;
  }

  failure keep(failure f) {
    const std::lock_guard<std::mutex> hold(mutex_);
    return last_ = std::move(f);
  }

  void opened() {
    settled_ = true;
    // A client sends no frame before it has the server's answer.
    if (progress_ == progress::none) progress_ = progress::open;
  }

  void watch(frame_watch& side, std::string_view bytes) {
    if (settled_) forget_response();
    if (side.feed(bytes)) note_order(side);
  }
  // It is of no use any more once frames follow it.
  void forget_response() {
    reader_.reset();
    request_ = {};
    settled_ = false;
  }
  void note_order(const frame_watch& newest) {
    if (&newest == &in_ && out_.close()) order_ = close_order::sent_then_received;
    if (&newest == &out_ && in_.close()) order_ = close_order::received_then_sent;
  }

  std::string key() const {
    constexpr std::string_view name = "Sec-WebSocket-Key: ";
    const std::size_t at = request_.find(name);
    if (at == std::string::npos) return {};
    const std::size_t begin = at + name.size();
    return request_.substr(begin, request_.find("\r\n", begin) - begin);
  }

  void fill(adapters::detail::response_evidence& out, phase when, std::string_view header) const {
    if (reader_ && when == phase::handshake) {
      out.add(reader_->get());
      out.all.header = header.empty() ? reader_->fault_header() : header;
    }
    out.all.backend = "beast";
    out.all.endpoint = endpoint_;
    out.all.bytes_in = bytes_in_;
    out.all.bytes_out = bytes_out_;
    out.all.first_bytes = first_bytes_;
    if (in_.is_close_valid()) out.all.close_received = {in_.close()->code, in_.close()->reason};
    if (out_.close()) out.all.close_sent = {out_.close()->code, out_.close()->reason};
    if (in_.is_close_valid()) out.all.order = order_;
    if (when == phase::handshake && started_ != std::chrono::steady_clock::time_point{})
      out.all.elapsed = std::chrono::steady_clock::now() - started_;
  }

  failure describe(const error_code& ec, phase when, fault found = fault::none, std::string_view detail = {}) {
    std::string_view header;
    const std::error_code code = ec;
    const std::string text = ec.message();
    if (found == fault::none) found = judge(from(code, when, coded(text)).fault(), ec, when, header);
    adapters::detail::response_evidence out;
    fill(out, when, header);
    out.all.native_text = text;
    const std::string refused =
        in_.close() && !in_.is_close_valid() ? "close code " + std::to_string(in_.close()->code) : "";
    out.all.detail = detail.empty() ? refused : detail;
    return failure(found, out.all, code, handshim::detail::phase_of(found, when));
  }

  fault judge(fault coarse, const error_code& ec, phase when, std::string_view& header) {
    if (when == phase::handshake) return in_handshake(coarse, ec, header);
    return progress_ == progress::open ? in_open(coarse, ec, when) : coarse;
  }

  evidence coded(std::string_view text) const {
    evidence out;
    out.native_text = text;
    if (in_.is_close_valid()) out.close_received = {in_.close()->code, in_.close()->reason};
    return out;
  }

  // What the response itself shows is finer than Beast's code, or than none.
  fault in_handshake(fault coarse, const error_code& ec, std::string_view& header) const {
    if (!reader_ || is_aborted(ec)) return coarse;
    const rfc6455::response& seen = reader_->get();
    const fault wrong = reader_->error();
    if (wrong == fault::body_too_large) return fault::upgrade_rejected;  // over the limit of this reader alone
    if (wrong != fault::none) return wrong;
    if (ec == ::boost::beast::websocket::error::upgrade_declined) return fault::upgrade_rejected;
    if (reader_->done()) {
      if (seen.status != 101) return fault::upgrade_rejected;
      const rfc6455::upgrade found = rfc6455::check_upgrade(seen, key(), {});
      const bool subprotocol = is_a(found.error, fault::subprotocol_unrequested);  // Beast does not look at it
      if (found.error == fault::none || subprotocol) return coarse;
      header = found.header;
      return found.error;
    }
    if (is_end(ec)) return ended_at(reset_ ? rfc6455::ending::reset : rfc6455::ending::eof, coarse);
    if (ec == ::boost::beast::error::timeout) return ended_at(rfc6455::ending::timeout, coarse);
    if (is_a(coarse, fault::reset_in_response)) return ended_at(rfc6455::ending::reset, coarse);
    return coarse;
  }

  fault ended_at(rfc6455::ending how, fault coarse) const {
    rfc6455::response_reader at_the_end = *reader_;
    const fault end = at_the_end.end(how);
    if (end != fault::none) return end;
    return at_the_end.done() && at_the_end.get().status != 101 ? fault::upgrade_rejected : coarse;
  }

  fault in_open(fault coarse, const error_code& ec, phase when) {
    const fault found = of_open(coarse, ec, when);
    if (is_a(found, fault::closed) || is_a(found, fault::connection_lost) || is_a(found, fault::protocol_violated))
      ended_ = found;
    return found;
  }

  // The connection's own end first: what later calls are told (aborted, a bad descriptor, a timer that comes too
  // late) says nothing of it.
  fault of_open(fault coarse, const error_code& ec, phase when) const {
    const bool timed_out = ec == ::boost::beast::error::timeout;
    const bool aftermath =
        is_aborted(ec) || ec == ::boost::asio::error::bad_descriptor || ec == ::boost::asio::error::not_connected;
    if (aftermath && ended_ != fault::none) return ended_;
    if (ec == ::boost::beast::websocket::error::closed && in_.close() && !in_.is_close_valid())
      return fault::close_code_not_allowed;  // Beast takes 5000 and over
    if (in_.is_close_valid() && (!aftermath || out_.close()) && !is_a(coarse, fault::protocol_violated))
      return closed();
    if (is_aborted(ec) || is_a(coarse, fault::connection_reset)) return coarse;
    if (timed_out) return out_.close() || when == phase::closing ? fault::close_timeout : fault::keepalive_timeout;
    if (!is_end(ec)) return coarse;
    if (reset_) return fault::connection_reset;
    if (out_.close()) return fault::eof_before_close_answer;
    return in_.in_message() ? fault::eof_in_message : fault::eof_without_close;
  }

  // By both codes; Beast answers a close frame without a code with 1000.
  fault closed() const {
    const unsigned received = in_.close()->code, sent = out_.close() ? out_.close()->code : received;
    const auto normal = [](unsigned code) { return code == 1000 || code == 1001; };
    if (normal(received) && normal(sent)) return fault::closed_normally;
    const bool in_order = (received == 1005 || normal(received)) && (sent == 1005 || normal(sent));
    return in_order ? fault::closed_without_code : fault::closed_with_error;
  }

  static bool is_aborted(const error_code& ec) { return ec == ::boost::asio::error::operation_aborted; }
  // By name and value: that header needs no OpenSSL, but the category's function does.
  static bool is_end(const error_code& ec) {
    const std::string_view name = ec.category().name();
    return ec == ::boost::asio::error::eof || (name == "asio.ssl.stream" && ec.value() == 1) ||
           (name == "beast.http" && (ec.value() == 1 || ec.value() == 2));
  }

  mutable std::mutex mutex_;  // of what is asked from any thread
  policy_choice choice_;
  failure last_;

  reading reading_ = reading_as_beast();
  std::string endpoint_, request_, first_bytes_;
  std::optional<rfc6455::response_reader> reader_;  // while a client's handshake lasts
  progress progress_ = progress::none;
  bool settled_ = false;  // the handshake went well
  bool reset_ = false;    // a write was told so
  frame_watch in_, out_;
  close_order order_ = close_order::none;
  fault ended_ = fault::none;
  std::uint64_t bytes_in_ = 0, bytes_out_ = 0;
  std::chrono::steady_clock::time_point started_{};
};

}  // namespace detail
}  // namespace adapters::beast
}  // namespace HANDSHIM_ABI
}  // namespace handshim
