#include "handshim/guard.hpp"

#include <doctest/doctest.h>

#include <pthread.h>

#include <cerrno>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "catching.hpp"

using catching::error_in;
using catching::thrown_by;
using handshim::capture;
using handshim::completion;
using handshim::evidence;
using handshim::failure;
using handshim::fault;
using handshim::guard;
using handshim::kind;
using handshim::phase;
using handshim::policy;

namespace {

// A client's own types: two that are no std::exception, one that is, one to pass.
struct dropped {
  int number;
};
struct rejected : dropped {
  int status;
};
struct late : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct stop {};

struct translator {
  using exceptions = handshim::types<rejected, dropped, late>;
  using passes = handshim::types<stop>;
  static failure translate(const rejected& e, phase) {
    evidence known;
    known.http_status = e.status;
    return failure(fault::upgrade_rejected, known);
  }
  static failure translate(const dropped& e, phase p) {
    evidence known;
    known.native_value = e.number;
    return e.number == 0 ? failure() : failure(fault::connection_lost, known, {}, p);
  }
  static failure translate(const late&, phase p) { return failure(fault::recv_timeout, {}, p); }
};

template <class E>
auto throwing(E e) {
  return [e] { throw e; };
}

std::system_error refused() { return {ECONNREFUSED, std::generic_category(), "connect"}; }

}  // namespace

TEST_CASE("guard gives back what the call returns: values, references, what can only be moved, nothing") {
  CHECK(guard(phase::open, [] { return 42; }) == 42);
  int place = 1;
  const auto reference = [&]() -> int& { return place; };
  static_assert(std::is_same_v<decltype(guard(phase::open, reference)), int&>);
  CHECK(&guard(phase::open, reference) == &place);
  CHECK(*guard(phase::open, [] { return std::make_unique<int>(7); }) == 7);
  guard(phase::open, [&] { place = 2; });
  CHECK(place == 2);
}

TEST_CASE("a std::system_error comes out through its code, in the phase of the call") {
  const auto thrown = thrown_by([] { guard(phase::connect, throwing(refused())); });
  CHECK(error_in(thrown).fault() == fault::connection_refused);
  CHECK(error_in(thrown).native_code() == std::errc::connection_refused);
  CHECK(error_in(thrown).is(kind::connection_refused));
  const std::system_error reset(ECONNRESET, std::generic_category());
  CHECK(error_in(thrown_by([&] { guard(phase::handshake, throwing(reset)); })).fault() == fault::reset_in_response);
  CHECK(error_in(thrown_by([&] { guard(phase::open, throwing(reset)); })).fault() == fault::connection_reset);
}

TEST_CASE("what no table knows is unclassified, with the original inside") {
  const auto of_class = thrown_by([] { guard(phase::handshake, throwing(std::out_of_range("at"))); });
  CHECK(error_in(of_class).fault() == fault::unclassified);
  CHECK(error_in(of_class).phase() == phase::handshake);
  CHECK(error_in(of_class).failure().evidence().native_text == "at");
  CHECK_THROWS_AS(std::rethrow_exception(error_in(of_class).failure().evidence().cause), std::out_of_range);
  const auto of_int = thrown_by([] { guard(phase::open, throwing(5)); });
  CHECK(error_in(of_int).fault() == fault::unclassified);
  CHECK_THROWS_AS(std::rethrow_exception(error_in(of_int).failure().evidence().cause), int);
}

TEST_CASE("the types of a translator are told by it, derived ones first, each with the original as cause") {
  const auto of = [](auto e) { return thrown_by([e] { guard<translator>(phase::open, throwing(e)); }); };
  const auto by_status = of(rejected{{1}, 503});
  CHECK(error_in(by_status).fault() == fault::upgrade_rejected);
  CHECK(error_in(by_status).http_status() == 503);
  CHECK_THROWS_AS(std::rethrow_exception(error_in(by_status).failure().evidence().cause), rejected);
  CHECK(error_in(of(dropped{9})).fault() == fault::connection_lost);
  CHECK(error_in(of(dropped{9})).failure().evidence().native_value == 9);
  CHECK(error_in(of(late("slow"))).fault() == fault::recv_timeout);
}

