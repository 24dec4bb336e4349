#if defined(__linux__)

#include "handshim/adapters/impl/socket_tap.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

using namespace handshim;
using adapters::collector;
using adapters::detail::socket_tap;

namespace {

// Both ends of a TCP connection on the loopback interface.
class connection {
 public:
  connection() {
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&at), size) == 0);
    REQUIRE(::listen(listener, 1) == 0);
    REQUIRE(::getsockname(listener, reinterpret_cast<sockaddr*>(&at), &size) == 0);
    client = ::socket(AF_INET, SOCK_STREAM, 0);
    REQUIRE(::connect(client, reinterpret_cast<sockaddr*>(&at), size) == 0);
    server_ = ::accept(listener, nullptr, nullptr);
    ::close(listener);
    seen.begin();
    seen.connected();
  }
  ~connection() {
    end();
    ::close(client);
  }
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  // The loopback interface delivers before send() returns.
  void say(const std::string& bytes) {
    REQUIRE(::send(server_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()));
  }
  void end() {
    if (server_ >= 0) ::close(server_);
    server_ = -1;
  }
  void reset() {
    const linger at_once{1, 0};
    ::setsockopt(server_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    end();
  }
  std::string read(std::size_t most) {
    std::string out(most, '\0');
    const ssize_t n = ::recv(client, out.data(), out.size(), MSG_DONTWAIT);
    out.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return out;
  }
  void look() { tap.look(client, seen); }

  int client = -1;
  collector seen{"test"};
  socket_tap tap;

 private:
  int server_ = -1;
};

}  // namespace

TEST_CASE("what waits in a socket is seen, and stays there") {
  connection c;
  c.look();
  c.say("HTTP/1.1 503 Busy\r\n");
  c.look();
  c.look();
  CHECK(c.read(8) == "HTTP/1.1");
  c.look();
  c.say("Content-Length: 0\r\n\r\n");
  c.look();
  CHECK(c.read(100) == " 503 Busy\r\nContent-Length: 0\r\n\r\n");
  CHECK(c.seen.ended().fault() == fault::upgrade_rejected);
  CHECK(c.seen.result().evidence().bytes_in == 40);
}

TEST_CASE("an end and a reset are told apart, with and without bytes before them") {
  connection bare;
  bare.look();
  bare.end();
  bare.look();
  CHECK(bare.seen.ended().fault() == fault::eof_before_status_line);

  connection cut;
  cut.say("HTTP/1.1 200 OK\r\n");
  cut.end();
  cut.look();
  CHECK(cut.seen.ended().fault() == fault::eof_in_headers);

  connection reset;
  reset.look();
  reset.reset();
  reset.look();
  CHECK(reset.read(1).empty());
  CHECK(reset.seen.ended().fault() == fault::reset_before_status_line);

  connection late;
  late.say("HTTP/");
  late.look();
  late.reset();
  late.look();
  CHECK(late.seen.ended().fault() == fault::reset_in_status_line);
}

TEST_CASE("looking takes no error from the client") {
  connection c;
  c.reset();
  c.look();
  char byte;
  CHECK(::recv(c.client, &byte, 1, MSG_DONTWAIT) == -1);
  CHECK(errno == ECONNRESET);
}

TEST_CASE("bytes that the client read first are missed, and nothing is guessed from the rest") {
  connection c;
  c.look();
  c.say("HTTP/1.1 101 Switching Protocols\r\n");
  c.read(100);
  c.say("Upgrade: websocket\r\n\r\n");
  c.look();
  CHECK(c.seen.ended().fault() == fault::handshake_failed);
}

TEST_CASE("an end that the client answered with its own is no reset") {
  connection c;
  c.say("HTTP/");
  c.look();
  ::shutdown(c.client, SHUT_WR);
  c.read(100);
  c.end();
  c.look();
  CHECK(c.seen.ended().fault() == fault::eof_in_status_line);
}

TEST_CASE("a socket that connects, and what is none") {
  collector seen("test");
  seen.begin();
  socket_tap tap;
  tap.look(-1, seen);
  CHECK(seen.where() == phase::local);
  int pair[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
  tap.look(pair[0], seen);
  CHECK(seen.where() == phase::local);
  ::close(pair[0]);
  ::close(pair[1]);
}

#endif
