#include "handshim/adapters/collector.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <string>
#include <utility>

#include "handshim/rfc6455/handshake.hpp"

using namespace handshim;
using adapters::collector;
using adapters::expectation;
using rfc6455::ending;

namespace {

collector begun(expectation e = {}) {
  collector out("test");
  out.begin(std::move(e));
  return out;
}

collector in_handshake() {
  collector out = begun();
  out.connected();
  return out;
}

std::string upgrade_response(const std::string& more = {}) {
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
         rfc6455::accept_for("key") + "\r\n" + more + "\r\n";
}

// A connection that stands, all of whose bytes were seen.
collector open_one() {
  collector out = in_handshake();
  out.peer_sent(upgrade_response());
  out.reached(phase::open);
  return out;
}

}  // namespace

TEST_CASE("a collector settles once, and what is told later changes nothing") {
  collector seen = begun();
  CHECK(seen.is_live());
  CHECK_FALSE(seen.is_settled());
  seen.reached(phase::connect);
  seen.report("system", ECONNREFUSED, "first");
  seen.report("system", ECONNRESET, "second");
  CHECK(seen.ended().fault() == fault::connection_refused);
  CHECK(seen.result().evidence().native_text == "first");
  CHECK(seen.result().evidence().native_value == ECONNREFUSED);
  seen.state(fault::cancelled);
  CHECK(seen.timed_out().fault() == fault::connection_refused);
  CHECK_FALSE(seen.is_live());
}

TEST_CASE("begin forgets the connection before") {
  collector seen = begun();
  seen.report("system", ECONNREFUSED, "refused");
  seen.ended();
  seen.begin();
  CHECK_FALSE(seen.result());
  CHECK(seen.where() == phase::local);
  seen.reached(phase::connect);
  CHECK(seen.timed_out().fault() == fault::connect_timeout);
}

TEST_CASE("without any word it is what fails in the phase that was reached") {
  const std::pair<phase, fault> expected[] = {
      {phase::local, fault::usage_invalid},    {phase::resolve, fault::resolve_failed},
      {phase::connect, fault::connect_failed}, {phase::proxy, fault::proxy_failed},
      {phase::tls, fault::tls_failed},         {phase::handshake, fault::handshake_failed},
      {phase::open, fault::connection_lost}};
  for (const auto& [reached, wanted] : expected) {
    collector seen = begun();
    seen.reached(reached);
    CHECK(seen.ended().fault() == wanted);
  }
}

TEST_CASE("a code that no table knows does not hide the phase, and stays whole") {
  collector seen = in_handshake();
  seen.report("unheard of", 7, "its text");
  CHECK(seen.ended().fault() == fault::handshake_failed);
  CHECK(seen.result().evidence().native_domain == "unheard of");
  CHECK(seen.result().evidence().native_value == 7);
}

TEST_CASE("a phase never goes back") {
  collector seen = begun();
  seen.reached(phase::handshake);
  seen.reached(phase::resolve);
  CHECK(seen.where() == phase::handshake);
}

TEST_CASE("what is stated wins over everything") {
  collector seen = open_one();
  seen.peer_sent("\x88\x02\x03\xe8");
  seen.state(fault::keepalive_timeout);
  seen.state(fault::cancelled);
  CHECK(seen.ended().fault() == fault::keepalive_timeout);
}

TEST_CASE("a response that was seen tells where it ended") {
  const std::pair<const char*, fault> ends[] = {{"", fault::eof_before_status_line},
                                                {"HTTP/1.", fault::eof_in_status_line},
                                                {"HTTP/1.1 101 ok\r\nUpgr", fault::eof_in_headers}};
  for (const auto& [bytes, wanted] : ends) {
    collector seen = in_handshake();
    seen.peer_sent(bytes);
    seen.peer_ended(ending::eof);
    seen.report("unheard of", 1, "it failed");
    CHECK(seen.ended().fault() == wanted);
  }
  collector seen = in_handshake();
  seen.peer_sent("HTTP/1.");
  CHECK(seen.timed_out().fault() == fault::timeout_in_status_line);
}

TEST_CASE("what was missed is not guessed") {
  collector seen = in_handshake();
  seen.peer_sent("HTTP/1.");
  seen.missed();
  seen.peer_ended(ending::eof);
  CHECK(seen.ended().fault() == fault::handshake_failed);
  CHECK(seen.result().evidence().bytes_in == 7);
}

TEST_CASE("a refusal keeps status, headers and body") {
  collector seen = in_handshake();
  seen.peer_sent("HTTP/1.1 503 Busy\r\nRetry-After: 3\r\nContent-Length: 4\r\n\r\nbusy");
  seen.report("unheard of", 0, "refused");
  const failure& f = seen.ended();
  CHECK(f.fault() == fault::upgrade_rejected);
  CHECK(f.evidence().http_status == 503);
  CHECK(f.evidence().http_reason == "Busy");
  REQUIRE(f.evidence().headers.size() == 2);
  CHECK(f.evidence().headers[0].value == "3");
  CHECK(f.evidence().body == "busy");
}

TEST_CASE("a status that the client tells is enough, and is the one that it took for the answer") {
  collector told = in_handshake();
  told.responded(403);
  told.body("no");
  CHECK(told.ended().fault() == fault::upgrade_rejected);
  CHECK(told.result().evidence().http_status == 403);
  CHECK(told.result().evidence().body == "no");

  collector interim = in_handshake();
  interim.peer_sent("HTTP/1.1 100 Continue\r\n\r\n" + upgrade_response());
  interim.responded(100);
  CHECK(interim.ended().fault() == fault::upgrade_rejected);
  CHECK(interim.result().evidence().http_status == 100);
}

