// Reads along with a client: the bytes that its peer sent, through handshim's own reader.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "handshim/impl/first_bytes.hpp"
#include "handshim/rfc6455/connection.hpp"
#include "handshim/rfc6455/response.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace adapters::detail {

class shadow {
 public:
  /// max_message_size: 0 for a client without a limit, of whose messages no more than 16 MiB is kept here.
  explicit shadow(std::size_t max_message_size)
      : limited_(max_message_size != 0), open_(reading(), limited_ ? max_message_size : (std::size_t{1} << 24)) {}

  void receive(std::string_view bytes) {
    bytes_in_ += bytes.size();
    handshim::detail::keep_first(first_, bytes);
    if (!sound_) return;
    if (!upgraded()) bytes.remove_prefix(reader_.consume(bytes));
    if (!upgraded()) return;
    open_.receive(bytes);
    while (open_.has_message()) open_.take_message();
    open_.take_output();
  }

  void end(rfc6455::ending how) {
    if (upgraded())
      open_.receive_end(how);
    else
      reader_.end(how);
  }

  /// The client goes on as if all were well: a response that cannot be read, or one that agrees to an extension, hides
  /// where the frames begin or what they mean.
  void opened() {
    const rfc6455::response& answer = reader_.get();
    if (!upgraded() || answer.find("Sec-WebSocket-Extensions") != nullptr) sound_ = false;
  }

  void close(std::uint16_t code, std::string_view reason) {
    if (!upgraded()) return;
    open_.close(code, reason);
    open_.take_output();
  }

  void miss() noexcept { sound_ = false; }
  bool is_sound() const noexcept { return sound_; }
  bool upgraded() const noexcept { return reader_.done() && reader_.get().status == 101; }

  const rfc6455::response_reader& reader() const noexcept { return reader_; }
  /// What ended the open connection; none for a limit that the client does not have.
  fault outcome() const noexcept {
    const fault f = open_.outcome();
    return f == fault::message_too_big && !limited_ ? fault::none : f;
  }
  const rfc6455::connection& open() const noexcept { return open_; }
  std::uint64_t bytes_in() const noexcept { return bytes_in_; }
  std::string_view first_bytes() const noexcept { return first_; }

 private:
  bool limited_;
  bool sound_ = true;
  rfc6455::response_reader reader_{reading()};
  rfc6455::connection open_;
  std::uint64_t bytes_in_ = 0;
  std::string first_;
};

}  // namespace adapters::detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
