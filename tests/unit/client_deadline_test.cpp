#include <doctest/doctest.h>

#include <string>

#include "../support/addresses.hpp"
#include "../support/backends.hpp"
#include "../support/server.hpp"
#include "../support/timing.hpp"

using namespace handshim;
using namespace client_test;

namespace {

options hasty_options() {
  options how;
  how.open_timeout = how.close_timeout = how.recv_timeout = how.send_timeout = hasty;
  return how;
}

template <class B>
client<B> connected_hastily(const std::string& uri) {
  options how = hasty_options();
  how.open_timeout = 20s;  // only what comes later is of interest
  return connected<B>(uri, how);
}

// Runs the call, which must fail by its deadline.
template <class Call>
fault fault_in_time(Call call) {
  failure why;
  const auto took = time_of([&] { call(why); });
  CHECK(took > hasty - 50ms);
  CHECK(took < at_the_latest);
  return why.fault();
}

template <class B>
fault connect_fault(const std::string& uri) {
  client<B> c(hasty_options());
  return fault_in_time([&](failure& why) { c.connect(uri, why); });
}

template <class B>
fault connect_fault(scripted_server::handler serve) {
  scripted_server server(std::move(serve));
  return connect_fault<B>(uri_of(server));
}

template <class B>
fault recv_fault(scripted_server::handler serve) {
  scripted_server server(std::move(serve));
  auto c = connected_hastily<B>(uri_of(server));
  return fault_in_time([&](failure& why) { c.recv(why); });
}

// Sends the bytes again and again, until the client leaves.
void flood(peer& client, const std::string& bytes) {
  std::string many;
  while (many.size() < 30000) many += bytes;
  while (client.send(many)) {
  }
}

scripted_server::handler flooding(const std::string& bytes) {
  return upgraded([bytes](peer& client) { flood(client, bytes); });
}

const std::string much(64u << 20, 'm');

}  // namespace

TEST_CASE_TEMPLATE("connect() returns by its deadline whatever the server does instead of answering", B,
                   EVERY_BACKEND) {
  scripted_server blackhole(tool::parse_server("blackhole"));
  CHECK(connect_fault<B>(uri_of(blackhole)) == fault::connect_timeout);
  CHECK(connect_fault<B>([](peer& client) { client.stall(); }) == fault::timeout_before_status_line);
  CHECK(connect_fault<B>([](peer& client) {
          client.send("HTTP/1.1 101");
          client.stall();
        }) == fault::timeout_in_status_line);
  CHECK(connect_fault<B>([](peer& client) {
          client.drip("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n", 40ms);
        }) == fault::timeout_in_status_line);
  CHECK(connect_fault<B>([](peer& client) {
          client.send("HTTP/1.1 101 Switching Protocols\r\n");
          while (client.send("A: b\r\n") && client.sleep(20ms)) {
          }
        }) == fault::timeout_in_headers);
  CHECK(connect_fault<B>([](peer& client) {
          client.send("HTTP/1.1 503 No\r\nContent-Length: 100\r\n\r\n");
          client.drip(std::string(100, 'x'), 40ms);
        }) == fault::timeout_in_body);
}

TEST_CASE_TEMPLATE("an endless answer ends by its limits, and by the deadline where there is none", B, EVERY_BACKEND) {
  const auto endless = [](const std::string& begin, const std::string& bytes) {
    scripted_server server([=](peer& client) {
      client.send(begin);
      flood(client, bytes);
    });
    options how = hasty_options();
    how.reading.max_body = std::string::npos / 2;
    client<B> c(how);
    failure why;
    CHECK(time_of([&] { c.connect(uri_of(server), why); }) < at_the_latest);
    return why.fault();
  };
  CHECK(endless("", "x") == fault::status_line_too_long);
  CHECK(endless("HTTP/1.1 101 Switching Protocols\r\n", "x") == fault::header_line_too_long);
  CHECK(endless("HTTP/1.1 101 Switching Protocols\r\n", "A: b\r\n") == fault::too_many_headers);
  CHECK(endless("", "HTTP/1.1 103 Early Hints\r\n\r\n") == fault::upgrade_rejected);
  // A kilobyte a line, and little time between two of them: the deadline comes first.
  const std::string chunk = "400\r\n" + std::string(1024, 'b') + "\r\n";
  scripted_server drips([&](peer& client) {
    client.send("HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n");
    while (client.send(chunk) && client.sleep(5ms)) {
    }
  });
  CHECK(connect_fault<B>(uri_of(drips)) == fault::timeout_in_body);
}

