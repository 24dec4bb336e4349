// Which policy holds here: as it is read when something fails, by one thread and by eight.
#include <time.h>

#include <atomic>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "handshim/policy.hpp"

#include "harness.hpp"

namespace {

constexpr const char* row = "reading the policy";

std::atomic<const void*> plain{&plain};

void load(std::size_t times) {
  for (std::size_t i = 0; i < times; ++i) bench::keep(plain.load(std::memory_order_acquire));
}
void current(std::size_t times) {
  for (std::size_t i = 0; i < times; ++i) bench::keep(handshim::current_policy());
}
[[gnu::noinline]] void scoped(std::size_t times) {
  handshim::failure why;
  handshim::with_policy(handshim::find_policy("websockets-14.0", why), [times] { current(times); });
}

const bench::entry one(row, "one atomic load", bench::always(load));
const bench::entry two(row, "current_policy()", bench::always(current));
const bench::entry three(row, "current_policy() inside with_policy()", bench::always(scoped));

double cpu_now() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

// Nanoseconds of its own processor time that a call takes a thread while so many do the same.
double with_threads(unsigned count) {
  constexpr std::size_t times = 2000000;
  std::vector<double> each(count);
  std::vector<std::thread> all;
  for (double& mine : each)
    all.emplace_back([&mine] {
      const double began = cpu_now();
      current(times);
      mine = (cpu_now() - began) / times;
    });
  double sum = 0;
  for (std::thread& t : all) t.join();
  for (const double mine : each) sum += mine;
  return sum / count;
}

const bench::note threads(
    [] {
      std::string out;
      for (const unsigned count : {1u, 2u, 8u}) {
        double least = 1e9;
        for (int i = 0; i < 9; ++i) least = std::min(least, with_threads(count));
        char line[96];
        std::snprintf(line, sizeof line, "%sthreads\tcurrent_policy()\t%u\t%.2f", out.empty() ? "" : "\n", count,
                      least);
        out += line;
      }
      return out;
    },
    true);

}  // namespace
