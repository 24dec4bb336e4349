// The open connection without any I/O: bytes in, messages out; messages in, bytes out (RFC 6455, sections 5 to 8).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "handshim/config.hpp"
#include "handshim/fault.hpp"
#include "handshim/reading.hpp"
#include "handshim/rfc6455/close_code.hpp"
#include "handshim/rfc6455/frame.hpp"
#include "handshim/rfc6455/message_queue.hpp"
#include "handshim/rfc6455/response.hpp"
#include "handshim/rfc6455/utf8.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace rfc6455 {

/// Which close frame came first, once there is one each way.
enum class close_order : std::uint8_t { none, received_then_sent, sent_then_received };

/// The client's side of an open connection. Not thread-safe: one thread at a time, or a lock round it. It never
/// blocks and never fails but for want of memory; what the peer does wrong ends in outcome().
///
/// Memory: a message being received is at most max_message_size. receive() queues all messages that its bytes hold,
/// so feed it no more while has_message() if the peer shall be slowed down. Answers to pings never pile up.
class connection {
 public:
  /// max_message_size in bytes; larger ones end the connection with message_too_big (close code 1009).
  connection(const reading& how, std::size_t max_message_size);
  connection(connection&&) = default;
  connection& operator=(connection&&) = default;
  connection(const connection&) = delete;  // two would use the same masks
  connection& operator=(const connection&) = delete;

  /// Bytes from the peer, split anywhere. Checks them, queues messages, answers pings and close frames. Whatever
  /// comes after is_over() is thrown away.
  void receive(std::string_view bytes);
  /// The stream ended: the outcome is eof_before_close_answer, eof_in_message, eof_without_close or, for
  /// ending::reset, connection_reset, unless there is one.
  void receive_end(ending how);

  bool has_message() const noexcept { return !messages_.empty(); }
  /// The oldest message; an empty one if there is none.
  message take_message() { return messages_.pop(); }
  /// The bytes in the messages that wait to be taken; an empty one counts for one byte.
  std::size_t queued_bytes() const noexcept { return messages_.bytes(); }

  /// Queues a message in one frame; text must be valid UTF-8 (the caller's to check). False, and nothing is
  /// queued, unless is_open().
  bool send(opcode text_or_binary, std::string_view data);
  /// The same for a frame that is made already (append_frame with next_mask()), which can take long: elsewhere, so
  /// that a lock round this need not be held meanwhile.
  bool send_frame(std::string&& frame);
  /// Fresh random bytes, for one frame.
  frame_mask next_mask();
  /// Queues a ping; false, and nothing is queued, unless is_open() and the payload is at most 125 bytes.
  bool ping(std::string_view payload);
  /// Queues a close frame: code 1005 for one without a payload; a reason over 123 bytes is cut at a character.
  /// Whether the code may be sent is the caller's to check. False if one was sent before or is_over().
  bool close(std::uint16_t code, std::string_view reason);

  bool has_output() const noexcept { return !output_.empty() || owes_pong_; }
  /// The bytes to be written, which are then forgotten here.
  std::string take_output();

  /// How many pongs answered a ping of ours; one answers the earlier pings too (section 5.5.3).
  std::uint64_t pongs() const noexcept { return pongs_; }
  /// Whether no ping with that payload waits for its pong. The newest 16 are remembered.
  bool pong_received(std::string_view payload) const noexcept;

  /// No close frame either way and no outcome.
  bool is_open() const noexcept { return !sent_ && !is_over(); }
  /// Nothing more will be received: close frames both ways, a failure, or the end of the input.
  bool is_over() const noexcept { return outcome_ != fault::none; }

  /// A verdict of this side, such as keepalive_timeout with 1011: sets the outcome and queues a close frame with the
  /// code if none was sent; code 0 for none. Does nothing if is_over().
  void fail(fault f, std::uint16_t close_code, std::string_view reason = {});

  /// How the connection ended, none until is_over().
  fault outcome() const noexcept { return outcome_; }
  /// The close frame that came; an invalid one does not count.
  const std::optional<close_info>& received() const noexcept { return received_; }
  const std::optional<close_info>& sent() const noexcept { return sent_; }
  close_order order() const noexcept { return order_; }

 private:
  std::size_t take_header(std::string_view bytes);
  std::size_t take_payload(std::string_view bytes);
  std::size_t header_length() const noexcept;
  std::uint64_t payload_length() const noexcept;
  opcode frame_opcode() const noexcept { return static_cast<opcode>(header_[0] & 0x0f); }
  bool frame_fin() const noexcept { return (header_[0] & 0x80) != 0; }
  fault check_start() const noexcept;
  fault check_header(std::uint64_t length) const noexcept;
  fault check_length(std::uint64_t length) const noexcept;
  fault check_control(std::uint64_t length) const noexcept;
  fault check_fragment() const noexcept;
  void begin_payload(std::uint64_t length);
  void end_frame();
  void end_message();
  void deliver(message&& m);
  void on_pong();
  void on_close();
  fault check_close(close_info& out) const;
  void violate(fault f);
  void append(opcode op, std::string_view payload);
  void append_close(std::uint16_t code, std::string_view reason);
  void flush_pong();

  reading how_;
  std::size_t max_message_size_;

  std::array<unsigned char, 10> header_{};  // of the frame that comes in
  std::size_t header_size_ = 0;             // how much of it is there
  bool in_payload_ = false;
  std::uint64_t payload_left_ = 0;
  std::string control_;      // the payload of a control frame
  bool in_message_ = false;  // a fragmented message has begun
  message partial_;
  utf8_checker utf8_;
  message_queue messages_;
  std::size_t late_ = 0;  // bytes queued since our close frame

  std::string output_;
  bool owes_pong_ = false;
  std::string pong_;  // for the newest ping that has no answer yet
  std::array<unsigned char, 64> masks_{};
  std::size_t masks_used_ = 64;

  std::vector<std::string> pings_;  // payloads that wait for a pong
  std::uint64_t pongs_ = 0;
  std::optional<close_info> received_, sent_;
  close_order order_ = close_order::none;
  fault outcome_ = fault::none;
};

}  // namespace rfc6455
}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/rfc6455/impl/connection.ipp"
#endif
