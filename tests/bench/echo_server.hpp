// An echo server in a process of its own, so that its time and memory are not the client's. One thread, blocking
// writes. /close ends the connection instead of answering; /redirect/N answers with N redirects, one after the other;
// /headers/N answers with N header lines more.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "endless_stream.hpp"
#include "handshim/rfc6455/frame.hpp"

namespace bench {
namespace detail {

// One connection, as the server sees it.
class echoed {
 public:
  explicit echoed(int fd) : fd_(fd) {}
  ~echoed() { ::close(fd_); }
  echoed(const echoed&) = delete;
  echoed& operator=(const echoed&) = delete;

  // Reads once and answers what is complete; false at the end.
  bool serve() {
    if (buffer_.size() < end_ + 65536) buffer_.resize(end_ + std::max<std::size_t>(65536, end_));
    const ssize_t n = ::recv(fd_, buffer_.data() + end_, buffer_.size() - end_, 0);
    if (n <= 0) return false;
    end_ += static_cast<std::size_t>(n);
    return upgraded_ ? echo() : answer();
  }

 private:
  bool answer() {
    const std::string_view request(buffer_.data(), end_);
    const std::size_t end = request.find("\r\n\r\n");
    if (end == request.npos) return true;
    const std::string_view target = request.substr(4, request.find(' ', 4) - 4);
    if (target == "/close") return false;
    if (target.substr(0, 10) == "/redirect/") {
      if (const int left = std::atoi(std::string(target.substr(10)).c_str()); left > 0)
        return redirect(left - 1), false;
    }
    std::string response = upgrade_for(request);
    if (target.substr(0, 9) == "/headers/") add_headers(response, std::atoi(std::string(target.substr(9)).c_str()));
    end_ = 0;
    upgraded_ = true;
    return write(response.data(), response.size());
  }

  void redirect(int left) {
    const std::string response = "HTTP/1.1 302 Found\r\nLocation: /redirect/" + std::to_string(left) +
                                 "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    write(response.data(), response.size());
  }

  static void add_headers(std::string& response, int count) {
    std::string lines;
    for (int i = 0; i < count; ++i) lines += "X-Header-" + std::to_string(i) + ": some words of a value\r\n";
    response.insert(response.size() - 2, lines);
  }

  // All whole frames that are there, in one write for each; a message in fragments goes back in them.
  bool echo() {
    std::size_t at = 0;
    while (end_ - at >= 6) {
      const auto byte = [&](std::size_t i) {
        return static_cast<std::uint64_t>(static_cast<unsigned char>(buffer_[at + i]));
      };
      std::uint64_t length = byte(1) & 0x7f;
      const std::size_t more = length < 126 ? 0 : length == 126 ? 2 : 8;
      if (end_ - at < 6 + more) break;
      if (more != 0) length = 0;
      for (std::size_t i = 0; i < more; ++i) length = length << 8 | byte(2 + i);
      const std::size_t whole = 6 + more + static_cast<std::size_t>(length);
      if (end_ - at < whole) break;
      if ((byte(0) & 0x0f) == 8) return false;
      if (!send_back(buffer_.data() + at, more, static_cast<std::size_t>(length))) return false;
      at += whole;
    }
    buffer_.erase(0, at);
    end_ -= at;
    return true;
  }

  // The frame without its mask: the header moves up to the payload.
  bool send_back(char* frame, std::size_t more, std::size_t length) {
    handshim::rfc6455::frame_mask mask{};
    std::copy_n(frame + 2 + more, 4, reinterpret_cast<char*>(mask.data()));
    handshim::rfc6455::apply_mask(frame + 6 + more, length, mask);
    frame[1] = static_cast<char>(frame[1] & 0x7f);
    std::copy_backward(frame, frame + 2 + more, frame + 6 + more);
    return write(frame + 4, 2 + more + length);
  }

  bool write(const char* from, std::size_t size) {
    while (size > 0) {
      const ssize_t n = ::send(fd_, from, size, MSG_NOSIGNAL);
      if (n <= 0) return false;
      from += n;
      size -= static_cast<std::size_t>(n);
    }
    return true;
  }

  const int fd_;
  bool upgraded_ = false;
  std::string buffer_;
  std::size_t end_ = 0;
};

class echo_loop {
 public:
  [[noreturn]] void run(int listener) {
    watch(listener);
    for (;;) {
      epoll_event ready[64];
      const int n = ::epoll_wait(poll_, ready, 64, -1);
      for (int i = 0; i < n; ++i) ready[i].data.fd == listener ? accept(listener) : serve(ready[i].data.fd);
    }
  }

 private:
  void watch(int fd) const {
    epoll_event of{};
    of.events = EPOLLIN;
    of.data.fd = fd;
    ::epoll_ctl(poll_, EPOLL_CTL_ADD, fd, &of);
  }
  void accept(int listener) {
    const int fd = ::accept(listener, nullptr, nullptr);
    if (fd < 0) return;
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    all_[fd] = std::make_unique<echoed>(fd);
    watch(fd);
  }
  void serve(int fd) {
    if (!all_[fd]->serve()) all_.erase(fd);
  }

  const int poll_ = ::epoll_create1(0);
  std::unordered_map<int, std::unique_ptr<echoed>> all_;
};

}  // namespace detail

/// As many descriptors as the system allows this process.
inline std::size_t raise_limit_of_files() noexcept {
  rlimit most{};
  ::getrlimit(RLIMIT_NOFILE, &most);
  most.rlim_cur = most.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &most);
  return static_cast<std::size_t>(most.rlim_cur);
}

class echo_server {
 public:
  echo_server() {
    raise_limit_of_files();
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof at;
    if (::bind(listener, reinterpret_cast<sockaddr*>(&at), length) != 0 || ::listen(listener, 1024) != 0 ||
        ::getsockname(listener, reinterpret_cast<sockaddr*>(&at), &length) != 0)
      std::abort();
    port_ = ntohs(at.sin_port);
    child_ = ::fork();
    if (child_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      detail::echo_loop().run(listener);
    }
    ::close(listener);
  }
  ~echo_server() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
  echo_server(const echo_server&) = delete;
  echo_server& operator=(const echo_server&) = delete;

  std::uint16_t port() const noexcept { return port_; }

 private:
  pid_t child_ = -1;
  std::uint16_t port_ = 0;
};

/// The one of this program, made at the first call.
inline const echo_server& server() {
  static const echo_server one;
  return one;
}

}  // namespace bench
