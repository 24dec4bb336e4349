#include "handshim/client.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>

#include "../support/backends.hpp"
#include "../support/frames.hpp"
#include "../support/memory_stream.hpp"

using namespace handshim;
using namespace client_test;

namespace {

const std::string anywhere = "ws://server.test/";

options to_peer(std::shared_ptr<memory_peer> peer) {
  options how = patient();
  how.open_stream = opener_to(std::move(peer));
  return how;
}

options to_bytes(std::string bytes, ending how = ending::stall) {
  return to_peer(std::make_shared<memory_peer>(std::move(bytes), how));
}

const std::string closing_at_once = upgrade_response + close_frame(1000);
const std::string refusal = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\nRetry-After: 7\r\n\r\nbusy";

// What a call throws: its failure, or none.
template <class Call>
failure thrown_by(Call call) {
  try {
    call();
  } catch (const error& e) {
    return e.failure();
  }
  return {};
}

template <class Backend>
using called = void (*)(client<Backend>&, failure&);

template <class Backend>
failure failure_from(client<Backend>& c, called<Backend> call) {
  failure why;
  call(c, why);
  return why;
}

}  // namespace

TEST_CASE_TEMPLATE("a client works over any stream that open_stream makes", B, EVERY_BACKEND) {
  const auto peer = std::make_shared<memory_peer>(upgrade_response + text_frame("hello") + close_frame(1000));
  auto c = connected<B>("ws://server.test:81/chat?room=1", to_peer(peer));
  failure why;
  const message got = c.recv(why);
  CHECK_FALSE(why);
  CHECK(got.text);
  CHECK(got.data == "hello");
  CHECK(last_words(c).fault() == fault::closed_normally);
  CHECK(peer->written().rfind("GET /chat?room=1 HTTP/1.1\r\nHost: server.test:81\r\n", 0) == 0);
  CHECK(peer->opened() == 1);
  CHECK(peer->finished() == 1);
}

TEST_CASE_TEMPLATE("open_stream is given the URI in parts, wss included", B, EVERY_BACKEND) {
  const auto peer = std::make_shared<memory_peer>(upgrade_response);
  rfc6455::uri seen;
  options how = patient();
  how.open_stream = [&](const rfc6455::uri& to, net::deadline until, net::interrupter& stop, std::error_code&) {
    seen = to;
    CHECK_FALSE(until.is_never());
    return std::make_unique<memory_stream>(peer, stop);
  };
  connected<B>("wss://[::1]:444/x", how);
  CHECK(seen.secure);
  CHECK(seen.host == "::1");
  CHECK(seen.port == 444);
  CHECK(seen.target == "/x");
}

TEST_CASE_TEMPLATE("the error of open_stream is the fault, and a null stream without one is connect_failed", B,
                   EVERY_BACKEND) {
  const auto failing_with = [](std::error_code code) {
    options how;
    how.open_stream = [code](const rfc6455::uri&, net::deadline, net::interrupter&, std::error_code& error) {
      error = code;
      return std::unique_ptr<net::byte_stream>();
    };
    client<B> c(how);
    failure why;
    c.connect(anywhere, why);
    return why;
  };
  CHECK(failing_with(make_error_code(fault::tls_certificate_expired)).fault() == fault::tls_certificate_expired);
  CHECK(failing_with(std::make_error_code(std::errc::connection_refused)).fault() == fault::connection_refused);
  CHECK(failing_with(net::stream_errc::timed_out).fault() == fault::connect_timeout);
  CHECK(failing_with(net::stream_errc::interrupted).fault() == fault::cancelled);
  CHECK(failing_with({}).fault() == fault::connect_failed);
  CHECK(failing_with({}).evidence().detail == "options::open_stream gave neither a stream nor an error");
}

