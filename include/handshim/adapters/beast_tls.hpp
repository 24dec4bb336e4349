// client<beast_tls_backend>: ws:// and wss:// over Boost.Beast and OpenSSL, through Boost.Asio. Link ssl and crypto.
#pragma once

#include "handshim/adapters/beast_backend.hpp"

#if HANDSHIM_HAS_EXCEPTIONS

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include <memory>
#include <string>
#include <utility>

#include "handshim/adapters/impl/openssl_fault.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace adapters::beast {
namespace detail {

using tls_stream = ::boost::asio::ssl::stream<::boost::asio::ip::tcp::socket>;

/// TLS by the options: the server's certificate and its name are checked unless these say otherwise.
class tls_transport final : public transport_over<tls_stream> {
 public:
  tls_transport(const options& how, ::boost::asio::ip::tcp::socket socket, ::boost::asio::ssl::context& context)
      : transport_over(how, std::move(socket), context), verify_(how.tls.verify) {}

  void secure(const rfc6455::uri& to, completion then) override {
    if (!expect(to.host)) return then(notes().settle(fault::tls_failed, phase::tls));
    layer().async_handshake(tls_stream::client, [this, then = std::move(then)](const error_code& ec) {
      then(ec ? failed(ec) : failure());
    });
  }

 private:
  tls_stream& layer() noexcept { return this->ws_.next_layer(); }

  // The name that the certificate must have; servers of several sites choose theirs by it.
  bool expect(const std::string& host) {
    SSL* const ssl = layer().native_handle();
    error_code no_address;
    ::boost::asio::ip::make_address(host, no_address);
    if (no_address && SSL_set_tlsext_host_name(ssl, host.c_str()) != 1) return false;
    if (!verify_) return true;
    if (no_address) return SSL_set1_host(ssl, host.c_str()) == 1;
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1;
  }

  failure failed(const error_code& ec) {
    const bool packed = ec.category() == ::boost::asio::error::get_ssl_category();
    fault found = fault::none;
    if (packed) found = adapters::detail::handshake_fault(static_cast<unsigned>(ec.value()), layer().native_handle());
    if (ec == ::boost::asio::ssl::error::stream_truncated || ec == ::boost::asio::error::eof) found = fault::tls_eof;
    const std::string detail(adapters::detail::certificate_detail(layer().native_handle()));
    notes().settle(ec, phase::tls, found, detail);
    return this->noted(ec);
  }

  bool verify_;
};

/// ws:// and wss://.
struct tls_layers {
  static constexpr std::string_view name = "beast_tls";
  static constexpr bool has_tls = true;

  static std::unique_ptr<transport> make(const rfc6455::uri& to, const options& how,
                                         ::boost::asio::ip::tcp::socket socket, failure& why) {
    if (!to.secure) return plain_layers::make(to, how, std::move(socket), why);
    ::boost::asio::ssl::context context(::boost::asio::ssl::context::tls_client);
    std::string_view wrong;
    const error_code ec = set_up(context, how.tls, wrong);
    if (!ec) return std::make_unique<tls_transport>(how, std::move(socket), context);
    const std::string text = ec.message();
    evidence known;
    known.detail = wrong;
    known.native_text = text;
    why = failure(fault::argument_invalid, known, std::error_code(ec));
    return nullptr;
  }

 private:
  // The option at fault, if one is.
  static error_code set_up(::boost::asio::ssl::context& context, const tls_options& how, std::string_view& wrong) {
    namespace ssl = ::boost::asio::ssl;
    error_code ec;
    context.set_verify_mode(how.verify ? ssl::verify_peer : ssl::verify_none, ec);
    wrong = "tls.ca_file";
    if (!ec && how.ca_file.empty()) context.set_default_verify_paths(ec);
    if (!ec && !how.ca_file.empty()) context.load_verify_file(how.ca_file, ec);
    if (ec) return ec;
    wrong = "tls.certificate_file";
    if (!how.certificate_file.empty()) context.use_certificate_chain_file(how.certificate_file, ec);
    if (ec) return ec;
    wrong = "tls.key_file";
    if (!how.key_file.empty()) context.use_private_key_file(how.key_file, ssl::context::pem, ec);
    return ec;
  }
};

}  // namespace detail
}  // namespace adapters::beast
}  // namespace HANDSHIM_ABI
}  // namespace handshim

namespace handshim {
inline namespace HANDSHIM_ABI {

/// For client<beast_tls_backend>: ws:// and wss:// through Boost.Beast. The certificate must be signed by who the
/// system trusts, or by options::tls.ca_file, be valid now, and name the host.
using beast_tls_backend = adapters::beast::basic_backend<adapters::beast::detail::tls_layers>;

}  // namespace HANDSHIM_ABI
}  // namespace handshim

#endif  // HANDSHIM_HAS_EXCEPTIONS
