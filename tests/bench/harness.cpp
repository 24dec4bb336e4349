#include "harness.hpp"

#include <time.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_ZERO_STATS
#define CALLGRIND_DUMP_STATS_AT(name) static_cast<void>(name)
#endif

namespace bench {
namespace {

using clock = std::chrono::steady_clock;

struct settings {
  std::size_t repetitions = 11;
  std::chrono::nanoseconds each = std::chrono::milliseconds(10);  // one subject, one repetition
  std::string only;                                               // the beginning of the rows' names
  bool counts = false;
};

std::vector<subject>& subjects() {
  static std::vector<subject> all;
  return all;
}

struct noted {
  std::function<std::string()> lines;
  bool timed;
};

std::vector<noted>& notes() {
  static std::vector<noted> all;
  return all;
}

struct taken {
  double time, cpu;  // in ns; the second is this process's own
};

double cpu_now() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

taken take(const body& run, std::size_t times) {
  const auto began = clock::now();
  const double cpu_began = cpu_now();
  run(times);
  const double cpu = cpu_now() - cpu_began;
  return {std::chrono::duration<double, std::nano>(clock::now() - began).count(), cpu};
}

// How often the thing is to be done to take that long.
std::size_t times_for(const body& run, std::chrono::nanoseconds wanted) {
  const double aim = static_cast<double>(wanted.count());
  std::size_t times = 1;
  for (;;) {
    const double took = std::max(take(run, times).time, 1.0);
    if (took * 2 >= aim || times >= (std::size_t{1} << 40))
      return std::max<std::size_t>(1, static_cast<std::size_t>(static_cast<double>(times) * aim / took));
    times = std::max(times * 2, static_cast<std::size_t>(static_cast<double>(times) * std::min(aim / took / 2, 100.0)));
  }
}

double quantile(std::vector<double> all, double share) {
  std::sort(all.begin(), all.end());
  const double at = share * static_cast<double>(all.size() - 1);
  const auto low = static_cast<std::size_t>(at);
  const std::size_t high = std::min(low + 1, all.size() - 1);
  return all[low] + (all[high] - all[low]) * (at - static_cast<double>(low));
}

double allocations_of(const body& run) {
  constexpr std::size_t times = 32;  // a row does so many at once
  const std::size_t before = allocations();
  run(times);
  return static_cast<double>(allocations() - before) / times;
}

struct measured {
  const subject* what;
  body run;
  std::size_t times = 1;
  double allocated = 0;
  std::vector<double> each{}, ratio{};     // for each repetition: nanoseconds, and those over the first subject's
  std::vector<double> cpu{}, cpu_ratio{};  // the same of the processor's time

  void add(const taken& now, const measured& first) {
    each.push_back(now.time / static_cast<double>(times));
    cpu.push_back(now.cpu / static_cast<double>(times));
    ratio.push_back(each.back() / first.each.back());
    cpu_ratio.push_back(cpu.back() / first.cpu.back());
  }
};

void print_times(const measured& m) {
  const double median = quantile(m.each, 0.5);
  const double spread = (quantile(m.each, 0.75) - quantile(m.each, 0.25)) / 2 / median * 100;
  std::printf("time\t%s\t%s\t%.2f\t%.1f\t%.3f\t%.2f\t%zu\t%.2f\t%.3f\n", m.what->row.c_str(), m.what->name.c_str(),
              median, spread, quantile(m.ratio, 0.5), m.allocated, m.each.size(), quantile(m.cpu, 0.5),
              quantile(m.cpu_ratio, 0.5));
  std::fflush(stdout);
}

void measure(const subject* first, const subject* last, const settings& how) {
  std::vector<measured> row;
  for (; first != last; ++first) {
    row.push_back({first, first->make()});
    measured& m = row.back();
    m.run(1);  // what is made at the first use is made
    m.allocated = allocations_of(m.run);
    m.times = times_for(m.run, how.each);
  }
  for (std::size_t i = 0; i < how.repetitions; ++i) {
    for (measured& m : row) m.add(take(m.run, m.times), row.front());
  }
  for (const measured& m : row) print_times(m);
}

// Under callgrind, which writes a file for each subject: tests/bench/counts reads them.
void count(const subject& what) {
  if (what.count_times == 0) return;
  const body run = what.make();
  run(2);
  const double allocated = allocations_of(run);
  const std::string name = what.row + "|" + what.name + "|" + std::to_string(what.count_times);
  CALLGRIND_ZERO_STATS;
  run(what.count_times);
  CALLGRIND_DUMP_STATS_AT(name.c_str());
  std::printf("allocations\t%s\t%s\t%.2f\n", what.row.c_str(), what.name.c_str(), allocated);
}

int usage(std::FILE* to, int status) {
  std::fputs(
      "Options:\n"
      "  --counts          under valgrind --tool=callgrind: instructions instead of times\n"
      "  --only TEXT       the rows whose names begin so\n"
      "  --repetitions N   at least 9; 11 if not given\n"
      "  --each MS         how long one subject runs in one repetition; 10 if not given\n"
      "Output: time, row, subject, median in ns, spread (half of the middle half, in %), ratio, allocations, "
      "repetitions\n",
      to);
  return status;
}

bool read_options(int argc, char** argv, settings& how) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--counts") {
      how.counts = true;
      continue;
    }
    if (++i == argc) return false;
    if (word == "--only")
      how.only = argv[i];
    else if (word == "--repetitions")
      how.repetitions = std::max<std::size_t>(9, std::strtoul(argv[i], nullptr, 10));
    else if (word == "--each")
      how.each = std::chrono::milliseconds(std::strtoul(argv[i], nullptr, 10));
    else
      return false;
  }
  return true;
}

// Units enter their subjects in the order in which they are linked: those of a row are brought together.
void gather_rows() {
  std::vector<subject> together;
  for (const subject& s : subjects()) {
    const auto last =
        std::find_if(together.rbegin(), together.rend(), [&s](const subject& earlier) { return earlier.row == s.row; });
    together.insert(last == together.rend() ? together.end() : last.base(), s);
  }
  subjects() = std::move(together);
}

}  // namespace

entry::entry(std::string row, std::string name, maker make, std::size_t count_times) {
  subjects().push_back({std::move(row), std::move(name), std::move(make), count_times});
}

note::note(std::function<std::string()> lines, bool timed) { notes().push_back({std::move(lines), timed}); }

int run(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "--help") return usage(stdout, 0);
  settings how;
  if (!read_options(argc, argv, how)) return usage(stderr, 2);
  gather_rows();
  for (const noted& n : notes())
    if (!how.counts || !n.timed) std::printf("%s\n", n.lines().c_str());
  const std::vector<subject>& all = subjects();
  for (std::size_t i = 0, next = 0; i < all.size(); i = next) {
    for (next = i; next < all.size() && all[next].row == all[i].row; ++next) {
    }
    if (all[i].row.compare(0, how.only.size(), how.only) != 0) continue;
    if (how.counts)
      for (std::size_t k = i; k < next; ++k) count(all[k]);
    else
      measure(all.data() + i, all.data() + next, how);
  }
  return 0;
}

}  // namespace bench
