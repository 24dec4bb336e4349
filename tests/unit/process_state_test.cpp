// What is one for the whole process changes while clients fail in other threads: policies, candidates, observers,
// counters. Streams in memory, so that nothing is awaited.
#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "../support/backends.hpp"
#include "../support/changes.hpp"
#include "../support/frames.hpp"
#include "../support/memory_stream.hpp"
#include "../support/timing.hpp"
#include "handshim/observe.hpp"

using namespace handshim;
using namespace client_test;

namespace {

constexpr int thread_count = 3, rounds = 40;

// Each has its own, as the time for look-ups and sockets is not the matter here.
template <class B>
client<B> client_of(const std::string& bytes, ending how) {
  options made;
  made.open_stream = opener_to(std::make_shared<memory_peer>(bytes, how));
  made.ping_interval = {};
  return client<B>(std::move(made));
}

// What its policy makes of an end in the headers, whichever holds: that policy's classes, or the client's own
// exception.
template <class B>
bool fails_as_it_says() {
  client<B> c = client_of<B>("HTTP/1.1 101 Switching Protocols\r\nUp", ending::eof);
  try {
    c.connect("ws://server.test/");
  } catch (const error& e) {
    return e.fault() == fault::eof_in_headers && e.policy() == c.choice().policy &&
           e.kinds() == c.choice().policy.kinds(e.failure());
  } catch (const std::exception&) {
    return c.choice().policy.is_native() && c.last_failure().fault() == fault::eof_in_headers;
  }
  return false;
}

}  // namespace

TEST_CASE_TEMPLATE("clients fail as their policies say while all that is the process's changes", B, EVERY_BACKEND) {
  std::atomic<long> seen{0}, taken{0}, wrong{0};
  {
    const changes again_and_again(seen, taken);
    std::vector<std::thread> threads;
    for (int t = 0; t < thread_count; ++t)
      threads.emplace_back([&wrong] {
        for (int i = 0; i < rounds; ++i) wrong += !fails_as_it_says<B>();
      });
    for (std::thread& t : threads) t.join();
  }
  CHECK(wrong == 0);
  CHECK(seen == thread_count * rounds);
  CHECK(taken == thread_count * rounds);
}

TEST_CASE_TEMPLATE("one thread too many in recv() hears it at once, and the other goes on", B, EVERY_BACKEND) {
  client<B> c = client_of<B>(upgrade_response, ending::stall);
  c.connect("ws://server.test/");
  std::atomic<int> concurrent{0}, cancelled_calls{0}, other{0};
  const auto receive = [&] {
    try {
      c.recv();
    } catch (const concurrency_error& e) {
      concurrent += e.fault() == fault::concurrent_recv;
      c.cancel();
    } catch (const cancelled&) {
      ++cancelled_calls;
    } catch (...) {
      ++other;
    }
  };
  { meanwhile first(receive), second(receive), third(receive); }
  CHECK(concurrent >= 1);
  CHECK(concurrent + cancelled_calls == 3);
  CHECK(other == 0);
}

TEST_CASE_TEMPLATE("sending, receiving, pinging, closing and cancelling at once is one end for all", B, EVERY_BACKEND) {
  for (int round = 0; round < 10; ++round) {
    client<B> c = client_of<B>(upgrade_response + text_frame("x"), round % 2 == 0 ? ending::reset : ending::stall);
    c.connect("ws://server.test/");
    std::atomic<int> undocumented{0};
    const auto until_it_fails = [&](auto call) {
      return [&undocumented, call] {
        try {
          for (;;) call();
        } catch (const connection_closed&) {
        } catch (const cancelled&) {
        } catch (...) {
          ++undocumented;
        }
      };
    };
    {
      meanwhile receiving(until_it_fails([&] { c.recv(); })), sending(until_it_fails([&] { c.send("y"); })),
          looking([&] {
            for (int i = 0; i < 100; ++i) c.last_failure().describe();
          });
      if (round % 2 == 1) c.cancel();
    }
    CHECK(undocumented == 0);
  }
}
