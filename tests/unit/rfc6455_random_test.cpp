#include "handshim/rfc6455/random.hpp"

#include <doctest/doctest.h>

#include <array>
#include <set>
#include <string>

using handshim::rfc6455::fill_random;

TEST_CASE("random bytes differ from call to call and take every value") {
  std::set<std::string> seen;
  std::array<bool, 256> values{};
  for (int i = 0; i < 400; ++i) {
    std::string bytes(16, '\0');
    fill_random(bytes.data(), bytes.size());
    for (const char c : bytes) values[static_cast<unsigned char>(c)] = true;
    seen.insert(bytes);
  }
  CHECK(seen.size() == 400);
  for (const bool value : values) CHECK(value);
}

TEST_CASE("random bytes fill what was asked for and no more") {
  std::array<unsigned char, 8> bytes{};
  fill_random(bytes.data() + 2, 0);
  CHECK(bytes == std::array<unsigned char, 8>{});
  bool any = false;
  for (int i = 0; i < 8; ++i) {
    fill_random(bytes.data() + 2, 4);
    any = any || bytes[5] != 0;
  }
  CHECK(any);
  CHECK(bytes[1] == 0);
  CHECK(bytes[6] == 0);
}

#if !defined(HANDSHIM_COMPILED)  // else they are not to be seen here
TEST_CASE("the fallbacks fill too") {
  std::array<unsigned char, 32> bytes{}, again{};
  CHECK(handshim::rfc6455::detail::fill_from_device(bytes.data(), bytes.size()));
  CHECK(bytes != again);
  handshim::rfc6455::detail::fill_from_clock(again.data(), again.size());
  CHECK(again != std::array<unsigned char, 32>{});
}
#endif
