#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>

#include "../support/addresses.hpp"
#include "../support/backends.hpp"
#include "../support/server.hpp"
#include "../support/timing.hpp"

using namespace handshim;
using namespace client_test;

namespace {

const std::string much(16u << 20, 'm');  // more than the system keeps for a peer that does not read

// Long times, so that only what another thread does can end a call.
options slow() {
  options how;
  how.open_timeout = how.close_timeout = how.recv_timeout = how.send_timeout = 60s;
  return how;
}

// Cancels the call from another thread once it is under way, and gives back what it failed with.
template <class B, class Call>
fault cancelled_while(client<B>& c, Call call) {
  failure why;
  meanwhile working([&] { call(why); });
  std::this_thread::sleep_for(100ms);
  CHECK_FALSE(working.done());
  const auto took = time_of([&] {
    c.cancel();
    working.join();
  });
  CHECK(took < at_the_latest);
  return why.fault();
}

template <class B>
fault connect_cancelled(const std::string& uri) {
  client<B> c(slow());
  return cancelled_while(c, [&](failure& why) { c.connect(uri, why); });
}

// A handler that does nothing until the test is over.
class idle {
 public:
  ~idle() { over_.add(""); }
  scripted_server::handler after(std::size_t frames) {
    return upgraded([this, frames](peer& client) {
      for (std::size_t i = 0; i < frames; ++i) client.read_frame();
      for (int i = 0; i < 600 && over_.all().empty() && client.sleep(50ms); ++i) {
      }
    });
  }

 private:
  record over_;
};

}  // namespace

TEST_CASE_TEMPLATE("one thread sends a thousand messages while another receives their echo", B, EVERY_BACKEND) {
  scripted_server server(upgraded(echo));
  auto c = connected<B>(uri_of(server));
  failure of_send;
  meanwhile sending([&] {
    for (int i = 0; i < 1000 && !of_send; ++i)
      c.send(std::to_string(i) + std::string(static_cast<std::size_t>(i), 'x'), of_send);
  });
  int in_order = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::string got = c.recv().data;
    in_order += got == std::to_string(i) + std::string(static_cast<std::size_t>(i), 'x');
  }
  sending.join();
  CHECK_FALSE(of_send);
  CHECK(in_order == 1000);
  c.close();
  CHECK(last_words(c).fault() == fault::closed_normally);
}

TEST_CASE_TEMPLATE("pings and cheap questions from further threads disturb nobody", B, EVERY_BACKEND) {
  scripted_server server(upgraded(echo));
  auto c = connected<B>(uri_of(server));
  std::atomic<bool> enough{false};
  std::atomic<int> failed{0};
  meanwhile pinging([&] {
    failure why;
    while (!enough && !why) {
      c.ping("p", why);
      failed += static_cast<bool>(why);
    }
  });
  meanwhile asking([&] {
    while (!enough)
      failed += c.last_failure() || !c.subprotocol().empty() || c.choice().source != policy_source::builtin;
  });
  meanwhile sending([&] {
    for (int i = 0; i < 300; ++i) c.send("x");
  });
  for (int i = 0; i < 300; ++i) CHECK(c.recv().data == "x");
  enough = true;
  pinging.join();
  asking.join();
  CHECK(failed == 0);
}

TEST_CASE_TEMPLATE("cancel() ends connect() wherever it is", B, EVERY_BACKEND) {
  scripted_server blackhole(tool::parse_server("blackhole"));
  CHECK(connect_cancelled<B>(uri_of(blackhole)) == fault::cancelled);
  scripted_server silent([](peer& client) { client.stall(); });
  CHECK(connect_cancelled<B>(uri_of(silent)) == fault::cancelled);
  scripted_server dripping([](peer& client) {
    client.send("HTTP/1.1 101 Switching Protocols\r\n");
    while (client.sleep(10ms) && client.send("A")) {
    }
  });
  CHECK(connect_cancelled<B>(uri_of(dripping)) == fault::cancelled);
  scripted_server refusing([](peer& client) {
    client.send("HTTP/1.1 404 Not Found\r\n\r\nas far as the connection goes");
    client.stall();
  });
  CHECK(connect_cancelled<B>(uri_of(refusing)) == fault::cancelled);
  const addresses slow_ones({"127.0.0.1"}, 700ms);
  CHECK(connect_cancelled<B>("ws://slow.test:1/") == fault::cancelled);
}

