#include <websocketpp/client.hpp>
#include <websocketpp/config/asio_no_tls_client.hpp>

#include "client.hpp"

namespace {

using endpoint = websocketpp::client<websocketpp::config::asio_client>;

// It has no calls that wait: its loop is run until the answer is there.
class looped {
 public:
  looped(std::uint16_t port, const char* target) {
    begin(port, target);
    while (!open_ && !failed_) endpoint_.run_one();
    if (failed_) std::abort();
  }

  static bool fails(std::uint16_t port, const char* target) {
    looped of;
    of.begin(port, target);
    while (!of.open_ && !of.failed_) of.endpoint_.run_one();
    return of.failed_;
  }

  void echo(std::string_view data, std::size_t at_once) {
    got_ = 0;
    for (std::size_t i = 0; i < at_once; ++i)
      connection_->send(data.data(), data.size(), websocketpp::frame::opcode::binary);
    while (got_ < at_once) endpoint_.run_one();
  }

 private:
  looped() = default;

  void begin(std::uint16_t port, const char* target) {
    endpoint_.clear_access_channels(websocketpp::log::alevel::all);
    endpoint_.clear_error_channels(websocketpp::log::elevel::all);
    endpoint_.init_asio();
    endpoint_.set_open_handler([this](const websocketpp::connection_hdl&) { open_ = true; });
    endpoint_.set_fail_handler([this](const websocketpp::connection_hdl&) { failed_ = true; });
    endpoint_.set_message_handler([this](const websocketpp::connection_hdl&, const endpoint::message_ptr&) { ++got_; });
    endpoint_.set_tcp_post_init_handler([this](const websocketpp::connection_hdl& of) {
      endpoint_.get_con_from_hdl(of)->get_raw_socket().set_option(boost::asio::ip::tcp::no_delay(true));
    });
    websocketpp::lib::error_code error;
    connection_ = endpoint_.get_connection("ws://127.0.0.1:" + std::to_string(port) + target, error);
    if (error) std::abort();
    endpoint_.connect(connection_);
  }

  endpoint endpoint_;
  endpoint::connection_ptr connection_;
  bool open_ = false, failed_ = false;
  std::size_t got_ = 0;
};

const bench::contender<looped> plain("WebSocket++");

}  // namespace
