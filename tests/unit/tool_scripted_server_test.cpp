#include <arpa/inet.h>
#include <dirent.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "scripted_server.hpp"

using namespace handshim::tool;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

namespace {

const std::string request =
    "GET / HTTP/1.1\r\nHost: h\r\nsec-websocket-KEY:  dGhlIHNhbXBsZSBub25jZQ== \r\nUpgrade: websocket\r\n\r\n";
const std::string answer =  // RFC 6455, section 1.3
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
    "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

// A plain socket; each call waits for 5 s at most.
class plain_client {
 public:
  explicit plain_client(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) error_ = errno;
  }
  plain_client(const plain_client&) = delete;
  plain_client& operator=(const plain_client&) = delete;
  ~plain_client() { leave(); }

  int error() const { return error_; }
  void send(const std::string& bytes) { REQUIRE(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) >= 0); }
  void end_sending() { ::shutdown(fd_, SHUT_WR); }
  void leave() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  bool readable(int milliseconds) {
    pollfd one{fd_, POLLIN, 0};
    return ::poll(&one, 1, milliseconds) == 1;
  }
  // One read: what came; at the end or an error nothing, and error() tells.
  std::string some() {
    char bytes[65536];
    if (!readable(5000)) return error_ = ETIMEDOUT, "";
    const ssize_t n = ::recv(fd_, bytes, sizeof bytes, 0);
    error_ = n < 0 ? errno : 0;
    return n > 0 ? std::string(bytes, static_cast<std::size_t>(n)) : std::string();
  }
  // Everything up to the end.
  std::string all() {
    std::string text;
    for (std::string more; !(more = some()).empty();) text += more;
    return text;
  }
  std::string exactly(std::size_t size) {
    std::string text;
    while (text.size() < size) {
      const std::string more = some();
      if (more.empty()) break;
      text += more;
    }
    return text;
  }

 private:
  int fd_;
  int error_ = 0;
};

std::string masked(char first, const std::string& payload) {
  const std::string mask = "\x01\x02\x03\x04";
  std::string frame{first, static_cast<char>(0x80 | payload.size())};
  frame += mask;
  for (std::size_t i = 0; i < payload.size(); ++i) frame += static_cast<char>(payload[i] ^ mask[i % 4]);
  return frame;
}

std::chrono::milliseconds since(steady::time_point begin) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(steady::now() - begin);
}

// Counts what /proc shows of this process; 0 where there is no /proc.
std::size_t entries(const char* folder) {
  DIR* const open = ::opendir(folder);
  if (open == nullptr) return 0;
  std::size_t count = 0;
  while (::readdir(open) != nullptr) ++count;
  ::closedir(open);
  return count;
}

// A server that plays a script, and what it reported.
struct served {
  explicit served(const char* script)
      : server(parse_server(script), 0, [this](const connection_report& one) {
          const std::lock_guard<std::mutex> lock(mutex);
          reports.push_back(one.done);
        }) {}

  std::string report() {
    for (const auto begin = steady::now(); since(begin) < 5s; std::this_thread::sleep_for(1ms)) {
      const std::lock_guard<std::mutex> lock(mutex);
      if (!reports.empty()) return reports.front();
    }
    return "none";
  }

  std::mutex mutex;
  std::vector<std::string> reports;
  scripted_server server;
};

}  // namespace

TEST_CASE("refuse: the port is held, and the connection refused") {
  scripted_server server(parse_server("refuse"));
  CHECK(plain_client(server.port()).error() == ECONNREFUSED);
  CHECK_THROWS_AS(scripted_server(parse_server("close"), server.port()), std::system_error);
  CHECK(plain_client(server.port()).error() == ECONNREFUSED);
}

