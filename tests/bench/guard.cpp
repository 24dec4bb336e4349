// A call that succeeds, guarded and not.
#include "handshim/guard.hpp"

#include "harness.hpp"

namespace {

using handshim::phase;

[[gnu::noinline]] int client_call(int x) {
  asm volatile("" : "+r"(x));
  return x;
}

[[gnu::noinline]] int tail_call(int x) { return client_call(x); }

[[gnu::noinline]] int bare_call(int x) {
  const int out = client_call(x);
  asm volatile("");
  return out;
}

[[gnu::noinline]] int guarded_call(int x) {
  return handshim::guard(phase::open, [x] { return client_call(x); });
}

template <int (*Call)(int)>
void repeat(std::size_t times) {
  for (std::size_t i = 0; i < times; ++i) bench::keep(Call(static_cast<int>(i)));
}

const bench::entry bare("guard, nothing thrown", "bare call", bench::always(repeat<bare_call>));
const bench::entry tail("guard, nothing thrown", "bare tail call", bench::always(repeat<tail_call>));
const bench::entry guarded("guard, nothing thrown", "guard", bench::always(repeat<guarded_call>));

}  // namespace
