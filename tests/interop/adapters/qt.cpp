// QWebSocket through the adapter: an event loop for each player, in the player's thread.
#include "handshim/adapters/qt.hpp"

#include <QtCore/QCoreApplication>
#include <QtCore/QElapsedTimer>
#include <QtCore/QEventLoop>

#include "compare.hpp"
#include "handshim/adapters/collector.hpp"

using namespace handshim;
using std::chrono::milliseconds;

namespace {

milliseconds ms(options::duration d) { return std::chrono::duration_cast<milliseconds>(d); }

class qt_player final : public tool::player {
 public:
  explicit qt_player(const options& how) : how_(how) {
    adapters::qt::deadlines limits;
    limits.open = ms(how.open_timeout);
    limits.close = ms(how.close_timeout);
    limits.ping_interval = ms(how.ping_interval);
    limits.ping_timeout = ms(how.ping_timeout);
    wakes_.start(20);
    socket_.set_deadlines(limits);
    QObject::connect(&socket_, &QWebSocket::connected, &socket_, [this] { opened_ = true; });
    socket_.on_failure([this](const failure& f) { failed_ = f; });
    socket_.setMaxAllowedIncomingMessageSize(how.max_message_size);
    const auto count = [this] { ++messages_; };
    QObject::connect(&socket_, &QWebSocket::textMessageReceived, &socket_, count);
    QObject::connect(&socket_, &QWebSocket::binaryMessageReceived, &socket_, count);
  }

  void connect(const std::string& uri, failure& why) override {
    const QUrl url(QString::fromStdString(uri));
    QNetworkRequest request(url);
    std::string offered;
    for (const std::string& name : how_.subprotocols) offered += (offered.empty() ? "" : ", ") + name;
    if (!offered.empty()) request.setRawHeader("Sec-WebSocket-Protocol", QByteArray::fromStdString(offered));
    socket_.open(request);
    wait([this] { return opened_; }, milliseconds(8000), why);
  }

  void recv(failure& why) override {
    if (wait([this] { return messages_ > 0; }, ms(how_.recv_timeout), why)) --messages_;
  }

  void send(const std::string& text, failure& why) override {
    QCoreApplication::processEvents();
    if (!(why = failed_)) socket_.sendTextMessage(QString::fromStdString(text));
  }

  // How the connection ended is for recv() to tell.
  void close(failure&) override {
    failure why;
    socket_.close();
    wait([] { return false; }, milliseconds(4000), why);
  }

 private:
  template <class Ready>
  bool wait(Ready ready, milliseconds most, failure& why) {
    QElapsedTimer clock;
    clock.start();
    while (!failed_ && !ready() && clock.elapsed() < most.count())
      loop_.processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents);
    if (ready()) return true;
    why = failed_ ? failed_ : failure(fault::recv_timeout);
    return false;
  }

  options how_;
  failure failed_;
  bool opened_ = false;
  std::size_t messages_ = 0;
  QEventLoop loop_;
  QTimer wakes_;  // so that a wait ends
  adapters::qt::web_socket socket_;
};

}  // namespace

int main(int count, char** words) {
  QCoreApplication application(count, words);
  const std::string_view name = QT_VERSION_MAJOR >= 6 ? "qt6" : "qt5";
  return interop::compare(count, words,
                          {{name, [](const options& how) { return std::make_unique<qt_player>(how); }, true}});
}
