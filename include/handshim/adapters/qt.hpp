// QWebSocket, of Qt 5 and Qt 6: its signals and codes gathered into one failure for each connection.
#pragma once

#include <QtCore/QEvent>
#include <QtCore/QPointer>
#include <QtCore/QSocketNotifier>
#include <QtCore/QTimer>
#include <QtCore/QUrl>
#include <QtNetwork/QNetworkRequest>
#include <QtNetwork/QSslError>
#include <QtNetwork/QSslSocket>
#include <QtNetwork/QTcpSocket>
#include <QtWebSockets/QWebSocket>
#if QT_VERSION >= QT_VERSION_CHECK(6, 4, 0)
#include <QtWebSockets/QWebSocketHandshakeOptions>
#endif
#include <chrono>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "handshim/adapters/collector.hpp"
#include "handshim/adapters/impl/socket_tap.hpp"
#include "handshim/handshim.hpp"
#include "handshim/rfc6455/text.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace adapters::qt {

/// Deadlines, of which QWebSocket itself has none. Zero: none.
struct deadlines {
  std::chrono::milliseconds open{0};           ///< from open() to connected()
  std::chrono::milliseconds close{0};          ///< from close() to disconnected()
  std::chrono::milliseconds ping_interval{0};  ///< between two pings on the open connection
  std::chrono::milliseconds ping_timeout{0};   ///< for the answer to one
};

/// Watches a QWebSocket, which is used as before, and calls the handler once for each open(): when the connection could
/// not be made, or when it is over. A close in order is a failure too, whose condition is closed_ok. The handler is
/// called from the event loop, so that it may open the socket again or delete it; it must not throw. Lives in the
/// socket's thread and no longer than it. Since 0.1.
class watcher : public ::QObject {
 public:
  using handler = std::function<void(const failure&)>;

  explicit watcher(::QWebSocket& socket, handler done = {}, deadlines limits = {})
      : socket_(socket), done_(std::move(done)), limits_(limits) {
    listen();
    open_timer_.setSingleShot(true);
    pong_timer_.setSingleShot(true);
    connect(&open_timer_, &::QTimer::timeout, this, [this] { expire(); });
    connect(&ping_timer_, &::QTimer::timeout, this, [this] { ping(); });
    connect(&pong_timer_, &::QTimer::timeout, this, [this] { expire(fault::keepalive_timeout); });
  }

  void set_handler(handler done) { done_ = std::move(done); }
  void set_deadlines(deadlines limits) { limits_ = limits; }
  /// How the connection failed or ended; none while it is made or stands.
  const failure& last_failure() const noexcept { return seen_.result(); }

  /// What no signal tells: the program is about to abort() the connection, or to open another with open(url).
  void aborting() {
    if (seen_.is_live()) seen_.state(fault::cancelled);
  }
  template <class Open>
  void opening(const ::QUrl& url, Open open) {
    give_up();
    begin(url);
    if (!url.isValid()) seen_.state(fault::uri_invalid);
    open();
    follow_newest();
  }

 private:
  static std::string text(const ::QString& from) { return from.toStdString(); }

  void listen() {
    socket_.installEventFilter(this);
    connect(&socket_, &::QWebSocket::stateChanged, this, [this](auto state) { on_state(state); });
    connect(&socket_, &::QWebSocket::connected, this, [this] { on_open(); });
    connect(&socket_, &::QWebSocket::disconnected, this, [this] { on_disconnected(); });
    connect(&socket_, &::QWebSocket::aboutToClose, this, [this] { on_closing(); });
    connect(&socket_, &::QWebSocket::pong, this, [this] { pong_timer_.stop(); });
#if !defined(QT_NO_SSL)
    connect(&socket_, &::QWebSocket::sslErrors, this, [this](const ::QList<::QSslError>& all) { on_tls(all); });
#endif
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    connect(&socket_, &::QWebSocket::errorOccurred, this, [this](auto code) { on_error(code); });
#else
    using signal = void (::QWebSocket::*)(::QAbstractSocket::SocketError);
    connect(&socket_, static_cast<signal>(&::QWebSocket::error), this, [this](auto code) { on_error(code); });
#endif
  }

  // Not emitted for an open() behind a refusal, as Qt then connects still: see eventFilter().
  void on_state(::QAbstractSocket::SocketState state) {
    if (state == ::QAbstractSocket::ConnectingState) follow_newest(true);
  }