namespace {

// A client whose opener throws the first time.
template <class B, class Throw>
client<B> with_throwing_opener(Throw throw_it) {
  options how;
  how.open_stream = [throw_it, thrown = false](const rfc6455::uri&, net::deadline, net::interrupter& stop,
                                               std::error_code&) mutable -> std::unique_ptr<net::byte_stream> {
    if (!std::exchange(thrown, true)) throw_it();
    return std::make_unique<memory_stream>(std::make_shared<memory_peer>(upgrade_response), stop);
  };
  return client<B>(how);
}

template <class B, class Throw>
failure failure_from_opener(Throw throw_it) {
  auto c = with_throwing_opener<B>(throw_it);
  failure why, none;
  c.connect(anywhere, why);
  c.connect(anywhere, none);
  CHECK_FALSE(none);
  CHECK(why.evidence().backend == B::name);
  CHECK(why.evidence().endpoint == anywhere);
  return why;
}

}  // namespace

TEST_CASE_TEMPLATE("what open_stream throws is a failure as of any native exception", B, EVERY_BACKEND) {
  const failure refused =
      failure_from_opener<B>([] { throw std::system_error(ECONNREFUSED, std::generic_category(), "proxy"); });
  CHECK(refused.fault() == fault::connection_refused);
  CHECK(refused.native_code() == std::errc::connection_refused);
  CHECK(refused.evidence().native_text.substr(0, 5) == "proxy");
  CHECK_THROWS_AS(std::rethrow_exception(refused.evidence().cause), std::system_error);
  const failure unknown = failure_from_opener<B>([] { throw std::runtime_error("no token"); });
  CHECK(unknown.fault() == fault::unclassified);
  CHECK(unknown.phase() == phase::connect);
  CHECK(unknown.evidence().native_domain == "std::runtime_error");
  CHECK(unknown.evidence().native_text == "no token");
  CHECK(failure_from_opener<B>([] { throw 7; }).fault() == fault::unclassified);
}

TEST_CASE_TEMPLATE("a handshim::error that open_stream throws keeps its fault, its phase and its evidence", B,
                   EVERY_BACKEND) {
  evidence known;
  known.http_status = 407;
  const failure why = failure_from_opener<B>([&] { raise(failure(fault::proxy_failed, known)); });
  CHECK(why.fault() == fault::proxy_failed);
  CHECK(why.phase() == phase::proxy);
  CHECK(why.evidence().http_status == 407);
}

TEST_CASE_TEMPLATE("std::bad_alloc from open_stream goes through, and the client can connect again", B, EVERY_BACKEND) {
  auto c = with_throwing_opener<B>([] { throw std::bad_alloc(); });
  failure why;
  CHECK_THROWS_AS(c.connect(anywhere, why), std::bad_alloc);
  c.connect(anywhere, why);
  CHECK_FALSE(why);
}

TEST_CASE_TEMPLATE("wss without a stream for it is tls_unsupported", B, EVERY_BACKEND) {
  client<B> c;
  const failure why = thrown_by([&] { c.connect("wss://127.0.0.1/"); });
  CHECK(why.fault() == fault::tls_unsupported);
  CHECK(why.is(condition::tls));
  CHECK(why.describe().find("open_stream") != std::string::npos);
}

TEST_CASE_TEMPLATE("every call before connect() is not_connected", B, EVERY_BACKEND) {
  client<B> c;
  const called<B> calls[] = {
      [](client<B>& on, failure& why) { on.send("x", why); },
      [](client<B>& on, failure& why) { on.send_binary("x", why); },
      [](client<B>& on, failure& why) { on.recv(why); },
      [](client<B>& on, failure& why) { on.ping("", why); },
      [](client<B>& on, failure& why) { on.close(why); },
  };
  for (const called<B> call : calls) {
    const failure why = failure_from(c, call);
    CHECK(why.fault() == fault::not_connected);
    CHECK(why.evidence().backend == B::name);
  }
  c.cancel();  // nothing to cancel
  CHECK(c.subprotocol().empty());
  CHECK_THROWS_AS(c.send("x"), invalid_state);
}

