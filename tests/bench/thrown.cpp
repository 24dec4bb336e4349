// An error as an exception, from a code.
#include <system_error>

#include "handshim/guard.hpp"

#include "evidence.hpp"
#include "peers/facts.hpp"
#include "stack.hpp"

namespace {

using handshim::phase;

constexpr const char* row = "exception from a code";

std::error_code told() { return {bench::native_value(), std::system_category()}; }

struct bare_throw {
  [[gnu::noinline]] void operator()() const {
    throw std::system_error(told(), "reading from ws://127.0.0.1:9001/chat");
  }
};

struct bare_failure {
  [[gnu::noinline]] void operator()() const { handshim::raise(told(), phase::open); }
};

struct with_address {
  [[gnu::noinline]] void operator()() const {
    handshim::evidence known;
    known.endpoint = "ws://127.0.0.1:9001/chat";
    handshim::raise(told(), phase::open, known);
  }
};

struct with_all {
  bench::full_evidence all;
  [[gnu::noinline]] void operator()() const { handshim::raise(told(), phase::open, all.known); }
};

const bench::entry one(row, "throw std::system_error(code, text)",
                       [] { return [](std::size_t times) { bench::caught<std::system_error>(times, bare_throw()); }; });
const bench::entry two(row, "raise, without evidence", [] {
  return [](std::size_t times) { bench::caught<handshim::connection_closed>(times, bare_failure()); };
});
const bench::entry root(row, "raise, without evidence, caught as std::system_error", [] {
  return [](std::size_t times) { bench::caught<std::system_error>(times, bare_failure()); };
});
const bench::entry three(row, "raise, with the address", [] {
  return [](std::size_t times) { bench::caught<handshim::connection_closed>(times, with_address()); };
});
const bench::entry four(row, "raise, with all evidence", [] {
  return [](std::size_t times) { bench::caught<handshim::connection_closed>(times, with_all()); };
});

}  // namespace
