// wss:// through client<beast_tls_backend>, against a TLS server made here.
#include "beast_support.hpp"

#include <chrono>
#include <thread>

#include "handshim/adapters/beast_tls.hpp"
#include "tls_server.hpp"

using namespace handshim;
using namespace tls_test;

namespace {

options trusting() {
  options how = client_test::patient();
  how.tls.ca_file = certificate("ca.pem");
  return how;
}

failure failure_at(const std::string& uri, const options& how = trusting()) {
  client<beast_tls_backend> client(how);
  failure why;
  client.connect(uri, why);
  return why;
}

}  // namespace

TEST_CASE("a good certificate for the name or the address: messages go both ways, and the close is in order") {
  const tls_server server("good");
  for (const std::string host : {"localhost", "127.0.0.1"}) {
    CAPTURE(host);
    client<beast_tls_backend> client(trusting());
    client.connect(server.uri(host));
    client.send("over TLS");
    CHECK(client.recv().data == "over TLS");
    client.close();
    try {
      client.recv();
      FAIL("it was closed");
    } catch (const connection_closed_ok& e) {
      CHECK(e.close_code() == 1000);
    }
  }
  CHECK(*server.asked());
}

TEST_CASE("certificates that are no good are told apart, and nothing is sent to such a server") {
  check_certificates([](const std::string& uri) { return failure_at(uri); });
  SUBCASE("of another address") {
    const tls_server server("other-host");
    CHECK(failure_at(server.uri("127.0.0.1")).fault() == fault::tls_certificate_host_mismatch);
  }
  SUBCASE("the system does not know the CA") {
    const tls_server server("good");
    options how = trusting();
    how.tls.ca_file.clear();
    CHECK(failure_at(server.uri("localhost"), how).fault() == fault::tls_certificate_untrusted);
  }
}

TEST_CASE("a TLS failure is a network_error and a tls_error with the native error and the reason") {
  const tls_server server("expired");
  client<beast_tls_backend> client(trusting());
  try {
    client.connect(server.uri("localhost"));
    FAIL("it was taken");
  } catch (const network_error& e) {
    CHECK(e.as<tls_error>() != nullptr);
    CHECK(e.failure().phase() == phase::tls);
    CHECK(e.native_code().category().name() == std::string("asio.ssl"));
    CHECK(e.failure().evidence().detail == "certificate has expired");
    CHECK(e.failure().evidence().attempts.size() >= 1);
    CHECK(e.failure().evidence().bytes_out == 0);  // no request
  }
}

TEST_CASE("checks can be switched off") {
  const tls_server server("untrusted");
  options how = trusting();
  how.tls.verify = false;
  CHECK_FALSE(failure_at(server.uri("localhost"), how));
}

TEST_CASE("a server without TLS") {
  check_without_tls([](const std::string& uri) { return failure_at(uri); });
}

TEST_CASE("a handshake that is not answered ends by the deadline, and cancel() ends it at once") {
  scripted_server server([](peer& client) { client.stall(); });
  options how = trusting();
  how.open_timeout = std::chrono::milliseconds(300);
  SUBCASE("deadline") { CHECK(failure_at(wss_uri(server), how).fault() == fault::tls_timeout); }
  SUBCASE("cancel") {
    how.open_timeout = std::chrono::seconds(60);
    client<beast_tls_backend> client(how);
    failure why;
    std::thread caller([&] { client.connect(wss_uri(server), why); });
    while (server.accepted() == 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    client.cancel();
    caller.join();
    CHECK(why.fault() == fault::cancelled);
  }
}

TEST_CASE("an option that names no file is named") {
  const tls_server server("good");
  options how = trusting();
  how.tls.ca_file = "/nonexistent.pem";
  const failure why = failure_at(server.uri("localhost"), how);
  CHECK(why.fault() == fault::argument_invalid);
  CHECK(why.evidence().detail == "tls.ca_file");
}

TEST_CASE("ws:// works beside wss://") {
  scripted_server server([](peer& client) {
    client.upgrade();
    client.send(client_test::text_frame("plain"));
    client.echo_close();
  });
  client<beast_tls_backend> client(trusting());
  client.connect(client_test::uri_of(server));
  CHECK(client.recv().data == "plain");
}
