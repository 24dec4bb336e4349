// The stream that stands in for Beast's: what it throws, what it keeps, and that callers see Beast's own codes.
#include "beast_support.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_future.hpp>
#if BOOST_VERSION >= 107700
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#endif

#include <deque>
#include <future>
#include <thread>

using namespace handshim;
using namespace beast_test;
using adapters::beast::raising;
namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;

namespace {

// Under use_future Asio runs the steps of an operation in threads of its own, which may still be about when the future
// is ready: contexts live as long as the program, which joins these threads first.
asio::io_context& lasting_context() {
  static std::deque<asio::io_context> all;
  return all.emplace_back();
}

// A connected client's stream and its context.
struct client_side {
  explicit client_side(const scripted_server& server) : ws(context) { connect(ws, server); }
  void run() {
    context.restart();
    context.run();
  }

  asio::io_context& context = lasting_context();
  socket_stream ws;
  boost::beast::flat_buffer buffer;
};

void check_refusal(const failure& f) {
  CHECK(f.fault() == fault::upgrade_rejected);
  CHECK(f.phase() == phase::handshake);
  CHECK(f.native_code().category().name() == std::string("boost.beast.websocket"));
  const evidence& known = f.evidence();
  CHECK(known.http_status == 503);
  CHECK(known.http_reason == "Service Unavailable");
  CHECK(known.body == "overloaded");
  CHECK(known.body_complete);
  REQUIRE(known.headers.size() == 2);
  CHECK(known.headers[0].name == "Retry-After");
  CHECK(known.bytes_out > 100);
  CHECK(known.bytes_in == refusal.size());
  CHECK(known.first_bytes.substr(0, 12) == "HTTP/1.1 503");
  CHECK(known.endpoint.find("secret") == std::string_view::npos);
}

}  // namespace

TEST_CASE("a refused upgrade is thrown with its status, headers and body") {
  const auto server = answering(refusal);
  client_side at(server);
  try {
    at.ws.handshake("localhost", "/?token=secret");
    FAIL("it was taken");
  } catch (const invalid_status& e) {
    check_refusal(e.failure());
  }
}

TEST_CASE("with an error_code it is Beast's own code, and last_failure() has the rest") {
  const auto server = answering(refusal);
  client_side at(server);
  CHECK_FALSE(at.ws.last_failure());
  error_code ec;
  at.ws.handshake("localhost", "/?token=secret", ec);
  CHECK(ec == websocket::error::upgrade_declined);
  check_refusal(at.ws.last_failure());
}

TEST_CASE("with a failure it is handed back, and cleared by a call that goes well") {
  const auto server = answering(refusal);
  client_side at(server);
  failure why;
  at.ws.handshake("localhost", "/?token=secret", why);
  check_refusal(why);

  scripted_server good([](peer& client) {
    client.upgrade();
    client.send(client_test::text_frame("hello"));
  });
  client_side next(good);
  next.ws.handshake("localhost", "/", why);
  CHECK_FALSE(why);
  CHECK(next.ws.read(next.buffer, why) == 5);
  CHECK_FALSE(why);
  next.ws.read(next.buffer, why);
  CHECK(why.fault() == fault::eof_without_close);
}

TEST_CASE("handlers get Beast's own code, and the response object is Beast's to fill") {
  const auto server = answering(refusal);
  client_side at(server);
  websocket::response_type response;
  bool called = false;
  at.ws.async_handshake(response, "localhost", "/?token=secret", [&](error_code ec) {
    called = true;
    CHECK(ec == websocket::error::upgrade_declined);
    check_refusal(at.ws.last_failure());
  });
  at.run();
  CHECK(called);
  CHECK(response.result_int() == 503);
}

TEST_CASE("a status that no server sent is never told") {
  const auto server = answering("");
  client_side at(server);
  websocket::response_type response;
  failure why;
  at.ws.handshake(response, "localhost", "/", why);
  CHECK(why.fault() == fault::eof_before_status_line);
  CHECK(why.evidence().http_status == 0);
}