TEST_CASE_TEMPLATE("a chain of slow redirects has one deadline", B, EVERY_BACKEND) {
  scripted_server server([](peer& client) {
    client.read_request();
    client.sleep(100ms);
    client.send("HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n");
  });
  options how = hasty_options();
  how.reading.redirects = follow::all;
  client<B> c(how);
  CHECK(fault_in_time([&](failure& why) { c.connect(uri_of(server), why); }) == fault::timeout_before_status_line);
}

TEST_CASE_TEMPLATE("a name that is looked up for long is a resolve_timeout", B, EVERY_BACKEND) {
  const addresses slow({"127.0.0.1"}, 1000ms);
  CHECK(connect_fault<B>("ws://slow.test:1/") == fault::resolve_timeout);
}

TEST_CASE_TEMPLATE("addresses that do not answer share one deadline", B, EVERY_BACKEND) {
  scripted_server blackhole(tool::parse_server("blackhole"));
  const addresses same({"127.0.0.1", "127.0.0.2"});
  client<B> c(hasty_options());
  failure why;
  CHECK(time_of([&] { c.connect("ws://twice.test:" + std::to_string(blackhole.port()) + "/", why); }) < at_the_latest);
  REQUIRE(why.evidence().attempts.size() == 2);
  CHECK(why.evidence().attempts[0].error == std::errc::timed_out);
}

TEST_CASE_TEMPLATE("recv() returns by its deadline whatever comes instead of a message", B, EVERY_BACKEND) {
  CHECK(recv_fault<B>(upgraded([](peer& client) { client.stall(); })) == fault::recv_timeout);
  CHECK(recv_fault<B>(flooding(ping_frame("still here"))) == fault::recv_timeout);
  CHECK(recv_fault<B>(flooding(frame(0x8a, "unasked"))) == fault::recv_timeout);
  CHECK(recv_fault<B>(upgraded([](peer& client) {
          client.send(frame(0x01, "never to end"));
          flood(client, frame(0x00, ""));
        })) == fault::recv_timeout);
  CHECK(recv_fault<B>(upgraded([](peer& client) { client.drip(text_frame(std::string(100, 'x')), 40ms); })) ==
        fault::recv_timeout);
}

TEST_CASE_TEMPLATE("a recv_timeout leaves the connection usable, in the middle of a message too", B, EVERY_BACKEND) {
  record go;
  scripted_server server(upgraded([&](peer& client) {
    client.send("\x81\x04sp");
    go.wait_for(0);
    client.send("lit");
    echo(client);
  }));
  auto c = connected_hastily<B>(uri_of(server));
  failure why;
  c.recv(50ms, why);
  CHECK(why.fault() == fault::recv_timeout);
  CHECK(why.is(condition::timeout));
  go.add("go");
  CHECK(c.recv(20s).data == "spli");
}

TEST_CASE_TEMPLATE("recv() that is given a time does not look at the option", B, EVERY_BACKEND) {
  scripted_server server(upgraded([](peer& client) {
    client.sleep(hasty + 200ms);
    client.send(text_frame("late"));
    client.echo_close();
  }));
  auto c = connected_hastily<B>(uri_of(server));
  failure why;
  CHECK(time_of([&] { c.recv(1ms, why); }) < hasty);
  CHECK(why.fault() == fault::recv_timeout);
  CHECK(c.recv(20s).data == "late");
}

