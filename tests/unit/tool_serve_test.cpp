#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "arguments.hpp"
#include "commands.hpp"
#include "handshim/net/socket.hpp"

#if !defined(HANDSHIM_SCENARIOS)
#define HANDSHIM_SCENARIOS "tests/corpus/scenarios.tsv"
#endif

using namespace handshim::tool;

namespace {

// `handshim serve` in a process of its own, with its output in a pipe.
class serving {
 public:
  explicit serving(const std::vector<std::string>& words) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    std::cout.flush();
    child_ = ::fork();
    if (child_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      int code = 99;
      try {
        code = command_serve(words);
      } catch (const std::exception&) {
      }
      std::cout.flush();
      ::_exit(code);
    }
    ::close(ends[1]);
    output_ = handshim::net::descriptor(ends[0]);
    REQUIRE(child_ > 0);
  }
  serving(const serving&) = delete;
  serving& operator=(const serving&) = delete;
  ~serving() {
    if (child_ <= 0) return;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }

  // The next line, or what there is of it after 5 s.
  std::string line() {
    std::string text;
    for (char c = 0; c != '\n';) {
      pollfd one{output_.get(), POLLIN, 0};
      if (::poll(&one, 1, 5000) != 1 || ::read(output_.get(), &c, 1) != 1) break;
      if (c != '\n') text += c;
    }
    return text;
  }
  // The exit code after the signal.
  int stop(int signal) {
    ::kill(child_, signal);
    int status = 0;
    ::waitpid(child_, &status, 0);
    child_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t child_ = -1;
  handshim::net::descriptor output_;
};

std::uint16_t port_in(const std::string& line) {
  return static_cast<std::uint16_t>(std::atoi(line.substr(line.rfind(':') + 1).c_str()));
}

// Connects, sends a request and reads to the end.
std::string ask(std::uint16_t port) {
  const handshim::net::descriptor socket(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) return "cannot connect";
  const std::string request = "GET / HTTP/1.1\r\n\r\n";
  if (::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL) < 0) return "cannot send";
  std::string text;
  char bytes[1024];
  for (ssize_t n; (n = ::recv(socket.get(), bytes, sizeof bytes, 0)) > 0;) text.append(bytes, static_cast<size_t>(n));
  return text;
}

int serve_words(const std::vector<std::string>& words) { return command_serve(words); }

}  // namespace

TEST_CASE("serve tells where it listens, what it does and each connection, and ends with 0 at a signal") {
  for (const int signal : {SIGINT, SIGTERM}) {
    serving it({"--script", "read-request; send \"no\"; close"});
    const std::string first = it.line();
    CHECK(first.find("listening on ws://127.0.0.1:") == 0);
    CHECK(first.back() == '/');
    CHECK(it.line() == "The script of the command line.");
    CHECK(it.line() == "Each connection: read-request, send 2 bytes, close. Ctrl-C ends.");
    CHECK(ask(port_in(first)) == "no");
    const std::string told = it.line();
    CHECK(told.find("  #1  read-request, send 2 bytes, close") == std::string("12:34:56.789").size());
    CHECK(it.stop(signal) == 0);
  }
}

TEST_CASE("serve plays a scenario of a table") {
  serving it({"hs-status-504", "--scenarios", HANDSHIM_SCENARIOS, "--port=0"});
  const std::string first = it.line();
  CHECK(it.line() == "hs-status-504: 504.");
  it.line();
  CHECK(ask(port_in(first)) == "HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 0\r\n\r\n");
  CHECK(it.stop(SIGTERM) == 0);
}

TEST_CASE("serve tells that nothing listens where a connection is refused") {
  serving it({"--script", "refuse"});
  const std::string first = it.line();
  CHECK(first.find("not listening on ws://127.0.0.1:") == 0);
  CHECK(ask(port_in(first)) == "cannot connect");
  CHECK(it.stop(SIGINT) == 0);
}

TEST_CASE("serve lists the scenarios in columns") {
  serving it({"--list", "--scenarios", HANDSHIM_SCENARIOS});
  const std::string head = it.line();
  const std::size_t column = head.find("PHASE");
  CHECK(head.find("SCENARIO") == 0);
  const std::string row = it.line();
  CHECK(row.find("net-refused") == 0);
  CHECK(row.find("connect") == column);
  int rows = 1;
  while (!it.line().empty()) ++rows;
  CHECK(rows == 186);
}

TEST_CASE("serve refuses arguments that do not fit together") {
  const std::string table = HANDSHIM_SCENARIOS;
  CHECK_THROWS_AS(serve_words({}), usage_error);
  CHECK_THROWS_AS(serve_words({"a", "b"}), usage_error);
  CHECK_THROWS_AS(serve_words({"hs-stall", "--script", "close"}), usage_error);
  CHECK_THROWS_AS(serve_words({"--list", "hs-stall"}), usage_error);
  CHECK_THROWS_AS(serve_words({"--script", "close", "--port", "65536"}), usage_error);
  CHECK_THROWS_WITH_AS(serve_words({"--script", "clsoe"}), doctest::Contains("`--script`: at character 1"),
                       usage_error);
  CHECK_THROWS_WITH_AS(serve_words({"hs-stal", "--scenarios", table}), doctest::Contains("`hs-stall`"), usage_error);
  CHECK_THROWS_WITH_AS(serve_words({"hs-stall", "--scenarios", "/no/such"}), doctest::Contains("/no/such: "),
                       std::runtime_error);
}

TEST_CASE("serve describes itself with every option that it reads") {
  const std::string help = help_text(describe_serve());
  for (const char* const name : {"--script TEXT", "--port N", "--scenarios FILE", "--list", "-h, --help"})
    CHECK(help.find(name) != std::string::npos);
}
