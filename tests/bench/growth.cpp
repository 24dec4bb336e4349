// How costs grow: with the size and the number of messages, policies, overrides, clients, redirects and headers.
// Output: growth, series, how many, ns in all.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "handshim/backends/raw_sockets.hpp"
#include "handshim/client.hpp"

#include "echo_server.hpp"
#include "harness.hpp"

namespace {

using raw_client = handshim::client<handshim::raw_sockets>;

// The least of some: what is more was the machine.
template <class F>
double least(int repetitions, F fn) {
  double out = 1e18;
  for (int i = 0; i < repetitions; ++i) {
    const auto began = std::chrono::steady_clock::now();
    fn();
    out = std::min(out, std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - began).count());
  }
  return out;
}

void tell(const char* series, std::size_t x, double nanoseconds) {
  std::printf("growth\t%s\t%zu\t%.1f\n", series, x, nanoseconds);
  std::fflush(stdout);
}

std::string uri(const std::string& target) {
  return "ws://127.0.0.1:" + std::to_string(bench::server().port()) + target;
}

void message_size() {
  for (std::size_t size = 16; size <= (16u << 20); size *= 8) {
    raw_client of(bench::endless(client_test::binary_frame(std::string(size, 'x'))));
    of.connect("ws://127.0.0.1/");
    const std::size_t times = std::max<std::size_t>(1, (1u << 20) / size);
    const double all = least(9, [&] {
      for (std::size_t i = 0; i < times; ++i) of.recv();
    });
    tell("bytes of a message", size, all / static_cast<double>(times));
  }
}

void message_count() {
  raw_client of(bench::endless(client_test::binary_frame("hello")));
  of.connect("ws://127.0.0.1/");
  for (std::size_t count = 100; count <= 1000000; count *= 10)
    tell("messages", count, least(3, [&] {
           for (std::size_t i = 0; i < count; ++i) of.recv();
         }));
}

// All faults but those that no override may name.
void overrides() {
  std::string spec = "websockets-14.0";
  std::size_t count = 0, next = 1;
  for (const handshim::fault_facts& one : handshim::all_faults()) {
    handshim::failure why;
    const std::string longer = spec + "," + std::string(one.name) + "=invalid_message";
    const handshim::policy by = handshim::find_policy(longer, why);
    if (why) continue;
    spec = longer;
    if (++count != next) continue;
    next *= 2;
    tell("overrides in a spec, found", count, least(9, [&] { handshim::find_policy(spec, why); }));
    const handshim::failure f(handshim::fault::eof_before_status_line);
    tell("overrides in a policy, judged 1000 times", count, least(9, [&] {
           for (int i = 0; i < 1000; ++i) bench::keep(by.kinds(f));
         }));
  }
}

void policies() {
  std::size_t made = 0;
  for (std::size_t count = 1; count <= 4096; count *= 8) {
    handshim::failure why;
    for (; made < count; ++made)
      handshim::define_policy("acme-" + std::to_string(made), "websockets-14.0,timed_out=timeout_error", why);
    const std::string newest = "acme-" + std::to_string(made - 1);
    tell("policies, one found", count, least(9, [&] { handshim::find_policy(newest, why); }));
  }
}

void clients() {
  std::vector<std::unique_ptr<raw_client>> all;
  for (const std::size_t count : {1u, 10u, 100u, 1000u, 5000u}) {
    while (all.size() < count) {
      all.push_back(std::make_unique<raw_client>());
      all.back()->connect(uri("/echo"));
    }
    tell("clients, one echo each", count, least(3, [&] {
           for (const auto& of : all) {
             of->send_binary("hello");
             of->recv();
           }
         }));
  }
}

void targets(const char* series, const char* path, std::initializer_list<std::size_t> counts) {
  for (const std::size_t count : counts) {
    const std::string to = uri(path + std::to_string(count));
    tell(series, count, least(15, [&] {
           handshim::options how;
           how.reading.redirects = handshim::follow::all;
           how.reading.max_redirects = 100;
           raw_client of(how);
           of.connect(to);
         }));
  }
}

}  // namespace

int main() {
  bench::server();
  message_size();
  message_count();
  overrides();
  policies();
  targets("redirects followed", "/redirect/", {1, 2, 4, 8, 16, 32});
  targets("headers of the response", "/headers/", {1, 4, 16, 64, 120});
  clients();
}
