// For the small programs here, which are built in ways that doctest is not made for.
#pragma once

#include <cstdio>

inline int& failed_checks() {
  static int count = 0;
  return count;
}

inline void check(bool holds, const char* what, int line) {
  if (holds) return;
  std::fprintf(stderr, "line %d: not so: %s\n", line, what);
  ++failed_checks();
}

#define CHECK(...) check(static_cast<bool>(__VA_ARGS__), #__VA_ARGS__, __LINE__)
