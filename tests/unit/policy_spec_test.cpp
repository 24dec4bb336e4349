#include <doctest/doctest.h>

#include <random>
#include <string>

#include "handshim/impl/policy_rows.hpp"
#include "handshim/policy.hpp"

using handshim::failure;
using handshim::fault;
using handshim::policy;

namespace {

// The name of the policy that a spec gives; "!" and the fault if it gives none.
std::string found(std::string_view spec) {
  failure why;
  const policy p = handshim::find_policy(spec, why);
  if (!why) return std::string(p.name());
  CHECK(p == policy());
  CHECK(why.is(fault::policy_invalid));
  CHECK(why.is(handshim::condition::usage));
  return "!" + std::string(name(why.fault()));
}

// What the error says; the fault must be that one.
std::string said(std::string_view spec, fault wanted) {
  failure why;
  handshim::find_policy(spec, why);
  CHECK(why.fault() == wanted);
  return why.what();
}

bool contains(std::string_view text, std::string_view word) { return text.find(word) != std::string_view::npos; }

const std::string newest(handshim::detail::newest_release);

// The version right after the newest that was checked.
std::string too_new() {
  handshim::version next = handshim::detail::to_version(newest);
  ++next.patch;
  return handshim::detail::to_string(next);
}

}  // namespace

TEST_CASE("the name of a policy is its spec in one form") {
  for (const char* spec : {"unified-1", "native", "websockets-14.0", "websockets-legacy-13.1",
                           "websockets-asyncio-14.1", "websockets-sync-15.0", "websockets-17.0.1", "websockets-8.1"})
    CHECK(found(spec) == spec);
  CHECK(found("websockets-14") == "websockets-14.0");
  CHECK(found("websockets-14.0.0") == "websockets-14.0");
  CHECK(found("websockets-014.00") == "websockets-14.0");
  CHECK(found("unified-1.0") == "unified-1");
  CHECK(found("websockets-14.2...19") == "websockets-14.2");
  CHECK(found("websockets-14.2...14.2") == "websockets-14.2");
  CHECK(found("websockets-14.0,closed=connection_closed") == "websockets-14.0,closed=connection_closed");
}

TEST_CASE("blanks round the parts of a spec do not count") {
  CHECK(found(" websockets-14.0 ") == "websockets-14.0");
  CHECK(found("websockets-14.2 ... 19") == "websockets-14.2");
  CHECK(found("\tunified-1 , closed = error , cancelled=cancelled") == "unified-1,closed=error,cancelled=cancelled");
}

TEST_CASE("an unknown family is an error that names the nearest and lists all") {
  const std::string text = said("websocket-14.0", fault::policy_family_unknown);
  CHECK(contains(text, "\"websocket-14.0\""));
  CHECK(contains(text, "did you mean websockets?"));
  CHECK(contains(text, "valid are unified-1, native, websockets-8.1 to " + newest + ", websockets-legacy-8.1 to " +
                           newest + ", websockets-asyncio-13.0 to " + newest + ", websockets-sync-11.0 to " + newest));
  CHECK(contains(said("websockets-asyncoi-14.0", fault::policy_family_unknown), "did you mean websockets-asyncio?"));
  CHECK(contains(said("unifed-1,closed=error", fault::policy_family_unknown), "did you mean unified?"));
  CHECK(contains(said("Native", fault::policy_family_unknown), "did you mean native?"));
  for (const char* spec : {"nonsense-1", "x", "", "zzz-1"}) {  // as far from each family as from any word
    CAPTURE(spec);
    CHECK_FALSE(contains(said(spec, fault::policy_family_unknown), "did you mean"));
  }
  CHECK(found("") == "!policy_family_unknown");
  CHECK(found("websockets14.0") == "!policy_family_unknown");
}

TEST_CASE("a version newer than the newest that was checked is an error that offers a range, which works") {
  for (const std::string& spec :
       {"websockets-" + too_new(), std::string("websockets-9999"), std::string("websockets-legacy-9999.1"),
        std::string("websockets-asyncio-9999.9.9"), "websockets-sync-" + too_new(), std::string("unified-2"),
        std::string("unified-1.1"), "websockets-" + too_new() + "...9999"}) {
    const std::string text = said(spec, fault::policy_too_new);
    CAPTURE(text);
    CHECK(contains(text, "the newest version checked is "));
    const std::size_t start = text.find("write a range, \"") + 16;
    const std::string range = text.substr(start, text.find('"', start) - start);
    CAPTURE(range);
    CHECK(contains(range, "..."));
    CHECK(found(range) == range.substr(0, range.find("...")));
  }
}

TEST_CASE("a version older than the oldest that was recorded is an error that names that one") {
  CHECK(contains(said("websockets-8.0", fault::policy_too_old), "the oldest version recorded is websockets-8.1"));
  CHECK(contains(said("websockets-legacy-7.0", fault::policy_too_old), "websockets-legacy-8.1"));
  CHECK(contains(said("websockets-asyncio-12.0", fault::policy_too_old), "websockets-asyncio-13.0"));
  CHECK(contains(said("websockets-sync-10.4", fault::policy_too_old), "websockets-sync-11.0"));
  CHECK(found("websockets-8.0...9") == "!policy_too_old");
  CHECK(found("unified-0") == "!policy_too_old");
}