  // The socket below is not part of QWebSocket's interface; without it the failures are coarser.
  void follow_newest(bool surely = false) {
    const auto sockets = socket_.findChildren<::QTcpSocket*>(::QString(), ::Qt::FindDirectChildrenOnly);
    ::QTcpSocket* const newest = sockets.isEmpty() ? nullptr : sockets.last();
    if (newest == below_ && !surely) return;
    if (seen_.where() > phase::local) give_up();
    if (!seen_.is_live()) begin(socket_.requestUrl());
    seen_.reached(phase::resolve);
    start(open_timer_, limits_.open);
    below_ = newest;
    if (newest != nullptr) follow(*newest);
  }

  void begin(const ::QUrl& url) {
    expectation next;
    next.endpoint = text(url.toString(::QUrl::RemoveUserInfo));
    next.encrypted = url.scheme() == ::QLatin1String("wss");
    next.subprotocols = offered();
    const quint64 limit = socket_.maxAllowedIncomingMessageSize();
    if (limit < (std::numeric_limits<std::size_t>::max)()) next.max_message_size = static_cast<std::size_t>(limit);
    seen_.begin(std::move(next));
    ++opened_;
    tap_ = {};
    tls_fault_ = fault::none;
  }

  std::vector<std::string> offered() const {
    const ::QByteArray raw = socket_.request().rawHeader("Sec-WebSocket-Protocol");
    std::vector<std::string> out = rfc6455::detail::tokens_of(raw.toStdString());
#if QT_VERSION >= QT_VERSION_CHECK(6, 4, 0)
    for (const ::QString& name : socket_.handshakeOptions().subprotocols()) out.push_back(text(name));
#endif
    return out;
  }

  // The socket below, while it connects.
  void follow(::QTcpSocket& below) {
    const auto on_change = [this, &below](auto state) {
      if (&below != below_) return;  // an earlier one
      if (state == ::QAbstractSocket::ConnectingState) seen_.reached(phase::connect);
      if (state == ::QAbstractSocket::ConnectedState) stands(below);
    };
    connect(&below, &::QTcpSocket::stateChanged, this, on_change);
    on_change(below.state());
#if !defined(QT_NO_SSL)
    if (auto* tls = qobject_cast<::QSslSocket*>(&below))
      connect(tls, &::QSslSocket::encrypted, this, [this] { seen_.reached(phase::handshake); });
#endif
  }

  void stands(::QTcpSocket& below) {
    seen_.connected();
    if (seen_.where() == phase::tls) return;
    tap_.look(static_cast<int>(below.socketDescriptor()), seen_);
    for (::QSocketNotifier* n : below.findChildren<::QSocketNotifier*>())
      if (n->type() == ::QSocketNotifier::Read) n->installEventFilter(this);
  }

  // The socket below is readable, and Qt has not read it yet; or there is a new one, which is not made yet.
  bool eventFilter(::QObject* object, ::QEvent* event) override {
    if (object == &socket_ && event->type() == ::QEvent::ChildAdded)
      ::QTimer::singleShot(0, this, [this] { follow_newest(); });
    if (event->type() == ::QEvent::SockAct && seen_.is_live() && below_ != nullptr)
      tap_.look(static_cast<int>(static_cast<::QSocketNotifier*>(object)->socket()), seen_);
    return false;
  }

  void on_open() {
    open_timer_.stop();
    seen_.reached(phase::open);
    start(ping_timer_, limits_.ping_interval);
  }

  void on_error(::QAbstractSocket::SocketError code) {
    if (!seen_.is_live()) {
      // The second signal for one failure, or an open() that went no further.
      if (code == ::QAbstractSocket::RemoteHostClosedError || announced_) return;
      begin(socket_.requestUrl());
    }
    seen_.report("QAbstractSocket::SocketError", code, text(socket_.errorString()));
    if (code == ::QAbstractSocket::SslHandshakeFailedError && tls_fault_ != fault::none) seen_.state(tls_fault_);
    if (code == ::QAbstractSocket::HostNotFoundError && socket_.requestUrl().host().isEmpty())
      seen_.state(fault::uri_host_missing);
    // Until the connection stands an error is the end of it, and disconnected() may never come. Later it is not.
    if (seen_.where() < phase::open) finish();
  }

