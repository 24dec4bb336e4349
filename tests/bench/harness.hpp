// What is measured: rows of subjects, the first of each row being what the others are held against. Subjects of a row
// are run in turns (A B A B), so that what slows the machine down slows all of them.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace bench {

/// Does the thing that many times.
using body = std::function<void(std::size_t times)>;

/// Makes the body, so that what it needs is there only while its row is measured.
using maker = std::function<body()>;

struct subject {
  std::string row, name;
  maker make;
  std::size_t count_times;  ///< how often it is done for an instruction count; 0: it is not counted
};

/// To be made at namespace scope: enters the subject. Names are words of docs/performance.md; no tabs.
struct entry {
  entry(std::string row, std::string name, maker make, std::size_t count_times = 100);
};

/// Lines for the results that are made in another way: "size\tfailure\t32". Timed ones are not made with --counts.
struct note {
  explicit note(std::function<std::string()> lines, bool timed = false);
};

/// The same for a body that needs no preparation.
inline maker always(body run) {
  return [run] { return run; };
}

/// The compiler takes the value for used, and its memory for changed.
template <class T>
inline void keep(const T& value) noexcept {
  asm volatile("" : : "r"(&value) : "memory");
}

/// A number that the compiler cannot know.
template <class T>
inline T unknown(T value) noexcept {
  asm volatile("" : "+r"(value));
  return value;
}

/// Calls of the global operator new so far.
std::size_t allocations() noexcept;

/// For main(): the options are those of --help.
int run(int argc, char** argv);

}  // namespace bench
