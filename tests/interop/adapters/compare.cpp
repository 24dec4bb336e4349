#include "compare.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <map>
#include <stdexcept>
#include <thread>

#include "handshim/exceptions.hpp"

using namespace handshim;
using tool::outcome;
using tool::player;
using tool::scenario;

namespace interop {
namespace {

// The longest that a scenario takes is nine seconds of silence after a close handshake that is not answered.
constexpr auto at_the_latest = std::chrono::seconds(15);

struct settings {
  std::string scenarios, only, way;
  std::size_t jobs = 8;
  double min_fault = 0, min_condition = 0;
};

settings read_settings(int count, char** words) {
  settings out;
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    if (word.rfind("--", 0) != 0) {
      out.scenarios = word;
      continue;
    }
    if (++i == count) throw std::invalid_argument(word + " needs a value");
    if (word == "--only")
      out.only = words[i];
    else if (word == "--way")
      out.way = words[i];
    else if (word == "--jobs")
      out.jobs = std::stoul(words[i]);
    else if (word == "--min-fault")
      out.min_fault = std::stod(words[i]);
    else if (word == "--min-condition")
      out.min_condition = std::stod(words[i]);
    else
      throw std::invalid_argument("unknown option " + word);
  }
  if (out.scenarios.empty()) throw std::invalid_argument("which table of scenarios?");
  return out;
}

// Turns what a player throws into the failure that it hands back, and notes what should not have come out.
class watched final : public player {
 public:
  explicit watched(std::unique_ptr<player> inner) : inner_(std::move(inner)) {}
  void connect(const std::string& uri, failure& why) override {
    watch(why, [&] { inner_->connect(uri, why); });
  }
  void recv(failure& why) override {
    watch(why, [&] { inner_->recv(why); });
  }
  void send(const std::string& text, failure& why) override {
    watch(why, [&] { inner_->send(text, why); });
  }
  void close(failure& why) override {
    watch(why, [&] { inner_->close(why); });
  }
  const std::string& leaked() const { return leaked_; }

 private:
  template <class Call>
  void watch(failure& why, Call call) {
    try {
      return call();
    } catch (const error& e) {
      why = e.failure();
      return;
    } catch (const std::exception& e) {
      leaked_ = e.what();
    } catch (...) {
      leaked_ = "not a std::exception";
    }
    why = failure(fault::unclassified);
  }

