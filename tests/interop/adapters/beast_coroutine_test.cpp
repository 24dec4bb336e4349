// Coroutines of C++20 over the stream that stands in for Beast's.
#include "beast_support.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

using namespace handshim;
using namespace beast_test;
using adapters::beast::raising;
namespace asio = boost::asio;

namespace {

asio::awaitable<void> refused(socket_stream& ws, fault& told) {
  try {
    co_await ws.async_handshake("localhost", "/", raising(asio::use_awaitable));
  } catch (const invalid_status& e) {
    told = e.failure().fault();
  }
}

asio::awaitable<void> closed(socket_stream& ws, std::size_t& read, std::uint16_t& code) {
  boost::beast::flat_buffer buffer;
  co_await ws.async_handshake("localhost", "/", raising(asio::use_awaitable));
  read = co_await ws.async_read(buffer, raising(asio::use_awaitable));
  try {
    co_await ws.async_read(buffer, raising(asio::use_awaitable));
  } catch (const connection_closed& e) {
    code = static_cast<std::uint16_t>(e.close_code());
  }
}

asio::awaitable<void> plain(socket_stream& ws, bool& told) {
  try {
    co_await ws.async_handshake("localhost", "/", asio::use_awaitable);
  } catch (const boost::system::system_error&) {
    told = true;
  }
}

}  // namespace

TEST_CASE("co_await throws handshim's exception through raising(), and Beast's without") {
  const auto server = answering(refusal);
  asio::io_context context;
  socket_stream ws(context);
  connect(ws, server);
  SUBCASE("raising") {
    fault told = fault::none;
    asio::co_spawn(context, refused(ws, told), asio::detached);
    context.run();
    CHECK(told == fault::upgrade_rejected);
  }
  SUBCASE("plain") {
    bool told = false;
    asio::co_spawn(context, plain(ws, told), asio::detached);
    context.run();
    CHECK(told);
    CHECK(ws.last_failure().fault() == fault::upgrade_rejected);
  }
}

TEST_CASE("co_await gives what a read gives, and throws how the connection ended") {
  scripted_server server([](peer& client) {
    client.upgrade();
    client.send(client_test::text_frame("hello") + client_test::close_frame(1012));
    client.read_frame();
  });
  asio::io_context context;
  socket_stream ws(context);
  connect(ws, server);
  std::size_t read = 0;
  std::uint16_t code = 0;
  asio::co_spawn(context, closed(ws, read, code), asio::detached);
  context.run();
  CHECK(read == 5);
  CHECK(code == 1012);
}
