// Clients of all three backends fail at once, on sockets of this machine, while what is one for the whole process
// changes.
#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "../support/backends.hpp"
#include "../support/changes.hpp"
#include "../support/doomed_server.hpp"

using namespace handshim;
using namespace client_test;

namespace {

constexpr int threads_for_each = 2, rounds = 20;

// What is asked for, and what comes of it.
using doom = std::pair<std::string, fault>;

std::array<doom, 7> dooms(const doomed_server& at, const net_test::deaf_port& nobody) {
  return {{{at.uri("/eof"), fault::eof_in_headers},
           {at.uri("/reset"), fault::reset_before_status_line},
           {at.uri("/busy"), fault::upgrade_rejected},
           {at.uri("/closed"), fault::closed_with_error},
           {at.uri("/masked"), fault::frame_masked},
           {at.uri("/lost"), fault::connection_lost},
           {"ws://127.0.0.1:" + std::to_string(nobody.port()) + "/", fault::connection_refused}}};
}

// Whether it fails so, and as its policy says, whichever holds when the client is made.
template <class B>
bool fails_as_it_says(const doom& expected) {
  client<B> c;
  const auto fits = [&](const failure& f) { return f.is(expected.second) && c.last_failure().fault() == f.fault(); };
  try {
    c.connect(expected.first);
    c.recv();
  } catch (const error& e) {
    return fits(e.failure()) && e.policy() == c.choice().policy && e.kinds() == c.choice().policy.kinds(e.failure());
  } catch (const std::exception&) {
    return c.choice().policy.is_native() && fits(c.last_failure());
  }
  return false;
}

}  // namespace

TEST_CASE("clients of every backend fail as they should on live sockets while all that is the process's changes") {
  std::atomic<long> seen{0}, taken{0}, failures{0};
  std::array<std::atomic<long>, 7> wrong{};
  {
    doomed_server server;
    const net_test::deaf_port nobody;
    const auto all = dooms(server, nobody);
    const changes again_and_again(seen, taken);
    std::vector<std::thread> threads;
    const auto fail = [&](auto how) {
      for (int round = 0; round < rounds; ++round)
        for (std::size_t i = 0; i < all.size(); ++i, ++failures) wrong[i] += !how(all[i]);
    };
    for (int t = 0; t < threads_for_each; ++t) {
      threads.emplace_back([&] { fail(fails_as_it_says<raw_sockets>); });
      threads.emplace_back([&] { fail(fails_as_it_says<legacy_mode>); });
      threads.emplace_back([&] { fail(fails_as_it_says<new_mode>); });
    }
    for (std::thread& t : threads) t.join();
  }
  CHECK(failures == 3 * threads_for_each * rounds * 7);
  for (const auto& one : wrong) CHECK(one == 0);
  CHECK(seen == failures);
  CHECK(taken == failures);
}
