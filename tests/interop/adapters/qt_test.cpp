// What the Qt adapter promises beside the scenarios: one call of the handler for each open().
#include "handshim/adapters/qt.hpp"

#include <doctest/doctest.h>

#include <QtCore/QCoreApplication>
#include <QtCore/QElapsedTimer>
#include <memory>
#include <vector>

#include "scripted_server.hpp"
#include "tls_server.hpp"

using namespace handshim;
using adapters::qt::web_socket;
using tool::parse_server;
using tool::scripted_server;

namespace {

QCoreApplication& application() {
  static int count = 1;
  static char name[] = "qt-unit";
  static char* words[] = {name, nullptr};
  static QCoreApplication one(count, words);
  return one;
}

QUrl url_of(const scripted_server& server) { return QUrl(QString("ws://127.0.0.1:%1/").arg(server.port())); }

template <class Done>
void run_until(Done done) {
  QElapsedTimer clock;
  clock.start();
  QTimer wakes;
  wakes.start(10);
  while (!done() && clock.elapsed() < 20000) application().processEvents(QEventLoop::WaitForMoreEvents);
}

// All that is still on its way.
void run_for(int milliseconds) {
  QElapsedTimer clock;
  clock.start();
  run_until([&] { return clock.elapsed() >= milliseconds; });
}

struct counted {
  explicit counted(web_socket& socket) {
    socket.on_failure([this](const failure& f) { all.push_back(f); });
  }
  std::vector<failure> all;
};

const char* const refusal = "read-request; send \"HTTP/1.1 503 Busy\\r\\nContent-Length: 0\\r\\n\\r\\n\"; close";

}  // namespace

TEST_CASE("a refusal, which Qt reports twice, is told once") {
  application();
  web_socket socket;
  const counted told(socket);
  const scripted_server server(parse_server(refusal));
  socket.open(url_of(server));
  run_until([&] { return !told.all.empty(); });
  run_for(200);
  REQUIRE(told.all.size() == 1);
  CHECK(told.all[0].fault() == fault::upgrade_rejected);
  CHECK(told.all[0].evidence().http_status == 503);
  CHECK(told.all[0].evidence().native_domain == "QAbstractSocket::SocketError");
  CHECK(socket.last_failure().fault() == fault::upgrade_rejected);
}

TEST_CASE("a server that keeps the refused connection does not keep the failure back") {
  application();
  web_socket socket;
  const counted told(socket);
  const scripted_server server(
      parse_server("read-request; send \"HTTP/1.1 503 Busy\\r\\nContent-Length: 0\\r\\n\\r\\n\"; stall"));
  socket.open(url_of(server));
  run_until([&] { return !told.all.empty(); });
  REQUIRE(told.all.size() == 1);
  CHECK(told.all[0].fault() == fault::upgrade_rejected);
}

TEST_CASE("an invalid URL is told, though no disconnected() follows") {
  application();
  web_socket socket;
  const counted told(socket);
  for (std::size_t i = 1; i <= 2; ++i) {
    socket.open(QUrl("ws://127.0.0.1:70000/"));
    run_until([&] { return told.all.size() == i; });
    REQUIRE(told.all.size() == i);
    CHECK(told.all.back().fault() == fault::uri_invalid);
  }
}

TEST_CASE("a socket can be opened again in the handler, and deleted") {
  application();
  const scripted_server first(parse_server(refusal)),
      second(parse_server("upgrade; send \"\\x88\\x02\\x03\\xe9\"; close"));
  auto socket = std::make_unique<web_socket>();
  std::vector<fault> told;
  socket->on_failure([&](const failure& f) {
    told.push_back(f.fault());
    if (told.size() == 1)
      socket->open(url_of(second));
    else
      socket.reset();
  });
  socket->open(url_of(first));
  run_until([&] { return socket == nullptr; });
  REQUIRE(told.size() == 2);
  CHECK(told[0] == fault::upgrade_rejected);
  CHECK(told[1] == fault::closed_normally);
}

TEST_CASE("what the program ends itself is cancelled: abort(), and open() while one is under way") {
  application();
  const scripted_server server(parse_server("read-request; stall"));
  web_socket socket;
  const counted told(socket);
  socket.open(url_of(server));
  run_for(50);
  socket.open(url_of(server));
  run_until([&] { return told.all.size() == 1; });
  socket.abort();
  run_until([&] { return told.all.size() == 2; });
  run_for(100);
  REQUIRE(told.all.size() == 2);
  CHECK(told.all[0].fault() == fault::cancelled);
  CHECK(told.all[1].fault() == fault::cancelled);
}

TEST_CASE("a deadline that Qt does not have") {
  application();
  const scripted_server server(parse_server("read-request; send \"HTTP/1.1 101\"; stall"));
  web_socket socket;
  const counted told(socket);
  adapters::qt::deadlines limits;
  limits.open = std::chrono::milliseconds(300);
  socket.set_deadlines(limits);
  socket.open(url_of(server));
  run_until([&] { return !told.all.empty(); });
  run_for(100);
  REQUIRE(told.all.size() == 1);
  CHECK(told.all[0].is(fault::handshake_timeout));
}

TEST_CASE("a close of the program's own, and a socket that somebody else made") {
  application();
  const scripted_server server(parse_server("upgrade; echo-close"));
  QWebSocket socket;
  std::vector<failure> told;
  const adapters::qt::watcher watches(socket, [&](const failure& f) { told.push_back(f); });
  QObject::connect(&socket, &QWebSocket::connected, &socket, [&] { socket.close(); });
  socket.open(url_of(server));
  run_until([&] { return !told.empty(); });
  REQUIRE(told.size() == 1);
  CHECK(told[0].is(condition::closed_ok));
  CHECK(told[0].evidence().close_sent.code == 1000);
}

namespace {

failure tls_failure_at(const std::string& uri) {
  application();
  web_socket socket;
  const counted told(socket);
  QSslConfiguration trusting = socket.sslConfiguration();
  trusting.setCaCertificates(QSslCertificate::fromPath(QString::fromStdString(tls_test::certificate("ca.pem"))));
  socket.setSslConfiguration(trusting);
  QObject::connect(&socket, &QWebSocket::connected, &socket, [&] { socket.close(); });
  socket.open(QUrl(QString::fromStdString(uri)));
  run_until([&] { return !told.all.empty(); });
  REQUIRE(told.all.size() == 1);
  return told.all[0];
}

}  // namespace

TEST_CASE("over TLS: a good certificate, and what is wrong with the others") {
  const tls_test::tls_server good("good");
  CHECK(tls_failure_at(good.uri("localhost")).is(condition::closed_ok));
  tls_test::check_certificates(tls_failure_at);
}

TEST_CASE("a server without TLS: what can be told of it") {
  tls_test::without_tls_faults told;
  told.sends_alert = told.ends = told.ends_in_record = told.resets = fault::tls_failed;
  tls_test::check_without_tls(tls_failure_at, told);
}
