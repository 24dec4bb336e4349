#include "handshim/translate.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

#include "../support/named_category.hpp"
#include "handshim/exceptions.hpp"
#include "handshim/raise.hpp"

using handshim::condition;
using handshim::evidence;
using handshim::failure;
using handshim::fault;
using handshim::from_native;
using handshim::phase;

namespace {

fault in(std::string_view domain, int value, phase p, const evidence& known = {}, std::string_view text = {}) {
  return from_native(domain, value, text, p, known).fault();
}

evidence with_status(int status) {
  evidence known;
  known.http_status = status;
  return known;
}

evidence with_close(int received, int sent = 0) {
  evidence known;
  known.close_received.code = static_cast<std::uint16_t>(received);
  known.close_sent.code = static_cast<std::uint16_t>(sent);
  return known;
}

const named_category beast_websocket("boost.beast.websocket"), asio_system("asio.system"), unheard_of("acme");

// One that says what its codes are in std::errc: 1 that the connection was refused, of the others nothing.
class telling_category : public named_category {
 public:
  using named_category::named_category;
  std::error_condition default_error_condition(int value) const noexcept override {
    return value == 1 ? std::make_error_condition(std::errc::connection_refused) : std::error_condition(value, *this);
  }
};
const telling_category tells("acme.tells"), misleads("boost.beast.websocket");

// Shaped like Boost's, and derived from nothing of the standard library.
struct boost_code {
  const named_category* of;
  int number;
  const named_category& category() const { return *of; }
  int value() const { return number; }
  std::string message() const { return of->message(number); }
};

struct boost_like_error : std::runtime_error {
  explicit boost_like_error(boost_code code) : std::runtime_error("what it says"), code_(code) {}
  boost_code code() const { return code_; }
  boost_code code_;
};

struct websocketpp_like_error : std::exception {
  explicit websocketpp_like_error(std::error_code code) : code_(code) {}
  const char* what() const noexcept override { return "websocketpp says"; }
  std::error_code code() const { return code_; }
  std::error_code code_;
};

}  // namespace

namespace Poco::Net {
struct HostNotFoundException : std::exception {
  int code() const { return 0; }
  std::string displayText() const { return "Host not found: nowhere"; }
  const char* className() const { return typeid(*this).name(); }
  const char* what() const noexcept override { return "Host not found"; }
};
}  // namespace Poco::Net

TEST_CASE("the phase decides where a code alone cannot") {
  CHECK(in("asio.misc", 2, phase::tls) == fault::tls_eof);
  CHECK(in("asio.misc", 2, phase::handshake) == fault::eof_in_response);
  CHECK(in("asio.misc", 2, phase::open) == fault::eof_without_close);
  CHECK(in("boost.beast", 1, phase::connect) == fault::connect_timeout);
  CHECK(in("boost.beast", 1, phase::handshake) == fault::handshake_timeout);
  CHECK(in("boost.beast", 1, phase::open) == fault::connection_timed_out);
  CHECK(in("boost.beast", 1, phase::closing) == fault::close_timeout);
  CHECK(in("system", ECONNRESET, phase::connect) == fault::connect_reset);
  CHECK(in("asio.system", ECONNRESET, phase::open) == fault::connection_reset);
  CHECK(in("system", ENETUNREACH, phase::proxy) == fault::network_unreachable);
  CHECK(in("system", EINVAL, phase::proxy) == fault::proxy_failed);
}

TEST_CASE("a code that means one thing means it in every phase") {
  for (const phase p : {phase::unknown, phase::connect, phase::handshake, phase::open, phase::closing}) {
    CHECK(in("boost.beast.websocket", 24, p) == fault::frame_reserved_bits);
    CHECK(in("websocketpp", 6, p) == fault::uri_invalid);
    CHECK(in("asio.netdb", 1, p) == fault::host_not_found);
  }
}

TEST_CASE("numbers count under the name of their domain") {
  CHECK(in("boost.beast.websocket", 1, phase::open) == fault::closed);
  CHECK(in("boost.beast", 1, phase::open) == fault::connection_timed_out);
  CHECK(in("beast.http", 1, phase::handshake) == fault::eof_before_status_line);
  CHECK(in("asio.netdb", 1, phase::connect) == fault::host_not_found);
  CHECK(in("asio.ssl.stream", 1, phase::tls) == fault::tls_eof);
  CHECK(in("soup-websocket-error-quark", 1, phase::handshake) == fault::handshake_failed);
  CHECK(in("soup-websocket-error-quark", 1009, phase::open) == fault::message_too_big);
}

