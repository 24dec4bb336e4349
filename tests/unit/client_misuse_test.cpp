// What one thread may not do while another is at it: every call of a client, in each of its forms. Streams in memory.
#include <doctest/doctest.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "../support/backends.hpp"
#include "../support/frames.hpp"
#include "../support/memory_stream.hpp"
#include "../support/timing.hpp"

using namespace handshim;
using namespace client_test;

namespace {

const std::string anywhere = "ws://server.test/";

options to_peer(std::shared_ptr<memory_peer> peer) {
  options how;
  how.open_stream = opener_to(std::move(peer));
  how.open_timeout = how.recv_timeout = how.send_timeout = how.close_timeout = 60s;
  how.ping_interval = {};
  return how;
}

// Each form of a call: with a failure, with a code, throwing.
template <class Raised, class Call>
void all_forms_are(fault wanted, Call call) {
  failure why;
  call(why);
  CHECK(why.fault() == wanted);
  std::error_code code;
  call(code);
  CHECK(code == make_error_code(wanted));
  CHECK_THROWS_AS(call(), Raised);
}

// Each way to connect, to send and to receive.
template <class Raised, class B>
void connects_are(fault wanted, client<B>& c) {
  all_forms_are<Raised>(wanted, [&](auto&... out) { c.connect(anywhere, out...); });
  all_forms_are<Raised>(wanted, [&](auto&... out) { c.connect(anywhere, options(), out...); });
  failure why;
  c.connect_within(anywhere, 1s, why);
  CHECK(why.fault() == wanted);
}
template <class B>
void sends_are(fault wanted, client<B>& c) {
  all_forms_are<concurrency_error>(wanted, [&](auto&... out) { c.send("x", out...); });
  all_forms_are<concurrency_error>(wanted, [&](auto&... out) { c.send_binary("x", out...); });
}
template <class B>
void receptions_are(fault wanted, client<B>& c) {
  all_forms_are<concurrency_error>(wanted, [&](auto&... out) { c.recv(out...); });
  all_forms_are<concurrency_error>(wanted, [&](auto&... out) { c.recv(1s, out...); });
}

template <class Condition>
bool soon(Condition holds) {
  for (int i = 0; i < 5000 && !holds(); ++i) std::this_thread::sleep_for(1ms);
  return holds();
}

}  // namespace

TEST_CASE_TEMPLATE("during connect() every call in every form is a concurrent_connect", B, EVERY_BACKEND) {
  std::promise<void> arrived, go;
  options how = to_peer(std::make_shared<memory_peer>(upgrade_response + text_frame("hello")));
  how.open_stream = [&, open = how.open_stream](const rfc6455::uri& to, net::deadline until, net::interrupter& stop,
                                                std::error_code& error) {
    arrived.set_value();
    go.get_future().wait();
    return open(to, until, stop, error);
  };
  client<B> c(how);
  failure of_connect;
  {
    meanwhile connecting([&] { c.connect(anywhere, of_connect); });
    arrived.get_future().wait();
    connects_are<concurrency_error>(fault::concurrent_connect, c);
    sends_are(fault::concurrent_connect, c);
    receptions_are(fault::concurrent_connect, c);
    all_forms_are<concurrency_error>(fault::concurrent_connect, [&](auto&... out) { c.ping("x", out...); });
    all_forms_are<concurrency_error>(fault::concurrent_connect, [&](auto&... out) { c.close(out...); });
    all_forms_are<concurrency_error>(fault::concurrent_connect, [&](auto&... out) { c.close(1001, "x", out...); });
    CHECK(c.subprotocol().empty());
    go.set_value();
  }
  CHECK_FALSE(of_connect);
  CHECK(c.recv().data == "hello");
}

TEST_CASE_TEMPLATE("while one thread is in recv() another one's is a concurrent_recv, and all else is free", B,
                   EVERY_BACKEND) {
  client<B> c(to_peer(std::make_shared<memory_peer>(upgrade_response)));
  c.connect(anywhere);
  failure of_recv;
  {
    meanwhile receiving([&] {
      do {
        c.recv(of_recv);
      } while (of_recv.fault() == fault::concurrent_recv);  // the other thread was in it first
    });
    CHECK(soon([&] {
      failure why;
      c.recv(1ms, why);
      return why.fault() == fault::concurrent_recv;
    }));
    receptions_are(fault::concurrent_recv, c);
    c.send("free");
    c.send_binary("free");
    c.ping("free");
    connects_are<invalid_state>(fault::already_connected, c);
    CHECK_FALSE(receiving.done());
    c.cancel();
  }
  CHECK(of_recv.fault() == fault::cancelled);
}

TEST_CASE_TEMPLATE("while one thread is in send() another one's is a concurrent_send, and recv() is free", B,
                   EVERY_BACKEND) {
  const auto peer = std::make_shared<memory_peer>(upgrade_response + text_frame("free"));
  peer->room = 2000;
  client<B> c(to_peer(peer));
  c.connect(anywhere);
  failure of_send;
  {
    meanwhile sending([&] { c.send_binary(std::string(1u << 20, 'm'), of_send); });
    CHECK(soon([&] { return peer->written().size() == peer->room; }));
    sends_are(fault::concurrent_send, c);
    CHECK(c.recv().data == "free");
    connects_are<invalid_state>(fault::already_connected, c);
    CHECK_FALSE(sending.done());
    c.cancel();
  }
  CHECK(of_send.fault() == fault::cancelled);
}
