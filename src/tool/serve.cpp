#include "serve.hpp"

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "commands.hpp"
#include "handshim/net/interrupter.hpp"
#include "script.hpp"
#include "scripted_server.hpp"
#include "terminal.hpp"

namespace handshim::tool {
namespace {

#if defined(_WIN32)

// SIGINT comes in a thread of the system's there, and nothing waits for it.
net::interrupter& stopping() {
  static net::interrupter& the = *new net::interrupter;
  return the;
}

class stop_signals {
 public:
  stop_signals() {
    stopping();
    for (const int one : {SIGINT, SIGTERM}) std::signal(one, [](int) { stopping().trigger(); });
  }
  void wait() const { stopping().wait(-1, net::direction::read, net::deadline::never()); }
};

#else

// Takes SIGINT and SIGTERM from the process while it lives. Made before any thread, so that all inherit the mask.
class stop_signals {
 public:
  stop_signals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGINT);
    sigaddset(&set_, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &set_, &before_);
  }
  stop_signals(const stop_signals&) = delete;
  stop_signals& operator=(const stop_signals&) = delete;
  ~stop_signals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  void wait() const {
    int which = 0;
    ::sigwait(&set_, &which);
  }

 private:
  sigset_t set_{}, before_{};
};

#endif

// What is served, and how it is told.
struct task {
  std::vector<server_step> steps;
  std::string title;
};

std::vector<scenario> scenarios_of(const arguments& given) {
  const std::optional<std::string> file = given.value("--scenarios");
  return load_scenarios(file ? *file : scenarios_path());
}

task read_task(const arguments& given) {
  const std::optional<std::string> script = given.value("--script");
  if (script && !given.positionals().empty()) throw usage_error("either a SCENARIO or `--script`, not both");
  if (script) {
    try {
      return {parse_server(*script), "The script of the command line."};
    } catch (const script_error& error) {
      throw usage_error(std::string("`--script`: ") + error.what());
    }
  }
  if (given.positionals().empty()) throw usage_error("which SCENARIO? `handshim serve --list` lists them");
  const std::vector<scenario> all = scenarios_of(given);
  const scenario& chosen = find_scenario(all, given.positionals().front());
  return {chosen.server, chosen.id + ": " + chosen.summary};
}

int print_list(const arguments& given) {
  if (given.has("--script") || !given.positionals().empty())
    throw usage_error("`--list` goes with neither a SCENARIO nor `--script`");
  const terminal out = terminal::of(STDOUT_FILENO);
  std::vector<std::vector<std::string>> rows{{out.bold("SCENARIO"), out.bold("PHASE"), out.bold("WHAT HAPPENS")}};
  for (const scenario& one : scenarios_of(given)) rows.push_back({one.id, out.dim(one.phase), one.summary});
  std::cout << in_columns(rows);
  return all_well;
}

std::string joined(const std::vector<server_step>& steps) {
  std::string text;
  for (const server_step& step : steps) text += (text.empty() ? "" : ", ") + describe(step);
  return text;
}

// The local time with milliseconds: "14:03:07.042".
std::string time_of_day() {
  using namespace std::chrono;
  const auto now = system_clock::now();
  const std::time_t seconds = system_clock::to_time_t(now);
  const auto rest = duration_cast<milliseconds>(now.time_since_epoch()).count() % 1000;
  std::tm parts{};
#if defined(_WIN32)
  ::localtime_s(&parts, &seconds);
#else
  ::localtime_r(&seconds, &parts);
#endif
  char text[16] = "";
  std::strftime(text, sizeof text, "%H:%M:%S", &parts);
  char milliseconds_text[8] = "";
  std::snprintf(milliseconds_text, sizeof milliseconds_text, ".%03d", static_cast<int>(rest));
  return std::string(text) + milliseconds_text;
}

// One line, at once and in one piece: the connections end in threads of their own.
void say(const std::string& line) { std::cout << line + "\n" << std::flush; }

void announce(const task& what, std::uint16_t port, const terminal& out) {
  const std::string uri = "ws://127.0.0.1:" + std::to_string(port) + "/";
  const bool listens = what.steps.front().action != server_action::refuse;
  say((listens ? "listening on " : "not listening on ") + out.bold(uri));
  say(what.title);
  say(out.dim("Each connection: " + joined(what.steps) + ". Ctrl-C ends."));
}

int serve_task(const task& what, std::uint16_t port) {
  const stop_signals signals;
  const terminal out = terminal::of(STDOUT_FILENO);
  scripted_server server(what.steps, port, [&](const connection_report& one) {
    say(out.dim(time_of_day()) + "  #" + std::to_string(one.number) + "  " + one.done);
  });
  announce(what, server.port(), out);
  signals.wait();
  server.stop();
  return all_well;
}

}  // namespace

const command_description& describe_serve() {
  static const command_description described{
      "serve",
      "Runs a faulty server on the loopback interface, to try a client against.",
      {"SCENARIO [--port N] [--scenarios FILE]", "--script \"STEP; STEP\" [--port N]", "--list [--scenarios FILE]"},
      {{"--script", "TEXT", "What to do with each connection, instead of a scenario's steps."},
       {"--port", "N", "The port, 0 to 65535; 0, the default, takes one that is free."},
       {"--scenarios", "FILE", "A table of scenarios to use instead of the built-in one."},
       {"--list", "", "Lists the scenarios."}},
      "Each connection that ends is told in one line: the time, its number and what was done. Ctrl-C or SIGTERM ends\n"
      "the server, with exit code 0.\n\n"
      "Example: handshim serve --script 'read-request; send \"HTTP/1.1 503 Busy\\r\\n\\r\\n\"; close'"};
  return described;
}

int command_serve(const std::vector<std::string>& words) {
  return run_described(describe_serve(), words, std::cout, serve);
}

int serve(const arguments& given) {
  given.at_most(1);
  if (given.has("--list")) return print_list(given);
  const auto port = static_cast<std::uint16_t>(given.number("--port", 0, 0, 65535));
  return serve_task(read_task(given), port);
}

}  // namespace handshim::tool
