#include "handshim/policy.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "../support/policies.hpp"
#include "catching.hpp"
#include "golden.hpp"
#include "support/environment.hpp"

using handshim::current_policy;
using handshim::failure;
using handshim::fault;
using handshim::kind;
using handshim::kind_list;
using handshim::phase;
using handshim::policy;
using handshim::policy_source;
using handshim::verdict;
using policy_test::find;

namespace {

kind_list kinds(std::string_view spec, fault f) { return find(spec).kinds(failure(f)); }

// Whether two policies do the same with every fault in every phase, and read alike.
bool behave_alike(const policy& a, const policy& b) {
  for (const handshim::fault_facts& row : handshim::all_faults())
    for (int p = 0; p <= static_cast<int>(phase::closing); ++p) {
      const failure f(row.id, {}, static_cast<phase>(p));
      if (a.kinds(f) != b.kinds(f) || a.release_retries(f) != b.release_retries(f)) return false;
    }
  const handshim::reading &x = a.reading(), &y = b.reading();
  return x.redirects == y.redirects && x.follow_300 == y.follow_300 && x.max_line == y.max_line &&
         x.max_headers == y.max_headers && x.body == y.body && x.body_until_eof == y.body_until_eof &&
         x.chunked == y.chunked && x.lower_case_coding == y.lower_case_coding && x.interim == y.interim &&
         x.measure_at_end == y.measure_at_end && x.integer_status == y.integer_status &&
         x.high_status == y.high_status && x.ascii_headers == y.ascii_headers && x.utf8_reason == y.utf8_reason &&
         x.any_length_form == y.any_length_form && x.early_close_codes == y.early_close_codes &&
         x.report_at_end == y.report_at_end && x.deliver_after_close == y.deliver_after_close;
}

bool behave_alike(std::string_view a, std::string_view b) { return behave_alike(find(a), find(b)); }

std::string golden_row(const policy& p, const failure& f, std::string_view fault_name) {
  return std::string(p.name()) + "\t" + std::string(fault_name) + "\t" + catching::joined(p.kinds(f)) + "\t" +
         std::string(name(p.release_retries(f))) + "\n";
}

// Sets HANDSHIM_POLICY, and takes all that was chosen back at the end.
class environment {
 public:
  explicit environment(const std::string& policy, const std::string& candidate = {}) {
    test_support::set_variable("HANDSHIM_POLICY", policy.c_str());
    test_support::set_variable("HANDSHIM_CANDIDATE", candidate.c_str());
  }
  environment(const environment&) = delete;
  environment& operator=(const environment&) = delete;
  ~environment() {
    test_support::unset_variable("HANDSHIM_POLICY");
    test_support::unset_variable("HANDSHIM_CANDIDATE");
    handshim::reset_policy();
  }
};

struct forget_choices {
  forget_choices() { handshim::reset_policy(); }
  ~forget_choices() { handshim::reset_policy(); }
};

// As a unit that is built with another default would see it.
using built_with_14 = handshim::detail::spec<'w', 'e', 'b', 's', 'o', 'c', 'k', 'e', 't', 's', '-', '1', '4', '.', '0'>;
using fixed_to_13 =
    handshim::detail::fixed_spec<'w', 'e', 'b', 's', 'o', 'c', 'k', 'e', 't', 's', '-', '1', '3', '.', '1'>;
using fixed_to_unified = handshim::detail::fixed_spec<'u', 'n', 'i', 'f', 'i', 'e', 'd', '-', '1'>;

bool is(const handshim::policy_choice& choice, std::string_view name, policy_source source) {
  return choice.policy.name() == name && choice.source == source;
}

}  // namespace

