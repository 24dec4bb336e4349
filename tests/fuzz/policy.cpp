// Input: the spec of a policy. It is one, whose name and spec find the same policy again, or an error that says why.
#include "handshim/policy.hpp"

#include "fuzz.hpp"
#include "handshim/bridge.hpp"

using handshim::failure;
using handshim::fault;
using handshim::policy;

namespace {

// What is thrown is decided for every fault: at least one kind, and only of those that there are.
void check_kinds(const policy& p) {
  for (const fault f : {fault::unclassified, fault::eof_before_status_line, fault::closed_normally, fault::cancelled}) {
    const failure one(f);
    const handshim::kind_list kinds = p.kinds(one);
    fuzz::expect(kinds.size() >= 1 && kinds.size() <= 6, "a failure of no kind, or of many");
    for (const handshim::kind k : kinds) fuzz::expect(handshim::facts(k).id == k, "a kind that there is not");
    fuzz::expect(!name(p.release_retries(one)).empty(), "a verdict that there is not");
  }
}

void check_found(const policy& p) {
  for (const std::string_view text : {p.name(), p.spec()}) {
    fuzz::expect(fuzz::is_one_line(text), "a name with a control character");
    failure why;
    fuzz::expect(handshim::find_policy(text, why) == p && !why, "the name of a policy finds another");
  }
  check_kinds(p);
}

void run(std::string_view spec) {
  failure why;
  const policy p = handshim::find_policy(spec, why);
  if (!why) return check_found(p);
  fuzz::expect(p == policy(), "an error that gives a policy");
  fuzz::expect(why.is(fault::policy_invalid), "an undocumented fault of a spec");
  fuzz::expect(!why.evidence().detail.empty(), "an error that says nothing");
  fuzz::check_printed(why);
}

const fuzz::target of_policies("policy", run);

}  // namespace