TEST_CASE("what a translator has no word for is left to the core, never lost") {
  const auto thrown = thrown_by([] { guard<translator>(phase::open, throwing(dropped{0})); });
  CHECK(error_in(thrown).fault() == fault::unclassified);
  CHECK_THROWS_AS(std::rethrow_exception(error_in(thrown).failure().evidence().cause), dropped);
}

namespace {

// One that answers with a failure which it keeps, and one with failures that have a cause already.
struct keeping_translator {
  using exceptions = handshim::types<dropped>;
  static const failure& kept() {
    static const failure one = [] {
      evidence known;
      known.native_text = "kept";
      return failure(fault::connection_lost, known);
    }();
    return one;
  }
  static failure translate(const dropped&, phase) { return kept(); }
};
struct causing_translator {
  using exceptions = handshim::types<dropped>;
  static failure translate(const dropped&, phase) {
    evidence known;
    known.cause = std::make_exception_ptr(7);
    return failure(fault::connection_lost, known);
  }
};

}  // namespace

TEST_CASE("the cause is put into what is raised, not into a failure that a translator keeps, nor over another cause") {
  for (const int number : {1, 2}) {
    const auto thrown = thrown_by([&] { guard<keeping_translator>(phase::open, throwing(dropped{number})); });
    CHECK(error_in(thrown).failure().evidence().native_text == "kept");
    try {
      std::rethrow_exception(error_in(thrown).failure().evidence().cause);
    } catch (const dropped& cause) {
      CHECK(cause.number == number);
    }
  }
  CHECK(keeping_translator::kept().evidence().cause == nullptr);
  const auto caused = thrown_by([] { guard<causing_translator>(phase::open, throwing(dropped{1})); });
  CHECK_THROWS_AS(std::rethrow_exception(error_in(caused).failure().evidence().cause), int);
}

TEST_CASE("a code is raised as the failure that from() makes of it") {
  const std::error_code reset = std::make_error_code(std::errc::connection_reset);
  evidence known;
  known.endpoint = "ws://host/";
  const policy old = handshim::find_policy("websockets-13.1");
  CHECK(error_in(thrown_by([&] { handshim::raise(reset, phase::handshake); })).fault() == fault::reset_in_response);
  CHECK(error_in(thrown_by([&] { handshim::raise(reset, phase::open); })).native_code() == reset);
  CHECK(error_in(thrown_by([&] { handshim::raise(reset, phase::open, old); })).policy() == old);
  const auto told = thrown_by([&] { handshim::raise(reset, phase::open, known); });
  CHECK(error_in(told).failure().evidence().endpoint == "ws://host/");
  CHECK(error_in(told).source() == handshim::policy_source::builtin);
  CHECK(error_in(thrown_by([&] { handshim::raise(reset, phase::open, known, old); })).policy() == old);
}

TEST_CASE("types to pass, std::bad_alloc and handshim's own errors go through unchanged") {
  CHECK_THROWS_AS(guard<translator>(phase::open, throwing(stop())), stop);
  CHECK_THROWS_AS(guard<translator>(phase::open, throwing(std::bad_alloc())), std::bad_alloc);
  const auto twice = thrown_by([] {
    guard<translator>(
        phase::open, [] { guard(phase::connect, throwing(refused()), handshim::find_policy("websockets-14.0")); },
        policy());
  });
  CHECK(error_in(twice).phase() == phase::connect);
  CHECK(error_in(twice).policy().name() == "websockets-14.0");
}

TEST_CASE("the policy is the argument's, else what holds when something is thrown") {
  const auto status = [] { return failure(fault::upgrade_rejected); };
  const auto call = [&] { guard(phase::handshake, [&] { handshim::raise(status(), policy()); }); };
  CHECK(error_in(thrown_by(call)).is(kind::invalid_status));
  const std::system_error timed_out(ETIMEDOUT, std::generic_category());
  const policy old = handshim::find_policy("websockets-13.1");
  const auto with = [&](auto run) { return thrown_by([&] { run(); }); };
  CHECK(error_in(with([&] { guard(phase::handshake, throwing(timed_out), old); })).source() ==
        handshim::policy_source::argument);
  const auto scoped = with([&] { handshim::with_policy(old, [&] { guard(phase::handshake, throwing(timed_out)); }); });
  CHECK(error_in(scoped).policy() == old);
  CHECK(error_in(scoped).source() == handshim::policy_source::scope);
}