// A policy of a release says what that release did. A row that was shipped never changes; rows are only added.
// A fault without a phase of its own has a row for each: cancelled/connect.
TEST_CASE("every policy makes the same of every fault as when it was shipped") {
  std::string table = "policy\tfault\tkinds\tretry\n";
  for (const std::string& spec : handshim::policy_names()) {
    const policy p = find(spec);
    for (const handshim::fault_facts& row : handshim::all_faults()) {
      table += golden_row(p, failure(row.id), row.name);
      if (row.when != phase::unknown) continue;
      for (int i = 1; i <= static_cast<int>(phase::closing); ++i) {
        const auto when = static_cast<phase>(i);
        table += golden_row(p, failure(row.id, {}, when), std::string(row.name) + "/" + std::string(name(when)));
      }
    }
  }
  golden::compare("policies.tsv", table);
}

TEST_CASE("the names of the built-in policies are specs, each of which differs from the one before it") {
  const std::vector<std::string> names = handshim::policy_names();
  REQUIRE(names.size() > 2);
  CHECK(names[0] == "unified-1");
  CHECK(names[1] == "native");
  for (std::size_t i = 2; i < names.size(); ++i) {
    CAPTURE(names[i]);
    CHECK(find(names[i]).name() == names[i]);
    const std::string family = names[i].substr(0, names[i].rfind('-'));
    if (names[i - 1].substr(0, names[i - 1].rfind('-')) == family) CHECK_FALSE(behave_alike(names[i - 1], names[i]));
  }
}

TEST_CASE("a version between two known ones means the newest change not after it") {
  CHECK(behave_alike("websockets-14.1.5", "websockets-14.1"));
  CHECK(behave_alike("websockets-12.0", "websockets-11.0"));
  CHECK(behave_alike("websockets-legacy-16.0", "websockets-legacy-15.0"));
  CHECK(behave_alike("websockets-sync-13.0.1", "websockets-sync-11.0"));
  CHECK(behave_alike("websockets-asyncio-13.0.99", "websockets-asyncio-13.0"));
  CHECK(behave_alike("websockets-17.0.1", "websockets-17.0"));
  CHECK(behave_alike("websockets-14.2...19", "websockets-14.2"));
  CHECK_FALSE(behave_alike("websockets-14.1.99", "websockets-14.2"));
}

TEST_CASE("the default client is the legacy one up to 13.1 and the asyncio one from 14.0") {
  for (const char* version : {"8.1", "9.1", "10.0", "11.0", "12.0", "13.0", "13.1", "13.99"})
    CHECK(behave_alike("websockets-" + std::string(version), "websockets-legacy-" + std::string(version)));
  for (const char* version : {"14.0", "14.1", "14.2", "15.0", "16.1", "17.0.1"})
    CHECK(behave_alike("websockets-" + std::string(version), "websockets-asyncio-" + std::string(version)));
}

TEST_CASE("the incident: one fault, five releases") {
  const fault f = fault::eof_before_status_line;
  CHECK(kinds("websockets-13.1", f) == kind_list(kind::invalid_message));
  CHECK(kinds("websockets-asyncio-13.0", f) == kind_list(kind::connection_error));
  CHECK(kinds("websockets-14.0", f) == kind_list(kind::eof_error));
  CHECK(kinds("websockets-14.2", f) == kind_list(kind::invalid_message));
  CHECK(kinds("unified-1", f) == kind_list(kind::invalid_message));
  CHECK(kinds("native", f) == kind_list(kind::error));
}

TEST_CASE("what has no fault of its own is raised as what fails in its phase") {
  const policy p;
  CHECK(p.kinds(failure(fault::unclassified, {}, phase::resolve)) == kind_list(kind::resolve_error));
  CHECK(p.kinds(failure(fault::unclassified, {}, phase::tls)) == kind_list(kind::tls_error, kind::network_error));
  CHECK(p.kinds(failure(fault::unclassified, {}, phase::handshake)) == kind_list(kind::invalid_handshake));
  CHECK(p.kinds(failure(fault::unclassified, {}, phase::closing)) == kind_list(kind::connection_closed_error));
  CHECK(p.kinds(failure(fault::unclassified)) == kind_list(kind::error));
  CHECK(p.kinds(failure(fault::cancelled)) == kind_list(kind::cancelled));
  CHECK(p.kinds(failure(fault::cancelled, {}, phase::tls)) ==
        kind_list(kind::cancelled, kind::tls_error, kind::network_error));
  CHECK(p.kinds(failure(fault::cancelled, {}, phase::open)) ==
        kind_list(kind::cancelled, kind::connection_closed_error));
}

