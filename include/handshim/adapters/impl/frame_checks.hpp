// What RFC 6455 asks of the frames that a library hands over unchecked.
#pragma once

#include <cstddef>
#include <string_view>

#include "handshim/fault.hpp"
#include "handshim/rfc6455/utf8.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace adapters::detail {

/// Sees the frames of one connection in their order, without their masks, which are gone by then.
class frame_checks {
 public:
  /// first_byte: FIN, reserved bits and opcode as they are on the wire (section 5.2). The first fault, or none.
  fault see(unsigned first_byte, std::string_view payload, std::size_t max_message_size) {
    const bool final = (first_byte & 0x80u) != 0;
    const unsigned opcode = first_byte & 0x0fu;
    if ((first_byte & 0x70u) != 0) return fault::frame_reserved_bits;
    if (opcode > 10 || (opcode > 2 && opcode < 8)) return fault::frame_opcode_reserved;
    if (opcode >= 8) return see_control(final, payload);
    if (opcode == 0 && !in_message_) return fault::continuation_unexpected;
    if (opcode != 0 && in_message_) return fault::message_interrupted;
    return see_data(final, opcode, payload, max_message_size);
  }
  bool in_message() const noexcept { return in_message_; }

 private:
  static fault see_control(bool final, std::string_view payload) noexcept {
    if (!final) return fault::control_frame_fragmented;
    return payload.size() > 125 ? fault::control_frame_too_long : fault::none;
  }
  fault see_data(bool final, unsigned opcode, std::string_view payload, std::size_t max_message_size) {
    if (opcode != 0) {
      size_ = 0;
      text_ = opcode == 1;
      utf8_ = {};
    }
    in_message_ = !final;
    size_ += payload.size();
    if (size_ > max_message_size) return fault::message_too_big;
    const bool valid = !text_ || (utf8_.feed(payload) && (!final || utf8_.complete()));
    return valid ? fault::none : fault::message_not_utf8;
  }

  bool in_message_ = false, text_ = false;
  std::size_t size_ = 0;
  rfc6455::utf8_checker utf8_;
};

}  // namespace adapters::detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