TEST_CASE_TEMPLATE("connect() on an open connection is already_connected and leaves it open", B, EVERY_BACKEND) {
  auto c = connected<B>(anywhere, to_bytes(upgrade_response + text_frame("still here")));
  failure why;
  c.connect(anywhere, why);
  CHECK(why.fault() == fault::already_connected);
  CHECK(c.recv().data == "still here");
}

TEST_CASE_TEMPLATE("a client can connect again after a close, a loss, a failure and a cancel()", B, EVERY_BACKEND) {
  const auto peer = std::make_shared<memory_peer>(upgrade_response + text_frame("again"));
  options how = to_peer(peer);
  how.close_timeout = std::chrono::milliseconds(50);
  auto c = connected<B>(anywhere, how);
  failure why;
  c.close(why);
  CHECK_FALSE(why);
  const std::pair<std::string, ending> others[] = {
      {closing_at_once, ending::stall}, {upgrade_response, ending::reset}, {refusal, ending::stall}};
  for (const auto& [bytes, end] : others) {
    c.connect(anywhere, to_bytes(bytes, end), why);
    CHECK_FALSE(why.is(fault::usage_invalid));
    if (!why) last_words(c);
  }
  c.connect(anywhere, how);
  c.cancel();
  CHECK(thrown_by([&] { c.recv(); }).fault() == fault::cancelled);
  c.connect(anywhere, how);
  CHECK(c.recv().data == "again");
}

TEST_CASE_TEMPLATE("a cancel() that is too late for connect() ends what it made", B, EVERY_BACKEND) {
  client<B> c;
  options how = to_bytes(upgrade_response + text_frame("x"));
  const stream_opener open = how.open_stream;
  how.open_stream = [&](const rfc6455::uri& to, net::deadline until, net::interrupter& stop, std::error_code& error) {
    c.cancel();  // the stream in memory does not look at the interrupter while there is something to read
    return open(to, until, stop, error);
  };
  failure why;
  c.connect(anywhere, how, why);
  REQUIRE_FALSE(why);
  c.connect(anywhere, to_bytes(upgrade_response + text_frame("again")), why);
  CHECK_FALSE(why);
  CHECK(c.recv().data == "again");
}

TEST_CASE_TEMPLATE("a client that was moved goes on where it was", B, EVERY_BACKEND) {
  auto first = connected<B>(anywhere, to_bytes(upgrade_response + text_frame("one") + text_frame("two")));
  CHECK(first.recv().data == "one");
  client<B> second(std::move(first));
  CHECK(second.recv().data == "two");
  first = client<B>();
  CHECK(thrown_by([&] { first.send("x"); }).fault() == fault::not_connected);
  first = std::move(second);
  first.send("x");
  static_assert(!std::is_copy_constructible_v<client<B>>);
  static_assert(std::is_nothrow_move_constructible_v<client<B>>);
}

TEST_CASE_TEMPLATE("the options given to connect() replace the client's", B, EVERY_BACKEND) {
  client<B> c;
  options how = to_bytes(refusal);
  how.policy = find_policy("websockets-legacy-13.1");
  CHECK_THROWS_AS(c.connect(anywhere, how), invalid_status_code);
  CHECK(c.choice().policy.name() == "websockets-legacy-13.1");
  CHECK(c.choice().source == policy_source::argument);
  CHECK_THROWS_AS(c.connect(anywhere), invalid_status_code);
  how.policy.reset();
  CHECK_THROWS_AS(c.connect(anywhere, how), invalid_status_code);
  std::error_code ec;
  c.connect(anywhere, to_bytes(upgrade_response), ec);
  CHECK_FALSE(ec);
}