  void on_closing() {
    if (seen_.where() < phase::open || !seen_.is_live()) return;
    seen_.close_sent(static_cast<std::uint16_t>(socket_.closeCode()), text(socket_.closeReason()));
    seen_.stops_reading();  // Qt does not wait for the peer's close frame
    ping_timer_.stop();
    pong_timer_.stop();
    start(open_timer_, limits_.close);
  }

  void on_disconnected() {
    if (seen_.where() < phase::open) return on_given_up();
    seen_.report_end("disconnected()", 0,
                     text(socket_.closeReason()));  // the error signal came before, if there was one
    finish();
  }

  // Before the connection stood. The error signal may come after this one; if none does, the program ended it.
  void on_given_up() {
    ::QTimer::singleShot(0, this, [this, which = opened_] {
      if (which != opened_ || !seen_.is_live()) return;
      seen_.state(fault::cancelled);
      finish();
    });
  }

#if !defined(QT_NO_SSL)
  void on_tls(const ::QList<::QSslError>& all) {
    if (all.isEmpty()) return;
    switch (all.first().error()) {
      case ::QSslError::CertificateExpired:
      case ::QSslError::CertificateNotYetValid:
        tls_fault_ = fault::tls_certificate_expired;
        break;
      case ::QSslError::HostNameMismatch:
        tls_fault_ = fault::tls_certificate_host_mismatch;
        break;
      default:
        tls_fault_ = fault::tls_certificate_untrusted;
    }
  }
#endif

  void ping() {
    socket_.ping();
    if (!pong_timer_.isActive()) start(pong_timer_, limits_.ping_timeout);
  }

  void expire(fault f = fault::none) {
    if (!seen_.is_live()) return;
    if (f != fault::none) seen_.state(f);
    seen_.timed_out();
    announce();
    socket_.abort();
  }

  // The program opens anew what has not ended: no signal tells the end of the old connection.
  void give_up() {
    if (!seen_.is_live()) return;
    seen_.state(fault::cancelled);
    finish();
  }

  void finish() {
    if (!seen_.is_live()) return;
    seen_.ended();
    announce();
  }

  void announce() {
    for (::QTimer* t : {&open_timer_, &ping_timer_, &pong_timer_}) t->stop();
    announced_ = true;
    ::QTimer::singleShot(0, this, [this, f = seen_.result()] {
      announced_ = false;
      const handler done = done_;  // which may delete this
      if (done) done(f);
    });
  }

  static void start(::QTimer& timer, std::chrono::milliseconds span) {
    if (span.count() > 0) timer.start(static_cast<int>(span.count()));
  }

  ::QWebSocket& socket_;
  ::QPointer<::QTcpSocket> below_;
  handler done_;
  deadlines limits_;
  collector seen_{"qt"};
  detail::socket_tap tap_;
  fault tls_fault_ = fault::none;
  unsigned opened_ = 0;     // counts the connections
  bool announced_ = false;  // the handler has not been called yet
  ::QTimer open_timer_, ping_timer_, pong_timer_;
};

/// In place of QWebSocket: the same members, and the failure of each connection. Since 0.1.
class web_socket : public ::QWebSocket {
 public:
  using ::QWebSocket::QWebSocket;

  /// Called once for each open(); see watcher.
  void on_failure(watcher::handler done) { watcher_.set_handler(std::move(done)); }
  void set_deadlines(deadlines limits) { watcher_.set_deadlines(limits); }
  const failure& last_failure() const noexcept { return watcher_.last_failure(); }

  void open(const ::QUrl& url) {
    watcher_.opening(url, [&] { ::QWebSocket::open(url); });
  }
  void open(const ::QNetworkRequest& request) {
    watcher_.opening(request.url(), [&] { ::QWebSocket::open(request); });
  }
#if QT_VERSION >= QT_VERSION_CHECK(6, 4, 0)
  void open(const ::QUrl& url, const ::QWebSocketHandshakeOptions& options) {
    watcher_.opening(url, [&] { ::QWebSocket::open(url, options); });
  }
  void open(const ::QNetworkRequest& request, const ::QWebSocketHandshakeOptions& options) {
    watcher_.opening(request.url(), [&] { ::QWebSocket::open(request, options); });
  }
#endif
  void abort() {
    watcher_.aborting();
    ::QWebSocket::abort();
  }

 private:
  watcher watcher_{*this};
};

}  // namespace adapters::qt
}  // namespace HANDSHIM_ABI
}  // namespace handshim
