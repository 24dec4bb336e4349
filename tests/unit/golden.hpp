// Tables that are written down once and compared ever after. What stands in them was shipped: a row of a
// release never changes, rows are only added. Run the tests with HANDSHIM_UPDATE_GOLDEN=1 in the environment to
// write the tables anew, then read the difference before it is committed.
#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace golden {

inline std::vector<std::string> lines_of(std::istream& in) {
  std::vector<std::string> out;
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

/// Compares the lines with those of tests/golden/<file>; the tests run in the project's root.
inline void compare(const std::string& file, const std::string& produced) {
  const std::string path = "tests/golden/" + file;
  if (const char* update = std::getenv("HANDSHIM_UPDATE_GOLDEN"); update && *update == '1') {
    std::ofstream(path, std::ios::binary) << produced;
  }
  std::ifstream stored(path, std::ios::binary);
  REQUIRE_MESSAGE(stored.good(), "cannot read ", path);
  std::istringstream fresh(produced);
  const std::vector<std::string> expected = lines_of(stored), actual = lines_of(fresh);
  int shown = 0;
  for (std::size_t i = 0; i < expected.size() || i < actual.size(); ++i) {
    const std::string was = i < expected.size() ? expected[i] : "(no line)";
    const std::string is = i < actual.size() ? actual[i] : "(no line)";
    if (was == is || ++shown > 20) continue;
    FAIL_CHECK(path, ", line ", i + 1, "\n  shipped: ", was, "\n  now:     ", is);
  }
  CHECK_MESSAGE(shown == 0, shown, " lines differ from ", path);
}

}  // namespace golden