TEST_CASE("the HTTP status tells how far the handshake came") {
  CHECK(in("websocketpp.transport", 7, phase::handshake) == fault::eof_in_response);
  CHECK(in("websocketpp.transport", 7, phase::handshake, with_status(101)) == fault::eof_in_headers);
  CHECK(in("soup-websocket-error-quark", 1, phase::handshake, with_status(101)) == fault::upgrade_invalid);
  CHECK(in("soup-websocket-error-quark", 1, phase::handshake, with_status(503)) == fault::upgrade_rejected);
  CHECK(in("g-io-error-quark", 24, phase::handshake, with_status(503)) == fault::timeout_in_body);
  CHECK(in("CURLcode", 28, phase::handshake, with_status(101)) == fault::timeout_in_headers);
  // The status of a response that was taken says nothing of what comes later.
  CHECK(in("websocketpp.transport", 7, phase::open, with_status(101)) == fault::eof_without_close);
}

TEST_CASE("a close frame that came says more than that the connection is over") {
  CHECK(in("boost.beast.websocket", 1, phase::open, with_close(1000)) == fault::closed_normally);
  CHECK(in("boost.beast.websocket", 1, phase::open, with_close(1005)) == fault::closed_without_code);
  CHECK(in("boost.beast.websocket", 1, phase::open, with_close(1011)) == fault::closed_with_error);
  CHECK(in("system", ECANCELED, phase::closing, with_close(4000)) == fault::closed_with_error);
  CHECK(in("asio.misc", 2, phase::open, with_close(1001)) == fault::closed_normally);
  CHECK(in("disconnected()", 0, phase::open, with_close(3000)) == fault::closed_with_error);
  CHECK(in("soup-websocket-error-quark", 1002, phase::open, with_close(1015)) == fault::close_code_not_allowed);
  // 1006 is no frame, and a code that says what was wrong stays.
  CHECK(in("websocketpp.transport", 7, phase::open, with_close(1006)) == fault::eof_without_close);
  CHECK(in("boost.beast.websocket", 24, phase::open, with_close(1000)) == fault::frame_reserved_bits);
  CHECK(in("asio.misc", 2, phase::handshake, with_close(1000)) == fault::eof_in_response);
}

TEST_CASE("the close code that this side chose says what it found") {
  CHECK(in("system", 0, phase::open, with_close(1006, 1002)) == fault::protocol_violated);
  CHECK(in("system", 0, phase::open, with_close(1006, 1007)) == fault::message_not_utf8);
  CHECK(in("system", 0, phase::open, with_close(1006, 1009)) == fault::message_too_big);
  CHECK(in("system", 0, phase::open, with_close(1000, 1002)) == fault::protocol_violated);
  CHECK(in("system", 0, phase::open, with_close(2999, 1002)) == fault::close_code_not_allowed);
  CHECK(in("system", 0, phase::open, with_close(1002, 1002)) == fault::closed_with_error);
  CHECK(in("system", 0, phase::open, with_close(1000, 1000)) == fault::closed_normally);
  CHECK(in("system", 0, phase::closing, with_close(1006, 1000)) == fault::connection_lost);
}

TEST_CASE("a report that is too poor to tell becomes the coarser fault") {
  CHECK(in("beast.http", 2, phase::handshake) == fault::eof_in_response);
  CHECK(in("beast.http", 8, phase::handshake) == fault::response_too_large);
  CHECK(in("beast.http", 24, phase::handshake) == fault::handshake_failed);  // two meanings in two versions
  CHECK(in("websocketpp.processor", 21, phase::handshake, with_status(101)) == fault::upgrade_invalid);
  CHECK(in("QAbstractSocket::SocketError", 1, phase::handshake) == fault::handshake_failed);
  CHECK(in("QAbstractSocket::SocketError", 1, phase::open) == fault::connection_lost);
  CHECK(in("CURLcode", 28, phase::handshake) == fault::timed_out);
  CHECK(in("lws_callback_reasons", 75, phase::closing) == fault::closed);
}

