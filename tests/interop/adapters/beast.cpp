// Boost.Beast in the ways that it is used: throwing, with an error_code, asynchronous.
#include "handshim/adapters/beast.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include "client_player.hpp"
#include "handshim/adapters/beast_tls.hpp"
#include "handshim/rfc6455/uri.hpp"

using namespace handshim;
namespace adapter = handshim::adapters::beast;
namespace websocket = ::boost::beast::websocket;
namespace asio = ::boost::asio;
using tcp = asio::ip::tcp;
using ::boost::beast::error_code;

namespace {

// Such a program has parsed its URI itself; false if that failed.
bool parsed(const std::string& text, rfc6455::uri& out, failure& why) {
  const fault wrong = rfc6455::parse_uri(text, out);
  if (wrong != fault::none) why = failure(wrong);
  return wrong == fault::none;
}

template <class Stream>
void set_up(Stream& ws, const options& how) {
  ws.read_message_max(how.max_message_size);
  std::string offered;
  for (const std::string& name : how.subprotocols) offered += (offered.empty() ? "" : ", ") + name;
  ws.set_option(websocket::stream_base::decorator([offered](websocket::request_type& request) {
    if (!offered.empty()) request.set(::boost::beast::http::field::sec_websocket_protocol, offered);
  }));
}

// No deadline binds these two ways: Beast's bind asynchronous operations only.
class throwing_player final : public tool::player {
 public:
  explicit throwing_player(const options& how) : how_(how), ws_(context_) {}

  void connect(const std::string& uri, failure& why) override {
    rfc6455::uri to;
    if (!parsed(uri, to, why)) return;
    tcp::resolver resolver(context_);
    const auto addresses =
        guard<adapter::translator>(phase::resolve, [&] { return resolver.resolve(to.host, std::to_string(to.port)); });
    guard<adapter::translator>(phase::connect, [&] { asio::connect(ws_.next_layer(), addresses); });
    set_up(ws_, how_);
    ws_.handshake(to.host_header(), to.target);
  }
  void recv(failure&) override {
    ::boost::beast::flat_buffer to;
    ws_.read(to);
  }
  void send(const std::string& text, failure&) override { ws_.write(asio::buffer(text)); }
  void close(failure&) override { ws_.close(websocket::close_code::normal); }

 private:
  options how_;
  asio::io_context context_;
  adapter::stream<tcp::socket> ws_;
};

class code_player final : public tool::player {
 public:
  explicit code_player(const options& how) : how_(how), ws_(context_) {}

  void connect(const std::string& uri, failure& why) override {
    rfc6455::uri to;
    if (!parsed(uri, to, why)) return;
    error_code ec;
    tcp::resolver resolver(context_);
    const auto addresses = resolver.resolve(to.host, std::to_string(to.port), ec);
    if (ec) return static_cast<void>(why = from(std::error_code(ec), phase::resolve));
    asio::connect(ws_.next_layer(), addresses, ec);
    if (ec) return static_cast<void>(why = from(std::error_code(ec), phase::connect));
    set_up(ws_, how_);
    ws_.handshake(to.host_header(), to.target, ec);
    settle(ec, why);
  }
  void recv(failure& why) override {
    error_code ec;
    ::boost::beast::flat_buffer to;
    ws_.read(to, ec);
    settle(ec, why);
  }
  void send(const std::string& text, failure& why) override {
    error_code ec;
    ws_.write(asio::buffer(text), ec);
    settle(ec, why);
  }
  void close(failure& why) override {
    error_code ec;
    ws_.close(websocket::close_code::normal, ec);
    settle(ec, why);
  }

 private:
  void settle(const error_code& ec, failure& why) const {
    if (ec) why = ws_.last_failure();
  }

  options how_;
  asio::io_context context_;
  adapter::stream<tcp::socket> ws_;
};

// Callbacks through raising(), with Beast's own timeouts.
class async_player final : public tool::player {
 public:
  explicit async_player(const options& how) : how_(how), ws_(context_) {}

  void connect(const std::string& uri, failure& why) override {
    rfc6455::uri to;
    if (!parsed(uri, to, why)) return;
    tcp::resolver resolver(context_);
    tcp::resolver::results_type addresses;
    wait([&](auto done) {
      resolver.async_resolve(
          to.host, std::to_string(to.port),
          adapter::raising(phase::resolve, [&addresses, done](std::exception_ptr e, tcp::resolver::results_type found) {
            addresses = found;
            done(e);
          }));
    });
    ws_.next_layer().expires_after(std::chrono::duration_cast<std::chrono::milliseconds>(how_.open_timeout));
    wait([&](auto done) {
      ws_.next_layer().async_connect(
          addresses, adapter::raising(phase::connect, [done](std::exception_ptr e, const tcp::endpoint&) { done(e); }));
    });
    ws_.next_layer().expires_never();
    set_up(ws_, how_);
    set_timeouts();
    wait([&](auto done) { ws_.async_handshake(to.host_header(), to.target, adapter::raising(done)); });
  }
  void recv(failure&) override {
    ::boost::beast::flat_buffer to;
    wait([&](auto done) {
      ws_.async_read(to, adapter::raising([done](std::exception_ptr e, std::size_t) { done(e); }));
    });
  }
  void send(const std::string& text, failure&) override {
    wait([&](auto done) {
      ws_.async_write(asio::buffer(text), adapter::raising([done](std::exception_ptr e, std::size_t) { done(e); }));
    });
  }
  void close(failure&) override {
    ws_.set_option(timeouts(how_.close_timeout));
    wait([&](auto done) { ws_.async_close(websocket::close_code::normal, adapter::raising(done)); });
  }

 private:
  // Beast has one time for both handshakes.
  websocket::stream_base::timeout timeouts(options::duration handshakes) const {
    websocket::stream_base::timeout out{};
    out.handshake_timeout = std::chrono::duration_cast<std::chrono::milliseconds>(handshakes);
    const auto idle = how_.ping_interval + how_.ping_timeout;
    out.idle_timeout = idle.count() != 0 ? std::chrono::duration_cast<std::chrono::milliseconds>(idle)
                                         : websocket::stream_base::none();
    out.keep_alive_pings = idle.count() != 0;
    return out;
  }
  void set_timeouts() { ws_.set_option(timeouts(how_.open_timeout)); }

  // Runs until the operation is done, and throws what it ended with.
  template <class Begin>
  void wait(Begin begin) {
    std::exception_ptr how;
    bool done = false;
    begin([&](std::exception_ptr e) {
      how = e;
      done = true;
    });
    context_.restart();
    while (!done) context_.run_one();
    if (how) std::rethrow_exception(how);
  }

  options how_;
  asio::io_context context_;
  adapter::stream<::boost::beast::tcp_stream> ws_;
};

template <class Player>
interop::way way_of(std::string_view name, bool tls = false, std::vector<std::string_view> without = {}) {
  return {name, [](const options& how) { return std::make_unique<Player>(how); }, tls, std::move(without)};
}

// A synchronous connect() and read() wait as long as the system does, and no keepalive ping is sent.
const std::vector<std::string_view> endless{"net-blackhole", "open-keepalive-timeout", "open-keepalive-wrong-pong"};

}  // namespace

int main(int count, char** words) {
  return interop::compare(
      count, words,
      {way_of<throwing_player>("beast-throw", false, endless), way_of<code_player>("beast-ec", false, endless),
       way_of<async_player>("beast-async"), way_of<interop::client_player<beast_backend>>("client-beast"),
       way_of<interop::client_player<beast_tls_backend>>("client-beast-tls", true)});
}