TEST_CASE("under unified-1 what a deadline ended is a timeout_error, whatever its parent is; a refusal stays one") {
  const policy p;
  for (const handshim::fault_facts& row : handshim::all_faults()) {
    const bool late = failure(row.id).is(handshim::condition::timeout) && row.id != fault::timeout_in_body;
    const kind_list raised = p.kinds(failure(row.id));
    CHECK_MESSAGE((std::find(raised.begin(), raised.end(), kind::timeout_error) != raised.end()) == late, row.name);
  }
  CHECK(p.kinds(failure(fault::timeout_in_body)) == kind_list(kind::invalid_status));
}

TEST_CASE("an override changes its fault and the finer ones, and nothing else") {
  const char* spec = "websockets-14.0,eof_in_response=invalid_message";
  CHECK(kinds(spec, fault::eof_in_response) == kind_list(kind::invalid_message));
  CHECK(kinds(spec, fault::eof_before_status_line) == kind_list(kind::invalid_message));
  CHECK(kinds(spec, fault::eof_in_headers) == kind_list(kind::invalid_message));
  CHECK(kinds(spec, fault::reset_in_headers) == kind_list(kind::eof_error));
  CHECK(find(spec).release_retries(failure(fault::eof_in_headers)) == verdict::retries);
}

TEST_CASE("later overrides are laid over earlier ones") {
  const char* fine_last = "unified-1,eof_in_response=error,eof_in_headers=eof_error";
  CHECK(kinds(fine_last, fault::eof_in_headers) == kind_list(kind::eof_error));
  CHECK(kinds(fine_last, fault::eof_in_status_line) == kind_list(kind::error));
  const char* coarse_last = "unified-1,eof_in_headers=eof_error,eof_in_response=error";
  CHECK(kinds(coarse_last, fault::eof_in_headers) == kind_list(kind::error));
}

TEST_CASE("policies are equal if they have the same name, however that was written") {
  CHECK(find("websockets-14") == find(" websockets-14.0 "));
  CHECK(find("websockets-14.2...19") == find("websockets-14.2"));
  CHECK(find("unified-1") == policy());
  CHECK(find("websockets-14.0") != find("websockets-asyncio-14.0"));
  CHECK(find("websockets-14.0") != find("websockets-14.0,closed=error"));
}

TEST_CASE("a release's own loop decides by fault and, for a refusal, by status") {
  const auto status = [](int code) {
    handshim::evidence known;
    known.http_status = code;
    return failure(fault::upgrade_rejected, known);
  };
  const policy asyncio = find("websockets-14.0"), legacy = find("websockets-13.1"), sync = find("websockets-sync-14.0");
  for (const int code : {500, 502, 503, 504}) CHECK(asyncio.release_retries(status(code)) == verdict::retries);
  for (const int code : {0, 404, 429, 501, 505}) CHECK(asyncio.release_retries(status(code)) == verdict::gives_up);
  CHECK(legacy.release_retries(status(404)) == verdict::retries);
  CHECK(sync.release_retries(status(503)) == verdict::no_loop);
  CHECK(policy().release_retries(status(503)) == verdict::no_loop);
  CHECK(find("websockets-9.1").release_retries(failure(fault::connection_refused)) == verdict::no_loop);
  CHECK(asyncio.release_retries(failure(fault::unclassified, {}, phase::connect)) == verdict::retries);
  CHECK(asyncio.release_retries(failure(fault::unclassified, {}, phase::handshake)) == verdict::gives_up);
}

