// Usage: sweep SCENARIOS FAULTS [--every N] [--live] [--only ID]
//
// Plays every scenario with what its server sends cut after each byte, by an end of stream, a reset and silence. Where
// the connection ends decides the fault, until the bytes that came decide it: from there on it is that of the whole
// scenario, which FAULTS has. With --every N each Nth byte alone, and no silence, which takes time. With --live some
// places over TCP, which must end as they do in memory. Prints what differs, and how many conversations there were.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <iostream>
#include <map>
#include <mutex>
#include <thread>

#include "../support/scripted_stream.hpp"
#include "place.hpp"
#include "play.hpp"
#include "runs.hpp"
#include "scripted_server.hpp"
#include "tsv.hpp"

namespace {

using namespace handshim;
using namespace std::chrono_literals;
using client_test::cut;
using client_test::ending;
using tool::client_action;
using tool::scenario;
using tool::server_action;

constexpr ending endings[] = {ending::eof, ending::reset, ending::stall};
constexpr std::size_t long_run = 64, run_ends = 16;

std::string_view name_of(ending how) {
  return how == ending::eof ? "end of stream" : how == ending::reset ? "reset" : "silence";
}

struct result {
  std::string outcome;   // "connect eof_in_headers", "- ok"
  std::string step;      // of it
  bool closing = false;  // whether the client had sent a close frame
  client_test::script_record record;
};

options options_of(const scenario& what, std::chrono::milliseconds time) {
  options how = tool::options_of(what, reading());
  how.ping_interval = {};
  how.open_timeout = how.close_timeout = how.recv_timeout = time;
  return how;
}

std::string text_of(const tool::outcome& got) {
  return got.step + " " + (got.failure ? std::string(name(got.failure.fault())) : "ok");
}

bool sends_close(std::string_view frames) {
  while (const auto one = client_test::take_frame(frames))
    if (one->opcode() == 8) return true;
  return false;
}

result play_once(const scenario& what, std::string_view backend, cut where, client_test::delivery how,
                 std::chrono::milliseconds time) {
  result out;
  options opts = options_of(what, time);
  opts.open_stream = client_test::opener_to(what.server, out.record, how, where);
  const tool::outcome got = tool::play(what, backend, std::move(opts), 80);
  out.outcome = text_of(got);
  out.step = got.step;
  out.closing = sends_close(out.record.frames);
  return out;
}

// A client that was kept from reading what there was until its deadline, because the machine was busy, shows nothing:
// it tries again with more time.
result play_cut(const scenario& what, std::string_view backend, cut where, client_test::delivery how = {}) {
  for (auto time = where.how == ending::stall ? 20ms : 20000ms;; time *= 3) {
    result out = play_once(what, backend, where, how, time);
    if (where.how != ending::stall || out.record.drained || time > 5s) return out;
  }
}

// Without what takes time and has no bytes.
bool has_bytes(const scenario& s) {
  return !tool::is_tls(s) && s.server.front().action != server_action::refuse &&
         s.server.front().action != server_action::blackhole;
}

scenario without_pauses(scenario s) {
  const auto pauses = [](const tool::client_step& step) { return step.action == client_action::sleep; };
  s.client.erase(std::remove_if(s.client.begin(), s.client.end(), pauses), s.client.end());
  return s;
}

// Each length, but within a long run of one byte only near its ends and at the powers of two.
std::vector<std::size_t> lengths_of(std::string_view bytes) {
  std::vector<std::size_t> out;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = std::min(bytes.find_first_not_of(bytes[at], at), bytes.size());
    for (std::size_t i = at; i < end; ++i)
      if (end - at <= long_run || i - at < run_ends || end - i <= run_ends || ((i - at) & (i - at - 1)) == 0)
        out.push_back(i);
    at = end;
  }
  out.push_back(bytes.size());
  return out;
}

class complaints {
 public:
  void add(const scenario& s, std::string_view backend, const std::string& what) {
    const std::lock_guard<std::mutex> hold(mutex_);
    ++count_;
    std::cout << s.id << ", " << backend << ": " << what << '\n';
  }
  std::size_t count() const { return count_; }

 private:
  std::mutex mutex_;
  std::size_t count_ = 0;
};

