// An error as an exception, from a client that throws its own.
#include <exception>
#include <stdexcept>
#include <string>
#include <system_error>

#include "handshim/guard.hpp"

#include "peers/facts.hpp"
#include "stack.hpp"

namespace acme {

struct error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct translator {
  using exceptions = handshim::types<error>;
  static handshim::failure translate(const error&, handshim::phase) {
    return handshim::failure(handshim::fault::connection_reset);
  }
};

// With what the exception says.
struct telling_translator {
  using exceptions = handshim::types<error>;
  static handshim::failure translate(const error& e, handshim::phase p) {
    return handshim::from_native("acme", 3, e.what(), p);
  }
};

[[gnu::noinline]] void read() { throw error("peer went away"); }

}  // namespace acme

namespace {

using handshim::phase;

constexpr const char* row = "exception from a client that throws";
constexpr const char* code_row = "exception from a client that throws std::system_error";
constexpr const char* level_row = "one more level round it";

struct bare_rethrow {
  [[gnu::noinline]] void operator()() const {
    try {
      acme::read();
    } catch (const acme::error& e) {
      throw std::system_error(std::error_code(bench::native_value(), std::system_category()), e.what());
    }
  }
};

struct nested_rethrow {
  [[gnu::noinline]] void operator()() const {
    try {
      acme::read();
    } catch (const acme::error&) {
      std::throw_with_nested(std::runtime_error("cannot read"));
    }
  }
};

template <class Translator>
struct guarded {
  [[gnu::noinline]] void operator()() const { handshim::guard<Translator>(phase::open, acme::read); }
};

// A client that throws std::system_error.
[[gnu::noinline]] void read_with_code() {
  throw std::system_error(std::error_code(bench::native_value(), std::system_category()), "reading");
}

struct bare_code {
  [[gnu::noinline]] void operator()() const {
    try {
      read_with_code();
    } catch (const std::system_error& e) {
      throw std::system_error(e.code(), e.what());
    }
  }
};

struct guarded_code {
  [[gnu::noinline]] void operator()() const { handshim::guard(phase::open, read_with_code); }
};

template <class Inner>
struct passed_on {
  [[gnu::noinline]] void operator()() const {
    try {
      Inner()();
    } catch (...) {
      throw;
    }
  }
};

template <class Inner>
struct guarded_again {
  [[gnu::noinline]] void operator()() const {
    handshim::guard(phase::open, [] { Inner()(); });
  }
};

template <class Caught, class Thrower>
bench::maker catching() {
  return bench::always([](std::size_t times) { bench::caught<Caught>(times, Thrower()); });
}

const bench::entry one(row, "catch, and throw std::system_error", catching<std::system_error, bare_rethrow>());
const bench::entry two(row, "catch, and std::throw_with_nested", catching<std::runtime_error, nested_rethrow>());
const bench::entry three(row, "guard, the fault alone", catching<handshim::error, guarded<acme::translator>>());
const bench::entry four(row, "guard, with its text", catching<handshim::error, guarded<acme::telling_translator>>());
const bench::entry code_one(code_row, "catch, and throw another", catching<std::system_error, bare_code>());
const bench::entry five(code_row, "guard", catching<handshim::error, guarded_code>());

using raised = guarded<acme::translator>;
const bench::entry six(level_row, "catch (...) { throw; }", catching<handshim::error, passed_on<raised>>());
const bench::entry seven(level_row, "guard", catching<handshim::error, guarded_again<raised>>());

}  // namespace