TEST_CASE("texts count where a library gives nothing typed, and never against a typed fact") {
  const std::string_view qt = "QAbstractSocket::SocketError", lws = "lws_callback_reasons";
  const std::string_view refused = "QWebSocketPrivate::processHandshake: Unhandled http status code: 503 (Busy).";
  const failure f = from_native(qt, 0, refused, phase::handshake);
  CHECK(f.fault() == fault::upgrade_rejected);
  CHECK(f.evidence().http_status == 503);
  CHECK(in(qt, 1, phase::handshake, {}, refused) == fault::upgrade_rejected);  // finer than "the peer left"
  CHECK(in(qt, 0, phase::handshake, {}, "Connection refused") == fault::connection_refused);
  CHECK(in(qt, 2, phase::handshake, {}, "Connection refused") == fault::resolve_failed);
  CHECK(in(qt, 0, phase::handshake, {}, "Verbindung verweigert") == fault::handshake_failed);
  CHECK(in(lws, 1, phase::handshake, {}, "HS: Accept hash wrong") == fault::accept_wrong);
  CHECK(in(lws, 75, phase::open, {}, "HS: Accept hash wrong") == fault::connection_lost);
  CHECK(in("disconnected()", 0, phase::open, with_close(1002), "Rsv field is non-zero") == fault::frame_reserved_bits);
  CHECK(in("disconnected()", 0, phase::open, with_close(1011), "Rsv field is non-zero") == fault::closed_with_error);
  // The texts of the others say nothing.
  CHECK(in("Poco::Net::WebSocketException", 1, phase::handshake, {}, "Unhandled http status code: 503") ==
        fault::handshake_failed);
}

TEST_CASE("an unknown code of a known domain is the domain's, an unknown domain is unclassified") {
  CHECK(in("boost.beast.websocket", 4711, phase::handshake) == fault::handshake_failed);
  CHECK(in("boost.beast.websocket", 4711, phase::open) == fault::connection_lost);
  CHECK(in("asio.netdb", 4711, phase::handshake) == fault::resolve_failed);
  CHECK(in("asio.ssl", 4711, phase::handshake) == fault::tls_failed);
  CHECK(in("boost.beast.zlib", 4711, phase::open) == fault::protocol_violated);
  CHECK(in("websocketpp.transport.iostream", 5, phase::open) == fault::connection_lost);
  const failure unknown = from_native("acme", 3, "out of anvils", phase::open);
  CHECK(unknown.fault() == fault::unclassified);
  CHECK(unknown.phase() == phase::open);
  CHECK(unknown.evidence().native_domain == "acme");
  CHECK(unknown.evidence().native_value == 3);
  CHECK(unknown.evidence().native_text == "out of anvils");
}

TEST_CASE("OpenSSL's packed errors are read by their reason, in both packings") {
  CHECK(in("asio.ssl", 0x0A000410, phase::tls) == fault::tls_alert);  // 3: alert handshake failure
  CHECK(in("asio.ssl", 0x14094410, phase::tls) == fault::tls_alert);  // 1.1: the same
  CHECK(in("asio.ssl", 0x0A000126, phase::tls) == fault::tls_eof);
  CHECK(in("asio.ssl", 0x0A00010B, phase::tls) == fault::tls_failed);
  CHECK(in("asio.ssl", 0x02000068, phase::tls) == fault::tls_failed);  // another library's
}

TEST_CASE("a Poco exception is its class, or its code where that is errno or a WebSocket::ErrorCodes") {
  CHECK(in("Poco::Net::HostNotFoundException", 0, phase::handshake) == fault::host_not_found);
  CHECK(in("Poco::Net::NoMessageException", 0, phase::handshake) == fault::eof_before_status_line);
  CHECK(in("Poco::Net::WebSocketException", 10, phase::open) == fault::message_too_big);
  CHECK(in("Poco::Net::WebSocketException", 1, phase::handshake, with_status(404)) == fault::upgrade_rejected);
  CHECK(in("Poco::IOException", EHOSTUNREACH, phase::connect) == fault::host_unreachable);
  CHECK(in("Poco::TimeoutException", EAGAIN, phase::handshake) == fault::handshake_timeout);
  CHECK(in("Poco::TimeoutException", 0, phase::handshake) == fault::timed_out);
}

