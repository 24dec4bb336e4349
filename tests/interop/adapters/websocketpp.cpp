// WebSocket++ through every scenario. Built over Boost.Asio, and over standalone Asio with ASIO_STANDALONE.
#include "handshim/adapters/websocketpp_tls.hpp"

#include <chrono>
#include <deque>

#include <websocketpp/config/asio_client.hpp>

#include "compare.hpp"

using namespace handshim;
using clock_type = std::chrono::steady_clock;
namespace ws = ::websocketpp;

namespace {

#if defined(ASIO_STANDALONE)
#define OVER "websocketpp-asio"
#else
#define OVER "websocketpp-boost"
#endif

// Only the opening and the closing handshake have a deadline that a program sets while it runs; the others are part of
// the config: as short as the shortest open timeout of a scenario.
template <class Base>
struct quick : Base {
  using type = quick;
  struct transport_config : Base::transport_config {
    static const long timeout_proxy = 1000;
    static const long timeout_socket_post_init = 1000;
    static const long timeout_dns_resolve = 1000;
    static const long timeout_connect = 1000;
    static const long timeout_socket_shutdown = 1000;
  };
  using transport_type = ws::transport::asio::endpoint<transport_config>;
};
using plain_config = quick<ws::config::asio_client>;
using tls_config = quick<ws::config::asio_tls_client>;

long milliseconds(options::duration d) {
  return static_cast<long>(std::chrono::duration_cast<std::chrono::milliseconds>(d).count());
}

// What is the same for every way of calling the library.
template <class Client>
class connection_player : public tool::player {
 public:
  using connection_ptr = typename Client::connection_ptr;
  using message_ptr = typename Client::message_ptr;
  static constexpr bool over_tls =
      std::is_same_v<typename Client::transport_type::socket_type::socket_con_type::socket_type,
                     ws::lib::asio::ip::tcp::socket> == false;

  explicit connection_player(const options& how) : how_(how) {
    client_.clear_access_channels(ws::log::alevel::all);
    client_.clear_error_channels(ws::log::elevel::all);
    client_.init_asio();
    client_.set_open_handshake_timeout(milliseconds(how.open_timeout));
    client_.set_close_handshake_timeout(milliseconds(how.close_timeout));
    client_.set_pong_timeout(milliseconds(how.ping_timeout));
    client_.set_max_message_size(how.max_message_size);
    client_.set_open_handler([this](ws::connection_hdl) { open_ = true; });
    client_.set_fail_handler([this](ws::connection_hdl hdl) { end(failure_at(hdl)); });
    client_.set_close_handler([this](ws::connection_hdl hdl) { end(failure_at(hdl)); });
    client_.set_message_handler([this](ws::connection_hdl, message_ptr) { ++messages_; });
    client_.set_pong_timeout_handler([this](ws::connection_hdl hdl, std::string) {
      ws::lib::error_code ec;
      client_.close(hdl, ws::close::status::internal_endpoint_error, "", ec);
    });
    if constexpr (over_tls)
      client_.set_tls_init_handler([](ws::connection_hdl) {
        return ws::lib::make_shared<ws::lib::asio::ssl::context>(ws::lib::asio::ssl::context::tls_client);
      });
  }

  void connect(const std::string& uri, failure& why) override {
    con_ = make(uri, why);
    if (why) return;
    for (const std::string& name : how_.subprotocols) con_->add_subprotocol(name);
    client_.connect(con_);
    run_until([this] { return open_ || ended_; }, std::chrono::seconds(20));
    if (ended_) why = end_;
    if (open_ && how_.ping_interval.count() > 0) ping_later();
  }
  void recv(failure& why) override {
    run_until([this] { return messages_ > 0 || ended_; }, how_.recv_timeout);
    if (messages_ > 0)
      --messages_;
    else
      why = ended_ ? end_ : failure(fault::recv_timeout);
  }

 protected:
  virtual connection_ptr make(const std::string& uri, failure& why) = 0;
  virtual failure failure_at(ws::connection_hdl hdl) = 0;

  // The end has come, or does so soon, or never.
  void run_to_end(failure& why) {
    run_until([this] { return ended_; }, how_.close_timeout + std::chrono::seconds(2));
    if (ended_ && end_.is(fault::close_timeout)) why = end_;
  }
  // What has arrived is seen before anything is sent.
  void run_what_is_ready() { client_.get_io_service().poll(); }

  Client client_;
  connection_ptr con_;
  options how_;

