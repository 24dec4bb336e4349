#include "check.hpp"

#include <doctest/doctest.h>

#include <random>
#include <sstream>
#include <stdexcept>
#include <string>

#include "commands.hpp"
#include "failure_log.hpp"
#include "handshim/observe.hpp"
#include "tool_support.hpp"

using namespace handshim;
using namespace handshim::tool;

namespace {

// What a program writes whose observer logs each event.
class collector {
 public:
  explicit collector(bool json) : json_(json) { set_observer(observer::of(*this)); }
  ~collector() { reset_observer(); }
  collector(const collector&) = delete;
  collector& operator=(const collector&) = delete;
  void operator()(const event& e) noexcept { text += before + (json_ ? e.to_json() : e.to_logfmt()) + behind + "\n"; }

  std::string before, behind, text;

 private:
  bool json_;
};

void fail(fault f, std::string_view spec, int times = 1, int status = 0) {
  failure why;
  const policy by = find_policy(spec, why);
  evidence known;
  known.endpoint = "ws://host/\"fault\":\"x\" fault=y";
  known.detail = "fault=closed_normally fingerprint=x \"fault\":\"closed_normally\"";
  known.http_status = status;
  for (; times > 0; --times) {
    failure f_now(f, known);
    observe(f_now, by);
  }
}

std::string failures(const collector& from) {
  std::istringstream in(from.text);
  std::string out;
  read_failures(in, [&](const logged_failure& one) {
    out += std::to_string(one.line) + " " + std::string(name(one.what.fault())) + " " +
           std::string(name(one.what.phase())) + " " + std::to_string(one.what.evidence().http_status) + " " +
           one.policy + "\n";
  });
  return out;
}

check_result checked(const std::string& text, std::string_view from, std::string_view to) {
  failure why;
  std::istringstream in(text);
  std::optional<policy> held;
  if (!from.empty()) held = find_policy(from, why);
  return check_log(in, "a.log", held, find_policy(to, why), terminal(false));
}

std::string error_of(const std::string& text, std::string_view from = {}) {
  try {
    checked(text, from, "websockets-14.0");
  } catch (const std::runtime_error& e) {
    return e.what();
  }
  return {};
}

bool contains(std::string_view text, std::string_view word) { return text.find(word) != std::string_view::npos; }

const std::vector<std::string> check_chat{"--check", "tests/golden/chat.log"};

tool_test::result check_chat_for(std::vector<std::string> specs) {
  std::vector<std::string> words = check_chat;
  words.insert(words.end(), specs.begin(), specs.end());
  return tool_test::run(command_policies, words);
}

}  // namespace

TEST_CASE("what events wrote is read back, as JSON and as logfmt, whatever stands round it") {
  for (const bool json : {true, false})
    for (const char* before : {"", "2026-03-01 12:00:00 [warn] ", "level=info msg=\"fault=none\" ", "it's \"odd x= "})
      for (const char* behind : {"", " trailing=1", "\r"}) {
        collector log(json);
        log.before = before;
        log.behind = behind;
        fail(fault::eof_in_headers, "websockets-13.1");
        log.text += "another line, about a fault=nothing\n\n";
        fail(fault::upgrade_rejected, "unified-1,closed=error", 1, 503);
        CAPTURE(log.text);
        CHECK(
            failures(log) ==
            "1 eof_in_headers handshake 0 websockets-13.1\n4 upgrade_rejected handshake 503 unified-1,closed=error\n");
      }
}

TEST_CASE("failures in an object of a log's own, and in a text of JSON, are read") {
  collector log(true);
  log.before = R"({"policy":"mine","failure":)";
  log.behind = "}";
  fail(fault::eof_in_headers, "websockets-13.1");
  CHECK(failures(log) == "1 eof_in_headers handshake 0 websockets-13.1\n");
  std::string escaped;
  for (const char c : log.text.substr(log.before.size(), log.text.size() - log.before.size() - 2))
    escaped += (c == '"' || c == '\\') ? std::string("\\") + c : std::string(1, c);
  log.text = "{\"msg\":\"" + escaped + "\"}\n";
  CHECK(failures(log) == "1 eof_in_headers handshake 0 websockets-13.1\n");
}

