#pragma once

#include <cstring>
#include <utility>

#include "handshim/rfc6455/connection.hpp"
#include "handshim/rfc6455/random.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace rfc6455 {
namespace detail {

inline constexpr std::size_t max_waiting_pings = 16;
// A peer may announce much and send little: no more than this is set aside on its word.
inline constexpr std::uint64_t max_reserve = std::uint64_t{1} << 20;

constexpr bool is_known(opcode op) noexcept {
  return op <= opcode::binary || (op >= opcode::close && op <= opcode::pong);
}

constexpr std::uint16_t close_code_for(fault f) noexcept {
  if (f == fault::message_too_big) return 1009;
  return f == fault::message_not_utf8 || f == fault::close_reason_not_utf8 ? 1007 : 1002;
}

// At most so many bytes, and no half character at the end.
inline std::string_view cut_text(std::string_view text, std::size_t most) noexcept {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;
  return text.substr(0, most);
}

}  // namespace detail

HANDSHIM_INLINE connection::connection(const reading& how, std::size_t max_message_size)
    : how_(how), max_message_size_(max_message_size) {}

HANDSHIM_INLINE void connection::receive(std::string_view bytes) {
  while (!bytes.empty() && !is_over()) bytes.remove_prefix(in_payload_ ? take_payload(bytes) : take_header(bytes));
}

HANDSHIM_INLINE void connection::receive_end(ending how) {
  if (is_over()) return;
  if (how == ending::reset)
    outcome_ = fault::connection_reset;
  else if (sent_)
    outcome_ = fault::eof_before_close_answer;
  else
    outcome_ = header_size_ != 0 || in_message_ ? fault::eof_in_message : fault::eof_without_close;
}

// The frame's header.

HANDSHIM_INLINE std::size_t connection::header_length() const noexcept {
  const unsigned form = header_[1] & 0x7f;
  if (header_size_ < 2 || form < 126) return 2;
  return form == 126 ? 4 : 10;
}

HANDSHIM_INLINE std::size_t connection::take_header(std::string_view bytes) {
  const std::size_t missing = header_length() - header_size_;
  const std::size_t taken = bytes.size() < missing ? bytes.size() : missing;
  std::memcpy(header_.data() + header_size_, bytes.data(), taken);
  header_size_ += taken;
  if (header_size_ < 2) return taken;
  if (const fault f = check_start(); f != fault::none) {
    violate(f);
  } else if (header_size_ == header_length()) {
    const std::uint64_t length = payload_length();
    if (const fault wrong = check_header(length); wrong != fault::none)
      violate(wrong);
    else
      begin_payload(length);
  }
  return taken;
}

HANDSHIM_INLINE std::uint64_t connection::payload_length() const noexcept {
  if (header_length() == 2) return header_[1] & 0x7f;
  std::uint64_t length = 0;
  for (std::size_t i = 2; i < header_length(); ++i) length = length << 8 | header_[i];
  return length;
}

HANDSHIM_INLINE fault connection::check_start() const noexcept {
  if (!detail::is_known(frame_opcode())) return fault::frame_opcode_reserved;
  return (header_[1] & 0x80) != 0 ? fault::frame_masked : fault::none;
}

HANDSHIM_INLINE fault connection::check_header(std::uint64_t length) const noexcept {
  if (const fault f = check_length(length); f != fault::none) return f;
  if ((header_[0] & 0x70) != 0) return fault::frame_reserved_bits;
  return is_control(frame_opcode()) ? check_control(length) : check_fragment();
}

HANDSHIM_INLINE fault connection::check_length(std::uint64_t length) const noexcept {
  const bool shortest = header_length() == 2 || length > (header_length() == 4 ? 125u : 0xffffu);
  if ((length >> 63) != 0) return how_.any_length_form ? fault::message_too_big : fault::frame_length_invalid;
  if (!shortest && !how_.any_length_form) return fault::frame_length_invalid;
  const bool fits = is_control(frame_opcode()) || length <= max_message_size_ - partial_.data.size();
  return fits ? fault::none : fault::message_too_big;
}

HANDSHIM_INLINE fault connection::check_control(std::uint64_t length) const noexcept {
  if (length > max_control_payload) return fault::control_frame_too_long;
  return frame_fin() ? fault::none : fault::control_frame_fragmented;
}

HANDSHIM_INLINE fault connection::check_fragment() const noexcept {
  const bool continues = frame_opcode() == opcode::continuation;
  if (continues == in_message_) return fault::none;
  return continues ? fault::continuation_unexpected : fault::message_interrupted;
}

// The frame's payload.

HANDSHIM_INLINE void connection::begin_payload(std::uint64_t length) {
  payload_left_ = length;
  in_payload_ = true;
  const opcode op = frame_opcode();
  if (is_control(op)) {
    control_.clear();
  } else {
    if (op != opcode::continuation) partial_.text = op == opcode::text;
    in_message_ = true;
    const std::uint64_t ahead = length < detail::max_reserve ? length : detail::max_reserve;
    if (partial_.data.empty()) partial_.data.reserve(static_cast<std::size_t>(ahead));
  }
  if (length == 0) end_frame();
}

