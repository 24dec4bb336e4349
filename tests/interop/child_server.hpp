// A server in a child process, which ends with the test whatever becomes of it.
#pragma once

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>

#include "handshim/net/socket.hpp"

namespace interop {

// The program prints its port and leaves when its standard input ends.
class child_server {
 public:
  child_server(const std::string& program, const std::string& script) {
    std::error_code error;
    handshim::net::detail::pipe_ends in = handshim::net::detail::open_pipe(error), out;
    if (!error) out = handshim::net::detail::open_pipe(error);
    if (error) throw std::system_error(error, "pipe");
    child_ = ::fork();
    if (child_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (child_ == 0) become(program.c_str(), script.c_str(), in.read.get(), out.write.get());
    input_ = std::move(in.write);
    out.write = handshim::net::descriptor();
    port_ = read_port(out.read.get());
    if (port_ == 0) {
      end();
      throw std::runtime_error(program + " " + script + " did not print its port");
    }
  }
  child_server(const child_server&) = delete;
  child_server& operator=(const child_server&) = delete;
  ~child_server() { end(); }

  std::uint16_t port() const { return port_; }

 private:
  [[noreturn]] static void become(const char* program, const char* script, int in, int out) {
#if defined(__linux__)
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    ::dup2(in, 0);
    ::dup2(out, 1);
    blocking(0);
    blocking(1);
    ::execlp(program, program, script, static_cast<char*>(nullptr));
    ::_exit(127);
  }

  static void blocking(int fd) { ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) & ~O_NONBLOCK); }

  // The number in the first line, waiting for twenty seconds at most; 0 if none comes.
  static std::uint16_t read_port(int fd) {
    std::string line;
    const auto until = handshim::net::deadline::in(std::chrono::seconds(20));
    while (line.find('\n') == std::string::npos) {
      pollfd one{fd, POLLIN, 0};
      char byte = 0;
      if (::poll(&one, 1, until.poll_timeout()) != 1 || ::read(fd, &byte, 1) != 1) return 0;
      line += byte;
    }
    return static_cast<std::uint16_t>(std::stoul(line));
  }

  // Asks it to leave, and makes it after two seconds.
  void end() noexcept {
    input_ = handshim::net::descriptor();
    for (int i = 0; i < 200; ++i) {
      if (::waitpid(child_, nullptr, WNOHANG) == child_) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }

  pid_t child_ = -1;
  handshim::net::descriptor input_;
  std::uint16_t port_ = 0;
};

}  // namespace interop