TEST_CASE("codes of any category, and anything shaped like one") {
  const failure f = handshim::from(std::error_code(19, beast_websocket), phase::handshake);
  CHECK(f.fault() == fault::accept_wrong);
  CHECK(f.native_code() == std::error_code(19, beast_websocket));
  CHECK(handshim::from(boost_code{&beast_websocket, 20}, phase::handshake).fault() == fault::upgrade_rejected);
  CHECK(handshim::from(boost_code{&beast_websocket, 20}, phase::handshake).evidence().native_text == "its own words");
  CHECK_FALSE(handshim::from(boost_code{&beast_websocket, 0}, phase::handshake));
  const failure closed = handshim::from(std::error_code(1, beast_websocket), phase::open, with_close(1011));
  CHECK(closed.fault() == fault::closed_with_error);
  CHECK(closed.evidence().close_received.code == 1011);
}

TEST_CASE("a category that no table knows is taken at its own word in std::errc") {
  const failure f = handshim::from(std::error_code(1, tells), phase::handshake);
  CHECK(f.fault() == fault::connection_refused);
  CHECK(f.native_code() == std::error_code(1, tells));
  CHECK(std::error_code(1, tells) == condition::network);
  CHECK(handshim::from(std::error_code(2, tells), phase::handshake).fault() == fault::unclassified);
  CHECK(std::error_code(2, tells) != condition::network);
  CHECK(handshim::from(std::error_code(1, misleads), phase::open).fault() == fault::closed);
}

TEST_CASE("a native code equals handshim's conditions without a translation") {
  CHECK(std::error_code(1, beast_websocket) == condition::closed);
  CHECK(std::error_code(24, beast_websocket) == condition::protocol);
  CHECK(std::error_code(20, beast_websocket) == condition::rejected);
  CHECK(std::error_code(20, beast_websocket) == condition::handshake);
  CHECK(std::error_code(ECONNREFUSED, asio_system) == condition::network);
  CHECK(std::error_code(1, named_category("boost.beast")) == condition::timeout);
  CHECK(std::error_code(2, named_category("asio.misc")) == condition::lost);
  CHECK(std::error_code(9, named_category("websocketpp")) == condition::usage);
  CHECK(std::error_code(20, beast_websocket) != condition::network);
  CHECK(std::error_code(0, beast_websocket) != condition::closed);
  CHECK(std::error_code(1, unheard_of) != condition::unclassified);
}

TEST_CASE("numbers that only their source gives a meaning") {
  CHECK(handshim::from(handshim::errno_code{ECONNREFUSED}, phase::connect).fault() == fault::connection_refused);
  CHECK(handshim::from(handshim::errno_code{ECONNREFUSED}, phase::connect).native_code() ==
        std::errc::connection_refused);
  CHECK(handshim::from(handshim::getaddrinfo_code{-2}, phase::resolve).is(fault::resolve_failed));
  CHECK(handshim::from(handshim::curl_code{7}, phase::handshake).fault() == fault::connect_failed);
  CHECK_FALSE(handshim::from(handshim::curl_code{0}, phase::handshake));
  CHECK(handshim::from(handshim::qt_socket_error{13, "Error during SSL handshake"}, phase::handshake).fault() ==
        fault::tls_failed);
  CHECK(handshim::from(handshim::lws_reason{38, ""}, phase::open, with_close(1001)).fault() == fault::closed_normally);
}

TEST_CASE("exceptions of types that the caller knows") {
  const boost_like_error boost({&beast_websocket, 20});
  const failure refused = handshim::from(boost, phase::handshake);
  CHECK(refused.fault() == fault::upgrade_rejected);
  const named_category websocketpp("websocketpp");
  const websocketpp_like_error wspp(std::error_code(9, websocketpp));
  CHECK(handshim::from(wspp, phase::open).fault() == fault::state_invalid);
  CHECK(handshim::from(wspp, phase::open).evidence().native_text == "websocketpp says");
  const failure zero = handshim::from(boost_like_error({&beast_websocket, 0}), phase::open);
  CHECK(zero.fault() == fault::unclassified);  // an exception is a failure, whatever its code
  const failure poco = handshim::from(Poco::Net::HostNotFoundException(), phase::handshake);
  CHECK(poco.fault() == fault::host_not_found);
  CHECK(poco.evidence().native_domain == "Poco::Net::HostNotFoundException");
  CHECK(poco.evidence().native_text == "Host not found: nowhere");
}

