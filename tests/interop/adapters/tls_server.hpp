// A WebSocket server over TLS, with a certificate of those that certificates.sh makes, and servers that are asked for
// TLS and have none. HANDSHIM_CERTIFICATES names the directory of the certificates. Over OpenSSL alone.
#pragma once

#include <doctest/doctest.h>
#include <openssl/ssl.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "../../support/server.hpp"
#include "handshim/rfc6455/frame.hpp"
#include "handshim/rfc6455/upgrade.hpp"

namespace tls_test {

using client_test::peer;
using handshim::tool::scripted_server;

inline std::string certificate(const std::string& name) {
  const char* directory = std::getenv("HANDSHIM_CERTIFICATES");
  REQUIRE(directory != nullptr);
  return std::string(directory) + "/" + name;
}

/// The server's side of TLS over an accepted connection.
class tls_peer {
 public:
  tls_peer(SSL_CTX* context, peer& below)
      : ssl_(SSL_new(context)), in_(BIO_new(BIO_s_mem())), out_(BIO_new(BIO_s_mem())), below_(below) {
    SSL_set_bio(ssl_, in_, out_);
  }
  ~tls_peer() { SSL_free(ssl_); }
  tls_peer(const tls_peer&) = delete;
  tls_peer& operator=(const tls_peer&) = delete;

  bool accept() {
    return drive([this] { return SSL_accept(ssl_); }) > 0;
  }
  /// Empty at the end.
  std::string recv() {
    std::string bytes(4096, '\0');
    const int n = drive([&] { return SSL_read(ssl_, bytes.data(), static_cast<int>(bytes.size())); });
    bytes.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return bytes;
  }
  bool send(std::string_view bytes) {
    return drive([&] { return SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())); }) > 0;
  }
  void finish() {
    SSL_shutdown(ssl_);
    flush();
  }

 private:
  // Until the call is done or has failed; what it has to say is sent in either case.
  template <class Call>
  int drive(Call call) {
    for (;;) {
      const int n = call();
      flush();
      if (n > 0 || SSL_get_error(ssl_, n) != SSL_ERROR_WANT_READ) return n;
      const std::string bytes = below_.recv();
      if (bytes.empty()) return 0;
      BIO_write(in_, bytes.data(), static_cast<int>(bytes.size()));
    }
  }
  void flush() {
    std::string bytes(static_cast<std::size_t>(BIO_pending(out_)), '\0');
    if (bytes.empty()) return;
    BIO_read(out_, bytes.data(), static_cast<int>(bytes.size()));
    below_.send(bytes);
  }

  SSL* ssl_;
  BIO *in_, *out_;  // the SSL's
  peer& below_;
};

/// Echoes messages over TLS with the certificate of that name, and answers a close.
class tls_server {
 public:
  explicit tls_server(const std::string& name)
      : context_(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free), server_([this](peer& client) { talk(client); }) {
    REQUIRE(SSL_CTX_use_certificate_chain_file(context_.get(), certificate(name + ".pem").c_str()) == 1);
    REQUIRE(SSL_CTX_use_PrivateKey_file(context_.get(), certificate(name + ".key").c_str(), SSL_FILETYPE_PEM) == 1);
  }
  std::uint16_t port() const { return server_.port(); }
  std::string uri(const std::string& host) const { return "wss://" + host + ":" + std::to_string(port()) + "/"; }
  /// Whether a client sent anything inside of TLS, which is told for certain when the server is gone.
  std::shared_ptr<const std::atomic<bool>> asked() const { return asked_; }