std::string expected_end(ending how, std::string_view bytes, const result& got) {
  const sweep::place where = sweep::place_of(bytes);
  if (how == ending::eof) return sweep::end_of_stream_at(where, got.step, got.closing);
  return how == ending::reset ? sweep::reset_at(where, got.step) : sweep::silence_at(where, got.step, got.closing);
}

// One scenario on one backend, cut in one way.
class one_sweep {
 public:
  one_sweep(const scenario& what, std::string_view backend, ending how, complaints& to)
      : what_(what), backend_(backend), how_(how), to_(to) {}

  std::size_t play(std::size_t every, const std::string& known) {
    const result whole = play_cut(what_, backend_, {std::string::npos, ending::stall});
    const std::string& bytes = whole.record.sent;
    if (!known.empty() && whole.outcome != known) complain("whole", whole.outcome, known);
    const result last = play_cut(what_, backend_, {bytes.size(), how_});
    std::size_t runs = 2;
    bool decided = false;
    const std::vector<std::size_t> lengths = lengths_of(bytes);
    for (std::size_t i = 0; i < lengths.size(); i += every) {
      const std::size_t n = lengths[i];
      const result got = play_cut(what_, backend_, {n, how_});
      check(n, got, expected_end(how_, std::string_view(bytes).substr(0, n), got), last.outcome, decided);
      ++runs;
      if (how_ == ending::stall) continue;
      client_test::delivery octets;
      octets.most = 1;
      if (n > 4096) continue;
      const result slow = play_cut(what_, backend_, {n, how_}, octets);
      ++runs;
      if (slow.outcome != got.outcome) complain(std::to_string(n) + " bytes, one by one", slow.outcome, got.outcome);
    }
    return runs;
  }

 private:
  void check(std::size_t n, const result& got, const std::string& end, const std::string& last, bool& decided) {
    if (got.outcome != end) decided = true;
    if (!decided || got.outcome == last) return;
    complain(std::to_string(n) + " bytes", got.outcome, end + "` or `" + last);
  }

  void complain(const std::string& where, const std::string& got, const std::string& expected) {
    to_.add(what_, backend_,
            where + ", " + std::string(name_of(how_)) + ": `" + got + "` instead of `" + expected + "`");
  }

  const scenario& what_;
  const std::string_view backend_;
  const ending how_;
  complaints& to_;
};

// What its server sends, once it was asked, as one step; {accept} stays one place that is not cut within.
std::string script_bytes(const scenario& s) {
  std::string out;
  for (const tool::server_step& step : s.server) {
    if (step.action == server_action::upgrade) out += client_test::upgrade_response;
    if (step.action == server_action::send || step.action == server_action::drip) out += step.bytes;
    if (step.action == server_action::fill) out.append(step.count, step.bytes.front());
  }
  return out;
}

scenario cut_script(const scenario& s, std::size_t after, ending how) {
  scenario out = s;
  std::string bytes = script_bytes(s).substr(0, after);
  if (const std::size_t brace = bytes.rfind('{');
      brace != std::string::npos && bytes.find('}', brace) == std::string::npos)
    bytes.resize(brace);
  out.server = tool::parse_server("read-request; send \"\"; sleep 50; close");
  out.server[1].bytes = bytes;
  out.server[3].action = how == ending::eof     ? server_action::close
                         : how == ending::reset ? server_action::reset
                                                : server_action::stall;
  return out;
}

// A client whose only steps are to connect and to receive: with others it is chance which of the two is first.
bool only_listens(const scenario& s) {
  return std::all_of(s.client.begin(), s.client.end(), [](const tool::client_step& step) {
    return step.action != client_action::send && step.action != client_action::close;
  });
}

std::string live_end(const scenario& s, std::string_view backend, const std::string& expected, ending how) {
  for (auto time = how == ending::stall ? 400ms : 20000ms;; time *= 3) {
    tool::scripted_server server(s.server);
    const std::string got = text_of(tool::play(s, backend, options_of(s, time), server.port()));
    if (got == expected || how != ending::stall || time > 10s) return got;
  }
}