TEST_CASE("a close by the server comes with code, reason and order") {
  scripted_server server([](peer& client) {
    client.upgrade();
    client.send(client_test::close_frame(4001, "go away"));
    client.read_frame();
  });
  client_side at(server);
  at.ws.handshake("localhost", "/");
  error_code ec;
  at.ws.read(at.buffer, ec);
  CHECK(ec == websocket::error::closed);
  const failure f = at.ws.last_failure();
  CHECK(f.fault() == fault::closed_with_error);
  CHECK(f.evidence().close_received.code == 4001);
  CHECK(f.evidence().close_received.reason == "go away");
  CHECK(f.evidence().close_sent.code == 4001);
  CHECK(f.evidence().order == close_order::received_then_sent);
  CHECK(at.ws.reason().code == 4001);  // Beast's own member

  SUBCASE("and later calls tell the same end, whatever Beast's code") {
    try {
      at.ws.read(at.buffer);
      FAIL("it was read from");
    } catch (const connection_closed_error& e) {
      CHECK(e.close_code() == 4001);
      CHECK(e.native_code().value() == asio::error::operation_aborted);
    }
  }
}

TEST_CASE("a message cut off is told from a connection cut off") {
  scripted_server server([](peer& client) {
    client.upgrade();
    client.send(client_test::text_frame("hello").substr(0, 4));
  });
  client_side at(server);
  at.ws.handshake("localhost", "/");
  CHECK_THROWS_AS(at.ws.read(at.buffer), connection_closed_error);
  CHECK(at.ws.last_failure().fault() == fault::eof_in_message);
}

TEST_CASE("frames that come with the 101 are seen") {
  scripted_server server([](peer& client) {
    client.read_request();
    std::string all = client_test::upgrade_response;
    all.replace(all.find("{accept}"), 8, client.accept());
    client.send(all + client_test::text_frame("hi") + client_test::close_frame(1001, "bye"));
    client.read_frame();
  });
  client_side at(server);
  at.ws.handshake("localhost", "/");
  CHECK(at.ws.read(at.buffer) == 2);
  failure why;
  at.ws.read(at.buffer, why);
  CHECK(why.fault() == fault::closed_normally);
  CHECK(why.evidence().close_received.reason == "bye");
}

TEST_CASE("a callback through raising() gets an exception_ptr of handshim's") {
  const auto server = answering(refusal);
  client_side at(server);
  std::exception_ptr told;
  at.ws.async_handshake("localhost", "/?token=secret", raising([&](std::exception_ptr e) { told = e; }));
  at.run();
  REQUIRE(told);
  try {
    std::rethrow_exception(told);
  } catch (const invalid_status& e) {
    check_refusal(e.failure());
  }
}

TEST_CASE("a future through raising() throws handshim's, and gives what a call that goes well gives") {
  scripted_server server([](peer& client) {
    client.upgrade();
    client.send(client_test::text_frame("hello"));
    client.send(client_test::close_frame(1011));
    client.read_frame();
  });
  client_side at(server);
  std::future<void> opened = at.ws.async_handshake("localhost", "/", raising(asio::use_future));
  at.run();
  CHECK_NOTHROW(opened.get());
  std::future<std::size_t> first = at.ws.async_read(at.buffer, raising(asio::use_future));
  at.run();
  CHECK(first.get() == 5);
  std::future<std::size_t> second = at.ws.async_read(at.buffer, raising(asio::use_future));
  at.run();
  CHECK_THROWS_AS(second.get(), connection_closed_error);
}

TEST_CASE("without raising() a token throws Beast's exception, as ever") {
  const auto server = answering(refusal);
  client_side at(server);
  std::future<void> opened = at.ws.async_handshake("localhost", "/", asio::use_future);
  at.run();
  CHECK_THROWS_AS(opened.get(), boost::system::system_error);
  CHECK(at.ws.last_failure().fault() == fault::upgrade_rejected);
}

