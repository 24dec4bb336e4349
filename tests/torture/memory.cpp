#include "memory.hpp"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace torture::memory {
namespace {

std::atomic<failing> mode{failing::never};
std::atomic<long> left{0}, blocks{0};
std::atomic<bool> has_failed{false};
thread_local int of_the_test = 0;

bool fails_now() noexcept {
  if (of_the_test > 0 || mode == failing::never) return false;
  const long before = left.fetch_sub(1);
  if (before > 1 || (before < 1 && mode == failing::once)) return false;
  has_failed = true;
  return true;
}

// A block of the test's own bears a mark, so that whoever frees it does not count it either.
struct alignas(std::max_align_t) header {
  bool counted;
};

void* allocate(std::size_t size) noexcept {
  if (fails_now()) return nullptr;
  void* const memory = std::malloc(sizeof(header) + size);
  if (memory == nullptr) return nullptr;
  const auto* const made = ::new (memory) header{of_the_test == 0};
  if (made->counted) ++blocks;
  return static_cast<char*>(memory) + sizeof(header);
}

void* allocate_or_throw(std::size_t size) {
  if (void* memory = allocate(size)) return memory;
  throw std::bad_alloc();
}

void release(void* memory) noexcept {
  if (memory == nullptr) return;
  void* const whole = static_cast<char*>(memory) - sizeof(header);
  if (static_cast<header*>(whole)->counted) --blocks;
  std::free(whole);
}

}  // namespace

void fail(failing how, long nth) noexcept {
  left = nth;
  has_failed = false;
  mode = how;
}

bool end() noexcept {
  mode = failing::never;
  return has_failed;
}

long live() noexcept { return blocks; }

own::own() noexcept { ++of_the_test; }
own::~own() { --of_the_test; }

}  // namespace torture::memory

using torture::memory::allocate;
using torture::memory::allocate_or_throw;
using torture::memory::release;

void* operator new(std::size_t size) { return allocate_or_throw(size); }
void* operator new[](std::size_t size) { return allocate_or_throw(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void operator delete(void* memory) noexcept { release(memory); }
void operator delete[](void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }
void operator delete[](void* memory, std::size_t) noexcept { release(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { release(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { release(memory); }