HANDSHIM_INLINE std::size_t connection::take_payload(std::string_view bytes) {
  const std::size_t size = bytes.size() < payload_left_ ? bytes.size() : static_cast<std::size_t>(payload_left_);
  const std::string_view taken = bytes.substr(0, size);
  payload_left_ -= size;
  const bool control = is_control(frame_opcode());
  (control ? control_ : partial_.data).append(taken);
  if (!control && partial_.text && !utf8_.feed(taken))
    violate(fault::message_not_utf8);
  else if (payload_left_ == 0)
    end_frame();
  return size;
}

HANDSHIM_INLINE void connection::end_frame() {
  header_size_ = 0;
  in_payload_ = false;
  switch (frame_opcode()) {
    case opcode::ping:
      owes_pong_ = !sent_;
      if (owes_pong_) pong_ = control_;
      return;
    case opcode::pong:
      return on_pong();
    case opcode::close:
      return on_close();
    default:
      if (frame_fin()) end_message();
  }
}

HANDSHIM_INLINE void connection::end_message() {
  if (partial_.text && !utf8_.complete()) return violate(fault::message_not_utf8);
  in_message_ = false;
  deliver(std::exchange(partial_, {}));
}

HANDSHIM_INLINE void connection::deliver(message&& m) {
  if (sent_) {
    const std::size_t cost = message_queue::cost(m);
    if (!how_.deliver_after_close || cost > max_message_size_ - late_) return;
    late_ += cost;
  }
  messages_.push(std::move(m));
}

HANDSHIM_INLINE void connection::on_pong() {
  for (std::size_t i = pings_.size(); i > 0; --i) {
    if (pings_[i - 1] != control_) continue;
    pings_.erase(pings_.begin(), pings_.begin() + static_cast<std::ptrdiff_t>(i));
    ++pongs_;
    return;
  }
}

HANDSHIM_INLINE bool connection::pong_received(std::string_view payload) const noexcept {
  for (const std::string& waiting : pings_)
    if (waiting == payload) return false;
  return true;
}

// The end.

HANDSHIM_INLINE fault connection::check_close(close_info& out) const {
  if (control_.empty()) return fault::none;
  if (control_.size() == 1) return fault::close_frame_malformed;
  const auto byte = [this](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(control_[i])); };
  out.code = static_cast<std::uint16_t>(byte(0) << 8 | byte(1));
  if (!may_be_received(out.code, how_)) return fault::close_code_not_allowed;
  out.reason = control_.substr(2);
  return is_utf8(out.reason) ? fault::none : fault::close_reason_not_utf8;
}

HANDSHIM_INLINE void connection::on_close() {
  close_info info;
  if (const fault f = check_close(info); f != fault::none) return violate(f);
  received_.emplace(std::move(info));
  order_ = sent_ ? close_order::sent_then_received : close_order::received_then_sent;
  if (!sent_) append_close(received_->code, {});
  outcome_ = closed_as(received_->code, sent_->code);
}

HANDSHIM_INLINE void connection::violate(fault f) { fail(f, detail::close_code_for(f)); }

HANDSHIM_INLINE void connection::fail(fault f, std::uint16_t close_code, std::string_view reason) {
  if (is_over()) return;
  if (!sent_ && close_code != 0) append_close(close_code, reason);
  outcome_ = f;
}

// The way out.

HANDSHIM_INLINE bool connection::send(opcode text_or_binary, std::string_view data) {
  if (!is_open()) return false;
  append(text_or_binary, data);
  return true;
}

HANDSHIM_INLINE bool connection::send_frame(std::string&& frame) {
  if (!is_open()) return false;
  if (output_.empty())
    output_ = std::move(frame);
  else
    output_ += frame;
  return true;
}

HANDSHIM_INLINE bool connection::ping(std::string_view payload) {
  if (!is_open() || payload.size() > max_control_payload) return false;
  if (pings_.size() == detail::max_waiting_pings) pings_.erase(pings_.begin());
  pings_.push_back(std::string(payload));
  append(opcode::ping, payload);
  return true;
}

HANDSHIM_INLINE bool connection::close(std::uint16_t code, std::string_view reason) {
  if (!is_open()) return false;
  append_close(code, reason);
  if (!how_.deliver_after_close) messages_.clear();
  return true;
}

HANDSHIM_INLINE void connection::append(opcode op, std::string_view payload) {
  append_frame(output_, op, true, payload, next_mask());
}

// Pings that came before are answered first: after the close frame it would be too late.
HANDSHIM_INLINE void connection::append_close(std::uint16_t code, std::string_view reason) {
  flush_pong();
  close_info info{code, {}};
  std::string payload;
  if (code != 1005) {
    info.reason = detail::cut_text(reason, max_close_reason);
    payload.append({static_cast<char>(code >> 8), static_cast<char>(code & 0xff)}).append(info.reason);
  }
  append(opcode::close, payload);
  sent_.emplace(std::move(info));  // last: without memory for the frame it was not sent
}

HANDSHIM_INLINE void connection::flush_pong() {
  if (owes_pong_) append(opcode::pong, pong_);
  owes_pong_ = false;
}

HANDSHIM_INLINE std::string connection::take_output() {
  flush_pong();
  return std::exchange(output_, {});
}

HANDSHIM_INLINE frame_mask connection::next_mask() {
  if (masks_used_ == masks_.size()) {
    fill_random(masks_.data(), masks_.size());
    masks_used_ = 0;
  }
  frame_mask mask{};
  std::memcpy(mask.data(), masks_.data() + masks_used_, mask.size());
  masks_used_ += mask.size();
  return mask;
}

}  // namespace rfc6455
}  // namespace HANDSHIM_ABI
}  // namespace handshim