TEST_CASE("a spec that cannot be read is an error that shows how one is written") {
  for (const char* spec :
       {"websockets", "unified", "websockets-asyncio", "websockets-14.0-rc1", "websockets-14.0x", "websockets-14.",
        "websockets-14..0", "websockets-14.0.0.0", "websockets-10000.0", "websockets-14.2...", "websockets-14.2...x",
        "websockets-14.2...14.1", "websockets-14.2..19", "native-1", "websockets-14.0+1"})
    CHECK(found(spec) == "!policy_malformed");
  const std::string text = said("websockets-14.0-rc1", fault::policy_malformed);
  CHECK(contains(text, "write family-version, such as websockets-" + newest + "; valid are unified-1"));
  CHECK(contains(text, "at \"14.0-rc1\""));
}

TEST_CASE("an override that is not fault=kind is an error that says so") {
  for (const char* spec : {"unified-1,", "unified-1,closed", "unified-1,,closed=error", "unified-1,closed=error,"})
    CHECK(contains(said(spec, fault::policy_malformed), "an override is written fault=kind"));
  CHECK(contains(said("native,closed=error", fault::policy_malformed), "native has no overrides"));
}

TEST_CASE("a version where none belongs and a range that cannot be are told for what they are") {
  CHECK(
      contains(said("native-1", fault::policy_malformed), "at \"1\"; native has no version: write native; valid are"));
  for (const char* spec : {"websockets-14.2...14.0", "websockets-14.2..19", "websockets-14.2..."}) {
    CAPTURE(spec);
    CHECK(contains(said(spec, fault::policy_malformed),
                   "a range is written websockets-17.0.1...99, and ends no earlier"));
  }
}

TEST_CASE("an unknown fault or kind is an error that names the place and the nearest") {
  const std::string unknown_fault = said("unified-1,eof_befor_status_line=error", fault::policy_fault_unknown);
  CHECK(contains(unknown_fault, "at \"eof_befor_status_line\"; did you mean eof_before_status_line?"));
  CHECK(contains(said("unified-1,foo=error", fault::policy_fault_unknown), "at \"foo\"; docs/policies.md lists"));
  CHECK(contains(said("unified-1,closed=", fault::policy_kind_unknown), "at \"\"; valid are error "));
  CHECK(found("unified-1,none=error") == "!policy_fault_unknown");
  CHECK(found("unified-1,=error") == "!policy_fault_unknown");
  CHECK(found("unified-1,network=error") == "!policy_fault_unknown");
  const std::string unknown_kind = said("unified-1,closed=invalid_mesage", fault::policy_kind_unknown);
  CHECK(contains(unknown_kind, "at \"invalid_mesage\"; did you mean invalid_message?"));
  CHECK(contains(unknown_kind, "valid are error network_error "));
  CHECK(contains(unknown_kind, " assertion_error"));
  CHECK(found("unified-1,closed=") == "!policy_kind_unknown");
  CHECK(found("unified-1,closed=eof_error=x") == "!policy_kind_unknown");
}

TEST_CASE("the first thing that is wrong is named") {
  CHECK(found("nothing-1,closed=nothing") == "!policy_family_unknown");
  CHECK(found("unified-1,a=b,closed=nothing") == "!policy_fault_unknown");
}

TEST_CASE("an override that asks for a combination without a class is an error that offers a way out, which works") {
  const std::string text = said("unified-1,connect_failed=timeout_error", fault::policy_combination);
  CHECK(contains(text, "in phase connect it would be cancelled and timeout_error"));
  CHECK(contains(text, "add \"cancelled=cancelled\""));
  CHECK(found("unified-1,connect_failed=timeout_error,cancelled=cancelled") ==
        "unified-1,connect_failed=timeout_error,cancelled=cancelled");
  CHECK(found("unified-1,connection_refused=timeout_error") == "unified-1,connection_refused=timeout_error");
}

TEST_CASE("errors hold no control characters, however the spec looks") {
  const std::string text = said("a\nb\x1b[31m\xff", fault::policy_family_unknown);
  for (const char c : text) CHECK((c >= 0x20 && c < 0x7f));
}

TEST_CASE("any text is a policy or an error, never anything else") {
  std::mt19937 random(99);
  const std::string words[] = {"websockets",
                               "-",
                               ".",
                               "...",
                               "14",
                               "0",
                               ",",
                               "=",
                               "closed",
                               "error",
                               "unified-1",
                               " ",
                               "native",
                               std::string(300, '9'),
                               std::string(1, '\0'),
                               "\xf0\x9f\x98\x80"};
  for (int round = 0; round < 2000; ++round) {
    std::string spec;
    for (std::size_t left = random() % 8; left > 0; --left) spec += words[random() % std::size(words)];
    failure why;
    const policy p = handshim::find_policy(spec, why);
    if (why) {
      CHECK(p == policy());
      continue;
    }
    CAPTURE(spec);
    CHECK(found(p.name()) == p.name());
  }
}

TEST_CASE("the build can tell a built-in policy at compile time") {
  using handshim::detail::names_built_in;
  static_assert(names_built_in("unified-1") && names_built_in("native") && names_built_in("websockets-14.0"));
  static_assert(names_built_in("websockets-14.2...19") && !names_built_in("websockets-9999"));
  static_assert(!names_built_in("") && !names_built_in("websockets") &&
                !names_built_in("websockets-14.0,closed=error"));
  for (const std::string& name : handshim::policy_names()) CHECK(names_built_in(name));
}

TEST_CASE("versions are ordered by their numbers") {
  using handshim::detail::to_version;
  CHECK(to_version("9.1") < to_version("10.0"));
  CHECK(to_version("14.1") < to_version("14.1.5"));
  CHECK(to_version("14.1.5") < to_version("14.2"));
  CHECK(to_version("14") == to_version("14.0.0"));
}