TEST_CASE("under native the original goes on as it is, handshim's types aside") {
  const policy native = handshim::find_policy("native");
  CHECK_THROWS_AS(guard<translator>(phase::open, throwing(rejected{{1}, 404}), native), rejected);
  CHECK_THROWS_AS(guard(phase::open, throwing(5), native), int);
  try {
    guard(phase::connect, throwing(refused()), native);
    FAIL("nothing was thrown");
  } catch (const std::system_error& e) {
    CHECK(std::string(e.what()).rfind("connect: ", 0) == 0);
  }
}

TEST_CASE("capture hands the failure back by value, and none if nothing was thrown") {
  CHECK_FALSE(capture(phase::open, [] {}));
  CHECK(capture(phase::connect, throwing(refused())).fault() == fault::connection_refused);
  CHECK(capture<translator>(phase::open, throwing(rejected{{1}, 404})).evidence().http_status == 404);
  CHECK(capture(phase::open, [] { handshim::raise(failure(fault::closed_normally)); }).fault() ==
        fault::closed_normally);
  CHECK_THROWS_AS(static_cast<void>(capture<translator>(phase::open, throwing(stop()))), stop);
}

TEST_CASE("what is being handled is told by the translator, in a catch block and nowhere else") {
  const auto handled = [](const auto& fn) {
    try {
      fn();
    } catch (...) {
      return handshim::current_failure<translator>(phase::open);
    }
    return failure();
  };
  const failure f = handled(throwing(rejected{{1}, 404}));
  CHECK(f.evidence().http_status == 404);
  CHECK(f.evidence().cause);
  CHECK(handled(throwing(late("x"))).fault() == fault::recv_timeout);
  CHECK_THROWS_AS(handled(throwing(stop())), stop);
  CHECK_FALSE(handshim::current_failure<translator>(phase::open));
}

#if defined(__GLIBC__) && defined(__GLIBCXX__)
TEST_CASE("the cancellation of a thread goes through a guard") {
  pthread_t thread{};
  const auto body = [](void*) -> void* {
    guard(phase::open, [] { ::pthread_exit(reinterpret_cast<void*>(7)); });
    return nullptr;
  };
  REQUIRE(::pthread_create(&thread, nullptr, body, nullptr) == 0);
  void* result = nullptr;
  REQUIRE(::pthread_join(thread, &result) == 0);
  CHECK(result == reinterpret_cast<void*>(7));
}
#endif

TEST_CASE("a completion handler gets a failure for a code or an exception, and none for success") {
  failure got;
  std::size_t size = 0;
  auto handler = completion(phase::open, [&](const failure& f, std::size_t n) {
    got = f;
    size = n;
  });
  handler(std::make_error_code(std::errc::connection_reset), std::size_t{12});
  CHECK(got.fault() == fault::connection_reset);
  CHECK(size == 12);
  handler(std::error_code(), std::size_t{3});
  CHECK_FALSE(got);
  handler(std::make_exception_ptr(refused()), std::size_t{0});
  CHECK(got.native_code() == std::errc::connection_refused);
  handler(std::exception_ptr(), std::size_t{1});
  CHECK_FALSE(got);
}

namespace {

struct asio_like_handler {
  using executor_type = int;
  using allocator_type = std::allocator<char>;
  using cancellation_slot_type = char;
  executor_type get_executor() const noexcept { return 17; }
  allocator_type get_allocator() const noexcept { return {}; }
  cancellation_slot_type get_cancellation_slot() const noexcept { return 'c'; }
  void operator()(const failure&) const {}
};

template <class H, class = void>
struct names_an_executor : std::false_type {};
template <class H>
struct names_an_executor<H, std::void_t<typename H::executor_type>> : std::true_type {};

}  // namespace

TEST_CASE("a completion handler keeps the executor, allocator and cancellation slot that the handler names") {
  const auto kept = completion(phase::open, asio_like_handler());
  using kept_type = std::remove_const_t<decltype(kept)>;
  static_assert(std::is_same_v<kept_type::executor_type, int>);
  static_assert(std::is_same_v<kept_type::allocator_type, std::allocator<char>>);
  static_assert(std::is_same_v<kept_type::cancellation_slot_type, char>);
  CHECK(kept.get_executor() == 17);
  CHECK(kept.get_cancellation_slot() == 'c');
  const auto plain = completion(phase::open, [](const failure&) {});
  static_assert(!names_an_executor<std::remove_const_t<decltype(plain)>>::value);
}
