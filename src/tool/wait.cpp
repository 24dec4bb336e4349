// `handshim wait`: until a server is ready.
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "backends.hpp"
#include "commands.hpp"
#include "handshim/impl/json.hpp"
#include "handshim/ready.hpp"
#include "play.hpp"
#include "tables.hpp"
#include "target.hpp"

namespace handshim::tool {
namespace {

struct wait_task {
  std::string uri;
  std::string_view backend;
  std::chrono::nanoseconds span{};
  std::vector<int> statuses;  // waited out, too
  std::vector<fault> faults;  // and so are these
  bool quiet = false;
};

struct wait_result {
  readiness went;
  failure why;
};

bool is_part_of_the_start(const wait_task& task, const failure& f) {
  for (const int status : task.statuses)
    if (f.is(condition::rejected) && f.evidence().http_status == status) return true;
  for (const fault one : task.faults)
    if (f.is(one)) return true;
  return false;
}

std::string first_line(const failure& f) {
  std::string out(facts(f.fault()).description);
  if (f.evidence().http_status == 0) return out;
  detail::string_text reason;
  detail::append_escaped(reason, f.evidence().http_reason);
  return out + ": " + std::to_string(f.evidence().http_status) + " " + reason.take();
}

// Each kind of trouble once, when it is first met.
class progress {
 public:
  explicit progress(const wait_task& task) : task_(task) {}
  void operator()(const failure& f, std::chrono::nanoseconds) {
    const std::string what = f.fingerprint();
    for (const std::string& one : told_)
      if (one == what) return;
    told_.push_back(what);
    std::cout << public_uri(task_.uri) << ": not yet: " << first_line(f) << std::endl;
  }

 private:
  const wait_task& task_;
  std::vector<std::string> told_;
};

wait_result wait_for(const wait_task& task, std::function<void(const failure&, std::chrono::nanoseconds)> seen) {
  ready_options how;
  how.on_wait = std::move(seen);
  how.keep_waiting = [&task](const failure& f) { return is_part_of_the_start(task, f); };
  return with_backend(task.backend, [&](auto type) {
    wait_result out;
    out.went = wait_until_ready<typename decltype(type)::type>(task.uri, task.span, how, {}, out.why);
    return out;
  });
}

std::string seconds_text(std::chrono::nanoseconds time) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f s", std::chrono::duration<double>(time).count());
  return text;
}

std::string attempts_text(unsigned attempts) {
  return std::to_string(attempts) + (attempts == 1 ? " attempt" : " attempts");
}

// What --also would have to name.
std::string word_for(const failure& f) {
  const int status = f.evidence().http_status;
  return f.is(condition::rejected) && status != 0 ? std::to_string(status) : std::string(name(f.fault()));
}

void print_failure(const failure& f, const terminal& out) {
  detail::string_text told;
  detail::append_escaped(told, f.evidence().detail);
  std::cout << out.red("not ready") << ": " << first_line(f) << "; " << told.take() << "\n"
            << labelled("  what to do", 14, facts(f.fault()).hint);
  if (!f.is(condition::usage) && !advise(f).may_pass())
    std::cout << labelled(
        "  or else", 14, "wait for it to pass with --also " + word_for(f) + ", if it is a part of this server's start");
}

int run_for_person(const wait_task& task) {
  const terminal out = terminal::of(STDOUT_FILENO);
  const wait_result got = wait_for(task, progress(task));
  std::cout << public_uri(task.uri) << ": ";
  if (got.why)
    print_failure(got.why, out);
  else
    std::cout << out.green("ready") << " after " << seconds_text(got.went.waited) << " ("
              << attempts_text(got.went.attempts) << ")\n";
  return got.why ? not_so : all_well;
}

int run_for_program(const wait_task& task) {
  const wait_result got = wait_for(task, {});
  detail::json out;
  out.item('{').text("uri", public_uri(task.uri)).text("backend", task.backend).flag("ready", !got.why);
  out.number("attempts", got.went.attempts);
  out.number("elapsed_ms", std::chrono::duration_cast<std::chrono::milliseconds>(got.went.waited).count());
  out.nested("failure", got.why ? got.why.to_json() : "null").close('}');
  std::cout << out.take() << "\n";
  return got.why ? not_so : all_well;
}

int run_quietly(const wait_task& task) { return wait_for(task, {}).why ? not_so : all_well; }

void read_also(const std::string& word, wait_task& task) {
  int status = 0;
  const char* const end = word.data() + word.size();
  const auto [rest, error] = std::from_chars(word.data(), end, status);
  if (error == std::errc() && rest == end && status >= 100 && status <= 999) return task.statuses.push_back(status);
  const fault f = find_fault(word);
  if (f == fault::none)
    throw usage_error("`--also` takes an HTTP status, such as 404, or a fault, such as host_not_found, not " +
                      in_ticks(word) + "; handshim explain describes them");
  if (holds(f, condition::cancelled) || holds(f, condition::usage))
    throw usage_error("no waiting mends " + in_ticks(word));
  task.faults.push_back(f);
}

wait_task read_task(const arguments& given) {
  wait_task task;
  task.uri = read_uri(given);
  task.backend = read_backend(given);
  task.span = read_timeout(given, "30");
  for (const std::string& word : given.values("--also")) read_also(word, task);
  task.quiet = given.has("--quiet");
  if (task.quiet && given.has("--json")) throw usage_error("`--quiet` and `--json` exclude each other");
  return task;
}

int run_wait(const arguments& given) {
  const wait_task task = read_task(given);
  if (task.quiet) return run_quietly(task);
  return given.has("--json") ? run_for_program(task) : run_for_person(task);
}

}  // namespace

const command_description& describe_wait() {
  static const command_description described{
      "wait",
      "Waits until a server accepts WebSocket connections.",
      {"URI [OPTIONS]"},
      {{"--timeout", "S", "The seconds, 2.5 say, to wait at most; 30 unless told."},
       {"--also", "WORD", "Waits out that HTTP status or fault, too, such as 404 or host_not_found.", true},
       {"--backend", "B", "The client: raw_sockets (the default), legacy_mode or new_mode."},
       {"--quiet", "", "Prints nothing."},
       {"--json", "", "Prints one JSON object instead, at the end."}},
      "It waits out what a starting server does: refused connections, an end or a reset before the response,\n"
      "HTTP 502, 503 and 504, a name server that does not answer. What waiting cannot mend, such as 404, a wrong\n"
      "certificate or a name that does not exist, ends it at once. The exit code is 0 once the server is ready, else\n"
      "1. No password and no query of the URI is printed.\n\n"
      "Example: handshim wait ws://127.0.0.1:8080/ --timeout 60 && ./start-what-needs-it"};
  return described;
}

int command_wait(const std::vector<std::string>& words) {
  return run_described(describe_wait(), words, std::cout, run_wait);
}

}  // namespace handshim::tool