TEST_CASE("native is the one policy that lets the client's own error pass") {
  for (const std::string& name : handshim::policy_names()) CHECK(find(name).is_native() == (name == "native"));
}

TEST_CASE("a policy has the way its release reads, and the defaults where it is no release") {
  const handshim::reading defaults;
  for (const char* name : {"unified-1", "native"}) {
    const handshim::reading& r = find(name).reading();
    CHECK(r.redirects == handshim::follow::none);
    CHECK(r.max_line == defaults.max_line);
    CHECK(r.interim);
    CHECK(r.chunked);
  }
  CHECK(find("websockets-8.1").reading().redirects == handshim::follow::absolute_only);
  CHECK(find("websockets-8.1").reading().early_close_codes);
  CHECK(find("websockets-10.0").reading().redirects == handshim::follow::all);
  CHECK_FALSE(find("websockets-10.0").reading().early_close_codes);
  CHECK(find("websockets-10.0").reading().max_headers == 256);
  CHECK(find("websockets-11.0").reading().max_line == 8192);
  CHECK_FALSE(find("websockets-legacy-17.0").reading().body);
  CHECK_FALSE(find("websockets-legacy-16.0").reading().ascii_headers);
  CHECK(find("websockets-legacy-16.1").reading().ascii_headers);
  CHECK(find("websockets-asyncio-13.0").reading().redirects == handshim::follow::none);
  CHECK(find("websockets-asyncio-13.0").reading().report_at_end);
  CHECK_FALSE(find("websockets-asyncio-13.1").reading().report_at_end);
  CHECK(find("websockets-asyncio-13.1").reading().redirects == handshim::follow::all);
  CHECK(find("websockets-sync-17.0").reading().redirects == handshim::follow::none);
  CHECK(find("websockets-sync-11.0").reading().high_status);
  CHECK_FALSE(find("websockets-sync-13.1").reading().high_status);
  CHECK_FALSE(find("websockets-14.0").reading().deliver_after_close);
  CHECK(find("websockets-14.1").reading().deliver_after_close);
  CHECK_FALSE(find("websockets-14.1").reading().chunked);
  CHECK(find("websockets-14.2").reading().chunked);
  CHECK(find("websockets-14.2").reading().lower_case_coding);
}

TEST_CASE("a stronger choice wins, and each says who made it") {
  const forget_choices at_both_ends;
  CHECK(is(current_policy(), "unified-1", policy_source::builtin));
  CHECK(is(current_policy<built_with_14>(), "websockets-14.0", policy_source::build));

  handshim::set_policy(find("websockets-13.0"));
  CHECK(is(current_policy(), "websockets-13.0", policy_source::program));
  CHECK(is(current_policy<built_with_14>(), "websockets-13.0", policy_source::program));

  const environment variable("websockets-12.0");
  CHECK(is(current_policy(), "websockets-13.0", policy_source::program));
  CHECK_FALSE(handshim::use_environment());
  CHECK(is(current_policy(), "websockets-12.0", policy_source::environment));
  handshim::set_policy(find("websockets-10.0"));
  CHECK(is(current_policy(), "websockets-12.0", policy_source::environment));

  handshim::with_policy(find("websockets-11.0"), [] {
    CHECK(is(current_policy(), "websockets-11.0", policy_source::scope));
    CHECK(is(current_policy<built_with_14>(), "websockets-11.0", policy_source::scope));
    CHECK(is(current_policy<fixed_to_13>(), "websockets-13.1", policy_source::fixed));
  });
  CHECK(is(current_policy(), "websockets-12.0", policy_source::environment));
  CHECK(handshim::policy_choice(find("native")).source == policy_source::argument);

  handshim::reset_policy();
  CHECK(is(current_policy(), "unified-1", policy_source::builtin));
  CHECK(is(current_policy<built_with_14>(), "websockets-14.0", policy_source::build));
}

