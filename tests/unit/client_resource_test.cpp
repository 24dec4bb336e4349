#include <doctest/doctest.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

#include <atomic>
#include <cerrno>
#include <string>
#include <thread>
#include <vector>

#include "../support/backends.hpp"
#include "../support/server.hpp"
#include "../support/timing.hpp"
#include "net_support.hpp"

using namespace handshim;
using namespace client_test;

namespace {

// Connects, and works with the connection as far as it goes, so many times.
template <class B>
void use_often(const std::string& uri, int times) {
  options how = patient();
  how.close_timeout = 20ms;
  for (int i = 0; i < times; ++i) {
    client<B> c(how);
    failure why;
    c.connect(uri, why);
    if (!why) c.send("x", why);
    if (!why) c.recv(why);
    if (!why && i % 2 == 0) c.close(why);
  }
}

// How many descriptors are left over when the server is gone again.
template <class B>
int left_over(scripted_server::handler serve, int times) {
  const auto before = net_test::open_descriptors();
  {
    scripted_server server(std::move(serve));
    use_often<B>(uri_of(server), times);
  }
  return static_cast<int>(net_test::open_descriptors()) - static_cast<int>(before);
}

void answer(peer& client, const std::string& bytes) {
  client.read_request();
  client.send(bytes);
}

extern "C" void on_signal(int) {}

// Interrupts the thread that made it again and again, while it lives; no system call is restarted.
class interruptions {
 public:
  interruptions() : thread_([this, whom = ::pthread_self()] { interrupt(whom); }) {}
  ~interruptions() {
    over_ = true;
    thread_.join();
    ::sigaction(SIGUSR1, &before_, nullptr);
  }

 private:
  static struct sigaction install() {
    struct sigaction now {
    }, before{};
    now.sa_handler = on_signal;
    ::sigaction(SIGUSR1, &now, &before);
    return before;
  }
  void interrupt(pthread_t whom) {
    while (!over_) {
      ::pthread_kill(whom, SIGUSR1);
      std::this_thread::sleep_for(1ms);
    }
  }

  struct sigaction before_ = install();
  std::atomic<bool> over_{false};
  std::thread thread_;
};

}  // namespace

TEST_CASE_TEMPLATE("no descriptor is left over, whatever becomes of a connection", B, EVERY_BACKEND) {
  if (net_test::open_descriptors() == 0) return;  // the system does not tell
  CHECK(left_over<B>(upgraded(echo), 100) == 0);
  CHECK(left_over<B>([](peer&) {}, 50) == 0);
  CHECK(left_over<B>([](peer& client) { client.reset(); }, 50) == 0);
  CHECK(left_over<B>([](peer& client) { answer(client, "HTTP/1.1 503 No\r\nContent-Length: 2\r\n\r\nno"); }, 50) == 0);
  CHECK(left_over<B>([](peer& client) { answer(client, "HTTP/1.1 101 Switching Protocols\r\n\r\n"); }, 50) == 0);
  CHECK(left_over<B>([](peer& client) { answer(client, "garbage\r\n"); }, 50) == 0);
  CHECK(left_over<B>(upgraded([](peer& client) { client.reset(); }), 50) == 0);
  CHECK(left_over<B>(upgraded([](peer& client) { client.send("\x83\x01x"); }), 50) == 0);
  CHECK(left_over<B>(upgraded([](peer& client) {
                       client.send(text_frame("x"));
                       client.stall();
                     }),
                     20) == 0);
  const net_test::deaf_port nobody;
  const auto before = net_test::open_descriptors();
  use_often<B>("ws://127.0.0.1:" + std::to_string(nobody.port()) + "/", 100);
  use_often<B>("ws://256.0.0.1.invalid:1/", 3);
  use_often<B>("wss://127.0.0.1/", 20);
  use_often<B>("nonsense", 20);
  CHECK(net_test::open_descriptors() == before);
}

TEST_CASE_TEMPLATE("a client that connects again and again holds one connection", B, EVERY_BACKEND) {
  scripted_server server(upgraded(echo));
  const auto before = net_test::open_descriptors();
  client<B> c(patient());
  for (int i = 0; i < 100; ++i) {
    c.connect(uri_of(server));
    if (i < 99) c.cancel();
  }
  const std::size_t own = 4;  // the client's socket and pipe, the server's socket
  for (int i = 0; i < 500 && net_test::open_descriptors() > before + own; ++i) std::this_thread::sleep_for(10ms);
  CHECK(net_test::open_descriptors() <= before + own);
}

TEST_CASE_TEMPLATE("a child process inherits no descriptor of a client", B, EVERY_BACKEND) {
  scripted_server server(upgraded(echo));
  std::vector<bool> before;
  for (int fd = 0; fd < 256; ++fd) before.push_back(::fcntl(fd, F_GETFD) >= 0);
  auto c = connected<B>(uri_of(server));
  c.send("x");
  c.recv();
  int inherited = 0, made = 0;
  for (int fd = 0; fd < 256; ++fd) {
    const int flags = ::fcntl(fd, F_GETFD);
    if (flags < 0 || before[static_cast<std::size_t>(fd)]) continue;
    ++made;
    sockaddr_in local{};
    socklen_t size = sizeof local;
    const bool of_server =
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&local), &size) == 0 && ntohs(local.sin_port) == server.port();
    if (!of_server) inherited += (flags & FD_CLOEXEC) == 0;
  }
  CHECK(made >= 3);
  CHECK(inherited == 0);
}