  std::unique_ptr<player> inner_;
  std::string leaked_;
};

struct report {
  outcome by_adapter, by_raw_sockets;
  std::string leaked;
  bool late = false;
};

report run_one(const scenario& what, const way& by, bool is_tls) {
  report out;
  if (!is_tls) out.by_raw_sockets = play(what, "raw_sockets", reading());
  watched with(by.make(options_of(what, reading())));
  const auto begin = std::chrono::steady_clock::now();
  out.by_adapter = play(what, with);
  out.late = std::chrono::steady_clock::now() - begin > at_the_latest;
  out.leaked = with.leaked();
  return out;
}

bool is_tls(const scenario& what) {
  for (const tool::client_step& step : what.client)
    if (step.action == tool::client_action::connect && step.text.rfind("wss:", 0) == 0) return true;
  return false;
}

bool leaves_out(const way& by, std::string_view id) {
  return std::find(by.without.begin(), by.without.end(), id) != by.without.end();
}

std::vector<const scenario*> chosen(const std::vector<scenario>& all, const way& by, const std::string& only) {
  std::vector<const scenario*> out;
  for (const scenario& s : all)
    if ((only.empty() || s.id == only) && (by.tls || !is_tls(s)) && !leaves_out(by, s.id)) out.push_back(&s);
  return out;
}

std::vector<report> run_all(const std::vector<const scenario*>& all, const way& by, std::size_t jobs) {
  std::vector<report> out(all.size());
  std::atomic<std::size_t> next{0};
  std::vector<std::thread> workers;
  for (std::size_t i = 0; i < jobs; ++i)
    workers.emplace_back([&] {
      for (std::size_t at; (at = next++) < all.size();) out[at] = run_one(*all[at], by, is_tls(*all[at]));
    });
  for (std::thread& worker : workers) worker.join();
  return out;
}

std::string words_of(const outcome& o) {
  const failure& f = o.failure;
  return o.step + '\t' + std::string(f ? name(f.fault()) : "ok") + '\t' + std::string(f ? name(f.condition()) : "-");
}

struct tally {
  std::size_t scenarios = 0, reports = 0, same_fault = 0, same_condition = 0, leaked = 0, late = 0, silent = 0,
              alone = 0;
};

std::string native_of(const failure& f) {
  const evidence& known = f.evidence();
  return std::string(known.native_domain) + ":" + std::to_string(known.native_value);
}

void add(tally& sum, const scenario& what, const way& by, const report& r) {
  const failure &got = r.by_adapter.failure, &wanted = r.by_raw_sockets.failure;
  ++sum.scenarios;
  sum.leaked += !r.leaked.empty();
  sum.late += r.late;
  if (!r.leaked.empty()) std::cout << by.name << '\t' << what.id << "\tleaked\t" << r.leaked << '\n';
  if (r.late) std::cout << by.name << '\t' << what.id << "\tlate\n";
  if (!is_tls(what)) {
    sum.silent += !got && wanted;
    sum.alone += got && !wanted;
    sum.reports += got && wanted;
    sum.same_fault += got && wanted && got.fault() == wanted.fault();
    sum.same_condition += got && wanted && got.condition() == wanted.condition();
    if (got.fault() == wanted.fault()) return;
  }
  std::cout << by.name << '\t' << what.id << '\t' << words_of(r.by_adapter) << '\t' << native_of(got) << '\t'
            << words_of(r.by_raw_sockets) << '\n';
}

double share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 100 : 100 * static_cast<double>(part) / static_cast<double>(whole);
}

std::string percent(std::size_t part, std::size_t whole) {
  const auto tenths = static_cast<long>(share(part, whole) * 10 + 0.5);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + "%";
}

bool good_enough(const tally& sum, const settings& how) {
  return sum.leaked == 0 && sum.late == 0 && share(sum.same_fault, sum.reports) >= how.min_fault &&
         share(sum.same_condition, sum.reports) >= how.min_condition;
}

bool compare_way(const way& by, const std::vector<scenario>& all, const settings& how, std::string& summary) {
  const std::vector<const scenario*> scenarios = chosen(all, by, how.only);
  const std::vector<report> reports = run_all(scenarios, by, how.jobs);
  tally sum;
  for (std::size_t i = 0; i < reports.size(); ++i) add(sum, *scenarios[i], by, reports[i]);
  summary += std::string(by.name) + ": " + std::to_string(sum.scenarios) + " scenarios, " +
             std::to_string(sum.reports) + " reports: same fault " + percent(sum.same_fault, sum.reports) +
             ", same condition " + percent(sum.same_condition, sum.reports) + ", " + std::to_string(sum.leaked) +
             " leaked, " + std::to_string(sum.late) + " late, " + std::to_string(sum.silent) + " silent, " +
             std::to_string(sum.alone) + " alone\n";
  return good_enough(sum, how);
}

}  // namespace

int compare(int count, char** words, const std::vector<way>& ways) try {
  const settings how = read_settings(count, words);
  const std::vector<scenario> all = tool::load_scenarios(how.scenarios);
  bool good = true;
  std::string summary;
  for (const way& by : ways)
    if (how.way.empty() || how.way == by.name) good = compare_way(by, all, how, summary) && good;
  std::cout << summary;
  return good ? 0 : 1;
} catch (const std::exception& e) {
  std::cerr << words[0] << ": " << e.what() << '\n';
  return 2;
}

}  // namespace interop
