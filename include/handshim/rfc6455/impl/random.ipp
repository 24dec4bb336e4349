#pragma once

#include "handshim/rfc6455/random.hpp"

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#if defined(__linux__)
#include <sys/random.h>
#include <sys/types.h>

#include <cerrno>
#elif defined(_WIN32)
#include <random>  // as long as half of this library: nowhere else
#endif

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace rfc6455 {
namespace detail {

// splitmix64 over the clock and an address: different each time, but to be guessed.
inline void fill_from_clock(unsigned char* data, std::size_t size) noexcept {
  auto seed = static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
  seed ^= static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(data)) << 16;
  for (std::size_t i = 0; i < size; ++i) {
    std::uint64_t z = seed += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    data[i] = static_cast<unsigned char>(z >> 56);
  }
}

inline bool fill_from_device(unsigned char* data, std::size_t size) noexcept {
  std::FILE* device = std::fopen("/dev/urandom", "rb");
  if (device == nullptr) return false;
  std::setvbuf(device, nullptr, _IONBF, 0);  // else it reads 4 KiB for 16 bytes
  const bool filled = std::fread(data, 1, size, device) == size;
  std::fclose(device);
  return filled;
}

#if defined(__linux__)
inline bool fill_from_system(unsigned char* data, std::size_t size) noexcept {
  while (size > 0) {
    const ssize_t n = ::getrandom(data, size, 0);
    if (n < 0 && errno != EINTR) return false;
    if (n <= 0) continue;
    data += n;
    size -= static_cast<std::size_t>(n);
  }
  return true;
}
#elif defined(__APPLE__) || defined(__FreeBSD__) || defined(__OpenBSD__) || defined(__NetBSD__)
inline bool fill_from_system(unsigned char* data, std::size_t size) noexcept {
  ::arc4random_buf(data, size);
  return true;
}
#elif defined(_WIN32)
// There std::random_device is the system's generator.
inline bool fill_from_system(unsigned char* data, std::size_t size) noexcept {
  std::random_device device;
  for (std::size_t i = 0; i < size; ++i) data[i] = static_cast<unsigned char>(device() & 0xffu);
  return true;
}
#else
inline bool fill_from_system(unsigned char*, std::size_t) noexcept { return false; }
#endif

}  // namespace detail

HANDSHIM_INLINE void fill_random(void* data, std::size_t size) noexcept {
  auto* bytes = static_cast<unsigned char*>(data);
  if (detail::fill_from_system(bytes, size) || detail::fill_from_device(bytes, size)) return;
  detail::fill_from_clock(bytes, size);
}

}  // namespace rfc6455
}  // namespace HANDSHIM_ABI
}  // namespace handshim
