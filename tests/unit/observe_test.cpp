#include "handshim/observe.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cerrno>
#include <string>
#include <thread>
#include <vector>

#include "../support/policies.hpp"
#include "catching.hpp"
#include "handshim/client.hpp"
#include "handshim/handshim.hpp"
#include "json_checker.hpp"

using handshim::event;
using handshim::failure;
using handshim::fault;
using handshim::kind;
using handshim::phase;
using handshim::policy;
using handshim::policy_choice;
using policy_test::find;

namespace {

// What an observer saw, with copies of what it may not keep.
struct seen {
  failure what;
  std::string policy, kinds, difference, place, function, logfmt, json;
  unsigned line;
  bool changed, would_differ;
};

// Observes as long as it lives; nothing of it stays behind.
class watching {
 public:
  watching() { handshim::set_observer(handshim::observer::of(*this)); }
  ~watching() {
    handshim::reset_observer();
    handshim::reset_candidate();
    handshim::reset_policy();
  }
  watching(const watching&) = delete;
  watching& operator=(const watching&) = delete;
  void operator()(const event& e) noexcept {
    all.push_back({e.failure, std::string(e.by.policy.name()), catching::joined(e.kinds), e.difference(), e.where.file,
                   e.where.function, e.to_logfmt(), e.to_json(), e.where.line, e.changed, e.would_differ});
  }
  std::vector<seen> all;
};

void fail_in_guard(phase p) {
  handshim::guard(p, [] { throw std::system_error(ECONNRESET, std::system_category()); });
}

template <class F>
void swallow(F fn) {
  CHECK(catching::thrown_by(fn) != nullptr);
}

// A client of which every call fails.
struct failing_backend {
  explicit failing_backend(const handshim::options&) {}
  void configure(const handshim::options&) {}
  failure connect(std::string_view, handshim::net::deadline) { return failure(fault::eof_in_headers); }
  failure recv(handshim::message&, handshim::net::deadline) { return failure(fault::connection_lost); }
  failure send(handshim::opcode, std::string_view, handshim::net::deadline) { return failure(fault::connection_lost); }
  failure ping(std::string_view, handshim::net::deadline) { return failure(fault::connection_lost); }
  failure close(std::uint16_t, std::string_view, handshim::net::deadline) { return failure(fault::close_timeout); }
  void cancel() noexcept {}
  std::string subprotocol() const { return {}; }
};

bool contains(std::string_view text, std::string_view word) { return text.find(word) != std::string_view::npos; }

}  // namespace

TEST_CASE("an observer is told of a raised failure once, before the throw, with the policy that decides") {
  watching watch;
  bool before = false;
  try {
    handshim::raise(failure(fault::eof_in_headers), find("websockets-14.0"));
  } catch (const handshim::error& e) {
    before = watch.all.size() == 1;
    CHECK(e.fault() == fault::eof_in_headers);
  }
  CHECK(before);
  REQUIRE(watch.all.size() == 1);
  CHECK(watch.all[0].what.fault() == fault::eof_in_headers);
  CHECK(watch.all[0].policy == "websockets-14.0");
  CHECK(watch.all[0].kinds == "eof_error");
  CHECK(watch.all[0].changed);
  CHECK_FALSE(watch.all[0].would_differ);
  CHECK(watch.all[0].difference.empty());
}

TEST_CASE("a failure that passes further guards, or is caught and raised again, is told of once") {
  watching watch;
  swallow([] { handshim::guard(phase::connect, [] { fail_in_guard(phase::handshake); }); });
  CHECK(watch.all.size() == 1);
  swallow([] {
    try {
      fail_in_guard(phase::open);
    } catch (const handshim::error& e) {
      handshim::raise(e.failure(), find("websockets-13.1"));
    }
  });
  CHECK(watch.all.size() == 2);
  const failure handed_back = handshim::capture(phase::open, [] { fail_in_guard(phase::open); });
  CHECK(watch.all.size() == 3);
  swallow([&] { handshim::raise(handed_back); });
  const std::exception_ptr pointer = handshim::to_exception_ptr(handed_back);
  swallow([&] { handshim::guard(phase::open, [&] { std::rethrow_exception(pointer); }); });
  CHECK(watch.all.size() == 3);
}

