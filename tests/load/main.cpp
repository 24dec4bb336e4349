// A thousand clients in one process against peers that keep them busy or waiting: each call by its deadline, with
// bounded memory, and no descriptor left. Usage: load [CLIENTS]
//
// The machine has a lateness of its own: with so many threads on few cores one wakes up late whatever it waits with. So
// for each five clients there is a control: a thread that waits for the same deadline of the same peer with poll and
// recv alone. A call is too late if it is 10% and 50 ms later than its deadline and than the latest control was.
#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iomanip>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "backends.hpp"
#include "handshim/client.hpp"
#include "heap.hpp"
#include "peers.hpp"

namespace {

using namespace handshim;
using namespace std::chrono_literals;
using load::behaviour;
using clock = std::chrono::steady_clock;
using span = std::chrono::nanoseconds;

constexpr span long_wait = 4s, short_wait = 1s;  // connect() or recv(); close()
constexpr span patience = 30s;                   // what is not measured
constexpr std::size_t per_control = 5;
constexpr int most_rounds = 3;
constexpr std::size_t most_heap = 64u << 10, most_memory = 128u << 10;  // bytes per client

double kib(std::size_t bytes) { return static_cast<double>(bytes) / 1024; }

double in_ms(span s) { return std::chrono::duration<double, std::milli>(s).count(); }

// How much later than it should have each call of one kind returned.
struct latenesses {
  std::vector<span> clients, controls;
  span worst(const std::vector<span>& of) const { return of.empty() ? 0ns : *std::max_element(of.begin(), of.end()); }
  span median(std::vector<span> of) const {
    std::nth_element(of.begin(), of.begin() + static_cast<long>(of.size() / 2), of.end());
    return of[of.size() / 2];
  }
};

class round_of {
 public:
  round_of(std::uint16_t port, std::size_t clients) : port_(port), clients_(clients) {}

  bool run() {
    const std::size_t descriptors = open_descriptors(), memory = resident();
    const std::size_t heap_before = load::heap().now;
    {
      std::vector<std::thread> threads;
      for (std::size_t i = 0; i < clients_; ++i) {
        threads.emplace_back([this, i] { one_client(i); });
        if (i % per_control == 0) threads.emplace_back([this, i] { one_control(i); });
      }
      for (int i = 0; i < 24; ++i) {
        std::this_thread::sleep_for(250ms);
        most_resident_ = std::max(most_resident_, resident());
      }
      for (std::thread& t : threads) t.join();
    }
    heap_each_ = (load::heap().peak - heap_before) / clients_;
    memory_each_ = (most_resident_ - std::min(most_resident_, memory)) / clients_;
    left_ = open_descriptors() - descriptors;
    return judge();
  }

 private:
  static std::size_t open_descriptors() {
    std::size_t n = 0;
    DIR* const all = ::opendir("/proc/self/fd");
    while (all != nullptr && ::readdir(all) != nullptr) ++n;
    if (all != nullptr) ::closedir(all);
    return n;
  }

  static std::size_t resident() {
    std::size_t total = 0, pages = 0;
    std::FILE* const file = std::fopen("/proc/self/statm", "r");
    if (file != nullptr && std::fscanf(file, "%zu %zu", &total, &pages) != 2) pages = 0;
    if (file != nullptr) std::fclose(file);
    return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  }

  static behaviour behaviour_of(std::size_t number) { return static_cast<behaviour>(number % load::kinds); }

  // Whether connect() ends by its deadline alone; a peer that floods ends it before, and one that upgrades does not.
  static bool times_connect(behaviour b) {
    return !load::upgrades(b) && b != behaviour::header_flood && b != behaviour::body_flood;
  }

  void wrong(const std::string& what) {
    const std::lock_guard<std::mutex> hold(mutex_);
    if (++wrong_ <= 20) std::cout << what << '\n';
  }

  void add(std::vector<span> latenesses::*whose, latenesses& to, span late) {
    const std::lock_guard<std::mutex> hold(mutex_);
    (to.*whose).push_back(late);
  }

  // Not all in one moment: a millisecond between two.
  static void begin(std::size_t number) { std::this_thread::sleep_for(std::chrono::milliseconds(number)); }

  void one_client(std::size_t number) {
    begin(number);
    constexpr std::string_view backends[] = {raw_sockets::name, legacy_mode::name, new_mode::name};
    tool::with_backend(backends[number / load::kinds % 3], [&](auto type) {
      options how;
      how.open_timeout = times_connect(behaviour_of(number)) ? long_wait : patience;
      how.recv_timeout = long_wait;
      how.close_timeout = short_wait;
      how.max_message_size = how.reading.max_body = 64u << 10;
      client<typename decltype(type)::type> with(how);
      talk(with, behaviour_of(number));
    });
  }

