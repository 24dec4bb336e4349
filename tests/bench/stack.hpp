// Calls on the stack between who throws and who catches.
#pragma once

#include "harness.hpp"

namespace bench {

/// Calls fn three frames down, none of which has anything to clean up.
template <class F>
[[gnu::noinline]] void frame_one(F& fn) {
  fn();
  asm volatile("");
}
template <class F>
[[gnu::noinline]] void frame_two(F& fn) {
  frame_one(fn);
  asm volatile("");
}
template <class F>
[[gnu::noinline]] void three_frames_down(F& fn) {
  frame_two(fn);
  asm volatile("");
}

/// Does it that many times, each with what it throws caught as Caught.
template <class Caught, class F>
void caught(std::size_t times, F fn) {
  for (std::size_t i = 0; i < times; ++i) {
    try {
      three_frames_down(fn);
    } catch (const Caught& e) {
      keep(e);
    }
  }
}

}  // namespace bench
