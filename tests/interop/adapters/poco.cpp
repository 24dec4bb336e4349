// Poco through every scenario.
#include "handshim/adapters/poco.hpp"

#include <array>
#include <optional>

#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPSClientSession.h>
#include <Poco/URI.h>

#include "compare.hpp"

using namespace handshim;
using adapters::poco::WebSocket;

namespace {

Poco::Timespan span_of(options::duration d) {
  return Poco::Timespan(std::chrono::duration_cast<std::chrono::microseconds>(d).count());
}

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ", ") + part;
  return out;
}

// What a program does around the socket; the overloads differ.
class poco_player : public tool::player {
 public:
  poco_player(const options& how, bool checks) : how_(how), checks_(checks) {}

  void connect(const std::string& uri, failure&) override {
    const Poco::URI to = guard<adapters::poco::translator>(phase::local, [&] { return Poco::URI(uri); });
    const bool secure = to.getScheme() == "wss";
    if (secure)
      session_ = std::make_unique<Poco::Net::HTTPSClientSession>(to.getHost(), to.getPort(), context());
    else
      session_ = std::make_unique<Poco::Net::HTTPClientSession>(to.getHost(), to.getPort());
    session_->setTimeout(span_of(how_.open_timeout));
    Poco::Net::HTTPRequest request(Poco::Net::HTTPRequest::HTTP_GET, to.getPathEtc(), Poco::Net::HTTPMessage::HTTP_1_1);
    if (!how_.subprotocols.empty()) request.set("Sec-WebSocket-Protocol", joined(how_.subprotocols));
    Poco::Net::HTTPResponse response;
    if (secure)
      socket_.emplace(*session_, request, response);
    else
      socket_.emplace(*session_, request, response, how_.open_timeout);
    socket_->setFrameChecks(checks_);
    socket_->setMaxPayloadSize(static_cast<int>(how_.max_message_size));
  }
  void recv(failure& why) override {
    socket_->setReceiveTimeout(span_of(how_.recv_timeout));
    while (!why) {
      const int opcode = receive(why);
      if (opcode == WebSocket::FRAME_OP_TEXT || opcode == WebSocket::FRAME_OP_BINARY) return;
    }
  }
  void close(failure& why) override {
    shut_down(why);
    if (why) return;
    socket_->setReceiveTimeout(span_of(how_.close_timeout));
    failure end;
    while (!end) receive(end);
    if (end.is(condition::timeout)) why = end;
  }

 protected:
  virtual int receive_frame(int& flags, failure& why) = 0;
  virtual void shut_down(failure& why) = 0;

  std::optional<WebSocket> socket_;
  std::array<char, 1 << 16> buffer_{};

 private:
  static Poco::Net::Context::Ptr context() {
    return new Poco::Net::Context(Poco::Net::Context::TLS_CLIENT_USE, "", "", "", Poco::Net::Context::VERIFY_RELAXED);
  }

  // The opcode of what came, pings answered; -1 for the fragment of a message.
  int receive(failure& why) {
    int flags = 0;
    const int size = receive_frame(flags, why);
    const int opcode = flags & WebSocket::FRAME_OP_BITMASK;
    if (!why && opcode == WebSocket::FRAME_OP_PING)
      socket_->sendFrame(buffer_.data(), size, int(WebSocket::FRAME_FLAG_FIN) | int(WebSocket::FRAME_OP_PONG));
    return (flags & WebSocket::FRAME_FLAG_FIN) != 0 || why ? opcode : -1;
  }

  options how_;
  bool checks_;
  std::unique_ptr<Poco::Net::HTTPClientSession> session_;
};

class throwing_player final : public poco_player {
  using poco_player::poco_player;
  void send(const std::string& text, failure&) override {
    socket_->sendFrame(text.data(), static_cast<int>(text.size()));
  }
  int receive_frame(int& flags, failure& why) override {
    try {
      return socket_->receiveFrame(buffer_.data(), static_cast<int>(buffer_.size()), flags);
    } catch (const error& e) {
      why = e.failure();
      return 0;
    }
  }
  void shut_down(failure&) override { socket_->shutdown(); }
};

class failure_player final : public poco_player {
  using poco_player::poco_player;
  void send(const std::string& text, failure& why) override {
    socket_->sendFrame(text.data(), static_cast<int>(text.size()), WebSocket::FRAME_TEXT, why);
  }
  int receive_frame(int& flags, failure& why) override {
    return socket_->receiveFrame(buffer_.data(), static_cast<int>(buffer_.size()), flags, why);
  }
  void shut_down(failure& why) override { socket_->shutdown(WebSocket::WS_NORMAL_CLOSE, "", why); }
};

template <class Player>
interop::way way_of(std::string_view name, bool checks) {
  return {name, [checks](const options& how) { return std::make_unique<Player>(how, checks); }, true};
}

}  // namespace

int main(int count, char** words) {
  return interop::compare(count, words,
                          {way_of<throwing_player>("poco-throw", true), way_of<failure_player>("poco-failure", true),
                           way_of<failure_player>("poco-unchecked", false)});
}
