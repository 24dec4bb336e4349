#include "heap.hpp"

#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> in_use{0}, most{0};

void* take(std::size_t size) noexcept {
  void* const out = std::malloc(size);
  if (out == nullptr) return nullptr;
  const std::size_t now = in_use += ::malloc_usable_size(out);
  for (std::size_t before = most; now > before && !most.compare_exchange_weak(before, now);) {
  }
  return out;
}

void give(void* p) noexcept {
  if (p == nullptr) return;
  in_use -= ::malloc_usable_size(p);
  std::free(p);
}

}  // namespace

void* operator new(std::size_t size) {
  if (void* const out = take(size)) return out;
  throw std::bad_alloc();
}
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return take(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return take(size); }
void operator delete(void* p) noexcept { give(p); }
void operator delete[](void* p) noexcept { give(p); }
void operator delete(void* p, std::size_t) noexcept { give(p); }
void operator delete[](void* p, std::size_t) noexcept { give(p); }

namespace load {

heap_use heap() noexcept { return {in_use, most}; }

}  // namespace load