TEST_CASE_TEMPLATE("the policy is that which held when the client was made", B, EVERY_BACKEND) {
  auto made_inside = with_policy(find_policy("websockets-13.1"), [] { return client<B>(to_bytes("", ending::eof)); });
  CHECK(made_inside.choice().source == policy_source::scope);
  CHECK_THROWS_AS(made_inside.connect(anywhere), invalid_message);
  client<B> made_outside(to_bytes("", ending::eof));
  with_policy(find_policy("websockets-14.0"),
              [&] { CHECK_THROWS_AS(made_outside.connect(anywhere), invalid_message); });
  options how = to_bytes("", ending::eof);
  how.policy = find_policy("websockets-14.0");
  client<B> told(how);
  CHECK_THROWS_AS(told.connect(anywhere), eof_error);
}

TEST_CASE_TEMPLATE("the three forms of a call report the same", B, EVERY_BACKEND) {
  const auto check = [](const options& how, bool connects, called<B> call, auto code_of, auto throwing) {
    client<B> by_failure(how), by_code(how), by_throw(how);
    for (client<B>* c : {&by_failure, &by_code, &by_throw})
      if (connects) c->connect(anywhere);
    const failure why = failure_from(by_failure, call);
    REQUIRE(why);
    CHECK(code_of(by_code) == why.code());
    const failure thrown = thrown_by([&] { throwing(by_throw); });
    CHECK(thrown.fault() == why.fault());
    CHECK(thrown.phase() == why.phase());
    CHECK(by_code.last_failure().fault() == why.fault());
    CHECK(by_failure.last_failure().what() == why.what());
  };
  std::error_code ec;
  check(
      to_bytes(refusal), false, [](client<B>& c, failure& why) { c.connect(anywhere, why); },
      [&](client<B>& c) { return c.connect(anywhere, ec), ec; }, [](client<B>& c) { c.connect(anywhere); });
  check(
      to_bytes(closing_at_once), true, [](client<B>& c, failure& why) { c.recv(why); },
      [&](client<B>& c) { return c.recv(ec), ec; }, [](client<B>& c) { c.recv(); });
  check(
      to_bytes(closing_at_once), true, [](client<B>& c, failure& why) { c.recv(std::chrono::seconds(20), why); },
      [&](client<B>& c) { return c.recv(std::chrono::seconds(20), ec), ec; },
      [](client<B>& c) { c.recv(std::chrono::seconds(20)); });
  check(
      to_bytes(closing_at_once), true, [](client<B>& c, failure& why) { c.send("x", why); },
      [&](client<B>& c) { return c.send("x", ec), ec; }, [](client<B>& c) { c.send("x"); });
  check(
      to_bytes(closing_at_once), true, [](client<B>& c, failure& why) { c.send_binary("x", why); },
      [&](client<B>& c) { return c.send_binary("x", ec), ec; }, [](client<B>& c) { c.send_binary("x"); });
  check(
      to_bytes(closing_at_once), true, [](client<B>& c, failure& why) { c.ping("x", why); },
      [&](client<B>& c) { return c.ping("x", ec), ec; }, [](client<B>& c) { c.ping("x"); });
  check(
      to_bytes(closing_at_once), true, [](client<B>& c, failure& why) { c.close(1005, "", why); },
      [&](client<B>& c) { return c.close(1005, "", ec), ec; }, [](client<B>& c) { c.close(1005); });
}

TEST_CASE_TEMPLATE("a call that succeeds clears the failure and the code, and last_failure() stays", B, EVERY_BACKEND) {
  client<B> c(to_bytes(upgrade_response + text_frame("x")));
  CHECK_FALSE(c.last_failure());
  failure why(fault::cancelled);
  c.send("too early", why);
  CHECK(why.fault() == fault::not_connected);
  c.connect(anywhere, why);
  CHECK_FALSE(why);
  std::error_code ec = make_error_code(fault::cancelled);
  CHECK(c.recv(ec).data == "x");
  CHECK_FALSE(ec);
  CHECK(c.last_failure().fault() == fault::not_connected);
}

