// How much of the heap this process holds by new.
#pragma once

#include <cstddef>

namespace load {

struct heap_use {
  std::size_t now, peak;  // bytes
};

heap_use heap() noexcept;

}  // namespace load