TEST_CASE("a fixed policy is fixed, and says so even if it is the built-in one") {
  const forget_choices at_both_ends;
  CHECK(is(current_policy<fixed_to_unified>(), "unified-1", policy_source::fixed));
  handshim::set_policy(find("websockets-13.0"));
  CHECK(is(current_policy<fixed_to_unified>(), "unified-1", policy_source::fixed));
}

TEST_CASE("sources are ordered from the weakest to the strongest, and have names") {
  CHECK(policy_source::builtin < policy_source::build);
  CHECK(policy_source::build < policy_source::program);
  CHECK(policy_source::program < policy_source::environment);
  CHECK(policy_source::environment < policy_source::scope);
  CHECK(policy_source::scope < policy_source::fixed);
  CHECK(policy_source::fixed < policy_source::argument);
  for (int i = 0; i <= static_cast<int>(policy_source::argument); ++i)
    CHECK_FALSE(name(static_cast<policy_source>(i)).empty());
  CHECK(name(static_cast<policy_source>(99)).empty());
  CHECK(name(verdict::retries) == "retries");
  CHECK(name(static_cast<verdict>(99)).empty());
}

TEST_CASE("the environment is not read before the program asks for it") {
  const environment variable("websockets-14.0");
  handshim::reset_policy();
  CHECK(is(current_policy(), "unified-1", policy_source::builtin));
}

TEST_CASE("an environment variable that is unset or empty is no failure and changes nothing") {
  {
    const environment variable("");
    CHECK_FALSE(handshim::use_environment());
    CHECK(is(current_policy(), "unified-1", policy_source::builtin));
  }
  CHECK_FALSE(handshim::use_environment());
  CHECK(is(current_policy(), "unified-1", policy_source::builtin));
}

TEST_CASE("an environment variable that is not valid is a diagnostic, and the weaker choice holds") {
  const forget_choices at_both_ends;
  handshim::set_policy(find("websockets-13.1"));
  for (const char* bad : {"websockets-99", "nonsense", "websockets-14.0,x=y", "\x01\x02"}) {
    const environment variable(bad);
    handshim::set_policy(find("websockets-13.1"));
    const failure why = handshim::use_environment();
    CHECK(why.is(fault::policy_invalid));
    CHECK(is(current_policy(), "websockets-13.1", policy_source::program));
  }
}

TEST_CASE("an environment variable of any length is safe, and never cut to something valid") {
  std::string longest = "websockets-14.0";
  while (longest.size() < 4096 - 13) longest += ",closed=error";
  CHECK(longest.size() + 13 > 4096);
  {
    const environment variable(longest);
    CHECK_FALSE(handshim::use_environment());
    CHECK(current_policy().policy.name() == longest);
  }
  {
    const environment variable(longest + ",closed=error");
    const failure why = handshim::use_environment();
    CHECK(why.fault() == fault::policy_malformed);
    CHECK(why.what().size() < 1024);
    CHECK(is(current_policy(), "unified-1", policy_source::builtin));
  }
  const environment variable(std::string(1000000, '-'));
  CHECK(handshim::use_environment().fault() == fault::policy_malformed);
}

TEST_CASE("a candidate of the environment is chosen beside the policy, and wins over set_candidate") {
  const forget_choices at_both_ends;
  CHECK_FALSE(handshim::candidate());
  handshim::set_candidate(find("websockets-13.0"));
  CHECK(handshim::candidate() == find("websockets-13.0"));
  const environment variable("websockets-14.0", "websockets-14.2");
  CHECK(handshim::candidate() == find("websockets-13.0"));
  CHECK_FALSE(handshim::use_environment());
  CHECK(handshim::candidate() == find("websockets-14.2"));
  CHECK(is(current_policy(), "websockets-14.0", policy_source::environment));
  handshim::reset_policy();
  CHECK(handshim::candidate() == find("websockets-13.0"));
  CHECK_FALSE(handshim::use_environment());
  handshim::reset_candidate();
  CHECK_FALSE(handshim::candidate());
  CHECK(is(current_policy(), "websockets-14.0", policy_source::environment));
}

