// An error as a value: a native code becomes what the program compares with a coarse word.
#include <system_error>

#include "handshim/translate.hpp"

#include "harness.hpp"
#include "peers/facts.hpp"

namespace {

using handshim::condition;
using handshim::failure;
using handshim::phase;

// Every subject of the row is told of the same native error in a function of its own, and asked whether the
// connection was lost.
[[gnu::noinline]] std::error_code told() { return {bench::native_value(), std::system_category()}; }
[[gnu::noinline]] failure translated() { return handshim::from(told(), phase::open); }

void standard(std::size_t times) {
  for (std::size_t i = 0; i < times; ++i) bench::keep(told() == std::errc::connection_reset);
}
void compared(std::size_t times) {
  for (std::size_t i = 0; i < times; ++i) bench::keep(told() == condition::lost);
}
void asked(std::size_t times) {
  for (std::size_t i = 0; i < times; ++i) bench::keep(translated().is(condition::lost));
}
void as_code(std::size_t times) {
  for (std::size_t i = 0; i < times; ++i) bench::keep(translated().code() == condition::lost);
}

const bench::entry one(bench::value_row, "std::error_code", bench::always(standard));
const bench::entry two(bench::value_row, "handshim, the native code compared", bench::always(compared));
const bench::entry three(bench::value_row, "handshim, failure, is()", bench::always(asked));
const bench::entry four(bench::value_row, "handshim, failure, code() compared", bench::always(as_code));

}  // namespace