TEST_CASE_TEMPLATE("arguments that cannot be sent are refused before anything is", B, EVERY_BACKEND) {
  const auto peer = std::make_shared<memory_peer>(upgrade_response);
  options how = to_peer(peer);
  how.close_timeout = std::chrono::milliseconds(50);
  auto c = connected<B>(anywhere, how);
  const std::string before = peer->written();
  failure why;
  for (const int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535}) {
    c.close(static_cast<std::uint16_t>(code), "", why);
    CHECK(why.fault() == fault::close_code_not_sendable);
    CHECK(why.evidence().detail == std::to_string(code));
  }
  c.close(1000, std::string(124, 'r'), why);
  CHECK(why.fault() == fault::close_reason_invalid);
  CHECK(why.evidence().detail == "124 bytes");
  c.close(1000, "r\xff", why);
  CHECK(why.fault() == fault::close_reason_invalid);
  CHECK(why.evidence().detail == "not UTF-8 at byte 1 of 2");
  c.ping(std::string(126, 'p'), why);
  CHECK(why.fault() == fault::control_payload_too_long);
  CHECK(why.evidence().detail == "126 bytes");
  for (const char* text : {"\xff", "half \xe2\x82", "\xed\xa0\x80", "\xc0\x80"}) {
    c.send(text, why);
    CHECK(why.fault() == fault::text_not_utf8);
  }
  c.send("half \xe2\x82", why);
  CHECK(why.evidence().detail == "at byte 7 of 7");
  c.send("ok \xc0\x80 ok", why);
  CHECK(why.evidence().detail == "at byte 3 of 8");
  CHECK_THROWS_AS(c.send("\xff"), usage_error);
  CHECK(peer->written() == before);
  c.send_binary("\xff");
  std::error_code ec = make_error_code(fault::cancelled);
  c.ping(ec);
  CHECK_FALSE(ec);
  c.ping(why);
  CHECK_FALSE(why);
  c.ping(std::string(125, 'p'));
  c.close(4999, std::string(123, 'r'));
}

TEST_CASE_TEMPLATE("options that cannot be sent are named, and nothing is opened", B, EVERY_BACKEND) {
  const auto peer = std::make_shared<memory_peer>(upgrade_response);
  const auto refused = [&](auto change) {
    options how = to_peer(peer);
    change(how);
    client<B> c(how);
    const failure why = thrown_by([&] { c.connect(anywhere); });
    CHECK(why.fault() == fault::header_not_sendable);
    CHECK(why.phase() == phase::local);
    return std::string(why.evidence().detail);
  };
  CHECK(refused([](options& o) {
          o.headers = {{"X-A", "1"}, {"bad name", "2"}};
        }).find("headers[1]") != std::string::npos);
  CHECK(refused([](options& o) { o.headers = {{"X-A", "1\r\nInjected: yes"}}; }).find("X-A") != std::string::npos);
  CHECK(refused([](options& o) { o.headers = {{"Upgrade", "h2c"}}; }).find("Upgrade") != std::string::npos);
  CHECK(refused([](options& o) {
          o.subprotocols = {"fine", "not fine"};
        }).find("subprotocols[1]") != std::string::npos);
  CHECK(refused([](options& o) { o.origin = "http://a\n"; }).find("origin") != std::string::npos);
  CHECK(peer->opened() == 0);
}

TEST_CASE_TEMPLATE("URIs that cannot be connected to are told apart, and nothing is opened", B, EVERY_BACKEND) {
  const auto peer = std::make_shared<memory_peer>(upgrade_response);
  const std::pair<const char*, fault> bad[] = {
      {"http://h/", fault::uri_scheme_unsupported},   {"ws:///", fault::uri_host_missing},
      {"ws://h:65536/", fault::uri_port_invalid},     {"ws://h/#f", fault::uri_fragment},
      {"ws://u@h/", fault::uri_user_info_incomplete}, {"ws://h/a b", fault::uri_character_invalid},
      {"ws://[::1/", fault::uri_host_malformed}};
  for (const auto& row : bad) {
    client<B> c(to_peer(peer));
    CHECK(thrown_by([&] { c.connect(row.first); }).fault() == row.second);
    CHECK_THROWS_AS(c.connect(row.first), invalid_uri);
  }
  CHECK(peer->opened() == 0);
}

