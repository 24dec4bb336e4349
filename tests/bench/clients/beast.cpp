#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

#include "client.hpp"

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;

// Tuned: one frame for a message, and a buffer to mask it in that is as large as pays.
template <bool Tuned>
class synchronous {
 public:
  synchronous(std::uint16_t port, const char* target) : synchronous(port) { stream_.handshake("127.0.0.1", target); }

  static bool fails(std::uint16_t port, const char* target) {
    synchronous of(port);
    boost::system::error_code why;
    of.stream_.handshake("127.0.0.1", target, why);
    return static_cast<bool>(why);
  }

  void echo(std::string_view data, std::size_t at_once) {
    for (std::size_t i = 0; i < at_once; ++i) stream_.write(asio::buffer(data.data(), data.size()));
    for (std::size_t i = 0; i < at_once; ++i) {
      buffer_.clear();
      if (stream_.read(buffer_) != data.size()) std::abort();
    }
  }

 private:
  explicit synchronous(std::uint16_t port) : stream_(context_) {
    stream_.next_layer().connect({asio::ip::address_v4::loopback(), port});
    stream_.next_layer().set_option(tcp::no_delay(true));
    stream_.binary(true);
    if (!Tuned) return;
    stream_.auto_fragment(false);
    stream_.write_buffer_bytes(65536);
  }

  asio::io_context context_;
  beast::websocket::stream<tcp::socket> stream_;
  beast::flat_buffer buffer_;
};

const bench::contender<synchronous<false>> plain("Beast, synchronous");
const bench::contender<synchronous<true>> tuned("Beast, synchronous, tuned");

}  // namespace
