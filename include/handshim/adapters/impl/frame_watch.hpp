// Follows the frames of one direction of a connection that somebody else reads or writes (RFC 6455, section 5.2).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "handshim/impl/first_bytes.hpp"
#include "handshim/rfc6455/close_code.hpp"
#include "handshim/rfc6455/frame.hpp"
#include "handshim/rfc6455/utf8.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace adapters::detail {

/// Reads headers and the payload of close frames, and passes over all other payloads: a few instructions for each
/// frame, and no memory but for a close reason. It checks nothing. Not thread-safe.
class frame_watch {
 public:
  /// The next bytes, split anywhere. What follows a close frame is not looked at. True if that one ended with them.
  bool feed(std::string_view bytes) {
    if (close_) return false;
    while (!bytes.empty() && !close_) bytes.remove_prefix(in_payload_ ? payload(bytes) : frame(bytes));
    return close_.has_value();
  }

  /// The first close frame, whether or not its code may be sent; code 1005 for none.
  const std::optional<rfc6455::close_info>& close() const noexcept { return close_; }
  /// Whether that frame is as RFC 6455, sections 5.5.1 and 7.4 ask.
  bool is_close_valid() const noexcept { return close_valid_; }
  /// Whether a frame or a fragmented message has begun and is not complete.
  bool in_message() const noexcept { return size_ != 0 || in_fragments_; }

 private:
  std::size_t length_bytes() const noexcept {
    const unsigned form = header_[1] & 0x7fu;
    return form == 127 ? 8 : form == 126 ? 2 : 0;
  }
  bool masked() const noexcept { return (header_[1] & 0x80u) != 0; }
  static rfc6455::opcode opcode_of(unsigned first) noexcept { return static_cast<rfc6455::opcode>(first & 0x0fu); }
  rfc6455::opcode opcode() const noexcept { return opcode_of(header_[0]); }
  std::size_t header_size() const noexcept { return size_ < 2 ? 2 : 2 + length_bytes() + (masked() ? 4u : 0u); }

  std::size_t frame(std::string_view bytes) {
    const std::size_t n = size_ == 0 ? whole_frame(bytes) : 0;
    return n != 0 ? n : header(bytes);
  }

  // Of a server, of up to 64 KiB, and no close frame: nearly all that comes. It is passed over without noting anything
  // but that; 0 if the bytes do not begin with one.
  std::size_t whole_frame(std::string_view bytes) {
    const auto byte = [&](std::size_t i) -> unsigned { return static_cast<unsigned char>(bytes[i]); };
    if (bytes.size() < 4 || byte(1) > 126 || opcode_of(byte(0)) == rfc6455::opcode::close) return 0;
    const std::size_t n = byte(1) < 126 ? 2 + byte(1) : 4 + (byte(2) << 8 | byte(3));
    if (bytes.size() < n) return 0;
    note_fragment(byte(0));
    return n;
  }

  // First the two bytes that tell how many there are.
  std::size_t header(std::string_view bytes) {
    const std::size_t known = header_size();
    std::size_t n = 0;
    while (n < bytes.size() && size_ < known) header_[size_++] = static_cast<unsigned char>(bytes[n++]);
    if (size_ == header_size()) begin_payload();
    return n;
  }

  void begin_payload() {
    std::uint64_t n = header_[1] & 0x7fu;
    if (const std::size_t bytes = length_bytes(); bytes != 0) {
      n = 0;
      for (std::size_t i = 0; i < bytes; ++i) n = n << 8 | header_[2 + i];
    }
    left_ = n;
    in_payload_ = true;
    if (left_ == 0) end_frame();
  }

  std::size_t payload(std::string_view bytes) {
    const std::size_t n = bytes.size() < left_ ? bytes.size() : static_cast<std::size_t>(left_);
    constexpr std::size_t most = 125;
    if (opcode() == rfc6455::opcode::close) handshim::detail::keep_first(control_, bytes.substr(0, n), most);
    left_ -= n;
    if (left_ == 0) end_frame();
    return n;
  }

  void end_frame() {
    note_fragment(header_[0]);
    if (opcode() == rfc6455::opcode::close) end_close();
    in_payload_ = false;
    size_ = 0;
  }

  void note_fragment(unsigned first) noexcept {
    if (!rfc6455::is_control(opcode_of(first))) in_fragments_ = (first & 0x80u) == 0;
  }

  void end_close() {
    if (masked()) {
      const unsigned char* mask = header_.data() + 2 + length_bytes();
      rfc6455::apply_mask(control_.data(), control_.size(), {mask[0], mask[1], mask[2], mask[3]});
    }
    rfc6455::close_info found;
    if (control_.size() >= 2) {
      found.code = static_cast<std::uint16_t>(byte(0) << 8 | byte(1));
      found.reason = control_.substr(2);
    }
    const bool code_valid = control_.empty() || (control_.size() >= 2 && rfc6455::may_be_sent(found.code));
    close_valid_ = code_valid && rfc6455::is_utf8(found.reason);
    close_ = std::move(found);
  }

  unsigned byte(std::size_t i) const noexcept { return static_cast<unsigned char>(control_[i]); }

  std::array<unsigned char, 14> header_{};
  std::size_t size_ = 0;  // how much of the header is there; 0 between frames
  std::uint64_t left_ = 0;
  bool in_payload_ = false, in_fragments_ = false, close_valid_ = false;
  std::string control_;  // the payload of a close frame
  std::optional<rfc6455::close_info> close_;
};

}  // namespace adapters::detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