TEST_CASE("raising() serves Asio's own operations, with the phase given") {
  asio::io_context context;
  tcp::socket socket(context);
  const std::uint16_t nobody = [] {
    const scripted_server gone([](peer&) {});
    return gone.port();
  }();
  const tcp::endpoint to(asio::ip::address_v4::loopback(), nobody);
  std::exception_ptr told;
  socket.async_connect(to, raising(phase::connect, [&](std::exception_ptr e) { told = e; }));
  context.run();
  CHECK_THROWS_AS(std::rethrow_exception(told), connection_refused);

  std::future<void> native = socket.async_connect(to, raising(phase::connect, asio::use_future, find_policy("native")));
  context.restart();
  context.run();
  CHECK_THROWS_AS(native.get(), boost::system::system_error);
}

TEST_CASE("the translator serves calls that are not the stream's") {
  asio::io_context context;
  tcp::socket socket(context);
  try {
    guard<adapters::beast::translator>(phase::open, [&] { asio::write(socket, asio::buffer("x", 1)); });
    FAIL("it was written to");
  } catch (const error& e) {
    CHECK(e.failure().evidence().backend == "beast");
    CHECK(e.native_code().value() == EBADF);
    CHECK(e.failure().evidence().cause);
  }
}

TEST_CASE("the policy is the stream's, the one given to raising() wins, and native lets Beast's own exception out") {
  const auto server = answering("");
  SUBCASE("of the stream") {
    client_side at(server);
    at.ws.set_policy(find_policy("websockets-14.0"));
    CHECK(at.ws.choice().policy.name() == find_policy("websockets-14.0").name());
    CHECK_THROWS_AS(at.ws.handshake("localhost", "/"), eof_error);
  }
  SUBCASE("of the moment when it was made") {
    with_policy(find_policy("websockets-14.0"), [&] {
      client_side at(server);
      CHECK_THROWS_AS(at.ws.handshake("localhost", "/"), eof_error);
    });
  }
  SUBCASE("of the call") {
    client_side at(server);
    std::future<void> f =
        at.ws.async_handshake("localhost", "/", raising(asio::use_future, find_policy("websockets-14.0")));
    at.run();
    CHECK_THROWS_AS(f.get(), eof_error);
  }
  SUBCASE("native, thrown") {
    client_side at(server);
    at.ws.set_policy(find_policy("native"));
    try {
      at.ws.handshake("localhost", "/");
      FAIL("it was taken");
    } catch (const boost::system::system_error& e) {
      CHECK(e.code() == boost::beast::http::error::end_of_stream);
    }
    CHECK(at.ws.last_failure().fault() == fault::eof_before_status_line);  // observed all the same
  }
  SUBCASE("native, through raising()") {
    client_side at(server);
    at.ws.set_policy(find_policy("native"));
    std::future<void> f = at.ws.async_handshake("localhost", "/", raising(asio::use_future));
    at.run();
    CHECK_THROWS_AS(f.get(), boost::system::system_error);
  }
}

namespace {

// Counts what is taken from it.
template <class T>
struct counting_allocator {
  using value_type = T;
  explicit counting_allocator(std::size_t& to) noexcept : count(&to) {}
  template <class U>
  counting_allocator(const counting_allocator<U>& other) noexcept : count(other.count) {}
  T* allocate(std::size_t n) {
    ++*count;
    return std::allocator<T>().allocate(n);
  }
  void deallocate(T* at, std::size_t n) noexcept { std::allocator<T>().deallocate(at, n); }
  template <class U>
  bool operator==(const counting_allocator<U>& other) const noexcept {
    return count == other.count;
  }
  template <class U>
  bool operator!=(const counting_allocator<U>& other) const noexcept {
    return count != other.count;
  }
  std::size_t* count;
};

struct allocating_handler {
  using allocator_type = counting_allocator<char>;
  allocator_type get_allocator() const noexcept { return allocator_type(*count); }
  void operator()(std::exception_ptr) const { *called = true; }
  void operator()(error_code) const { *called = true; }
  std::size_t* count;
  bool* called;
};

}  // namespace