TEST_CASE_TEMPLATE("send() to a peer that never reads ends by its deadline, and with it the connection", B,
                   EVERY_BACKEND) {
  record done;
  scripted_server server(upgraded([&](peer&) { done.wait_for(0); }));
  auto c = connected_hastily<B>(uri_of(server));
  CHECK(fault_in_time([&](failure& why) { c.send_binary(much, why); }) == fault::send_timeout);
  CHECK(last_words(c).fault() == fault::send_timeout);
  failure why;
  c.send("more", why);
  CHECK(why.fault() == fault::send_timeout);
  c.ping("", why);
  CHECK(why.fault() == fault::send_timeout);
  CHECK(time_of([&] { c.close(why); }) < hasty);
  CHECK_FALSE(why);
  done.add("done");
}

TEST_CASE_TEMPLATE("send() and ping() are not kept by a peer that floods", B, EVERY_BACKEND) {
  for (const std::string& bytes : {ping_frame("x"), text_frame(""), text_frame(std::string(5000, 'm'))}) {
    scripted_server server(flooding(bytes));
    auto c = connected_hastily<B>(uri_of(server));
    failure why;
    const auto took = time_of([&] {
      for (int i = 0; i < 5 && !why; ++i) c.send("x", why);
      if (!why) c.ping("x", why);
    });
    CHECK(why.fault() == fault::none);
    CHECK(took < at_the_latest);
  }
}

TEST_CASE_TEMPLATE("close() returns by its deadline whatever comes instead of an answer", B, EVERY_BACKEND) {
  const auto after_close = [](scripted_server::handler serve) {
    scripted_server server(std::move(serve));
    auto c = connected_hastily<B>(uri_of(server));
    failure why;
    const auto took = time_of([&] { c.close(why); });
    CHECK_FALSE(why);
    CHECK(took > hasty - 50ms);
    CHECK(took < at_the_latest);
    return last_words(c).fault();
  };
  CHECK(after_close(upgraded([](peer& client) { client.stall(); })) == fault::close_timeout);
  CHECK(after_close(flooding(ping_frame("x"))) == fault::close_timeout);
  CHECK(after_close(flooding(text_frame(""))) == fault::close_timeout);
  CHECK(after_close(flooding(text_frame(std::string(5000, 'm')))) == fault::close_timeout);
  CHECK(after_close(upgraded([](peer& client) { client.drip(close_frame(1000, std::string(100, 'r')), 40ms); })) ==
        fault::close_timeout);
}

TEST_CASE_TEMPLATE("close() is not kept by a send() that cannot go on", B, EVERY_BACKEND) {
  record done;
  scripted_server server(upgraded([&](peer&) { done.wait_for(0); }));
  options how = hasty_options();
  how.open_timeout = how.send_timeout = 20s;
  auto c = connected<B>(uri_of(server), how);
  failure of_send;
  meanwhile sending([&] { c.send_binary(std::string(16u << 20, 'm'), of_send); });
  std::this_thread::sleep_for(100ms);
  failure why;
  CHECK(time_of([&] { c.close(why); }) < at_the_latest);
  CHECK_FALSE(why);
  CHECK(time_of([&] { sending.join(); }) < at_the_latest);
  CHECK(of_send.fault() == fault::close_timeout);
  done.add("done");
}

TEST_CASE_TEMPLATE("a time of zero is no limit", B, EVERY_BACKEND) {
  scripted_server server([](peer& client) {
    client.read_request();
    client.sleep(100ms);
    client.send(tool::fill_in(upgrade_response, client.port(), client.accept()));
    client.sleep(100ms);
    client.send(text_frame("at last"));
    client.read_frame();
    client.read_frame();
    client.sleep(100ms);
    client.send(close_frame(1000));
  });
  options how;
  how.open_timeout = how.close_timeout = how.recv_timeout = how.send_timeout = how.ping_interval = {};
  auto c = connected<B>(uri_of(server), how);
  CHECK(c.recv().data == "at last");
  c.send("x");
  c.close();
  CHECK(last_words(c).fault() == fault::closed_normally);
}