TEST_CASE_TEMPLATE("cancel() ends recv(), send(), ping() and close(), and each later call", B, EVERY_BACKEND) {
  idle nothing;
  scripted_server server(nothing.after(0));
  const auto fault_of = [&](auto call) {
    auto c = connected<B>(uri_of(server), slow());
    const fault out = cancelled_while(c, [&](failure& why) { call(c, why); });
    failure why;
    for (auto later :
         {+[](client<B>&on, failure&f) { on.recv(f); }, +[](client<B>&on, failure&f) { on.send("x", f); },
          +[](client<B>&on, failure&f) { on.ping("", f); }, +[](client<B>&on, failure&f) { on.close(f); }}) {
      later(c, why);
      CHECK(why.fault() == fault::cancelled);
    }
    return out;
  };
  CHECK(fault_of([](client<B>& c, failure& why) { c.recv(why); }) == fault::cancelled);
  CHECK(fault_of([](client<B>& c, failure& why) { c.send_binary(much, why); }) == fault::cancelled);
  CHECK(fault_of([](client<B>& c, failure& why) { c.close(why); }) == fault::cancelled);
  CHECK(fault_of([](client<B>& c, failure& why) {
          meanwhile sending([&] {
            failure ignored;
            c.send_binary(much, ignored);
          });
          std::this_thread::sleep_for(50ms);
          while (!why) c.ping("behind much", why);
        }) == fault::cancelled);
}

TEST_CASE_TEMPLATE("cancel() before connect() has no effect on it", B, EVERY_BACKEND) {
  scripted_server server(upgraded(echo));
  client<B> c(slow());
  c.cancel();
  c.connect(uri_of(server));
  c.send("x");
  CHECK(c.recv().data == "x");
}

TEST_CASE_TEMPLATE("cancel() may come at any moment of connect()", B, EVERY_BACKEND) {
  scripted_server server(upgraded(echo));
  for (int i = 0; i < 50; ++i) {
    client<B> c(slow());
    failure why;
    meanwhile working([&] { c.connect(uri_of(server), why); });
    std::this_thread::sleep_for(std::chrono::microseconds(i * 20));
    c.cancel();
    working.join();
    if (!why) c.recv(20ms, why);
    CHECK((why.fault() == fault::cancelled || why.fault() == fault::recv_timeout));
  }
}

TEST_CASE_TEMPLATE("close() from another thread ends recv() in order", B, EVERY_BACKEND) {
  scripted_server server(upgraded(echo));
  auto c = connected<B>(uri_of(server), slow());
  failure why;
  meanwhile receiving([&] { c.recv(why); });
  std::this_thread::sleep_for(100ms);
  CHECK(time_of([&] {
          c.close(1000, "enough");
          receiving.join();
        }) < at_the_latest);
  CHECK(why.fault() == fault::closed_normally);
  CHECK(why.evidence().close_sent.reason == "enough");
}

TEST_CASE_TEMPLATE("close() that the server does not answer ends recv() too", B, EVERY_BACKEND) {
  idle nothing;
  scripted_server server(nothing.after(0));
  options how = slow();
  how.close_timeout = hasty;
  auto c = connected<B>(uri_of(server), how);
  failure why;
  meanwhile receiving([&] { c.recv(why); });
  std::this_thread::sleep_for(50ms);
  CHECK(time_of([&] {
          c.close();
          receiving.join();
        }) < at_the_latest);
  CHECK(why.fault() == fault::close_timeout);
}

TEST_CASE_TEMPLATE("close() from several threads at once is one close", B, EVERY_BACKEND) {
  record seen;
  scripted_server server(upgraded([&](peer& client) {
    while (const auto f = client.read_frame()) {
      seen.add(f->payload);
      client.send(frame(0x88, f->payload));
    }
  }));
  auto c = connected<B>(uri_of(server), slow());
  failure one, two;
  {
    meanwhile first([&] { c.close(1000, "x", one); }), second([&] { c.close(1000, "x", two); });
  }
  CHECK_FALSE(one);
  CHECK_FALSE(two);
  CHECK(last_words(c).fault() == fault::closed_normally);
  CHECK(seen.all().size() == 1);
}

TEST_CASE_TEMPLATE("of two threads in recv() one is told that it is one too many", B, EVERY_BACKEND) {
  idle nothing;
  scripted_server server(nothing.after(0));
  auto c = connected<B>(uri_of(server), slow());
  std::atomic<int> concurrent{0}, cancelled{0};
  const auto receive = [&] {
    try {
      c.recv();
    } catch (const concurrency_error& e) {
      concurrent += e.fault() == fault::concurrent_recv;
    } catch (const error& e) {
      cancelled += e.fault() == fault::cancelled;
    }
  };
  {
    meanwhile first(receive), second(receive);
    for (int i = 0; i < 200 && concurrent == 0; ++i) std::this_thread::sleep_for(10ms);
    c.cancel();
  }
  CHECK(concurrent == 1);
  CHECK(cancelled == 1);
}

