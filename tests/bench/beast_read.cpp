// Beast's read() over a stream in memory: its own stream, and the adapter's in its place.
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

#include <memory>
#include <string>

#include "handshim/adapters/beast.hpp"

#include "endless_stream.hpp"
#include "harness.hpp"

namespace bench {

// What Beast calls a synchronous stream.
class memory_layer {
 public:
  using executor_type = boost::asio::io_context::executor_type;

  memory_layer(boost::asio::io_context& context, endless_source source)
      : executor_(context.get_executor()), source_(std::move(source)) {}
  executor_type get_executor() noexcept { return executor_; }

  template <class Buffers>
  std::size_t read_some(const Buffers& to, boost::system::error_code& ec) {
    ec = {};
    const boost::asio::mutable_buffer first = *boost::asio::buffer_sequence_begin(to);
    return source_.read(static_cast<char*>(first.data()), first.size());
  }
  template <class Buffers>
  std::size_t write_some(const Buffers& from, boost::system::error_code& ec) {
    ec = {};
    std::size_t all = 0;
    for (auto at = boost::asio::buffer_sequence_begin(from); at != boost::asio::buffer_sequence_end(from); ++at) {
      const boost::asio::const_buffer one = *at;
      source_.write(static_cast<const char*>(one.data()), one.size());
      all += one.size();
    }
    return all;
  }
  template <class Buffers>
  std::size_t read_some(const Buffers& to) {
    boost::system::error_code ec;
    return read_some(to, ec);
  }
  template <class Buffers>
  std::size_t write_some(const Buffers& from) {
    boost::system::error_code ec;
    return write_some(from, ec);
  }

 private:
  executor_type executor_;
  endless_source source_;
};

inline void teardown(boost::beast::role_type, memory_layer&, boost::system::error_code& ec) { ec = {}; }

}  // namespace bench

namespace {

template <class Stream>
struct opened {
  boost::asio::io_context context;
  Stream stream;
  boost::beast::flat_buffer buffer;

  explicit opened(std::size_t size)
      : stream(context, bench::endless_source(client_test::binary_frame(std::string(size, 'x')))) {
    stream.handshake("127.0.0.1", "/");
  }
};

template <class Stream>
bench::body reading(std::size_t size) {
  return [of = std::make_shared<opened<Stream>>(size)](std::size_t times) {
    for (std::size_t i = 0; i < times; ++i) {
      of->buffer.clear();
      bench::keep(of->stream.read(of->buffer));
    }
  };
}

using theirs = boost::beast::websocket::stream<bench::memory_layer>;
using ours = handshim::adapters::beast::stream<bench::memory_layer>;

struct entries {
  explicit entries(std::size_t size)
      : bare(row(size), "boost::beast::websocket::stream", [size] { return reading<theirs>(size); }),
        wrapped(row(size), "handshim::adapters::beast::stream", [size] { return reading<ours>(size); }) {}
  static std::string row(std::size_t size) { return "Beast's read " + std::to_string(size) + " B in memory"; }
  bench::entry bare, wrapped;
};
const entries small(16), middle(1024), large(65536);

}  // namespace