TEST_CASE_TEMPLATE("a process without descriptors to spare is told so, and can go on later", B, EVERY_BACKEND) {
  scripted_server server(upgraded(echo));
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit none = before;
  none.rlim_cur = 3;  // what the process has already stays open
  client<B> c(patient());
  failure why;
  ::setrlimit(RLIMIT_NOFILE, &none);
  c.connect(uri_of(server), why);
  ::setrlimit(RLIMIT_NOFILE, &before);
  CHECK(why.fault() == fault::descriptors_exhausted);
  CHECK(why.native_code() == std::errc::too_many_files_open);
  c.connect(uri_of(server), why);
  CHECK_FALSE(why);
}

TEST_CASE_TEMPLATE("writing to a peer that is gone raises no signal", B, EVERY_BACKEND) {
  struct sigaction now {};
  ::sigaction(SIGPIPE, nullptr, &now);
  REQUIRE((now.sa_handler == SIG_DFL));  // else this test would show nothing
  record gone;
  scripted_server server(upgraded([&](peer& client) {
    client.reset();
    gone.add("");
  }));
  for (int i = 0; i < 20; ++i) {
    auto c = connected<B>(uri_of(server));
    gone.wait_for(static_cast<std::size_t>(i));
    failure why;
    for (int n = 0; n < 3; ++n) {
      if (i % 2 == 0)
        c.send_binary(std::string(1u << 20, 'x'), why);
      else
        c.ping("x", why);
      CHECK(why.fault() == fault::connection_reset);
    }
    c.close(why);
    CHECK_FALSE(why);
  }
}

TEST_CASE_TEMPLATE("a peer that says why and then resets is heard, though the write fails first", B, EVERY_BACKEND) {
  scripted_server server(upgraded([](peer& client) {
    client.send(text_frame("first") + close_frame(1008, "no"));
    client.recv(10);  // the client's message is never read in full: the kernel resets
    client.reset();
  }));
  for (int i = 0; i < 5; ++i) {
    auto c = connected<B>(uri_of(server));
    failure why;
    c.send_binary(std::string(16u << 20, 'x'), why);
    CHECK(why.fault() == fault::closed_with_error);
    CHECK(why.evidence().close_received.code == 1008);
    CHECK(c.recv().data == "first");
  }
}

TEST_CASE_TEMPLATE("a sender and a receiver of a connection that ends hear the same", B, EVERY_BACKEND) {
  scripted_server server(upgraded([](peer& client) {
    client.recv(10);
    client.send(text_frame("first") + close_frame(1008, "no"));
    client.reset();
  }));
  for (int i = 0; i < 20; ++i) {
    auto c = connected<B>(uri_of(server));
    failure of_recv, of_send;
    {
      meanwhile receiving([&] {
        while (!of_recv) c.recv(of_recv);
      });
      while (!of_send) c.send_binary(std::string(1u << 20, 'x'), of_send);
    }
    CHECK(of_recv.fault() == fault::closed_with_error);
    CHECK(of_send.fault() == fault::closed_with_error);
  }
}

TEST_CASE_TEMPLATE("a reset is a reset, whether the sender or the receiver is told of it first", B, EVERY_BACKEND) {
  scripted_server server(upgraded([](peer& client) {
    client.recv(100);
    client.recv(100);
    client.reset();
  }));
  for (int i = 0; i < 200; ++i) {
    auto c = connected<B>(uri_of(server));
    failure of_recv, of_send;
    {
      meanwhile receiving([&] { c.recv(of_recv); });
      while (!of_send) c.send("x", of_send);
    }
    CHECK(of_recv.fault() == fault::connection_reset);
    CHECK(of_send.fault() == fault::connection_reset);
  }
}

TEST_CASE_TEMPLATE("a connection that is reset at once was made all the same", B, EVERY_BACKEND) {
  scripted_server server([](peer& client) { client.reset(); });
  for (int i = 0; i < 300; ++i) {
    client<B> c(patient());
    failure why;
    c.connect(uri_of(server), why);
    CHECK(why.fault() == fault::reset_before_status_line);
    CHECK(why.phase() == phase::handshake);
  }
}

TEST_CASE_TEMPLATE("signals that interrupt system calls interrupt no operation", B, EVERY_BACKEND) {
  record rest;
  scripted_server server([&](peer& client) {
    client.read_request();
    client.drip(tool::fill_in(upgrade_response, client.port(), client.accept()), 1ms);
    client.sleep(50ms);
    client.drip(text_frame("slowly"), 10ms);
    std::size_t size = 0;
    while (size < (16u << 20)) size += client.recv().size(), client.sleep(1ms);
    client.sleep(50ms);
    client.send(close_frame(1000));
    rest.add("");
  });
  const interruptions again_and_again;
  auto c = connected<B>(uri_of(server));
  CHECK(c.recv().data == "slowly");
  failure why;
  c.send_binary(std::string(16u << 20, 'x'), why);
  CHECK_FALSE(why);
  CHECK(time_of([&] { c.recv(100ms, why); }) < at_the_latest);
  CHECK((why.fault() == fault::recv_timeout || why.fault() == fault::closed_normally));
  c.close(why);
  CHECK_FALSE(why);
  CHECK(last_words(c).fault() == fault::closed_normally);
}