TEST_CASE("blackhole: further connections get no answer at all") {
  scripted_server server(parse_server("blackhole"));
  std::vector<int> sockets;
  for (int i = 0; i < 3; ++i) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(server.port());
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockets.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    CHECK(::connect(sockets.back(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == -1);
    CHECK(errno == EINPROGRESS);
  }
  // Long enough for the kernel to ask a second time, after a second.
  std::this_thread::sleep_for(1500ms);
  for (const int one : sockets) {
    pollfd asked{one, POLLOUT, 0};
    CHECK(::poll(&asked, 1, 0) == 0);
    ::close(one);
  }
}

TEST_CASE("read-request and send: the key is remembered, and {accept} and {port} are filled in") {
  served it("read-request; send \"{accept} {port} {x}\"; close");
  plain_client client(it.server.port());
  client.send(request.substr(0, 30));
  CHECK_FALSE(client.readable(50));
  client.send(request.substr(30));
  CHECK(client.all() == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo= " + std::to_string(it.server.port()) + " {x}");
  client.leave();
  CHECK(it.report() == "read-request, send 19 bytes, close");
}

TEST_CASE("read-request goes on when what comes is not HTTP") {
  scripted_server server(parse_server("read-request; send \"no\"; close"));
  plain_client client(server.port());
  client.send(std::string("\x16\x03\x01\x02\x00", 5));
  CHECK(client.all() == "no");
}

TEST_CASE("read-request goes on when the client ends in the middle, or sends no end of a head") {
  scripted_server server(parse_server("read-request; send \"no\"; close"));
  plain_client ended(server.port());
  ended.send("GET / HT");
  ended.end_sending();
  CHECK(ended.all() == "no");
  plain_client endless(server.port());
  endless.send(std::string(70000, 'a'));
  CHECK(endless.all() == "no");
}

TEST_CASE("each connection is served with the same script") {
  scripted_server server(parse_server("send \"hi\"; close"));
  for (std::size_t i = 1; i <= 3; ++i) {
    CHECK(plain_client(server.port()).all() == "hi");
    CHECK(server.accepted() == i);
  }
}

TEST_CASE("fill sends that many bytes") {
  scripted_server server(parse_server("fill 3000000 \"a\"; close"));
  CHECK(plain_client(server.port()).all() == std::string(3000000, 'a'));
}

TEST_CASE("drip sends a byte each so many milliseconds") {
  scripted_server server(parse_server("read-request; drip 20 \"{port}\"; close"));
  plain_client client(server.port());
  client.send(request);
  const auto begin = steady::now();
  const std::string port = std::to_string(server.port());
  CHECK(client.some() == port.substr(0, 1));
  CHECK(client.all() == port.substr(1));
  CHECK(since(begin) >= 20ms * (port.size() - 1));
}

TEST_CASE("sleep delays what follows") {
  scripted_server server(parse_server("sleep 150; send \"x\"; close"));
  const auto begin = steady::now();
  CHECK(plain_client(server.port()).all() == "x");
  CHECK(since(begin) >= 150ms);
}

TEST_CASE("upgrade answers with a correct 101, read-frame waits for a frame") {
  scripted_server server(parse_server("upgrade; read-frame; send \"one\"; read-frame; send \"two\"; close"));
  plain_client client(server.port());
  client.send(request + masked('\x81', "hi"));  // the frame in the same packet
  CHECK(client.exactly(answer.size() + 3) == answer + "one");
  CHECK_FALSE(client.readable(50));
  const std::string long_frame = std::string("\x82\xFE\x01\x00zzzz", 8) + std::string(256, 'x');
  client.send(long_frame.substr(0, 100));
  CHECK_FALSE(client.readable(50));
  client.send(long_frame.substr(100));
  CHECK(client.all() == "two");
}

TEST_CASE("read-frame ends at the end of the stream and with a frame that is too large") {
  scripted_server server(parse_server("read-frame; send \"on\"; close"));
  plain_client ended(server.port());
  ended.send("\x81");
  ended.end_sending();
  CHECK(ended.all() == "on");
  plain_client huge(server.port());
  huge.send(std::string("\x82\xFF\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFFmask", 14));
  CHECK(huge.all() == "on");
}

TEST_CASE("echo-close answers a close frame with its payload, unmasked, and nothing else before") {
  scripted_server server(parse_server("echo-close; close"));
  plain_client client(server.port());
  client.send(masked('\x81', "text") + masked('\x89', "ping"));
  CHECK_FALSE(client.readable(50));
  client.send(masked('\x88',
                     "\x03\xe8"
                     "bye"));
  CHECK(client.all() ==
        "\x88\x05\x03\xe8"
        "bye");
}

TEST_CASE("close ends in order even if the client goes on sending") {
  served it("send \"x\"; close");
  plain_client client(it.server.port());
  client.send("never read by the script");
  CHECK(client.all() == "x");
  CHECK(client.error() == 0);
  for (int i = 0; i < 20; ++i) {
    client.send(std::string(100000, 'x'));
    std::this_thread::sleep_for(2ms);
  }
  CHECK(client.some().empty());
  CHECK(client.error() == 0);
  client.leave();
  CHECK(it.report() == "send 1 byte, close");
}

TEST_CASE("a script that ends otherwise closes in order") {
  scripted_server server(parse_server("send \"x\""));
  plain_client client(server.port());
  client.send("unread");
  CHECK(client.all() == "x");
  CHECK(client.error() == 0);
}

TEST_CASE("reset is seen as a reset") {
  scripted_server server(parse_server("read-request; reset"));
  plain_client client(server.port());
  client.send(request);
  CHECK(client.all().empty());
  CHECK(client.error() == ECONNRESET);
}

TEST_CASE("stall is silent until the client leaves") {
  served it("read-request; stall");
  plain_client client(it.server.port());
  client.send(request + "more");
  CHECK_FALSE(client.readable(200));
  const auto begin = steady::now();
  client.leave();
  CHECK(it.report() == "read-request, stall");
  CHECK(since(begin) < 1s);
}

TEST_CASE("a client that leaves ends the script") {
  served it("fill 1000000000 \"a\"; sleep 600000");
  {
    plain_client client(it.server.port());
    client.some();
  }
  CHECK(it.report() == "fill 1000000000 bytes (the client left)");
}

TEST_CASE("stop returns at once whatever the connections are doing, and closes them") {
  for (const char* const script : {"stall", "sleep 600000", "drip 60000 \"ab\"", "read-request", "read-frame",
                                   "echo-close", "close", "fill 1000000000 \"a\"", "upgrade", "refuse", "blackhole"}) {
    CAPTURE(script);
    const std::size_t descriptors = entries("/proc/self/fd"), threads = entries("/proc/self/task");
    {
      served it(script);
      const std::string name = script;
      std::vector<std::unique_ptr<plain_client>> clients;
      if (name != "refuse" && name != "blackhole")
        for (int i = 0; i < 3; ++i) clients.push_back(std::make_unique<plain_client>(it.server.port()));
      std::this_thread::sleep_for(30ms);
      const auto begin = steady::now();
      it.server.stop();
      CHECK(since(begin) < 100ms);
      it.server.stop();
      if (name != "refuse" && name != "blackhole") CHECK(it.reports.size() == 3);
      CHECK(plain_client(it.server.port()).error() == ECONNREFUSED);
    }
    CHECK(entries("/proc/self/fd") == descriptors);
    CHECK(entries("/proc/self/task") == threads);
  }
}

TEST_CASE("a chosen port can be had again at once") {
  std::uint16_t port = 0;
  {
    scripted_server first(parse_server("send \"1\"; close"));
    port = first.port();
    CHECK(plain_client(port).all() == "1");
  }
  scripted_server second(parse_server("send \"2\"; close"), port);
  CHECK(second.port() == port);
  CHECK(plain_client(port).all() == "2");
  CHECK_THROWS_AS(scripted_server(parse_server("close"), port), std::system_error);
}

TEST_CASE("more connections than are served at once have to wait for their turn") {
  std::atomic<int> now{0}, most{0};
  std::atomic<bool> go{false};
  scripted_server server([&](connection& with) {
    const int running = ++now;
    for (int before = most; before < running && !most.compare_exchange_weak(before, running);) {
    }
    while (!go && with.sleep(5ms)) {
    }
    --now;
    with.send("x");
  });
  std::vector<std::unique_ptr<plain_client>> clients;
  for (int i = 0; i < 70; ++i) clients.push_back(std::make_unique<plain_client>(server.port()));
  for (const auto begin = steady::now(); now < 64 && since(begin) < 5s;) std::this_thread::sleep_for(5ms);
  std::this_thread::sleep_for(50ms);
  CHECK(server.accepted() == 64);
  go = true;
  for (auto& one : clients) {
    CHECK(one->all() == "x");
    one->leave();
  }
  CHECK(server.accepted() == 70);
  CHECK(most == 64);
}

TEST_CASE("stop returns at once with all places taken and more waiting") {
  scripted_server server(parse_server("stall"));
  std::vector<std::unique_ptr<plain_client>> clients;
  for (int i = 0; i < 70; ++i) clients.push_back(std::make_unique<plain_client>(server.port()));
  for (const auto begin = steady::now(); server.accepted() < 64 && since(begin) < 5s;) std::this_thread::sleep_for(5ms);
  const auto begin = steady::now();
  server.stop();
  CHECK(since(begin) < 200ms);
}

TEST_CASE("a handler has the connection in its hands") {
  scripted_server server([](connection& with) {
    const std::string head = with.read_request();
    with.send(std::to_string(head.size()) + with.key() + with.recv());
    const auto frame = with.read_frame();
    if (frame) with.send(frame->payload + (frame->fin ? "." : "-") + std::to_string(static_cast<int>(frame->opcode)));
    with.reset();
    if (!with.is_open()) with.send("into the void");
  });
  plain_client client(server.port());
  client.send(request);
  client.send("!");
  const std::string head = std::to_string(request.size()) + "dGhlIHNhbXBsZSBub25jZQ==!";
  CHECK(client.exactly(head.size()) == head);
  client.send(masked('\x0b', "pay"));
  CHECK(client.exactly(6) == "pay-11");
  CHECK(client.some().empty());
  CHECK(client.error() == ECONNRESET);
}

TEST_CASE("what a handler throws ends its connection only") {
  std::mutex mutex;
  std::vector<std::string> reports;
  scripted_server server([](connection& with) { with.recv() == "1" ? throw std::runtime_error("it") : throw 2; }, 0,
                         [&](const connection_report& one) {
                           const std::lock_guard<std::mutex> lock(mutex);
                           reports.push_back(std::to_string(one.number) + " " + one.done);
                         });
  for (const char* const byte : {"1", "2"}) {
    plain_client client(server.port());
    client.send(byte);
    CHECK(client.some().empty());
  }
  server.stop();
  std::sort(reports.begin(), reports.end());  // a connection may be told of after the next one has ended
  CHECK(reports == std::vector<std::string>{"1 ended by it", "2 ended by an exception"});
}

TEST_CASE("a server without a step is refused") {
  CHECK_THROWS_AS(scripted_server(std::vector<server_step>{}), std::invalid_argument);
}