TEST_CASE_TEMPLATE("of two threads in send() one is told that it is one too many", B, EVERY_BACKEND) {
  idle nothing;
  scripted_server server(nothing.after(0));
  auto c = connected<B>(uri_of(server), slow());
  std::atomic<int> concurrent{0}, cancelled{0};
  const auto send = [&] {
    try {
      c.send_binary(much);
    } catch (const concurrency_error& e) {
      concurrent += e.fault() == fault::concurrent_send;
    } catch (const error& e) {
      cancelled += e.fault() == fault::cancelled;
    }
  };
  {
    meanwhile first(send), second(send);
    for (int i = 0; i < 200 && concurrent == 0; ++i) std::this_thread::sleep_for(10ms);
    c.cancel();
  }
  CHECK(concurrent == 1);
  CHECK(cancelled == 1);
}

TEST_CASE_TEMPLATE("every call during connect() is a concurrent_connect, and connect() goes on", B, EVERY_BACKEND) {
  record go, arrived;
  scripted_server server([&](peer& client) {
    client.read_request();
    arrived.add("");
    go.wait_for(0);
    client.send(tool::fill_in(upgrade_response, client.port(), client.accept()));
    echo(client);
  });
  client<B> c(slow());
  failure of_connect;
  {
    meanwhile connecting([&] { c.connect(uri_of(server), of_connect); });
    arrived.wait_for(0);
    failure why;
    c.recv(why);
    CHECK(why.fault() == fault::concurrent_connect);
    c.send("x", why);
    CHECK(why.fault() == fault::concurrent_connect);
    c.ping("x", why);
    CHECK(why.fault() == fault::concurrent_connect);
    c.close(why);
    CHECK(why.fault() == fault::concurrent_connect);
    CHECK_THROWS_AS(c.connect(uri_of(server)), concurrency_error);
    c.connect(uri_of(server), slow(), why);
    CHECK(why.fault() == fault::concurrent_connect);
    CHECK(c.subprotocol().empty());
    go.add("");
  }
  CHECK_FALSE(of_connect);
  c.send("x");
  CHECK(c.recv().data == "x");
}

TEST_CASE_TEMPLATE("connect() while another thread receives is already_connected and disturbs nothing", B,
                   EVERY_BACKEND) {
  scripted_server server(upgraded(echo));
  auto c = connected<B>(uri_of(server), slow());
  std::string got;
  meanwhile receiving([&] { got = c.recv().data; });
  for (int i = 0; i < 50; ++i) {
    failure why;
    c.connect(uri_of(server), slow(), why);
    CHECK(why.fault() == fault::already_connected);
  }
  c.send("undisturbed");
  receiving.join();
  CHECK(got == "undisturbed");
}

TEST_CASE_TEMPLATE("a thread in recv() ends with its own connection when connect() makes the next one", B,
                   EVERY_BACKEND) {
  scripted_server server(upgraded(echo));
  client<B> c(slow());
  for (int i = 0; i < 20; ++i) {
    c.connect(uri_of(server));
    failure why;
    meanwhile receiving([&] { c.recv(why); });
    std::this_thread::sleep_for(5ms);
    c.cancel();
    failure again;
    c.connect(uri_of(server), again);
    c.close();
    receiving.join();
    CHECK_FALSE(again);
    // The last two if the thread came late, and found the next connection or its connect().
    CHECK((why.fault() == fault::cancelled || why.fault() == fault::closed_normally ||
           why.fault() == fault::concurrent_connect));
  }
}

TEST_CASE_TEMPLATE("a client may be destroyed with messages unread and unsent", B, EVERY_BACKEND) {
  scripted_server server(upgraded([](peer& client) {
    client.send(in_fragments(2, std::string(1u << 20, 'x'), 1000));
    client.stall();
  }));
  for (int i = 0; i < 5; ++i) {
    options how = slow();
    how.send_timeout = 20ms;
    auto c = connected<B>(uri_of(server), how);
    failure why;
    if (i % 2 == 0) c.send_binary(much, why);
  }
  CHECK(server.accepted() == 5);
}
