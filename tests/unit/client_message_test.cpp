#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include "../support/backends.hpp"
#include "../support/frames.hpp"
#include "../support/server.hpp"
#include "../support/wine.hpp"

using namespace handshim;
using namespace client_test;
using namespace std::chrono_literals;

namespace {

std::string every_byte() {
  std::string out;
  for (int i = 0; i < 256; ++i) out += static_cast<char>(i);
  return out;
}

std::string pattern(std::size_t size) {
  std::string out(size, '\0');
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<char>('a' + i % 23);
  return out;
}

constexpr std::size_t mebibyte = 1u << 20;

// The frames that a client sends up to its close frame, each as "opcode:payload".
std::string described(const received_frame& f) { return std::to_string(static_cast<int>(f.opcode)) + ":" + f.payload; }

void record_frames(peer& client, record& seen) {
  while (const auto f = client.read_frame()) {
    seen.add(described(*f));
    if (f->opcode != opcode::close) continue;
    client.send(frame(0x88, f->payload));
    return;
  }
}

std::string close_text(unsigned code, const std::string& reason = "") {
  return std::string("8:") + static_cast<char>(code >> 8) + static_cast<char>(code & 255) + reason;
}

}  // namespace

TEST_CASE_TEMPLATE("messages of every sort come back from an echo", B, EVERY_BACKEND) {
  scripted_server server(upgraded(echo));
  auto c = connected<B>(uri_of(server));
  for (const std::string& text : {std::string("hello"), std::string(), std::string("\xe2\x82\xac\0x", 5), pattern(125),
                                  pattern(126), pattern(65535), pattern(65536), pattern(mebibyte)}) {
    c.send(text);
    const message got = c.recv();
    CHECK(got.text);
    CHECK((got.data == text));
  }
  for (const std::string& data : {every_byte(), std::string(), pattern(mebibyte)}) {
    c.send_binary(data);
    const message got = c.recv();
    CHECK_FALSE(got.text);
    CHECK((got.data == data));
  }
  c.close();
  CHECK(last_words(c).fault() == fault::closed_normally);
}

TEST_CASE_TEMPLATE("a message in fragments is put together, control frames between them answered", B, EVERY_BACKEND) {
  record seen;
  scripted_server server(upgraded([&](peer& client) {
    client.send(in_fragments(2, pattern(mebibyte), 1000));
    client.send(frame(0x01, "half \xe2\x82") + ping_frame("now") + frame(0x00, "") + frame(0x80, "\xac"));
    record_frames(client, seen);
  }));
  auto c = connected<B>(uri_of(server));
  const message large = c.recv();
  CHECK_FALSE(large.text);
  CHECK((large.data == pattern(mebibyte)));
  CHECK(c.recv().data == "half \xe2\x82\xac");
  c.close();
  CHECK(seen.wait_for(0) == "10:now");
}

TEST_CASE_TEMPLATE("a message over the limit ends the connection with 1009", B, EVERY_BACKEND) {
  record seen;
  scripted_server server(upgraded([&](peer& client) {
    client.send(in_fragments(1, std::string(101, 'x'), 50));
    record_frames(client, seen);
  }));
  options how = patient();
  how.max_message_size = 100;
  auto c = connected<B>(uri_of(server), how);
  failure why;
  c.recv(why);
  CHECK(why.fault() == fault::message_too_big);
  CHECK(why.evidence().close_sent.code == 1009);
  CHECK(seen.wait_for(0) == close_text(1009));
}

TEST_CASE_TEMPLATE("pings go both ways with their payload", B, EVERY_BACKEND) {
  record seen;
  scripted_server server(upgraded([&](peer& client) {
    for (int i = 0; i < 2; ++i)
      if (const auto f = client.read_frame()) {
        seen.add(described(*f));
        client.send(frame(0x8a, f->payload));
      }
    client.send(ping_frame("are you there") + ping_frame("") + text_frame("done"));
    record_frames(client, seen);
  }));
  auto c = connected<B>(uri_of(server));
  c.ping("from the client");
  c.ping();
  CHECK(c.recv().data == "done");
  c.close();
  CHECK(seen.wait_for(0) == "9:from the client");
  CHECK(seen.wait_for(1) == "9:");
  // The newest of several pings may be answered alone (RFC 6455, section 5.5.3).
  CHECK(seen.wait_for(2).rfind("10:", 0) == 0);
}