TEST_CASE("each variable of the environment stands for itself, and one failure tells of both") {
  const forget_choices at_both_ends;
  const auto tells = [](const failure& why, std::string_view words) {
    return why.what().find(words) != std::string::npos;
  };
  {
    const environment variable("websockets-14.0", "websockets-99");
    const failure why = handshim::use_environment();
    CHECK(why.fault() == fault::policy_too_new);
    CHECK(tells(why, "HANDSHIM_CANDIDATE: \"websockets-99\""));
    CHECK_FALSE(tells(why, "HANDSHIM_POLICY"));
    CHECK(is(current_policy(), "websockets-14.0", policy_source::environment));
    CHECK_FALSE(handshim::candidate());
  }
  {
    const environment variable("nonsense", "websockets-14.2");
    const failure why = handshim::use_environment();
    CHECK(why.fault() == fault::policy_family_unknown);
    CHECK(tells(why, "HANDSHIM_POLICY: \"nonsense\""));
    CHECK(handshim::candidate() == find("websockets-14.2"));
  }
  const environment variable("websockets-14.0,closed=nothing", "websockets-99");
  const failure why = handshim::use_environment();
  CHECK(why.fault() == fault::policy_kind_unknown);
  CHECK(tells(why, "HANDSHIM_POLICY: "));
  CHECK(std::string(why.evidence().detail).find("HANDSHIM_CANDIDATE: \"websockets-99\"") != std::string::npos);
  CHECK_FALSE(handshim::candidate());
}

TEST_CASE("with_policy gives back what fn returns, nests, and ends when fn throws") {
  const policy outer = find("websockets-13.1"), inner = find("websockets-14.0");
  const int seven = handshim::with_policy(outer, [&] {
    CHECK(current_policy().policy == outer);
    handshim::with_policy(inner, [&] { CHECK(current_policy().policy == inner); });
    CHECK(current_policy().policy == outer);
    try {
      handshim::with_policy(inner, [] { throw 1; });
    } catch (int) {
    }
    CHECK(current_policy().policy == outer);
    return 7;
  });
  CHECK(seven == 7);
  int value = 1;
  int& same = handshim::with_policy(outer, [&value]() -> int& { return value; });
  CHECK(&same == &value);
  CHECK(is(current_policy(), "unified-1", policy_source::builtin));
}

TEST_CASE("with_policy holds for the thread that calls it alone") {
  handshim::with_policy(find("websockets-14.0"), [] {
    std::string seen;
    std::thread([&seen] { seen = current_policy().policy.name(); }).join();
    CHECK(seen == "unified-1");
  });
}

TEST_CASE("many threads may find, set and read policies at once") {
  const forget_choices at_both_ends;
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([t, &wrong] {
      for (int round = 0; round < 200; ++round) {
        failure why;
        const std::string spec = "websockets-14." + std::to_string((t + round) % 12) + ",closed=connection_closed";
        const policy p = handshim::find_policy(spec, why);
        if (why || p.name() != spec) ++wrong;
        if (p.kinds(failure(fault::closed_with_error)) != kind_list(kind::connection_closed)) ++wrong;
        if (round % 3 == 0) handshim::set_policy(p);
        if (round % 50 == 0) handshim::reset_policy();
        const handshim::policy_choice now = current_policy();
        if (now.source != policy_source::builtin && now.source != policy_source::program) ++wrong;
        if (now.policy.name().empty()) ++wrong;
      }
    });
  for (std::thread& t : threads) t.join();
  CHECK(wrong == 0);
}