TEST_CASE("lines that only look like a failure are passed over, and no bytes do harm") {
  std::mt19937 random(11);
  std::string text = "fault=eof_in_headers\n\"fault\":\"eof_in_headers\"\nfault=\"eof_in_headers fingerprint=x\n";
  for (const char* piece : {"fault=", "\"fault\":", "fingerprint=", "\"", "\\", "{", "=", " ", "\n", "eof_in_headers"})
    for (int i = 0; i < 300; ++i) text += piece + std::string(random() % 3, static_cast<char>(random()));
  std::istringstream in(text);
  const log_summary all = read_failures(in, [](const logged_failure&) {});
  CHECK(all.lines >= 300);
  CHECK(all.too_long == 0);
  std::istringstream fine("fault=new_in_99 fingerprint=a/b phase=open\n" + std::string(max_log_line + 1, 'x') +
                          "\nfault=cancelled fingerprint=cancelled phase=open");
  const log_summary some = read_failures(fine, [](const logged_failure& one) { CHECK(one.line == 3); });
  CHECK(some.failures == 1);
  CHECK(some.unknown == 1);
  CHECK(some.first_unknown == "new_in_99");
  CHECK(some.too_long == 1);
}

TEST_CASE("the report groups what would change, tells the clauses that go dead, and gives an example") {
  const tool_test::result told = check_chat_for({"websockets-14.0"});
  CHECK(told.code == 1);
  CHECK(told.says("8 of 8 failures in 10 lines judged; 6 would be raised otherwise"));
  CHECK(told.says("  4      eof_before_status_line  websockets-13.1  invalid_message      eof_error\n"));
  CHECK(told.says("  invalid_message      5        0            dead\n"));
  CHECK(told.says("  invalid_handshake    6        1            misses 5\n"));
  CHECK(told.says("  eof_error            0        4            new\n"));
  CHECK(told.says("  eof_before_status_line, line 2:\n    time=2026-"));
  CHECK_FALSE(told.says("connection_refused, line"));
}

TEST_CASE("where nothing changes the report says so, and the exit code is 0") {
  const tool_test::result told = check_chat_for({"websockets-13.0"});
  CHECK(told.code == 0);
  CHECK(told.says("none would be raised otherwise"));
  CHECK(told.lines() == 2);
}

TEST_CASE("a policy named before the other one holds for all lines") {
  CHECK(check_chat_for({"websockets-14.0", "websockets-14.2"}).says("eof_error    invalid_message"));
  collector log(false);
  fail(fault::eof_in_headers, "websockets-14.0");
  CHECK(checked(log.text, "", "websockets-14.0").differs == false);
  CHECK(checked(log.text, "websockets-13.1", "websockets-14.0").differs);
}

TEST_CASE("failures without a policy need one, and are not passed over in silence") {
  const std::string bare = failure(fault::eof_in_headers).to_json() + "\n";
  CHECK(contains(error_of(bare), "do not say which policy held"));
  CHECK(contains(checked(bare, "websockets-13.1", "websockets-14.0").text, "1 of 1 failures"));
  collector log(false);
  fail(fault::eof_in_headers, "websockets-13.1");
  CHECK(contains(checked(bare + log.text, "", "websockets-14.0").text, "Passed over: 1 failures that do not say"));
  std::string future = log.text;
  future.replace(future.find("websockets-13.1"), 15, "websockets-99.0");
  const std::string told = checked(future + log.text, "", "websockets-14.0").text;
  CHECK(contains(told, "Passed over: failures under \"websockets-99.0\""));
}

TEST_CASE("a log without a failure, or one that cannot be read, is an error that says what is wanted") {
  CHECK(contains(error_of("nothing here\n"), "a.log has no failure in its 1 line; wanted are lines of to_json()"));
  CHECK_THROWS_AS(tool_test::run(command_policies, {"--check", "/nonexistent", "unified-1"}), std::runtime_error);
  CHECK_THROWS_AS(tool_test::run(command_policies, {"--check", "/", "unified-1"}), std::runtime_error);
  CHECK_THROWS_AS(check_chat_for({}), usage_error);
  CHECK_THROWS_AS(check_chat_for({"nonsense"}), usage_error);
}

TEST_CASE("no control character of a log reaches the terminal") {
  const std::string text = "\x1b[31m " + failure(fault::eof_in_headers).to_logfmt() + " \x07\xff\n";
  for (const char c : checked(text, "websockets-13.1", "websockets-14.0").text)
    CHECK((c == '\n' || (c >= 0x20 && c < 0x7f)));
}