TEST_CASE_TEMPLATE("what the server closes with is told, and is sent back", B, EVERY_BACKEND) {
  const auto closed_by = [](const std::string& close, const std::string& answer) {
    record seen;
    scripted_server server(upgraded([&](peer& client) {
      client.send(text_frame("bye") + close);
      record_frames(client, seen);
    }));
    auto c = connected<B>(uri_of(server));
    CHECK(c.recv().data == "bye");
    const failure why = last_words(c);
    CHECK(seen.wait_for(0) == answer);
    CHECK(why.evidence().order ==
          (why.evidence().close_received ? close_order::received_then_sent : close_order::none));
    CHECK(last_words(c).fault() == why.fault());
    failure of_send, of_close;
    c.send("too late", of_send);
    CHECK(of_send.fault() == why.fault());
    c.close(of_close);
    CHECK_FALSE(of_close);
    return why;
  };
  const failure ok = closed_by(close_frame(1000, "that is all"), close_text(1000));
  CHECK(ok.fault() == fault::closed_normally);
  CHECK(ok.evidence().close_received.code == 1000);
  CHECK(ok.evidence().close_received.reason == "that is all");
  CHECK(ok.evidence().close_sent.code == 1000);
  CHECK(closed_by(close_frame(1001), close_text(1001)).fault() == fault::closed_normally);
  CHECK(closed_by(frame(0x88, ""), "8:").fault() == fault::closed_without_code);
  const failure bad = closed_by(close_frame(1011, "out of memory"), close_text(1011));
  CHECK(bad.fault() == fault::closed_with_error);
  CHECK(bad.evidence().close_received.code == 1011);
  CHECK(closed_by(close_frame(4321), close_text(4321)).fault() == fault::closed_with_error);
  CHECK(closed_by(close_frame(1005), close_text(1002)).fault() == fault::close_code_not_allowed);
  CHECK(closed_by(frame(0x88, "x"), close_text(1002)).fault() == fault::close_frame_malformed);
  CHECK(closed_by(close_frame(1000, "\xff"), close_text(1007)).fault() == fault::close_reason_not_utf8);
}

TEST_CASE_TEMPLATE("what the client closes with arrives, and the answer is waited for", B, EVERY_BACKEND) {
  record seen;
  scripted_server server(upgraded([&](peer& client) { record_frames(client, seen); }));
  const auto close_with = [&](std::uint16_t code, const std::string& reason) {
    auto c = connected<B>(uri_of(server));
    failure why;
    c.close(code, reason, why);
    CHECK_FALSE(why);
    return last_words(c);
  };
  const failure ok = close_with(1000, "");
  CHECK(ok.fault() == fault::closed_normally);
  CHECK(ok.evidence().order == close_order::sent_then_received);
  CHECK(seen.wait_for(0) == close_text(1000));
  CHECK(close_with(1001, "going").fault() == fault::closed_normally);
  CHECK(seen.wait_for(1) == close_text(1001, "going"));
  const failure own = close_with(4000, std::string(123, 'r'));
  CHECK(own.fault() == fault::closed_with_error);
  CHECK(own.evidence().close_sent.code == 4000);
  CHECK(own.evidence().close_sent.reason == std::string(123, 'r'));
  CHECK(seen.wait_for(2) == close_text(4000, std::string(123, 'r')));
}

TEST_CASE_TEMPLATE("messages that were under way when the client closed can still be received", B, EVERY_BACKEND) {
  scripted_server server(upgraded([](peer& client) {
    client.read_frame();
    client.send(text_frame("one") + text_frame("two") + close_frame(1000));
  }));
  auto c = connected<B>(uri_of(server));
  c.close();
  CHECK(c.recv().data == "one");
  CHECK(c.recv().data == "two");
  CHECK(last_words(c).fault() == fault::closed_normally);
}