TEST_CASE("exceptions of unknown types: a code inside, one nested deeper, or a class of the catalogue") {
  const auto reported = [](auto thrown) {
    try {
      throw thrown;
    } catch (...) {
      return handshim::current_failure(phase::handshake);
    }
  };
  CHECK(reported(std::system_error(std::error_code(20, beast_websocket))).fault() == fault::upgrade_rejected);
  CHECK(reported(Poco::Net::HostNotFoundException()).fault() == fault::host_not_found);
  CHECK(reported(std::runtime_error("anything")).fault() == fault::unclassified);
  failure nested;
  try {
    try {
      throw std::system_error(ECONNRESET, std::system_category());
    } catch (...) {
      std::throw_with_nested(std::runtime_error("did not receive a valid HTTP response"));
    }
  } catch (...) {
    nested = handshim::current_failure(phase::handshake);
  }
  CHECK(nested.fault() == fault::reset_in_response);
  CHECK(nested.evidence().native_text == "did not receive a valid HTTP response");
}

TEST_CASE("an exception of handshim's own gives its own failure, by whatever it is caught") {
  evidence known;
  known.endpoint = "ws://host/";
  try {
    handshim::raise(failure(fault::eof_in_headers, known), handshim::policy());
  } catch (const std::exception& e) {
    const failure by_reference = handshim::from(e, phase::open);
    CHECK(by_reference.fault() == fault::eof_in_headers);
    CHECK(by_reference.phase() == phase::handshake);
    CHECK(by_reference.evidence().endpoint == "ws://host/");
    const failure being_handled = handshim::current_failure(phase::open);
    CHECK(being_handled.phase() == phase::handshake);
    CHECK(&being_handled.evidence() == &by_reference.evidence());
  }
}

TEST_CASE("an exception that is caught by reference is told by its code, or by its class") {
  const std::system_error reset(ECONNRESET, std::system_category(), "read");
  const std::exception& coded = reset;
  CHECK(handshim::from(coded, phase::open).fault() == fault::connection_reset);
  CHECK(handshim::from(coded, phase::open).evidence().native_text == reset.what());
  const std::runtime_error plain("anything");
  const failure unknown = handshim::from(static_cast<const std::exception&>(plain), phase::open);
  CHECK(unknown.fault() == fault::unclassified);
  CHECK(unknown.evidence().native_domain == "std::runtime_error");
}

TEST_CASE("what is no error is no failure, and a failure is one already") {
  CHECK_FALSE(handshim::from(std::error_code(), phase::open));
  CHECK_FALSE(handshim::from(std::error_code(), phase::open, with_status(503)));
  CHECK_FALSE(handshim::from(handshim::getaddrinfo_code{0}, phase::resolve));
  CHECK_FALSE(handshim::from(std::exception_ptr(), phase::open));
  const failure one(fault::recv_timeout);
  CHECK(&handshim::from(one, phase::handshake) == &one);
}

TEST_CASE("an exception with the code for success is a failure all the same") {
  const auto thrown = std::make_exception_ptr(std::system_error(std::error_code(), "odd"));
  const failure f = handshim::from(thrown, phase::open);
  CHECK(f.fault() == fault::unclassified);
  const std::string_view domain = f.evidence().native_domain;
  CHECK(domain.substr(0, 5) == "std::");  // libc++ has it in an inline namespace
  CHECK(domain.substr(domain.rfind(':') + 1) == "system_error");
  CHECK(f.evidence().native_text.substr(0, 3) == "odd");
}

namespace {

// A reset inside of so many exceptions.
std::exception_ptr nested_in(int levels) {
  if (levels == 0) return std::make_exception_ptr(std::system_error(ECONNRESET, std::system_category()));
  try {
    try {
      std::rethrow_exception(nested_in(levels - 1));
    } catch (...) {
      std::throw_with_nested(std::runtime_error("level"));
    }
  } catch (...) {
    return std::current_exception();
  }
}

// Made where nothing was being handled.
struct nest_without_egg : std::runtime_error, std::nested_exception {
  nest_without_egg() : std::runtime_error("empty") {}
};

}  // namespace

TEST_CASE("nested exceptions are followed for eight levels, and one with nothing in it speaks for itself") {
  CHECK(handshim::from(nested_in(8), phase::open).fault() == fault::connection_reset);
  CHECK(handshim::from(nested_in(9), phase::open).fault() == fault::unclassified);
  const failure f = handshim::from(std::make_exception_ptr(nest_without_egg()), phase::open);
  CHECK(f.fault() == fault::unclassified);
  CHECK(f.evidence().native_text == "empty");
}