  template <class Client>
  void talk(Client& with, behaviour what) {
    const std::string uri =
        "ws://127.0.0.1:" + std::to_string(port_) + "/" + std::string(load::names[static_cast<std::size_t>(what)]);
    const auto started = clock::now();
    failure why;
    with.connect(uri, why);
    if (!load::upgrades(what)) {
      const span took = clock::now() - started;
      expect(what, why, took);
      if (times_connect(what)) add(&latenesses::clients, long_, took - long_wait);
      return;
    }
    if (why) return wrong(std::string(why.what()));
    listen(with, what);
    const auto closing = clock::now();
    with.close(why);
    add(&latenesses::clients, short_, clock::now() - closing - short_wait);
    if (why) return wrong(std::string(why.what()));
    for (failure& last = why; !last;) with.recv(last);
    if (why.fault() != fault::close_timeout) wrong("closed: " + std::string(why.what()));
  }

  template <class Client>
  void listen(Client& with, behaviour what) {
    const auto started = clock::now();
    failure why;
    if (what == behaviour::frames)
      while (!why && clock::now() - started < long_wait) with.recv(started + long_wait - clock::now() + 1ns, why);
    else
      with.recv(why);
    add(&latenesses::clients, long_, clock::now() - started - long_wait);
    if (why.fault() != fault::recv_timeout && (why || what != behaviour::frames))
      wrong("open: " + std::string(load::names[static_cast<std::size_t>(what)]) + ": " + std::string(why.what()));
  }

  // A busy machine may keep the peer from saying anything in time.
  void expect(behaviour what, const failure& why, span took) {
    const bool as_told = what == behaviour::header_flood ? why.fault() == fault::too_many_headers
                         : what == behaviour::body_flood
                             ? why.fault() == fault::body_too_large
                             : is_a(why.fault(), fault::handshake_timeout) ||
                                   (what == behaviour::body && why.fault() == fault::timeout_in_body);
    if (!as_told) wrong(std::string(why.what()));
    if (times_connect(what) && took < long_wait) wrong("too early: " + std::string(why.what()));
  }

  // The same request, and then nothing but poll and recv.
  void one_control(std::size_t number) {
    begin(number);
    const behaviour what = behaviour_of(number / per_control);
    const auto started = clock::now();
    net::descriptor fd(::socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const std::string request = "GET /" + std::string(load::names[static_cast<std::size_t>(what)]) +
                                " HTTP/1.1\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
    if (::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::send(fd.get(), request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
      return wrong("a control cannot connect");
    add(&latenesses::controls, long_, poll_until(fd.get(), started + long_wait));
    add(&latenesses::controls, short_, poll_until(fd.get(), clock::now() + short_wait));
  }

  static span poll_until(int fd, clock::time_point until) {
    char buffer[16384];
    for (auto now = clock::now(); now < until; now = clock::now()) {
      pollfd one{fd, POLLIN, 0};
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - now + 999us);
      if (::poll(&one, 1, static_cast<int>(left.count())) > 0 && ::recv(fd, buffer, sizeof buffer, MSG_DONTWAIT) == 0)
        std::this_thread::sleep_until(until);
    }
    return clock::now() - until;
  }

  bool judge() {
    const bool long_in_time = judge("connect and recv", long_, long_wait);
    const bool in_time = judge("close", short_, short_wait) && long_in_time;
    std::cout << "heap: " << kib(heap_each_) << " KiB per client at the peak, at most " << most_heap / 1024 << '\n'
              << "resident memory, the threads' stacks included: " << kib(memory_each_)
              << " KiB per client at the peak, at most " << most_memory / 1024 << '\n'
              << "descriptors left: " << left_ << ", unexpected outcomes: " << wrong_ << '\n';
    return in_time && heap_each_ <= most_heap && memory_each_ <= most_memory && left_ == 0 && wrong_ == 0;
  }

  bool judge(const char* what, const latenesses& of, span wait) {
    const span allowed = wait / 10 + 50ms + of.worst(of.controls);
    const span worst = of.worst(of.clients);
    std::cout << what << ", " << wait / 1ms << " ms: " << of.clients.size() << " calls, late by "
              << in_ms(of.median(of.clients)) << " ms in the middle and " << in_ms(worst) << " ms at most; "
              << of.controls.size() << " controls, " << in_ms(of.median(of.controls)) << " ms and "
              << in_ms(of.worst(of.controls)) << " ms\n";
    return worst <= allowed;
  }

  const std::uint16_t port_;
  const std::size_t clients_;
  std::mutex mutex_;
  latenesses long_, short_;
  std::size_t wrong_ = 0, left_ = 0, heap_each_ = 0, memory_each_ = 0, most_resident_ = 0;
};

int run(std::size_t clients) {
  load::allow_descriptors(clients * 6);
  const load::peers others;
  std::cout << std::fixed << std::setprecision(1);
  for (int i = 0; i < most_rounds; ++i) {
    std::cout << clients << " clients, round " << i + 1 << '\n';
    if (round_of(others.port(), clients).run()) return 0;
  }
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc > 1 ? std::stoul(argv[1]) : 1000);
  } catch (const std::exception& e) {
    std::cerr << "load: " << e.what() << '\n';
    return 2;
  }
}
