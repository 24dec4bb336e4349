// libsoup 3 through the adapter: a main context for each player, in the player's thread.
#include "handshim/adapters/libsoup.hpp"

#include <chrono>

#include "compare.hpp"

using namespace handshim;
using std::chrono::steady_clock;

namespace {

class soup_player final : public tool::player {
 public:
  explicit soup_player(const options& how) : how_(how), context_(g_main_context_new()) {
    g_main_context_push_thread_default(context_);
    session_ = soup_session_new();
  }
  ~soup_player() override {
    one_.cancel();
    g_clear_object(&session_);
    while (g_main_context_iteration(context_, FALSE)) {
    }
    g_main_context_pop_thread_default(context_);
    g_main_context_unref(context_);
  }

  void connect(const std::string& uri, failure& why) override {
    SoupMessage* message = one_.message(uri.c_str());
    if (message != nullptr) {
      soup_message_add_flags(message, SOUP_MESSAGE_NO_REDIRECT);
      std::vector<char*> offered;
      for (std::string& name : how_.subprotocols) offered.push_back(name.data());
      offered.push_back(nullptr);
      one_.connect(session_, message, nullptr, offered.size() > 1 ? offered.data() : nullptr,
                   [this](SoupWebsocketConnection* made) { on_open(made); });
      g_object_unref(message);
      if (run([this] { return opened_; }, how_.open_timeout)) return;
      one_.expire();
    }
    why = one_.failed();
  }

  void recv(failure& why) override {
    if (run([this] { return messages_ > 0; }, how_.recv_timeout))
      --messages_;
    else
      why = one_.is_over() ? one_.failed() : failure(fault::recv_timeout);
  }

  void send(const std::string& text, failure& why) override {
    while (g_main_context_iteration(context_, FALSE)) {
    }
    if (!(why = one_.failed())) soup_websocket_connection_send_text(one_.get(), text.c_str());
  }

  // How the connection ended is for recv() to tell.
  void close(failure&) override {
    one_.close(1000);
    if (!run([] { return false; }, how_.close_timeout)) one_.expire();
  }

 private:
  void on_open(SoupWebsocketConnection* made) {
    opened_ = true;
    soup_websocket_connection_set_max_incoming_payload_size(made, how_.max_message_size);
    g_signal_connect(made, "message", G_CALLBACK(on_message), this);
  }
  static void on_message(SoupWebsocketConnection*, int, GBytes*, gpointer self) {
    ++static_cast<soup_player*>(self)->messages_;
  }

  template <class Ready>
  bool run(Ready ready, options::duration most) {
    const auto until = steady_clock::now() + most;
    GSource* const wakes = g_timeout_source_new(10);
    g_source_set_callback(
        wakes, [](gpointer) -> gboolean { return G_SOURCE_CONTINUE; }, nullptr, nullptr);
    g_source_attach(wakes, context_);
    while (!one_.is_over() && !ready() && steady_clock::now() < until) g_main_context_iteration(context_, TRUE);
    g_source_destroy(wakes);
    g_source_unref(wakes);
    return ready();
  }

  options how_;
  GMainContext* context_;
  SoupSession* session_ = nullptr;
  bool opened_ = false;
  std::size_t messages_ = 0;
  adapters::libsoup::connection one_;
};

}  // namespace

int main(int count, char** words) {
  return interop::compare(count, words,
                          {{"libsoup3", [](const options& how) { return std::make_unique<soup_player>(how); }, true}});
}
