// WebSocket++ over TLS: what client<Config> needs for a config with TLS, to tell why the TLS handshake failed. Link ssl
// and crypto, as the library asks.
#pragma once

#include <memory>
#include <string>
#include <system_error>

#include <websocketpp/config/asio_client.hpp>

#include "handshim/adapters/impl/openssl_fault.hpp"
#include "handshim/adapters/websocketpp.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace adapters::websocketpp::detail {

/// In place of the connection of a socket policy with TLS. The library drops Asio's code of a failed handshake, so the
/// handshake is begun here, in the library's way and with its own handler behind it. Since 0.1.
template <class Base>
class observed_socket_connection<Base, true> : public noted_socket_connection<Base> {
 protected:
  using typename Base::io_service_ptr;
  using typename Base::strand_ptr;

  std::error_code init_asio(io_service_ptr service, strand_ptr strand, bool is_server) {
    strand_ = strand;
    return Base::init_asio(service, strand, is_server);
  }

  void post_init(::websocketpp::transport::init_handler callback) {
    under_way_ = true;
    const auto self = std::static_pointer_cast<observed_socket_connection>(this->get_shared());
    const auto done = [self, callback](const ::websocketpp::lib::asio::error_code& code) {
      self->under_way_ = false;
      if (code) self->note(code);
      self->handle_init(callback, code);
    };
    if (strand_)
      this->get_socket().async_handshake(Base::socket_type::client, strand_->wrap(done));
    else
      this->get_socket().async_handshake(Base::socket_type::client, done);
  }

  /// What a handshake has failed with that is under way when its time is over.
  std::error_code get_ec() const {
    namespace socket = ::websocketpp::transport::asio::socket;
    return under_way_ ? socket::make_error_code(socket::error::tls_handshake_timeout) : Base::get_ec();
  }

 private:
  void note(const ::websocketpp::lib::asio::error_code& code) {
    attempt& now = this->handshim_attempt();
    now.original = code;
    if (code.category() != ::websocketpp::lib::asio::error::get_ssl_category()) return;
    const SSL* const ssl = this->get_socket().native_handle();
    now.tls = adapters::detail::handshake_fault(static_cast<unsigned>(code.value()), ssl);
    now.detail = adapters::detail::certificate_detail(ssl);
  }

  strand_ptr strand_;
  bool under_way_ = false;
};

}  // namespace adapters::websocketpp::detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