TEST_CASE("under the policy native each client's own exception goes on unchanged") {
  options how = to_bytes("", ending::eof);
  how.policy = find_policy("native");
  CHECK_THROWS_AS(client<legacy_mode>(how).connect(anywhere), legacy_client::invalid_message);
  CHECK_THROWS_AS(client<new_mode>(how).connect(anywhere), new_client::eof_error);
  try {
    client<raw_sockets>(how).connect(anywhere);
    FAIL("nothing was thrown");
  } catch (const error&) {
    FAIL("handshim's own exception was thrown");
  } catch (const std::system_error& e) {
    CHECK(e.code() == net::stream_errc::eof);
  }
  how.open_stream = opener_to(std::make_shared<memory_peer>(refusal));
  try {
    client<legacy_mode>(how).connect(anywhere);
    FAIL("nothing was thrown");
  } catch (const legacy_client::invalid_status_code& e) {
    CHECK(e.status == 503);
  }
  try {
    client<new_mode>(how).connect(anywhere);
    FAIL("nothing was thrown");
  } catch (const new_client::invalid_status& e) {
    CHECK(e.response.status == 503);
    CHECK(e.response.body == "busy");
  }
  CHECK_THROWS_AS(client<raw_sockets>(how).connect(anywhere), std::system_error);
}

TEST_CASE("under the policy native a closed connection is each client's own too") {
  options how = to_bytes(upgrade_response + close_frame(1011, "sorry"));
  how.policy = find_policy("native");
  auto legacy = connected<legacy_mode>(anywhere, how);
  try {
    legacy.recv();
    FAIL("nothing was thrown");
  } catch (const legacy_client::connection_closed& e) {
    CHECK(e.code == 1011);
    CHECK(e.reason == "sorry");
  }
  auto recent = connected<new_mode>(anywhere, how);
  try {
    recent.recv();
    FAIL("nothing was thrown");
  } catch (const new_client::connection_closed& e) {
    CHECK(e.state.received.code == 1011);
    CHECK(e.state.sent.code == 1011);
  }
  auto raw = connected<raw_sockets>(anywhere, how);
  CHECK_THROWS_AS(raw.recv(), std::system_error);
}

TEST_CASE_TEMPLATE("the native error stays reachable behind the failure", B, EVERY_BACKEND) {
  client<B> c(to_bytes("HTTP/1.1 101", ending::reset));
  const failure why = thrown_by([&] { c.connect(anywhere); });
  CHECK(why.fault() == fault::reset_in_status_line);
  CHECK(why.native_code() == std::error_code(ECONNRESET, std::system_category()));
  CHECK(why.evidence().first_bytes == "HTTP/1.1 101");
  CHECK(why.evidence().bytes_in == 12);
  CHECK(why.evidence().bytes_out > 100);
  CHECK(why.evidence().endpoint == anywhere);
  CHECK(static_cast<bool>(why.evidence().cause) == (B::name != raw_sockets::name));
}

TEST_CASE_TEMPLATE("a refused upgrade comes with the whole answer", B, EVERY_BACKEND) {
  client<B> c(to_bytes(refusal));
  const failure why = thrown_by([&] { c.connect("ws://user:secret@server.test/?token=abc"); });
  CHECK(why.fault() == fault::upgrade_rejected);
  CHECK(why.evidence().http_status == 503);
  CHECK(why.evidence().http_reason == "Service Unavailable");
  CHECK(why.evidence().body == "busy");
  CHECK(why.evidence().body_complete);
  CHECK(why.evidence().headers.size() == 2);
  CHECK(why.describe().find("secret") == std::string::npos);
  CHECK(why.describe().find("abc") == std::string::npos);
}