TEST_CASE("the headers of a 101 are checked, as far as what was asked is known") {
  collector seen = in_handshake();
  seen.peer_sent("HTTP/1.1 101 ok\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n");
  CHECK(seen.ended().fault() == fault::upgrade_header_invalid);
  CHECK(seen.result().evidence().header == "Upgrade");

  expectation with_key;
  with_key.key = "another";
  collector wrong = begun(with_key);
  wrong.connected();
  wrong.peer_sent(upgrade_response());
  CHECK(wrong.ended().fault() == fault::accept_wrong);

  // Without the key the rest is checked; if it is right, only the client knows what it did not like.
  collector behind = in_handshake();
  behind.peer_sent(upgrade_response("Sec-WebSocket-Protocol: other\r\n"));
  CHECK(is_a(behind.ended().fault(), fault::upgrade_invalid));
  collector right = in_handshake();
  right.peer_sent(upgrade_response());
  CHECK(right.ended().fault() == fault::handshake_failed);

  expectation compressing;
  compressing.extensions = true;
  collector agreed = begun(compressing);
  agreed.connected();
  agreed.peer_sent(upgrade_response("Sec-WebSocket-Extensions: permessage-deflate\r\n"));
  CHECK(agreed.ended().fault() == fault::handshake_failed);
}

TEST_CASE("frames are read along: close frames, their order, and what broke the protocol") {
  collector closed = open_one();
  closed.peer_sent(std::string("\x88\x06\x03\xf3", 4) + "oops");
  closed.report("unheard of", 75, "gone");
  CHECK(closed.ended().fault() == fault::closed_with_error);
  CHECK(closed.result().evidence().close_received.code == 1011);
  CHECK(closed.result().evidence().close_received.reason == "oops");

  collector broken = open_one();
  broken.peer_sent("\xc1\x02hi");
  CHECK(broken.ended().fault() == fault::frame_reserved_bits);

  collector cut = open_one();
  cut.peer_sent("\x81\x05he");
  cut.peer_ended(ending::eof);
  CHECK(cut.ended().fault() == fault::eof_in_message);
}

TEST_CASE("a response that the client takes and this does not, or an extension, hides the frames") {
  for (const std::string& response :
       {std::string("HTTP/1.1 101\r\n\r\n"), upgrade_response("Sec-WebSocket-Extensions: permessage-deflate\r\n")}) {
    collector seen = in_handshake();
    seen.peer_sent(response);
    seen.reached(phase::open);
    seen.peer_sent("\xc1\x02hi");
    seen.peer_ended(ending::reset);
    CHECK(seen.ended().fault() == fault::connection_reset);
  }
}

TEST_CASE("close frames that the client tells") {
  const std::pair<std::uint16_t, fault> codes[] = {{std::uint16_t{1000}, fault::closed_normally},
                                                   {std::uint16_t{1005}, fault::closed_without_code},
                                                   {std::uint16_t{4000}, fault::closed_with_error}};
  for (const auto& [code, wanted] : codes) {
    collector seen = begun();
    seen.reached(phase::open);
    seen.close_received(code, "why");
    seen.close_received(1011, "later");
    seen.close_sent(code, {});
    CHECK(seen.ended().fault() == wanted);
    CHECK(seen.result().evidence().close_received.reason == "why");
    CHECK(seen.result().evidence().order == close_order::received_then_sent);
  }
}

TEST_CASE("a close of the program's own") {
  collector unseen = begun();
  unseen.reached(phase::open);
  unseen.close_sent(1000, {});
  unseen.report_end("unheard of", 0, {});
  CHECK(unseen.ended().fault() == fault::closed_normally);
  CHECK(unseen.where() == phase::closing);

  collector unanswered = open_one();
  unanswered.close_sent(1000, {});
  CHECK(unanswered.ended().fault() == fault::close_timeout);

  collector deaf = open_one();
  deaf.close_sent(1000, {});
  deaf.stops_reading();
  CHECK(deaf.ended().fault() == fault::closed_normally);

  collector answered = open_one();
  answered.close_sent(1000, {});
  answered.peer_sent("\x88\x02\x0f\xa0");
  CHECK(answered.ended().fault() == fault::closed_with_error);

  collector failed = begun();
  failed.reached(phase::open);
  failed.close_sent(1000, {});
  failed.report("unheard of", 1, "an error");
  CHECK(failed.ended().fault() == fault::connection_lost);

  collector too_late = open_one();
  too_late.peer_ended(ending::eof);
  too_late.close_sent(1000, {});
  CHECK(too_late.ended().fault() == fault::eof_without_close);
}

TEST_CASE("a message limit counts only where the client has it") {
  const std::string frame = "\x82\x7e\x04\x01" + std::string(1025, 'a');
  expectation limited;
  limited.max_message_size = 1024;
  collector small = begun(limited);
  small.connected();
  small.peer_sent(upgrade_response());
  small.reached(phase::open);
  small.peer_sent(frame);
  CHECK(small.ended().fault() == fault::message_too_big);

  collector any = open_one();
  any.peer_sent(frame);
  any.peer_ended(ending::eof);
  CHECK(any.ended().fault() == fault::eof_without_close);
}

TEST_CASE("behind TLS nothing is read along, but an end is one") {
  expectation e;
  e.encrypted = true;
  e.endpoint = "wss://user:secret@host/?token=t";
  collector seen = begun(e);
  seen.connected();
  CHECK(seen.where() == phase::tls);
  seen.peer_sent("HTTP/1.1 400 Bad Request\r\n\r\n");
  seen.peer_ended(ending::reset);
  CHECK(seen.ended().fault() == fault::tls_reset);
  CHECK(seen.result().evidence().http_status == 0);
  CHECK(seen.result().describe().find("secret") == std::string::npos);
  CHECK(seen.result().describe().find("token=t") == std::string::npos);
}
