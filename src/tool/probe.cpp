// `handshim probe`: one conversation with a server, told step by step.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backends.hpp"
#include "commands.hpp"
#include "handshim/client.hpp"
#include "handshim/impl/json.hpp"
#include "play.hpp"
#include "tables.hpp"
#include "target.hpp"
#include "words.hpp"

namespace handshim::tool {
namespace {

using clock = std::chrono::steady_clock;

struct probe_step {
  std::string_view name;
  bool ok = true;
  std::chrono::nanoseconds elapsed{};
  std::string told;  // what a person wants to know of it
};

struct probe_task {
  std::string uri;
  std::string_view backend;
  std::vector<policy> policies;
  std::optional<std::string> message;
  options how;
};

struct probe_result {
  std::vector<probe_step> steps;
  failure why;
};

using step_observer = void (*)(const probe_step&);

std::string shown(std::string_view data) {
  constexpr std::size_t limit = 60;
  detail::string_text out;
  detail::append_escaped(out, data, limit);
  return "\"" + out.take() + "\"";
}

std::string size_text(std::string_view data) {
  return std::to_string(data.size()) + (data.size() == 1 ? " byte" : " bytes");
}

std::string told(const message& m) {
  return (m.text ? "text, " : "binary, ") + size_text(m.data) + ": " + shown(m.data);
}

// Runs one step after the other until one fails.
class prober {
 public:
  explicit prober(step_observer seen) : seen_(seen) {}

  template <class Backend>
  probe_result run(const probe_task& task) {
    client<Backend> with(task.how);
    step("connect", [&](failure& why) {
      with.connect(task.uri, why);
      return std::string();
    });
    if (task.message) {
      step("send", [&](failure& why) {
        with.send(*task.message, why);
        return "text, " + size_text(*task.message) + ": " + shown(*task.message);
      });
      step("recv", [&](failure& why) { return told(with.recv(why)); });
    }
    step("close", [&](failure& why) {
      with.close(why);
      return std::string("code 1000");
    });
    return std::move(result_);
  }

 private:
  template <class Call>
  void step(std::string_view name, Call call) {
    if (result_.why) return;
    probe_step one;
    one.name = name;
    const auto began = clock::now();
    one.told = call(result_.why);
    one.elapsed = clock::now() - began;
    one.ok = !result_.why;
    if (!one.ok) one.told.clear();
    seen_(one);
    result_.steps.push_back(std::move(one));
  }

  step_observer seen_;
  probe_result result_;
};

probe_result probe(const probe_task& task, step_observer seen) {
  return with_backend(task.backend, [&](auto type) { return prober(seen).run<typename decltype(type)::type>(task); });
}

std::string milliseconds_text(std::chrono::nanoseconds time) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f ms", std::chrono::duration<double, std::milli>(time).count());
  return text;
}

void print_step(const probe_step& one) {
  const terminal out = terminal::of(STDOUT_FILENO);
  const std::string time = milliseconds_text(one.elapsed);
  std::string line = "  " + padded(one.name, 9) + padded(one.ok ? out.green("ok") : out.red("failed"), 8) +
                     std::string(time.size() < 10 ? 10 - time.size() : 0, ' ') + time;
  if (!one.told.empty()) line += "  " + one.told;
  std::cout << line << std::endl;
}

void print_failure(const failure& why, const std::vector<policy>& policies) {
  const terminal out = terminal::of(STDOUT_FILENO);
  table rows({{"policy"}, {"raised as"}, {"that release's retry loop"}});
  for (const policy& p : policies)
    rows.add({std::string(p.name()), out.bold(kinds_text(why, p)), std::string(loop_text(p.release_retries(why)))});
  std::cout << "\n" << why.describe() << "\n" << rows.text(table_style::plain, out, 2);
}

int run_for_person(const probe_task& task) {
  std::cout << public_uri(task.uri) << " with " << task.backend << std::endl;
  const probe_result result = probe(task, print_step);
  if (result.why) print_failure(result.why, task.policies);
  return result.why ? not_so : all_well;
}

std::string json_text(const probe_task& task, const probe_result& result) {
  detail::json out;
  out.item('{').text("uri", public_uri(task.uri)).text("backend", task.backend).flag("ok", !result.why);
  out.open("steps", '[');
  for (const probe_step& one : result.steps) {
    out.item('{').text("step", one.name).flag("ok", one.ok);
    out.number("elapsed_ms", std::chrono::duration_cast<std::chrono::milliseconds>(one.elapsed).count());
    out.text_if("detail", one.told).close('}');
  }
  out.close(']').nested("failure", result.why ? result.why.to_json() : "null").open("policies", '[');
  for (const policy& p : task.policies) {
    if (!result.why) break;
    out.item('{').text("policy", p.name()).flag("native", p.is_native()).open("kinds", '[');
    if (!p.is_native())
      for (const kind k : p.kinds(result.why)) out.item(name(k));
    out.close(']').text("release_retries", name(p.release_retries(result.why))).close('}');
  }
  return out.close(']').close('}').take();
}

int run_for_program(const probe_task& task) {
  const probe_result result = probe(task, [](const probe_step&) {});
  std::cout << json_text(task, result) << "\n";
  return result.why ? not_so : all_well;
}

probe_task read_task(const arguments& given) {
  probe_task task;
  task.uri = read_uri(given);
  task.backend = read_backend(given);
  for (const std::string& spec : given.values("--policy")) task.policies.push_back(read_policy(spec));
  if (task.policies.empty()) task.policies.emplace_back();
  task.message = given.value("--send");
  const options::duration patience = read_timeout(given, "10");
  task.how.open_timeout = task.how.send_timeout = task.how.recv_timeout = task.how.close_timeout = patience;
  task.how.ping_interval = task.how.ping_timeout = {};
  return task;
}

int run_probe(const arguments& given) {
  const probe_task task = read_task(given);
  return given.has("--json") ? run_for_program(task) : run_for_person(task);
}

}  // namespace

const command_description& describe_probe() {
  static const command_description described{
      "probe",
      "Talks to a server step by step; tells a failure with its evidence and what to do.",
      {"URI [OPTIONS]"},
      {{"--backend", "B", "The client: raw_sockets (the default), legacy_mode or new_mode."},
       {"--policy", "P", "Tells what that policy raises for a failure; unified-1 unless told.", true},
       {"--send", "TEXT", "Sends a text message and receives one."},
       {"--timeout", "S", "The seconds, 2.5 say, that each of the steps may take; 10 unless told."},
       {"--json", "", "Prints one JSON object instead."}},
      "The exit code is 1 if anything failed. No password and no query of the URI is printed.\n\n"
      "Example: handshim probe ws://127.0.0.1:8080/ --send hello --policy websockets-14.0 --policy unified-1"};
  return described;
}

int command_probe(const std::vector<std::string>& words) {
  return run_described(describe_probe(), words, std::cout, run_probe);
}

}  // namespace handshim::tool