TEST_CASE_TEMPLATE("a server that does not answer a close frame is told by recv(), not by close()", B, EVERY_BACKEND) {
  options how = patient();
  how.close_timeout = 100ms;
  const auto ends_with = [&](scripted_server::handler serve) {
    scripted_server server(std::move(serve));
    auto c = connected<B>(uri_of(server), how);
    failure why;
    c.close(why);
    CHECK_FALSE(why);
    return last_words(c).fault();
  };
  CHECK(ends_with(upgraded([](peer& client) { client.stall(); })) == fault::close_timeout);
  how.close_timeout = 10s;
  CHECK(ends_with(upgraded([](peer& client) { client.read_frame(); })) == fault::eof_before_close_answer);
  const fault by_reset = ends_with(upgraded([](peer& client) {
    client.read_frame();
    client.reset();
  }));
  CHECK(test_support::tells_reset(by_reset == fault::connection_reset, by_reset == fault::eof_before_close_answer));
}

TEST_CASE_TEMPLATE("a connection that is lost is told by recv() and by send()", B, EVERY_BACKEND) {
  const auto lost_by = [](scripted_server::handler serve) {
    scripted_server server(std::move(serve));
    auto c = connected<B>(uri_of(server));
    const failure why = last_words(c);
    failure of_send;
    c.send("x", of_send);
    CHECK(of_send.fault() == why.fault());
    return why;
  };
  CHECK(lost_by(upgraded([](peer&) {})).fault() == fault::eof_without_close);
  CHECK(lost_by(upgraded([](peer& client) { client.send("\x81\x05hel"); })).fault() == fault::eof_in_message);
  const failure reset = lost_by(upgraded([](peer& client) { client.reset(); }));
  const bool is_end = reset.fault() == fault::eof_without_close;
  CHECK(test_support::tells_reset(reset.fault() == fault::connection_reset, is_end));
  CHECK(test_support::tells_reset(reset.native_code() == std::errc::connection_reset, is_end));
}

TEST_CASE_TEMPLATE("send() on a connection that the server closed says how it was closed", B, EVERY_BACKEND) {
  scripted_server server(upgraded([](peer& client) { client.send(close_frame(1012, "restart")); }));
  auto c = connected<B>(uri_of(server));
  std::this_thread::sleep_for(100ms);
  failure why;
  c.send("x", why);
  CHECK(why.fault() == fault::closed_with_error);
  CHECK(why.evidence().close_received.code == 1012);
}

TEST_CASE_TEMPLATE("a keepalive ping without an answer loses the connection, one with an answer keeps it", B,
                   EVERY_BACKEND) {
  options how = patient();
  how.ping_interval = 100ms;
  how.ping_timeout = 300ms;
  scripted_server deaf(upgraded([](peer& client) { client.stall(); }));
  auto lost = connected<B>(uri_of(deaf), how);
  const auto begin = net::clock::now();
  const failure why = last_words(lost);
  CHECK(why.fault() == fault::keepalive_timeout);
  CHECK(why.evidence().close_sent.code == 1011);
  CHECK(net::clock::now() - begin > 300ms);
  CHECK(net::clock::now() - begin < 1900ms);

  record seen;
  scripted_server lively(upgraded([&](peer& client) {
    for (int i = 0; i < 8 && echo_one(client); ++i) seen.add("ping");
    client.send(text_frame("enough"));
    client.echo_close();
  }));
  auto kept = connected<B>(uri_of(lively), how);
  CHECK(kept.recv().data == "enough");
  CHECK(seen.all().size() == 8);
}

TEST_CASE_TEMPLATE("a pong that came while nobody received counts", B, EVERY_BACKEND) {
  std::atomic<bool> nobody_receives{false};
  scripted_server server(upgraded([&](peer& client) {
    const auto ping = client.read_frame();
    while (!nobody_receives && client.sleep(5ms)) {
    }
    if (ping) client.send(frame(0x8a, ping->payload));
    client.send(text_frame("here"));
    echo(client);
  }));
  options how = patient();
  how.ping_interval = 50ms;
  how.ping_timeout = 400ms;
  auto c = connected<B>(uri_of(server), how);
  failure why;
  c.recv(200ms, why);  // long enough to send a ping
  CHECK(why.fault() == fault::recv_timeout);
  nobody_receives = true;
  std::this_thread::sleep_for(600ms);
  CHECK(c.recv().data == "here");
}
