// Every operator new of the program, counted, and made to fail at will. memory.cpp replaces the operators.
#pragma once

namespace torture::memory {

enum class failing { never, once, from_then_on };

/// From now on the n-th allocation (the first is 1) of any thread fails.
void fail(failing how, long nth) noexcept;
/// No more; whether one has failed since fail().
bool end() noexcept;
/// How many blocks there are at this moment.
long live() noexcept;

/// What the test itself allocates in this thread while it lives neither counts nor fails.
class own {
 public:
  own() noexcept;
  ~own();
  own(const own&) = delete;
  own& operator=(const own&) = delete;
};

}  // namespace torture::memory