TEST_CASE("with other evidence a failure is the same occurrence, and is not told of again") {
  watching watch;
  failure first(fault::eof_in_headers, {}, phase::handshake);
  handshim::observe(first);
  handshim::evidence known;
  known.attempt = 3;
  const failure completed = first.with(known);
  CHECK(completed.evidence().attempt == 3);
  CHECK_THROWS_AS(handshim::raise(completed, policy()), handshim::invalid_message);
  CHECK(watch.all.size() == 1);
  CHECK_THROWS_AS(handshim::raise(failure(fault::eof_in_headers).with(known), policy()), handshim::invalid_message);
  CHECK(watch.all.size() == 2);
}

TEST_CASE("to_exception_ptr tells once, and what comes of it is not told again") {
  watching watch;
  const std::exception_ptr made = handshim::to_exception_ptr(failure(fault::cancelled));
  CHECK(watch.all.size() == 1);
  swallow([&] { handshim::guard(phase::open, [&] { std::rethrow_exception(made); }); });
  CHECK(watch.all.size() == 1);
}

TEST_CASE("each raise of a failure that bears no mark is an occurrence of its own") {
  watching watch;
  const failure f(fault::cancelled);
  swallow([&] { handshim::raise(f); });
  swallow([&] { handshim::raise(f); });
  CHECK(watch.all.size() == 2);
}

TEST_CASE("under native what goes on unchanged is told of once, through any guards of the thread") {
  watching watch;
  const policy native = find("native");
  const auto twice = [&](auto fn) {
    swallow([&] {
      handshim::guard(
          phase::open, [&] { handshim::guard(phase::handshake, fn, native); }, native);
    });
  };
  twice([] { throw std::system_error(ECONNRESET, std::system_category()); });
  CHECK(watch.all.size() == 1);
  twice([] { throw 7; });
  CHECK(watch.all.size() == 2);
  CHECK(contains(watch.all[1].logfmt, " kinds=native changed=true"));
  // A failure without an exception is raised as one that the library makes.
  twice([&] { handshim::raise(failure(fault::eof_in_headers), native); });
  CHECK(watch.all.size() == 3);
  // The outer guard raises it as its own policy says, but it is the same occurrence.
  swallow([&] {
    handshim::guard(phase::open, [&] {
      handshim::guard(
          phase::open, [] { throw 8; }, native);
    });
  });
  CHECK(watch.all.size() == 4);
  twice([] { throw 9; });
  CHECK(watch.all.size() == 5);
}

TEST_CASE("translation alone tells nobody; observe() does, once") {
  watching watch;
  failure f = handshim::capture(phase::open, [] { throw std::runtime_error("out of luck"); });
  handshim::from(std::make_error_code(std::errc::connection_reset), phase::open);
  CHECK(watch.all.empty());
  handshim::observe(f, find("websockets-13.1"));
  handshim::observe(f);
  const failure copy = f;
  swallow([&] { handshim::raise(copy); });
  CHECK(watch.all.size() == 1);
  CHECK(watch.all[0].policy == "websockets-13.1");
  failure none;
  handshim::observe(none);
  CHECK(watch.all.size() == 1);
}

