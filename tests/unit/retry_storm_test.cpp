// Thousands of clients lose their server at once: how they come back, in virtual time. Its figures stand in
// docs/retrying.md, which this test reads.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <functional>
#include <map>
#include <queue>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "handshim/retry/backoff.hpp"

using namespace handshim;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t clients = 5000;
constexpr auto down = 10s;           // after which the server accepts again
constexpr auto slot = 100ms;         // in which it
constexpr int taken_in_a_slot = 50;  // can take so many connections, and turns away the rest

using time_span = std::chrono::nanoseconds;
// How long a client waits after a failure.
using waiting = std::function<time_span(std::size_t client, const failure&)>;

struct outcome {
  int attempts = 0;
  int most_in_a_slot = 0;   // the load on the server, up or not
  time_span half{}, all{};  // until so many are back
};

// The server, and all that its clients do.
class storm {
 public:
  explicit storm(waiting wait) : wait_(std::move(wait)) {
    const failure lost(fault::eof_without_close);
    for (std::size_t i = 0; i < clients; ++i) coming_.push({wait_(i, lost), i});
  }

  outcome run() {
    std::size_t back = 0;
    for (; !coming_.empty(); coming_.pop()) {
      const auto [now, client] = coming_.top();
      const failure why = attempt(now);
      if (why) {
        coming_.push({now + wait_(client, why), client});
        continue;
      }
      ++back;
      if (back == clients / 2) out_.half = now;
      out_.all = now;
    }
    for (const auto& [at, count] : load_) out_.most_in_a_slot = std::max(out_.most_in_a_slot, count);
    return out_;
  }

 private:
  using arrival = std::pair<time_span, std::size_t>;

  failure attempt(time_span now) {
    ++out_.attempts;
    const int before = load_[now / slot]++;
    if (now < down) return failure(fault::connection_refused);
    return before < taken_in_a_slot ? failure() : failure(fault::eof_before_status_line);
  }

  waiting wait_;
  std::priority_queue<arrival, std::vector<arrival>, std::greater<>> coming_;
  std::map<std::int64_t, int> load_;
  outcome out_;
};

waiting with_delay(time_span fixed) {
  return [fixed](std::size_t, const failure&) { return fixed; };
}

// Each client has a seed of its own.
waiting with_backoff(const backoff_options& shape) {
  std::vector<backoff> paces;
  for (std::size_t i = 0; i < clients; ++i) {
    backoff_options own = shape;
    own.seed = i + 1;
    paces.emplace_back(own);
  }
  return [paces](std::size_t client, const failure& why) mutable { return paces[client].next(why).delay; };
}

struct strategy {
  const char* name;
  waiting wait;
};

std::vector<strategy> strategies() {
  return {{"1 s, always", with_delay(1s)},
          {"5 s, always", with_delay(5s)},
          {"`websockets_backoff()`", with_backoff(websockets_backoff())},
          {"`backoff_options()`", with_backoff({})}};
}

std::string seconds(time_span span) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f s", std::chrono::duration<double>(span).count());
  return text;
}

std::string row(const std::vector<std::string>& fields) {
  std::string out = "|";
  for (const std::string& field : fields) out += " " + field + " |";
  return out + "\n";
}

std::string table(const std::vector<std::pair<std::string, outcome>>& all) {
  std::string out = row({"delay", "attempts", "most in 100 ms", "half are back after", "all are back after"}) +
                    "|---|---|---|---|---|\n";
  for (const auto& [name, o] : all)
    out += row({name, std::to_string(o.attempts), std::to_string(o.most_in_a_slot), seconds(o.half), seconds(o.all)});
  return out;
}

std::string text_of(const char* path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

}  // namespace

TEST_CASE("clients that lost their server at once do not come back in step") {
  std::vector<std::pair<std::string, outcome>> all;
  for (const strategy& one : strategies()) all.emplace_back(one.name, storm(one.wait).run());
  const outcome &hasty = all[0].second, &fixed = all[1].second, &ours = all[3].second;
  for (const auto& one : all) CHECK_MESSAGE(one.second.all > down, one.first);
  CHECK(hasty.most_in_a_slot == clients);  // all of them, each time
  CHECK(fixed.most_in_a_slot == clients);
  CHECK(ours.most_in_a_slot * 10 < fixed.most_in_a_slot);
  CHECK(ours.attempts * 10 < hasty.attempts);
  CHECK(ours.all * 5 < fixed.all);

  const std::string figures = table(all);
  CHECK_MESSAGE(text_of("docs/retrying.md").find(figures) != std::string::npos,
                "docs/retrying.md must have these figures:\n"
                    << figures);
}
