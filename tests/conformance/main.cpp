// Usage: conformance DIRECTORY [--markdown] [--live] [--only TEXT]
//
// Plays the cases of DIRECTORY/cases.tsv, and those that generate.cpp makes, with each backend in memory; with --live
// those of the table alone, over TCP. Prints each case that does not conform and a line for each group, or the table of
// docs/testing.md. The exit code is 1 if any does not conform, or if there is none.
#include <algorithm>
#include <atomic>
#include <cstring>
#include <exception>
#include <iostream>
#include <map>
#include <thread>

#include "play.hpp"
#include "run.hpp"

namespace {

using namespace conformance;

struct wishes {
  std::string directory, only;
  bool markdown = false, live = false;
};

struct tally {
  std::size_t cases = 0, passed = 0;
};

struct result {
  const test_case* of = nullptr;
  std::string_view backend;
  verdict got;
};

std::string name_of(const test_case& c) { return c.group + " " + c.name; }

wishes read_arguments(int argc, char** argv) {
  wishes out;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--markdown") == 0)
      out.markdown = true;
    else if (std::strcmp(argv[i], "--live") == 0)
      out.live = true;
    else if (std::strcmp(argv[i], "--only") == 0 && i + 1 < argc)
      out.only = argv[++i];
    else if (out.directory.empty() && argv[i][0] != '-')
      out.directory = argv[i];
    else
      throw std::runtime_error("unknown argument `" + std::string(argv[i]) + "`");
  }
  if (out.directory.empty()) throw std::runtime_error("the directory of cases.tsv is missing");
  return out;
}

std::vector<test_case> cases_of(const wishes& how) {
  std::vector<test_case> out = load_cases(how.directory + "/cases.tsv");
  std::vector<test_case> samples;
  for (const test_case& c : out)
    if (c.group[0] == '6' && c.group.size() > 2 && c.group > "6.1" && c.group != "6.4" &&
        std::count_if(c.script.server.begin(), c.script.server.end(), [](const handshim::tool::server_step& s) {
          return s.action == handshim::tool::server_action::send && (s.bytes[0] & 0x0f) != 8;
        }) == 1)
      samples.push_back(c);
  if (!how.live)
    for (test_case& c : generated_cases(samples)) out.push_back(std::move(c));
  out.erase(std::remove_if(out.begin(), out.end(),
                           [&](const test_case& c) { return name_of(c).find(how.only) == std::string::npos; }),
            out.end());
  return out;
}

std::vector<result> play_all(const std::vector<test_case>& cases, bool live) {
  std::vector<result> all;
  for (const test_case& c : cases)
    for (const std::string_view backend : handshim::tool::backend_names()) all.push_back({&c, backend, {}});
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < all.size(); i = next++)
      all[i].got = live ? play_live(*all[i].of, all[i].backend) : play_in_memory(*all[i].of, all[i].backend);
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) threads.emplace_back(work);
  for (std::thread& t : threads) t.join();
  return all;
}

class report {
 public:
  explicit report(bool markdown) : markdown_(markdown) {}

  // The same case by each backend counts once: it passed if it did with all of them.
  void add(const std::string& group, const std::string& name, std::string_view backend, const std::string& wrong) {
    auto& passed = cases_.try_emplace({group, name}, true).first->second;
    if (wrong.empty()) return;
    passed = false;
    (markdown_ ? std::cerr : std::cout) << group << ", " << name << ", " << backend << ": " << wrong << '\n';
  }

  // Whether all passed.
  bool print(const std::vector<group>& groups, std::size_t runs) const {
    tally all;
    if (markdown_) std::cout << "| group | what | cases | passed |\n|---|---|---|---|\n";
    for (const group& g : groups) {
      const tally of = count(g.number);
      all.cases += of.cases, all.passed += of.passed;
      if (of.cases != 0) line(g, of);
    }
    if (all.cases != cases_.size()) throw std::runtime_error("a case is in no group of groups.tsv");
    line({"all", ""}, all);
    if (!markdown_) std::cout << runs << " conversations\n";
    return all.cases != 0 && all.cases == all.passed;
  }

 private:
  tally count(const std::string& group) const {
    tally out;
    for (const auto& [name, passed] : cases_)
      if (name.first == group) ++out.cases, out.passed += passed;
    return out;
  }
  void line(const group& g, const tally& of) const {
    if (markdown_)
      std::cout << "| " << g.number << " | " << g.title << " | " << of.cases << " | " << of.passed << " |\n";
    else
      std::cout << g.number << ": " << of.passed << " of " << of.cases << " cases conform" << '\n';
  }

  bool markdown_;
  std::map<std::pair<std::string, std::string>, bool> cases_;
};

int run(const wishes& how) {
  const std::vector<test_case> cases = cases_of(how);
  report told(how.markdown);
  std::size_t runs = 0;
  for (const result& r : play_all(cases, how.live)) {
    runs += r.got.runs;
    told.add(r.of->group, r.of->name, r.backend, r.got.wrong);
  }
  if (!how.live && how.only.empty())
    for (const std::string_view backend : handshim::tool::backend_names())
      for (const sending_case& c : play_sending(backend)) ++runs, told.add("S", c.name, backend, c.wrong);
  return told.print(load_groups(how.directory + "/groups.tsv"), runs) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(read_arguments(argc, argv));
  } catch (const std::exception& e) {
    std::cerr << "conformance: " << e.what() << '\n';
    return 2;
  }
}