 private:
  void talk(peer& client) const {
    tls_peer tls(context_.get(), client);
    if (tls.accept() && upgrade(tls)) echo(tls);
    tls.finish();
  }
  bool upgrade(tls_peer& tls) const {
    std::string request;
    while (request.find("\r\n\r\n") == std::string::npos) {
      const std::string bytes = tls.recv();
      if (bytes.empty()) return false;
      *asked_ = true;
      request += bytes;
    }
    constexpr std::string_view name = "Sec-WebSocket-Key: ";
    const std::size_t at = request.find(name);
    if (at == std::string::npos) return false;
    const std::string key = request.substr(at + name.size(), 24);
    std::string answer = client_test::upgrade_response;
    answer.replace(answer.find("{accept}"), 8, handshim::rfc6455::accept_for(key));
    return tls.send(answer);
  }
  // Whole frames of less than 126 bytes.
  static void echo(tls_peer& tls) {
    std::string bytes;
    for (;;) {
      while (bytes.size() < 6 || bytes.size() < 6 + size_of(bytes)) {
        const std::string more = tls.recv();
        if (more.empty()) return;
        bytes += more;
      }
      const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
      std::string payload = bytes.substr(6, size_of(bytes));
      handshim::rfc6455::apply_mask(payload.data(), payload.size(), {byte(2), byte(3), byte(4), byte(5)});
      if (!tls.send(client_test::frame(byte(0), payload)) || byte(0) == 0x88) return;
      bytes.erase(0, 6 + payload.size());
    }
  }
  static std::size_t size_of(const std::string& frame) { return static_cast<unsigned char>(frame[1]) & 0x7fu; }

  std::shared_ptr<std::atomic<bool>> asked_ = std::make_shared<std::atomic<bool>>(false);
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  scripted_server server_;
};

/// A server that answers the ClientHello with the bytes, and then ends as told.
inline scripted_server without_tls(std::string bytes, bool reset = false) {
  return scripted_server([bytes, reset](peer& client) {
    client.recv();
    client.send(bytes);
    if (reset) client.reset();
  });
}
inline std::string wss_uri(const scripted_server& server) {
  return "wss://localhost:" + std::to_string(server.port()) + "/";
}

/// The failure of `at(uri)`, which connects, is this one, of TLS.
template <class At>
void check_tls_fault(At at, const std::string& uri, handshim::fault wanted) {
  const handshim::failure f = at(uri);
  CAPTURE(f.evidence().native_text);
  CHECK(handshim::name(f.fault()) == handshim::name(wanted));
  CHECK(f.phase() == handshim::phase::tls);
  CHECK(f.is(handshim::condition::tls));
}

/// What a client is played against, whose fault each is: `at(uri)` connects, and trusts ca.pem. It sends nothing then.
template <class At>
void check_certificates(At at, handshim::fault untrusted, handshim::fault expired, handshim::fault other_host) {
  const struct {
    std::string name;
    handshim::fault wanted;
  } all[] = {{"untrusted", untrusted}, {"expired", expired}, {"other-host", other_host}};
  for (const auto& one : all) {
    CAPTURE(one.name);
    std::shared_ptr<const std::atomic<bool>> asked;
    {
      const tls_server server(one.name);
      asked = server.asked();
      check_tls_fault(at, server.uri("localhost"), one.wanted);
    }
    CHECK_FALSE(*asked);
  }
}

/// The same for a client that tells the certificates apart.
template <class At>
void check_certificates(At at) {
  using handshim::fault;
  check_certificates(at, fault::tls_certificate_untrusted, fault::tls_certificate_expired,
                     fault::tls_certificate_host_mismatch);
}

/// What a server without TLS does with a ClientHello, and what a client that tells it all apart makes of it.
struct without_tls_faults {
  handshim::fault answers_http = handshim::fault::tls_peer_not_tls;
  handshim::fault sends_alert = handshim::fault::tls_alert;
  handshim::fault ends = handshim::fault::tls_eof;
  handshim::fault ends_in_record = handshim::fault::tls_eof;
  handshim::fault resets = handshim::fault::tls_reset;
};

/// Each of them.
template <class At>
void check_without_tls(At at, const without_tls_faults& wanted = {}) {
  const struct {
    std::string what, answer;
    bool reset;
    handshim::fault wanted;
  } all[] = {
      {"HTTP", "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", false, wanted.answers_http},
      {"an alert", std::string("\x15\x03\x03\x00\x02\x02\x28", 7), false, wanted.sends_alert},
      {"nothing", "", false, wanted.ends},
      {"half a record", std::string("\x16\x03\x03\x01\x00\x02", 6), false, wanted.ends_in_record},
      {"a reset", "", true, wanted.resets},
  };
  for (const auto& one : all) {
    CAPTURE(one.what);
    const scripted_server server = without_tls(one.answer, one.reset);
    check_tls_fault(at, wss_uri(server), one.wanted);
  }
}

}  // namespace tls_test
