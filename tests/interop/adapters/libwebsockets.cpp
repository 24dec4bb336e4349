// libwebsockets through the adapter: a context for each player, served in the player's thread.
#include "handshim/adapters/libwebsockets.hpp"

#include <openssl/ssl.h>

#include <deque>
#include <memory>

#include "compare.hpp"

using namespace handshim;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

// One for all players: libwebsockets 4.1 leaks the one it makes itself if another context was made since.
SSL_CTX* tls_of_clients() {
  static const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> one(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  return one.get();
}

class lws_player final : public tool::player {
 public:
  explicit lws_player(const options& how) : how_(how) {
    retry_.secs_since_valid_ping = static_cast<std::uint16_t>(seconds(how.ping_interval));
    retry_.secs_since_valid_hangup = static_cast<std::uint16_t>(seconds(how.ping_interval) + seconds(how.ping_timeout));
    lws_context_creation_info info{};
    info.port = CONTEXT_PORT_NO_LISTEN;
    info.protocols = protocols;
    info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
    info.provided_client_ssl_ctx = tls_of_clients();
    info.connect_timeout_secs = 5;
    info.timeout_secs = 5;
    if (retry_.secs_since_valid_ping != 0) info.retry_and_idle_policy = &retry_;
    context_ = lws_create_context(&info);
    for (const std::string& name : how.subprotocols) offered_ += (offered_.empty() ? "" : ", ") + name;
  }
  ~lws_player() override { lws_context_destroy(context_); }

  void connect(const std::string& uri, failure& why) override {
    lws_client_connect_info info{};
    info.context = context_;
    info.ssl_connection = LCCSCF_HTTP_NO_FOLLOW_REDIRECT;
    info.userdata = this;
    info.local_protocol_name = "player";
    if (!offered_.empty()) info.protocol = offered_.c_str();
    if (!one_.connect(uri, info)) {
      why = one_.failed();
      return;
    }
    if (serve([this] { return opened_; }, how_.open_timeout)) return;
    one_.expire();
    why = one_.failed();
  }

  void recv(failure& why) override {
    const bool got = serve([this] { return messages_ > 0; }, how_.recv_timeout);
    if (got)
      --messages_;
    else
      why = one_.is_over() ? one_.failed() : failure(fault::recv_timeout);
  }

  void send(const std::string& text, failure& why) override {
    lws_service(context_, -1);
    if ((why = one_.failed())) return;
    unsent_.push_back(text);
    lws_callback_on_writable(one_.wsi());
    serve([this] { return unsent_.empty(); }, how_.send_timeout);
    why = one_.failed();
  }

  // How the connection ended is for recv() to tell.
  void close(failure&) override {
    if (!one_.is_open()) return;
    closing_ = true;
    lws_callback_on_writable(one_.wsi());
    if (!serve([] { return false; }, how_.close_timeout)) one_.expire();
  }

 private:
  static long seconds(options::duration d) { return std::chrono::ceil<std::chrono::seconds>(d).count(); }

  template <class Ready>
  bool serve(Ready ready, options::duration most) {
    const auto until = steady_clock::now() + most;
    while (!one_.is_over() && !ready() && steady_clock::now() < until)
      adapters::libwebsockets::service(context_, one_, milliseconds(10));
    return ready();
  }

  static int callback(lws* wsi, lws_callback_reasons reason, void* user, void*, std::size_t) {
    auto* const self = static_cast<lws_player*>(user);
    switch (reason) {
      case LWS_CALLBACK_CLIENT_ESTABLISHED:
        self->opened_ = true;
        return 0;
      case LWS_CALLBACK_CLIENT_RECEIVE:
        self->messages_ += lws_is_final_fragment(wsi) && lws_remaining_packet_payload(wsi) == 0;
        return 0;
      case LWS_CALLBACK_CLIENT_WRITEABLE:
        return self->write(wsi);
      default:
        return 0;
    }
  }

  int write(lws* wsi) {
    if (closing_) {
      one_.close_reason(wsi, LWS_CLOSE_STATUS_NORMAL);
      return -1;
    }
    if (unsent_.empty()) return 0;
    const std::string text = std::string(LWS_PRE, '\0') + unsent_.front();
    unsent_.pop_front();
    std::string buffer = text;
    lws_write(wsi, reinterpret_cast<unsigned char*>(buffer.data()) + LWS_PRE, text.size() - LWS_PRE, LWS_WRITE_TEXT);
    return 0;
  }

  static const lws_protocols protocols[2];

  options how_;
  std::string offered_;
  lws_retry_bo_t retry_{};
  lws_context* context_ = nullptr;
  adapters::libwebsockets::connection one_;
  std::size_t messages_ = 0;
  std::deque<std::string> unsent_;
  bool opened_ = false, closing_ = false;
};

const lws_protocols lws_player::protocols[2] = {
    {"player", adapters::libwebsockets::observed<lws_player::callback>, 0, 4096, 0, nullptr, 0},
    {nullptr, nullptr, 0, 0, 0, nullptr, 0}};

}  // namespace

int main(int count, char** words) {
  lws_set_log_level(0, nullptr);
  return interop::compare(
      count, words, {{"libwebsockets", [](const options& how) { return std::make_unique<lws_player>(how); }, true}});
}
