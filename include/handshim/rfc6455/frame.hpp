// Frames as a client writes them: always masked (RFC 6455, sections 5.2 and 5.3).
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "handshim/config.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace rfc6455 {

enum class opcode : unsigned char { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// Whether the opcode is of a control frame (section 5.5).
constexpr bool is_control(opcode op) noexcept { return static_cast<unsigned char>(op) >= 8; }

/// The most bytes that a control frame may carry (section 5.5), and of those a close reason behind its code (5.5.1).
inline constexpr std::size_t max_control_payload = 125;
inline constexpr std::size_t max_close_reason = max_control_payload - 2;

/// Four bytes that the peer cannot guess (section 5.3).
using frame_mask = std::array<unsigned char, 4>;

/// Masks the bytes in place, or unmasks them: the same thing. Never fails; thread-safe.
void apply_mask(char* data, std::size_t size, frame_mask mask) noexcept;

/// Appends one masked frame with its length in the shortest form. Takes any opcode and payload: the rules of
/// control frames (at most 125 bytes, not fragmented) are the caller's. Copies the payload once.
void append_frame(std::string& out, opcode op, bool fin, std::string_view payload, frame_mask mask);

}  // namespace rfc6455
}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/rfc6455/impl/frame.ipp"
#endif
