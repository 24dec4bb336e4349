// The system's calls alone: no client can need less.
#include <cstring>
#include <stdexcept>

#include "client.hpp"

namespace {

int connected(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0) std::abort();
  return fd;
}

class bare {
 public:
  bare(std::uint16_t port, const char* target) : fd_(connected(port)) {
    const std::string request = std::string("GET ") + target +
                                " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    write(request);
    char answer[1024];
    end_ = ::recv(fd_, answer, sizeof answer, 0) <= 0;
  }
  ~bare() { ::close(fd_); }
  bare(const bare&) = delete;
  bare& operator=(const bare&) = delete;

  static bool fails(std::uint16_t port, const char* target) { return bare(port, target).end_; }

  void echo(std::string_view data, std::size_t at_once) {
    if (sent_.size() != data.size() + (data.size() < 126 ? 6 : data.size() < 65536 ? 8 : 14)) {
      sent_.clear();
      handshim::rfc6455::append_frame(sent_, handshim::rfc6455::opcode::binary, true, data, {1, 2, 3, 4});
      got_.resize(sent_.size() - 4);
    }
    for (std::size_t i = 0; i < at_once; ++i) write(sent_);
    for (std::size_t i = 0; i < at_once; ++i)
      if (::recv(fd_, got_.data(), got_.size(), MSG_WAITALL) != static_cast<ssize_t>(got_.size())) std::abort();
  }

 private:
  void write(std::string_view data) {
    if (::send(fd_, data.data(), data.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(data.size())) std::abort();
  }

  const int fd_;
  bool end_ = false;
  std::string sent_, got_;
};

const bench::contender<bare> floor_of("the system's calls alone");

}  // namespace
