// WebSocket++'s drop-in client, against the scripted server.
#include <doctest/doctest.h>

#include "handshim/adapters/websocketpp.hpp"

#include <string>
#include <vector>

#include <websocketpp/config/asio_no_tls_client.hpp>

#include "scripted_server.hpp"

namespace ws = websocketpp;
using handshim::condition;
using handshim::failure;
using handshim::fault;
using handshim::phase;
using handshim::tool::parse_server;
using handshim::tool::scripted_server;
using client = handshim::adapters::websocketpp::client<ws::config::asio_client>;

namespace {

// A client that runs until its connection has failed or closed, and what its handlers were told.
struct session {
  client endpoint;
  client::connection_ptr con;
  std::vector<std::string> calls;
  failure told;
  bool is_open = false, closes = false;

  template <class... Policy>
  explicit session(const Policy&... policy) : endpoint(policy...) {
    endpoint.clear_access_channels(ws::log::alevel::all);
    endpoint.clear_error_channels(ws::log::elevel::all);
    endpoint.init_asio();
    endpoint.set_open_handler([this](ws::connection_hdl hdl) {
      calls.push_back("open");
      if (closes) endpoint.close(hdl, ws::close::status::normal, "done");
    });
    endpoint.set_fail_handler(endpoint.with_failure([this](ws::connection_hdl, const failure& f) {
      calls.push_back("fail");
      told = f;
    }));
    endpoint.set_close_handler([this](ws::connection_hdl hdl) {
      calls.push_back("close");
      told = endpoint.last_failure(hdl);
    });
  }
  const failure& run(const std::string& uri) {
    con = endpoint.get_connection(uri);
    endpoint.connect(con);
    endpoint.run();
    return told;
  }
  const failure& run(const scripted_server& server) {
    return run("ws://127.0.0.1:" + std::to_string(server.port()) + "/chat?token=secret");
  }
};

std::uint16_t closed_port() {
  scripted_server gone(parse_server("close"));
  return gone.port();
}

const std::vector<std::string> fail_alone{"fail"}, opened_and_closed{"open", "close"};

}  // namespace

TEST_CASE("A refused connection has the code of Asio, which the library calls pass_through") {
  session s;
  const failure& f = s.run("ws://127.0.0.1:" + std::to_string(closed_port()) + "/chat?token=secret");
  CHECK(f.fault() == fault::connection_refused);
  CHECK(f.phase() == phase::connect);
  CHECK(f.native_code() == std::errc::connection_refused);
  CHECK(f.evidence().detail == "reported as websocketpp.transport:2 Underlying Transport Error");
  CHECK(f.evidence().backend == "websocketpp");
  CHECK(f.evidence().elapsed.count() > 0);
  CHECK(f.describe().find("secret") == std::string::npos);
  CHECK(s.con->get_ec() == ws::transport::error::pass_through);  // the library's code is as it was
  CHECK(s.calls == fail_alone);
}

TEST_CASE("A refused upgrade has its status, headers and body") {
  const scripted_server server(parse_server(
      R"(read-request; send "HTTP/1.1 503 Busy\r\nRetry-After: 3\r\nContent-Length: 5\r\n\r\nlater"; close)"));
  session s;
  const failure& f = s.run(server);
  CHECK(f.fault() == fault::upgrade_rejected);
  CHECK(f.evidence().http_status == 503);
  CHECK(f.evidence().http_reason == "Busy");
  REQUIRE(f.evidence().headers.size() == 2);
  CHECK(f.evidence().headers[0].name == "Retry-After");
  CHECK(f.evidence().body == "later");
  CHECK(f.evidence().native_domain == "websocketpp.processor");
}

TEST_CASE("What the library calls a missing header is told apart") {
  const scripted_server server(parse_server(
      R"(read-request; send "HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n"; close)"));
  session s;
  const failure& f = s.run(server);
  CHECK(f.fault() == fault::accept_wrong);
  CHECK(f.evidence().header == "Sec-WebSocket-Accept");
}

TEST_CASE("A close frame of the server's") {
  const scripted_server server(parse_server(R"(upgrade; send "\x88\x06\x03\xf3gone"; close)"));
  session s;
  const failure& f = s.run(server);
  CHECK(f.fault() == fault::closed_with_error);
  CHECK(f.evidence().close_received.code == 1011);
  CHECK(f.evidence().close_received.reason == "gone");
  CHECK(s.calls == opened_and_closed);
}

TEST_CASE("A close of ours, and who was first") {
  const scripted_server server(parse_server("upgrade; echo-close; close"));
  session s;
  s.closes = true;
  const failure& f = s.run(server);
  CHECK(f.fault() == fault::closed_normally);
  CHECK(f.evidence().close_sent.code == 1000);
  CHECK(f.evidence().close_sent.reason == "done");
  CHECK(f.evidence().order == handshim::close_order::sent_then_received);
}

TEST_CASE("An end of the stream behind our close frame is not clean") {
  const scripted_server server(parse_server("upgrade; read-frame; close"));
  session s;
  s.closes = true;
  CHECK(s.run(server).fault() == fault::eof_before_close_answer);
  CHECK_FALSE(s.con->get_ec());  // to the library it is
}