 private:
  template <class Done>
  void run_until(Done done, options::duration most) {
    const auto until = clock_type::now() + most;
    while (!done() && clock_type::now() < until)
      if (client_.get_io_service().run_one_until(until) == 0) client_.get_io_service().restart();
  }
  void ping_later() {
    client_.set_timer(milliseconds(how_.ping_interval), [this](const ws::lib::error_code& ec) {
      ws::lib::error_code ignored;
      if (!ec && !ended_) client_.ping(con_->get_handle(), "alive", ignored);
    });
  }
  void end(const failure& f) {
    ended_ = true;
    end_ = f;
  }

  bool open_ = false, ended_ = false;
  failure end_;
  std::size_t messages_ = 0;
};

// The drop-in's overloads that throw.
template <class Config>
class throwing_player final : public connection_player<adapters::websocketpp::client<Config>> {
  using base = connection_player<adapters::websocketpp::client<Config>>;
  using base::base;

  void send(const std::string& text, failure&) override {
    base::run_what_is_ready();
    base::client_.send(base::con_->get_handle(), text, ws::frame::opcode::text);
  }
  void close(failure& why) override {
    base::run_what_is_ready();
    base::client_.close(base::con_->get_handle(), ws::close::status::normal, "");
    base::run_to_end(why);
  }
  typename base::connection_ptr make(const std::string& uri, failure&) override {
    return base::client_.get_connection(uri);
  }
  failure failure_at(ws::connection_hdl hdl) override { return base::client_.last_failure(hdl); }
};

// The same calls with a code, as programs of the library make them.
template <class Config>
class code_player final : public connection_player<adapters::websocketpp::client<Config>> {
  using base = connection_player<adapters::websocketpp::client<Config>>;
  using base::base;

  void send(const std::string& text, failure& why) override {
    base::run_what_is_ready();
    why = adapters::websocketpp::failure_of(*base::con_, base::con_->send(text));
  }
  void close(failure& why) override {
    base::run_what_is_ready();
    base::client_.close(base::con_->get_handle(), ws::close::status::normal, "", why);
    if (!why) base::run_to_end(why);
  }
  typename base::connection_ptr make(const std::string& uri, failure& why) override {
    return base::client_.get_connection(uri, why);
  }
  failure failure_at(ws::connection_hdl hdl) override { return base::client_.last_failure(hdl); }
};

// The library's own client, and functions.
template <class Config>
class function_player final : public connection_player<ws::client<Config>> {
  using base = connection_player<ws::client<Config>>;
  using base::base;

  void send(const std::string& text, failure& why) override {
    base::run_what_is_ready();
    why = adapters::websocketpp::failure_of(*base::con_, base::con_->send(text));
  }
  void close(failure& why) override {
    base::run_what_is_ready();
    ws::lib::error_code ec;
    base::con_->close(ws::close::status::normal, "", ec);
    why = adapters::websocketpp::failure_of(*base::con_, ec);
    if (!why) base::run_to_end(why);
  }
  typename base::connection_ptr make(const std::string& uri, failure& why) override {
    ws::lib::error_code ec;
    auto con = base::client_.get_connection(uri, ec);
    if (ec) why = adapters::websocketpp::uri_failure(uri, ec);
    return con;
  }
  failure failure_at(ws::connection_hdl hdl) override {
    return adapters::websocketpp::failure_of(*base::client_.get_con_from_hdl(hdl));
  }
};

// One player or the other, as the scheme asks.
template <template <class> class Player>
class by_scheme final : public tool::player {
 public:
  explicit by_scheme(const options& how) : how_(how) {}
  void connect(const std::string& uri, failure& why) override {
    if (uri.rfind("wss:", 0) == 0)
      inner_ = std::make_unique<Player<tls_config>>(how_);
    else
      inner_ = std::make_unique<Player<plain_config>>(how_);
    inner_->connect(uri, why);
  }
  void recv(failure& why) override { inner_->recv(why); }
  void send(const std::string& text, failure& why) override { inner_->send(text, why); }
  void close(failure& why) override { inner_->close(why); }

 private:
  options how_;
  std::unique_ptr<tool::player> inner_;
};

template <template <class> class Player>
interop::way way_of(std::string_view name) {
  return {name, [](const options& how) { return std::make_unique<by_scheme<Player>>(how); }, true};
}

}  // namespace

int main(int count, char** words) {
  return interop::compare(count, words,
                          {way_of<throwing_player>(OVER "-throw"), way_of<code_player>(OVER "-code"),
                           way_of<function_player>(OVER "-functions")});
}