TEST_CASE("a handler's associated allocator is used, with raising() and without") {
  const auto server = answering(refusal);
  client_side at(server);
  std::size_t count = 0;
  bool called = false;
  SUBCASE("raising") { at.ws.async_handshake("localhost", "/", raising(allocating_handler{&count, &called})); }
  SUBCASE("plain") { at.ws.async_handshake("localhost", "/", allocating_handler{&count, &called}); }
  at.run();
  CHECK(called);
  CHECK(count > 0);
}

TEST_CASE("a handler is called by its associated executor, with raising() and without") {
  const auto server = answering(refusal);
  client_side at(server);
  asio::io_context other;
  const auto strand = asio::make_strand(other);
  const auto work = asio::make_work_guard(other);
  std::thread::id where;
  std::thread runner([&] { other.run(); });
  std::promise<bool> inside;
  SUBCASE("raising") {
    at.ws.async_handshake("localhost", "/", raising(asio::bind_executor(strand, [&](std::exception_ptr) {
                            inside.set_value(strand.running_in_this_thread());
                          })));
  }
  SUBCASE("raising inside") {
    at.ws.async_handshake("localhost", "/", asio::bind_executor(strand, [&](error_code) {
                            inside.set_value(strand.running_in_this_thread());
                          }));
  }
  at.run();
  CHECK(inside.get_future().get());
  other.stop();
  runner.join();
}

#if BOOST_VERSION >= 107700
TEST_CASE("a handler's cancellation slot ends the operation, with raising() and without") {
  scripted_server server([](peer& client) {
    client.upgrade();
    client.stall();
  });
  client_side at(server);
  at.ws.handshake("localhost", "/");
  asio::cancellation_signal stop;
  std::exception_ptr told;
  error_code code;
  SUBCASE("raising") {
    at.ws.async_read(at.buffer, raising(asio::bind_cancellation_slot(
                                    stop.slot(), [&](std::exception_ptr e, std::size_t) { told = e; })));
  }
  SUBCASE("plain") {
    at.ws.async_read(at.buffer, asio::bind_cancellation_slot(stop.slot(), [&](error_code ec, std::size_t) {
                       code = ec;
                       told = to_exception_ptr(at.ws.last_failure());
                     }));
    code = asio::error::operation_aborted;
  }
  asio::post(at.context, [&] { stop.emit(asio::cancellation_type::terminal); });
  at.run();
  REQUIRE(told);
  CHECK_THROWS_AS(std::rethrow_exception(told), cancelled);
}
#endif

TEST_CASE("two streams of the adapter understand each other, accept() included") {
  asio::io_context context;
  tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
  std::thread server([&] {
    asio::io_context own;
    socket_stream ws(own);
    acceptor.accept(ws.next_layer());
    ws.accept();
    boost::beast::flat_buffer in;
    ws.read(in);
    ws.text(ws.got_text());
    ws.write(in.data());
    failure why;
    ws.read(in, why);
    CHECK(why.condition() == condition::closed_ok);
  });
  socket_stream ws(context);
  ws.next_layer().connect(acceptor.local_endpoint());
  ws.handshake("localhost", "/");
  ws.write(asio::buffer("echo", 4));
  boost::beast::flat_buffer in;
  CHECK(ws.read(in) == 4);
  ws.ping({});
  ws.close(websocket::close_code::normal);
  server.join();
}

TEST_CASE("a stream can be moved and keeps its notes") {
  const auto server = answering(refusal);
  client_side at(server);
  failure why;
  at.ws.handshake("localhost", "/", why);
  const socket_stream moved(std::move(at.ws));
  CHECK(moved.last_failure().fault() == fault::upgrade_rejected);
}
