#include "peers.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "../support/frames.hpp"
#include "handshim/rfc6455/handshake.hpp"

namespace load {
namespace {

using clock = std::chrono::steady_clock;
using handshim::net::descriptor;

constexpr auto tick = std::chrono::milliseconds(20);
constexpr std::size_t flooded_at_a_tick = 1024;  // bytes of small frames: what a thousand clients can read on two cores

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::system_category(), what); }

void set_non_blocking(int fd) { ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK); }

std::string repeated(const std::string& one, std::size_t bytes) {
  std::string out;
  while (out.size() < bytes) out += one;
  return out;
}

// One connection.
class peer {
 public:
  explicit peer(descriptor fd) : fd_(std::move(fd)) { set_non_blocking(fd_.get()); }

  int fd() const { return fd_.get(); }

  // False once the client has left.
  bool hear() {
    char buffer[16384];
    const ssize_t n = ::recv(fd_.get(), buffer, sizeof buffer, 0);
    if (n < 0) return errno == EAGAIN || errno == EINTR;
    if (n == 0) return false;
    if (asked_) return true;
    in_.append(buffer, static_cast<std::size_t>(n));
    asked_ = in_.find("\r\n\r\n") != std::string::npos;
    if (asked_) begin();
    return true;
  }

  bool go_on() {
    if (!asked_) return true;
    ++ticks_;
    if (out_.empty()) out_ = more();
    while (!out_.empty()) {
      const ssize_t n = ::send(fd_.get(), out_.data(), out_.size(), MSG_NOSIGNAL);
      if (n < 0) return errno == EAGAIN || errno == EINTR;
      out_.erase(0, static_cast<std::size_t>(n));
      if (!floods() && out_.empty()) break;
      if (out_.empty()) out_ = more();
    }
    return true;
  }

 private:
  bool floods() const { return what_ == behaviour::header_flood || what_ == behaviour::body_flood; }

  void begin() {
    const std::string path = in_.substr(5, in_.find(' ', 5) - 5);
    what_ = static_cast<behaviour>(std::find(std::begin(names), std::end(names), path) - std::begin(names));
    const std::string name = "Sec-WebSocket-Key: ";
    const std::size_t key = in_.find(name) + name.size();
    response_ = client_test::upgrade_response;
    response_.replace(response_.find("{accept}"), 8,
                      handshim::rfc6455::accept_for(in_.substr(key, in_.find("\r\n", key) - key)));
    in_.clear();
    out_ = first();
  }

  std::string first() const {
    switch (what_) {
      case behaviour::silent:
      case behaviour::drip:
        return "";
      case behaviour::headers:
      case behaviour::header_flood:
        return "HTTP/1.1 101 Switching Protocols\r\n";
      case behaviour::body:
      case behaviour::body_flood:
        return "HTTP/1.1 503 Service Unavailable\r\n\r\n";
      case behaviour::drip_frame:
        return response_ + client_test::frame(0x81, std::string(1000, 'x')).substr(0, 4);
      case behaviour::fragments:
        return response_ + client_test::frame(0x01, "");
      case behaviour::mute:
      case behaviour::pings:
      case behaviour::frames:
        return response_;
    }
    return "";
  }

  // What is sent at this tick.
  std::string more() {
    switch (what_) {
      case behaviour::silent:
      case behaviour::mute:
        return "";
      case behaviour::drip:
        return ticks_ % 4 == 0 && dripped_ < response_.size() - 4 ? response_.substr(dripped_++, 1) : "";
      case behaviour::headers:
        return ticks_ % 4 == 0 ? "X-More: of it\r\n" : "";
      case behaviour::header_flood:
        return repeated("X-More: of it\r\n", 4096);
      case behaviour::body:
        return std::string(64, 'x');
      case behaviour::body_flood:
        return std::string(65536, 'x');
      case behaviour::drip_frame:
        return ticks_ % 4 == 0 && dripped_++ < 900 ? "x" : "";
      case behaviour::pings:
        return repeated(client_test::ping_frame("ping"), flooded_at_a_tick);
      case behaviour::fragments:
        return repeated(client_test::frame(0x00, ""), flooded_at_a_tick);
      case behaviour::frames:
        return repeated(client_test::binary_frame("message"), flooded_at_a_tick);
    }
    return "";
  }

  descriptor fd_;
  bool asked_ = false;
  behaviour what_ = behaviour::silent;
  std::string in_, out_, response_;
  std::size_t ticks_ = 0, dripped_ = 0;
};

// Serves until the other end of `alive` is closed.
void serve(int listener, int alive) {
  std::vector<peer> all;
  std::vector<pollfd> polled;
  for (auto next = clock::now() + tick;;) {
    polled.assign({{listener, POLLIN, 0}, {alive, POLLIN, 0}});
    for (const peer& one : all) polled.push_back({one.fd(), POLLIN, 0});
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(next - clock::now());
    ::poll(polled.data(), polled.size(), std::max(0, static_cast<int>(left.count())));
    if (polled[1].revents != 0) return;
    const bool due = clock::now() >= next;
    std::vector<peer> kept;
    kept.reserve(all.size() + 64);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const bool heard = polled[i + 2].revents == 0 || all[i].hear();
      if (heard && (!due || all[i].go_on())) kept.push_back(std::move(all[i]));
    }
    all = std::move(kept);
    if (due) next = clock::now() + tick;
    for (int fd; polled[0].revents != 0 && (fd = ::accept(listener, nullptr, nullptr)) >= 0;)
      all.emplace_back(descriptor(fd));
  }
}

}  // namespace

peers::peers() {
  descriptor listener(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), size) != 0) fail("bind");
  if (::listen(listener.get(), SOMAXCONN) != 0) fail("listen");
  if (::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) fail("getsockname");
  port_ = ntohs(address.sin_port);
  set_non_blocking(listener.get());
  int ends[2];
  if (::pipe(ends) != 0) fail("pipe");
  descriptor read(ends[0]), write(ends[1]);
  child_ = ::fork();
  if (child_ < 0) fail("fork");
  if (child_ == 0) {
    write = descriptor();
    serve(listener.get(), read.get());
    ::_exit(0);
  }
  alive_ = std::move(write);
}

peers::~peers() {
  alive_ = descriptor();
  ::waitpid(child_, nullptr, 0);
}

void allow_descriptors(std::uint64_t most) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < most) {
    limit.rlim_cur = static_cast<rlim_t>(most);
    if (limit.rlim_max != RLIM_INFINITY) limit.rlim_cur = std::min(limit.rlim_cur, limit.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < most)
    throw std::runtime_error("the system does not give " + std::to_string(most) + " descriptors to a process");
}

}  // namespace load