TEST_CASE("each form of each call of a client tells once, under the client's policy") {
  watching watch;
  handshim::options how;
  how.policy = find("websockets-14.0");
  handshim::client<failing_backend> client(how);
  failure why;
  std::error_code code;
  std::size_t calls = 0;
  const auto told = [&](auto call) {
    call();
    CHECK(watch.all.size() == ++calls);
    CHECK(watch.all.back().policy == "websockets-14.0");
  };
  told([&] { client.connect("ws://h/", why); });
  told([&] { client.connect("ws://h/", code); });
  told([&] { swallow([&] { client.connect("ws://h/"); }); });
  told([&] { client.recv(why); });
  told([&] { client.recv(code); });
  told([&] { swallow([&] { client.recv(); }); });
  told([&] { client.send("\xff", why); });
  told([&] { client.send_binary("x", code); });
  told([&] { swallow([&] { client.ping(std::string(126, 'x')); }); });
  told([&] { swallow([&] { client.close(1); }); });
  told([&] { client.close(why); });
  swallow([&] { handshim::raise(why); });
  swallow([&] { handshim::raise(client.last_failure(), find("native")); });
  CHECK(watch.all.size() == calls);
  how.policy = find("native");
  handshim::client<failing_backend> unchanged(how);
  swallow([&] { handshim::guard(phase::open, [&] { unchanged.recv(); }); });
  CHECK(watch.all.size() == calls + 1);
}

TEST_CASE("the candidate judges beside the policy, and only differences are differences") {
  watching watch;
  handshim::set_policy(find("websockets-14.0"));
  handshim::set_candidate(find("websockets-14.2"));
  swallow([] { handshim::raise(failure(fault::eof_before_status_line)); });
  swallow([] { handshim::raise(failure(fault::connection_refused)); });
  REQUIRE(watch.all.size() == 2);
  CHECK(watch.all[0].would_differ);
  CHECK(watch.all[0].kinds == "eof_error");
  CHECK(watch.all[0].difference == "under websockets-14.2 this would have been invalid_message");
  CHECK_FALSE(watch.all[1].would_differ);
  CHECK(watch.all[1].difference.empty());
  handshim::set_candidate(find("native"));
  swallow([] { handshim::raise(failure(fault::connection_refused)); });
  CHECK(watch.all.back().difference == "under native this would have been the client's own error");
  handshim::set_candidate(policy());
  swallow([] { handshim::raise(failure(fault::timeout_in_headers)); });
  CHECK(watch.all.back().difference == "under unified-1 this would have been timeout_error and invalid_handshake");
  swallow([] { handshim::raise(failure(fault::timeout_in_headers), find("native")); });
  CHECK(watch.all.back().would_differ);
  handshim::reset_candidate();
  CHECK_FALSE(handshim::candidate());
  swallow([] { handshim::raise(failure(fault::eof_before_status_line)); });
  CHECK_FALSE(watch.all.back().would_differ);
}

TEST_CASE("a candidate changes nothing of what is caught") {
  handshim::set_candidate(find("websockets-14.0"));
  watching watch;
  for (const handshim::fault_facts& row : handshim::all_faults()) {
    const failure f(row.id);
    const std::exception_ptr thrown = catching::thrown_by([&] { handshim::raise(f); });
    CHECK(catching::object_in(thrown).kinds() == policy().kinds(f));
    CHECK(catching::object_in(thrown).policy() == policy());
  }
  CHECK(watch.all.size() == handshim::all_faults().size());
}

TEST_CASE("what fails inside an observer is not observed, and an observer cannot replace itself") {
  struct recursive {
    int calls = 0;
    bool replaced = true, counted = true;
    void operator()(const event& e) noexcept {
      ++calls;
      try {
        handshim::raise(e.failure, e.by);
      } catch (const handshim::error&) {
      }
      try {
        fail_in_guard(phase::open);
      } catch (const handshim::error&) {
      }
      replaced = handshim::reset_observer();
      counted = handshim::count_failures(true);
    }
  } inner;
  CHECK(handshim::set_observer(handshim::observer::of(inner)));
  swallow([] { handshim::raise(failure(fault::cancelled)); });
  swallow([] { handshim::raise(failure(fault::cancelled)); });
  CHECK(handshim::reset_observer());
  CHECK(inner.calls == 2);
  CHECK_FALSE(inner.replaced);
  CHECK_FALSE(inner.counted);
  swallow([] { handshim::raise(failure(fault::cancelled)); });
  CHECK(inner.calls == 2);
}

