// The one target of this program under libFuzzer, to which an exception is a crash as any other.
#include <cstdint>

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::target::first()->run({reinterpret_cast<const char*>(data), size});
  return 0;
}
