// What was thrown outlives what threw it: its thread, the client with its options, stream and peer, the observer and
// the policy. Streams in memory, so that nothing is awaited.
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "../support/all_told.hpp"
#include "../support/backends.hpp"
#include "../support/frames.hpp"
#include "../support/memory_stream.hpp"
#include "catching.hpp"
#include "handshim/bridge.hpp"
#include "handshim/observe.hpp"
#include "handshim/retry.hpp"

using namespace handshim;
using namespace client_test;
using catching::caught_as;
using telling::all_told;

namespace {

struct ended {
  std::string bytes;
  ending how;
};

// A refusal with headers and a body, a close frame with a reason, an end in the handshake, a reset after it.
const std::vector<ended>& ends() {
  static const std::vector<ended> all = {
      {"HTTP/1.1 503 Busy\r\nX-Who: the proxy\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nwait", ending::stall},
      {upgrade_response + close_frame(1011, "the disk is full"), ending::stall},
      {"HTTP/1.1 101 Sw", ending::eof},
      {upgrade_response, ending::reset},
  };
  return all;
}

// An exception, and all that it told while everything was there.
struct kept {
  std::exception_ptr thrown;
  std::string told;
};

template <class B>
void connect_and_receive(const ended& by, std::optional<policy> under = {}) {
  auto how = std::make_unique<options>();
  how->policy = under;
  how->open_stream = opener_to(std::make_shared<memory_peer>(by.bytes, by.how));
  client<B> c(*how);
  how.reset();
  c.connect(std::string("ws://server.test:81/a/path/that/is/on/the/heap"));
  c.recv();
}

// All that has a part in it is made here, and is gone at the end.
template <class B>
kept failed(const ended& by, const std::string& spec) {
  const auto told = std::make_unique<int>(0);
  set_observer(
      {[](void* count, const event& e) noexcept { *static_cast<int*>(count) += e.kinds.size() > 0; }, told.get()});
  set_candidate(find_policy(std::string("websockets-14.0,eof_in_response=value_error")));
  kept out;
  out.thrown = catching::thrown_by([&] { connect_and_receive<B>(by, find_policy(std::string(spec))); });
  if (out.thrown) out.told = all_told(out.thrown);
  reset_observer();
  reset_candidate();
  CHECK(*told == 1);
  return out;
}

// In a thread that has ended when this returns.
template <class Call>
auto in_a_thread(Call call) {
  std::packaged_task<decltype(call())()> task(call);
  auto out = task.get_future();
  std::thread(std::move(task)).join();
  return out.get();
}

}  // namespace

TEST_CASE_TEMPLATE("an exception is whole when its client, options, stream, observer and thread are gone", B,
                   EVERY_BACKEND) {
  for (const char* spec : {"unified-1", "websockets-13.1", "websockets-14.0,invalid_status=value_error",
                           "bridge(websockets-13.1,websockets-14.0)", "native"})
    for (const ended& by : ends()) {
      CAPTURE(spec);
      CAPTURE(by.bytes);
      const auto call = [&] { return failed<B>(by, spec); };
      for (const kept& one : {call(), in_a_thread(call)}) {
        REQUIRE(one.thrown);
        CHECK(one.told.size() > 10);
        CHECK(all_told(one.thrown) == one.told);
      }
    }
}

TEST_CASE_TEMPLATE("thrown in one thread, it is caught by class in another, out of a future, when the first has ended",
                   B, EVERY_BACKEND) {
  std::promise<void> promise;
  std::future<void> future = promise.get_future();
  std::string told;
  std::thread([&] {
    try {
      connect_and_receive<B>(ends().front());
    } catch (const error& e) {
      told = all_told(e);
      promise.set_exception(std::current_exception());
    }
  }).join();
  const std::string there = in_a_thread([&] {
    try {
      future.get();
    } catch (const invalid_status& e) {
      CHECK(e.http_status() == 503);
      CHECK(e.failure().evidence().body == "wait");
      return all_told(e);
    }
    return std::string();
  });
  CHECK(there == told);
  CHECK(there.find("the proxy") != std::string::npos);
}

TEST_CASE("to_exception_ptr() in one thread is caught in another, though it was never thrown in the first") {
  std::promise<void> promise;
  std::future<void> future = promise.get_future();
  std::thread([&] {
    evidence known;
    const std::string place = "ws://" + std::string(50, 'h') + "/";
    known.endpoint = place;
    promise.set_exception(to_exception_ptr(failure(fault::handshake_timeout, known), find_policy("unified-1")));
  }).join();
  CHECK_THROWS_AS(future.get(), timeout_error);
}

TEST_CASE("threads that catch one exception at once all read the same of it") {
  const std::exception_ptr thrown =
      in_a_thread([] { return catching::thrown_by([] { connect_and_receive<raw_sockets>(ends()[1]); }); });
  const std::string told = all_told(thrown);
  std::atomic<int> same{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int round = 0; round < 10; ++round) same += all_told(thrown) == told && caught_as<connection_closed>(thrown);
    });
  for (std::thread& t : threads) t.join();
  CHECK(same == 40);
}

TEST_CASE("a copy is as whole as the exception, and so is its failure, with the earlier ones in it") {
  retry_options how;
  how.attempts = 4;
  how.clock.pause = [](std::chrono::nanoseconds) { return true; };
  auto all = std::make_unique<std::exception_ptr>(catching::thrown_by([&] {
    std::size_t at = 0;
    const auto attempt = [&] { connect_and_receive<new_mode>(ends()[at++ % 2 == 0 ? 0 : 2]); };
    retry(attempt, how);
  }));
  const auto copy = std::make_unique<error>(catching::error_in(*all));
  const std::string told = all_told(*copy), of_failure = all_told(copy->failure());
  const std::unique_ptr<failure> alone(new failure(copy->failure()));
  CHECK(copy->failure().evidence().earlier.size() == 3);
  all.reset();
  CHECK(in_a_thread([&] { return all_told(*copy); }) == told);
  CHECK(in_a_thread([&] { return all_told(*alone); }) == of_failure);
}

TEST_CASE("what a client threw goes on inside, when the thread in which it was translated has ended") {
  const std::exception_ptr thrown = in_a_thread([] {
    return catching::thrown_by(
        [] { guard(phase::open, [] { throw std::runtime_error("a client's own words, " + std::string(50, 'w')); }); });
  });
  const error& e = catching::object_in(thrown);
  CHECK(all_told(e.failure().evidence().cause) == "a client's own words, " + std::string(50, 'w'));
  CHECK(e.failure().evidence().native_text.substr(0, 8) == "a client");
}