TEST_CASE("what throws cannot be an observer, and a function with a context can") {
  struct throwing {
    void operator()(const event&) {}
  };
  static_assert(!std::is_nothrow_invocable_v<throwing&, const event&>);
  static_assert(!std::is_assignable_v<decltype(handshim::observer::call)&, void (*)(void*, const event&)>);
  int calls = 0;
  handshim::set_observer({[](void* context, const event&) noexcept { ++*static_cast<int*>(context); }, &calls});
  swallow([] { handshim::raise(failure(fault::cancelled)); });
  handshim::reset_observer();
  swallow([] { handshim::raise(failure(fault::cancelled)); });
  CHECK(calls == 1);
}

TEST_CASE("when an observer has been replaced no thread is in it any more, and no failure was lost") {
  struct counting {
    std::atomic<int> calls{0};
    std::atomic<bool> gone{false}, late{false};
    void operator()(const event&) noexcept {
      if (gone) late = true;
      ++calls;
      std::this_thread::yield();
      if (gone) late = true;
    }
  };
  constexpr int rounds = 2000, thread_count = 4;
  std::vector<counting> observers(50);
  handshim::set_observer(handshim::observer::of(observers[0]));
  std::vector<std::thread> threads;
  for (int t = 0; t < thread_count; ++t)
    threads.emplace_back([] {
      for (int i = 0; i < rounds; ++i) {
        failure f(fault::cancelled);
        handshim::observe(f);
      }
    });
  for (std::size_t i = 1; i < observers.size(); ++i) {
    handshim::set_observer(handshim::observer::of(observers[i]));
    observers[i - 1].gone = true;
  }
  for (std::thread& t : threads) t.join();
  handshim::reset_observer();
  int calls = 0;
  for (const counting& one : observers) {
    CHECK_FALSE(one.late);
    calls += one.calls;
  }
  CHECK(calls == rounds * thread_count);
}

TEST_CASE("an event knows the place of the innermost located() of its thread") {
  watching watch;
  const unsigned line = __LINE__ + 1;
  swallow([] { handshim::located([] { fail_in_guard(phase::open); }); });
  swallow([] { fail_in_guard(phase::open); });
  REQUIRE(watch.all.size() == 2);
  CHECK(contains(watch.all[0].place, "observe_test.cpp"));
  CHECK(watch.all[0].line == line);
  CHECK_FALSE(watch.all[0].function.empty());
  CHECK(contains(watch.all[0].logfmt, " line=" + std::to_string(line) + " "));
  CHECK(watch.all[1].line == 0);
  CHECK_FALSE(contains(watch.all[1].logfmt, "line="));
  const handshim::call_site outer = handshim::here();
  handshim::located(
      [&] {
        CHECK(handshim::located([] { return 3; }) == 3);
        swallow([] { fail_in_guard(phase::open); });
      },
      outer);
  CHECK(watch.all[2].line == outer.line);
}

TEST_CASE("events are valid JSON with the fields of the failure and those of the event") {
  watching watch;
  handshim::set_candidate(find("websockets-14.0"));
  swallow([] { handshim::raise(failure(fault::timeout_in_headers), find("unified-1")); });
  const std::string& json = watch.all[0].json;
  CHECK(json_test::is_json(json));
  CHECK(contains(json, R"("fault":"timeout_in_headers",)"));
  CHECK(contains(json, R"("policy":"unified-1","policy_source":"an argument","kinds":["timeout_error","invalid_hand)"));
  CHECK(contains(json, R"("changed":false,"candidate":"websockets-14.0","candidate_kinds":["timeout_error"],)"));
  CHECK(contains(json, R"("would_differ":true})"));
  CHECK(
      contains(watch.all[0].logfmt, " kinds=timeout_error,invalid_handshake changed=false candidate=websockets-14.0"));
}