TEST_CASE("An error of the peer's that only the local close code tells of") {
  const scripted_server server(parse_server(R"(upgrade; send "\xc1\x02hi"; read-frame; close)"));
  session s;
  const failure& f = s.run(server);
  CHECK(f.fault() == fault::frame_reserved_bits);
  CHECK(f.evidence().native_domain == "websocketpp.processor");
  CHECK(f.evidence().close_sent.code == 1002);
  CHECK_FALSE(s.con->get_ec());
}

TEST_CASE("A close frame that may not be is judged by what came") {
  const struct {
    const char* frame;
    fault wanted;
  } cases[] = {{R"("\x88\x01\x03")", fault::close_frame_malformed},
               {R"("\x88\x02\x03\xed")", fault::close_code_not_allowed},  // 1005
               {R"("\x88\x02\x03\xee")", fault::close_code_not_allowed},  // 1006, which stands for no frame
               {R"("\x88\x04\x03\xe8\xff\xfe")", fault::close_reason_not_utf8},
               {R"("\x88\x02\x03\xea")", fault::closed_with_error}};  // a 1002 of the server's own
  for (const auto& c : cases) {
    CAPTURE(c.frame);
    const scripted_server server(parse_server(std::string("upgrade; send ") + c.frame + "; read-frame; close"));
    session s;
    CHECK(s.run(server).fault() == c.wanted);
  }
}

TEST_CASE("A connection is told of once, though the library calls three handlers") {
  const scripted_server server(parse_server(
      R"(read-request; send "HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Extensions: =\r\n\r\n"; close)"));
  session s;
  CHECK(s.run(server).fault() == fault::extension_unrequested);
  CHECK(s.calls == fail_alone);
}

TEST_CASE("A pong that does not come is a keepalive timeout, in the handler and behind it") {
  const scripted_server server(parse_server("upgrade; read-frame; read-frame; close"));
  session s;
  failure in_handler;
  s.endpoint.set_pong_timeout(50);
  s.endpoint.set_open_handler([&](ws::connection_hdl hdl) { s.endpoint.ping(hdl, "alive"); });
  s.endpoint.set_pong_timeout_handler([&](ws::connection_hdl hdl, std::string) {
    in_handler = s.endpoint.last_failure(hdl);
    s.endpoint.close(hdl, ws::close::status::internal_endpoint_error, "no pong");
  });
  CHECK(s.run(server).fault() == fault::keepalive_timeout);
  CHECK(in_handler.fault() == fault::keepalive_timeout);
}

TEST_CASE("A call on a connection that has ended tells how it did") {
  const scripted_server server(parse_server("upgrade; close"));
  session s;
  s.run(server);
  const auto hdl = s.con->get_handle();
  CHECK_THROWS_AS(s.endpoint.send(hdl, "x", ws::frame::opcode::text), const handshim::connection_closed_error&);
  ws::lib::error_code code;
  s.endpoint.send(hdl, "x", ws::frame::opcode::text, code);
  CHECK(code == ws::error::invalid_state);  // the overload with a code is the library's
  failure why;
  s.endpoint.ping(hdl, "", why);
  CHECK(why.fault() == fault::eof_without_close);
  CHECK(s.endpoint.last_failure().fault() == fault::eof_without_close);
  using handshim::adapters::websocketpp::failure_of;
  CHECK(failure_of(*s.con, s.con->send("x")).fault() == fault::eof_without_close);
}

TEST_CASE("A connection that is gone is a usage error, and its handle can be asked all the same") {
  session s;
  const ws::connection_hdl hdl;
  CHECK(s.endpoint.last_failure(hdl).is(condition::usage));
  CHECK_THROWS_AS(s.endpoint.get_con_from_hdl(hdl), const handshim::usage_error&);
}

TEST_CASE("A URI that the library does not take") {
  session s;
  failure why;
  CHECK_FALSE(s.endpoint.get_connection("ws://user:secret@127.0.0.1:http/", why));
  CHECK(why.fault() == fault::uri_port_invalid);
  CHECK(why.what().find("secret") == std::string::npos);
  CHECK_THROWS_AS(s.endpoint.get_connection("ws://127.0.0.1:70000/"), const handshim::invalid_uri&);
  CHECK_THROWS_AS(s.endpoint.get_connection("wss://127.0.0.1/"), const handshim::tls_error&);
}

TEST_CASE("Under native the library's own exception goes on, and handshim observes") {
  session s(handshim::find_policy("native"));
  try {
    s.endpoint.get_connection("nonsense");
    FAIL("no exception");
  } catch (const handshim::error&) {
    FAIL("not the native one");
  } catch (const ws::exception& e) {
    CHECK(e.code() == ws::error::invalid_uri);
  }
  CHECK(s.endpoint.last_failure().is(condition::usage));
}

TEST_CASE("The policy is the one that holds when the client is made") {
  const scripted_server server(parse_server("read-request; close"));
  handshim::with_policy(handshim::find_policy("websockets-14.0"), [&] {
    session s;
    const failure f = s.run(server);
    CHECK(f.fault() == fault::eof_before_status_line);
    CHECK(s.endpoint.choice().policy.name() == "websockets-14.0");
  });
}

TEST_CASE("guard() takes the library's exceptions, of a connection's own calls") {
  session s;
  s.con = s.endpoint.get_connection("ws://127.0.0.1:1/");
  using handshim::adapters::websocketpp::translator;
  CHECK_THROWS_AS(handshim::guard<translator>(phase::open, [&] { s.con->ping("x"); }), const handshim::usage_error&);
}