std::size_t sample_live(const scenario& s, std::size_t number, complaints& to) {
  if (!only_listens(s)) return 0;
  const std::size_t size = script_bytes(s).size();
  std::size_t runs = 0;
  for (const std::size_t after : {size / 4, size / 2, size - size / 8, size}) {
    const std::string_view backend = tool::backend_names()[(number + runs) % 3];
    for (const ending how : endings) {
      const scenario cut_short = cut_script(s, after, how);
      const std::string expected = play_cut(cut_short, backend, {std::string::npos, how}).outcome;
      const std::string got = live_end(cut_short, backend, expected, how);
      if (got != expected)
        to.add(s, backend,
               std::to_string(after) + " bytes, " + std::string(name_of(how)) + ", live: `" + got + "`, in memory `" +
                   expected + "`");
      ++runs;
    }
  }
  return runs;
}

struct wishes {
  std::vector<std::string> files;
  std::size_t every = 1;
  bool live = false;
  std::string only;
};

wishes read_arguments(int argc, char** argv) {
  wishes out;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--live")
      out.live = true;
    else if (word == "--every" && i + 1 < argc)
      out.every = std::stoul(argv[++i]);
    else if (word == "--only" && i + 1 < argc)
      out.only = argv[++i];
    else
      out.files.push_back(word);
  }
  if (out.files.size() != 2 || out.every == 0) throw std::runtime_error("SCENARIOS and FAULTS are wanted");
  return out;
}

// What the table of faults says of those in which time plays no part.
std::map<std::string, std::string> known_ends(const std::string& path, const std::vector<scenario>& scenarios) {
  std::map<std::string, std::string> out;
  const tool::tsv_table table = tool::read_tsv(path);
  for (std::size_t i = 0; i < table.size(); ++i) out[table[i]["scenario"]] = table[i]["step"] + " " + table[i]["fault"];
  for (const scenario& s : scenarios)
    for (const tool::server_step& step : s.server)
      if (step.action == server_action::stall || step.action == server_action::drip) out.erase(s.id);
  return out;
}

template <class Job>
std::size_t run_all(std::vector<Job>& jobs, std::size_t threads) {
  std::atomic<std::size_t> next{0}, runs{0};
  std::vector<std::thread> all;
  for (std::size_t i = 0; i < threads; ++i)
    all.emplace_back([&] {
      for (std::size_t job = next++; job < jobs.size(); job = next++) runs += jobs[job]();
    });
  for (std::thread& one : all) one.join();
  return runs;
}

using job = std::function<std::size_t()>;

std::vector<job> jobs_of(const std::vector<scenario>& all, const std::map<std::string, std::string>& known,
                         const wishes& how, complaints& to) {
  std::vector<job> jobs;
  for (const scenario& s : all) {
    if (how.live) {
      jobs.push_back([&s, &to, number = jobs.size()] { return sample_live(s, number, to); });
      continue;
    }
    const auto found = known.find(s.id);
    const std::string end = found == known.end() ? "" : found->second;
    for (const std::string_view backend : tool::backend_names())
      for (const ending cut_by : endings)
        if (cut_by != ending::stall || how.every == 1)
          jobs.push_back(
              [&s, backend, cut_by, end, &how, &to] { return one_sweep(s, backend, cut_by, to).play(how.every, end); });
  }
  return jobs;
}

int run(const wishes& how) {
  const auto begin = std::chrono::steady_clock::now();
  std::vector<scenario> scenarios;
  for (scenario& s : tool::load_scenarios(how.files[0]))
    if (has_bytes(s) && s.id.find(how.only) != std::string::npos) scenarios.push_back(without_pauses(std::move(s)));
  const std::map<std::string, std::string> known = known_ends(how.files[1], scenarios);
  complaints to;
  std::vector<job> jobs = jobs_of(scenarios, known, how, to);
  const std::size_t runs = run_all(jobs, how.live ? 48 : how.every == 1 ? 128 : 2);
  const auto took = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - begin);
  std::cout << scenarios.size() << " scenarios, " << runs << " conversations, " << to.count() << " not as expected, "
            << took.count() << " s\n";
  return to.count() == 0 && runs != 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(read_arguments(argc, argv));
  } catch (const std::exception& e) {
    std::cerr << "sweep: " << e.what() << '\n';
    return 2;
  }
}
