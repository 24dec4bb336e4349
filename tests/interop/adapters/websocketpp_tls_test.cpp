// wss:// through WebSocket++'s drop-in client.
#include "handshim/adapters/websocketpp_tls.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tls_server.hpp"

namespace ws = websocketpp;
using namespace tls_test;
using handshim::failure;
using handshim::fault;
using client = handshim::adapters::websocketpp::client<ws::config::asio_tls_client>;
namespace ssl = ws::lib::asio::ssl;

namespace {

// Checks the certificate, as the library by itself does not.
client::connection_ptr tls_connection(client& endpoint, const std::string& uri, const std::string& ca) {
  endpoint.clear_access_channels(ws::log::alevel::all);
  endpoint.clear_error_channels(ws::log::elevel::all);
  endpoint.init_asio();
  endpoint.set_tls_init_handler([ca](ws::connection_hdl) {
    auto context = ws::lib::make_shared<ssl::context>(ssl::context::tls_client);
    context->set_verify_mode(ssl::verify_peer);
    context->load_verify_file(certificate(ca));
    return context;
  });
  endpoint.set_socket_init_handler([](ws::connection_hdl, ssl::stream<ws::lib::asio::ip::tcp::socket>& stream) {
    SSL_set1_host(stream.native_handle(), "localhost");
  });
  return endpoint.get_connection(uri);
}

failure failure_at(const std::string& uri, const std::string& ca = "ca.pem") {
  client endpoint;
  failure told;
  const auto tells = endpoint.with_failure([&](ws::connection_hdl, const failure& f) { told = f; });
  endpoint.set_open_handler([&](ws::connection_hdl hdl) { endpoint.close(hdl, ws::close::status::normal, "done"); });
  endpoint.set_fail_handler(tells);
  endpoint.set_close_handler(tells);
  endpoint.connect(tls_connection(endpoint, uri, ca));
  endpoint.run();
  return told;
}

}  // namespace

TEST_CASE("a good certificate: the close is in order") {
  const tls_server server("good");
  CHECK(failure_at(server.uri("localhost")).fault() == fault::closed_normally);
}

TEST_CASE("certificates that are no good are told apart") {
  check_certificates([](const std::string& uri) { return failure_at(uri); });
  const tls_server server("good");
  CHECK(failure_at(server.uri("localhost"), "nobody.pem").fault() == fault::tls_certificate_untrusted);
}

TEST_CASE("the native error is OpenSSL's, and the library's is named") {
  const tls_server server("expired");
  const failure f = failure_at(server.uri("localhost"));
  CHECK(f.native_code().category().name() == std::string("asio.ssl"));
  CHECK(f.evidence().detail.find("certificate has expired, reported as websocketpp.transport.asio.socket:8") == 0);
}

TEST_CASE("a server without TLS") {
  check_without_tls([](const std::string& uri) { return failure_at(uri); });
}

TEST_CASE("a handshake that is not answered ends by the library's own deadline") {
  const scripted_server server([](peer& with) { with.stall(); });
  CHECK(failure_at(wss_uri(server)).fault() == fault::tls_timeout);
}
