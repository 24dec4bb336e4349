// Bridges by text; what is there by their header is in bridge_test.cpp.
#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

#include "../support/policies.hpp"
#include "handshim/bridge.hpp"
#include "support/environment.hpp"

using handshim::failure;
using handshim::fault;
using handshim::kind;
using handshim::kind_list;
using handshim::policy;
using policy_test::find;

namespace {

// What the error says; the fault must be that one.
std::string said(std::string_view spec, fault wanted) {
  failure why;
  CHECK(handshim::find_policy(spec, why) == policy());
  CHECK(why.fault() == wanted);
  return why.what();
}

bool contains(std::string_view text, std::string_view word) { return text.find(word) != std::string_view::npos; }

}  // namespace

TEST_CASE("the name of a bridge is its spec in one form, which gives the same policy again") {
  const std::string name = "bridge(websockets-13.1,websockets-14.0)";
  CHECK(find(name).name() == name);
  CHECK(find(" bridge( websockets-13.1.0 , websockets-14...14.2 ) ") == find(name));
  CHECK(find(name) == handshim::bridge(find("websockets-13.1"), find("websockets-14.0")));
  CHECK(find(name) != find("bridge(websockets-14.0,websockets-13.1)"));
}

TEST_CASE("in a bridge an override belongs to the policy before it") {
  const std::string spec = "bridge(websockets-13.1,eof_in_response=invalid_status,closed=error,websockets-14.0)";
  CHECK(find(spec).name() == spec);
  CHECK(find(spec).kinds(failure(fault::eof_in_headers)) == kind_list(kind::eof_error, kind::invalid_status));
  const policy second = find("bridge(websockets-13.1,websockets-14.0,eof_in_response=invalid_status)");
  CHECK(second.kinds(failure(fault::eof_in_headers)) == kind_list(kind::invalid_status, kind::invalid_message));
}

TEST_CASE("behind a bridge an override is laid over both sides") {
  const policy p = find("bridge(websockets-13.1,websockets-14.0),eof_in_response=invalid_status,closed=error");
  CHECK(p.name() == "bridge(websockets-13.1,websockets-14.0),eof_in_response=invalid_status,closed=error");
  CHECK(p.kinds(failure(fault::eof_in_headers)) == kind_list(kind::invalid_status));
  CHECK(p.kinds(failure(fault::closed_with_error)) == kind_list());
  CHECK(p.kinds(failure(fault::reset_in_headers)) == kind_list(kind::eof_error, kind::invalid_message));
  const policy whole_phase = find("bridge(unified-1,websockets-14.0),handshake_failed=error");
  const auto in_handshake = [&](fault f) { return whole_phase.kinds(failure(f, {}, handshim::phase::handshake)); };
  CHECK(in_handshake(fault::unclassified) == kind_list());
  CHECK(in_handshake(fault::cancelled) == kind_list(kind::cancelled));
}

TEST_CASE("an override may ask for several kinds, in the order in which they are written") {
  const policy p = find("unified-1,eof_in_response=eof_error+invalid_message");
  CHECK(p.kinds(failure(fault::eof_in_headers)) == kind_list(kind::eof_error, kind::invalid_message));
  CHECK(find("unified-1,closed=error+connection_closed").kinds(failure(fault::closed_with_error)) ==
        kind_list(kind::connection_closed));
  CHECK(contains(said("unified-1,closed=closed+error", fault::policy_kind_unknown), "at \"closed\""));
  CHECK(contains(said("unified-1,closed=error+", fault::policy_kind_unknown), "at \"\""));
  CHECK(contains(said("unified-1,closed=timeout_error+tls_error+cancelled+eof_error", fault::policy_combination),
                 "at most three kinds"));
}

TEST_CASE("a combination without a class is an error that offers a way out, which works") {
  const std::string text =
      said("bridge(websockets-13.1,websockets-14.0,closed=invalid_uri)", fault::policy_combination);
  CHECK(contains(text, "at \"closed\"; it would be invalid_uri and connection_closed_error"));
  CHECK(contains(text, "add \"closed=invalid_uri\""));
  CHECK_FALSE(contains(text, "bridge.hpp"));
  CHECK(find("bridge(websockets-13.1,websockets-14.0,closed=invalid_uri),closed=invalid_uri")
            .kinds(failure(fault::closed_with_error)) == kind_list(kind::invalid_uri));
}

TEST_CASE("what is no bridge is an error that shows how one is written") {
  for (const char* spec :
       {"bridge(", "bridge()", "bridge(unified-1)", "bridge(unified-1,)", "bridge(,)",
        "bridge(unified-1,websockets-14.0", "bridge(unified-1,websockets-14.0)x", "bridge(unified-1,websockets-14.0))",
        "bridge(unified-1,websockets-14.0,websockets-13.1)", "bridge(closed=error,unified-1)",
        "bridge(closed=error,unified-1,unified-1)", "bridge(bridge(unified-1,unified-1),unified-1)"})
    CHECK(contains(said(spec, fault::policy_malformed), "such as bridge(websockets-13.1,websockets-14.0)"));
  CHECK(contains(said("bridge(unified-1,native)", fault::policy_malformed), "at \"native\"; a bridge joins two"));
  CHECK(contains(said("bridge", fault::policy_family_unknown), "bridge(A,B)"));
}

TEST_CASE("what is wrong with a side is said of it, within the whole") {
  const std::string text = said("bridge(unified-1,websockets-99)", fault::policy_too_new);
  CHECK(contains(text, "\"bridge(unified-1,websockets-99)\", at \"99\"; the newest version checked is"));
  CHECK(contains(said("bridge(websocket-13.1,websockets-99)", fault::policy_family_unknown), "at \"websocket-13.1\""));
  CHECK(contains(said("bridge(unified-1,websockets-14.0,clsed=error)", fault::policy_fault_unknown), "at \"clsed\""));
  CHECK(contains(said("bridge(unified-1,websockets-14.0),clsed=error", fault::policy_fault_unknown), "at \"clsed\""));
  CHECK(contains(said("bridge(unified-1,websockets-14.0),", fault::policy_malformed), "fault=kind"));
}

TEST_CASE("the environment may name a bridge") {
  test_support::set_variable("HANDSHIM_POLICY", "bridge(websockets-13.1,websockets-14.0)");
  CHECK_FALSE(handshim::use_environment());
  CHECK(handshim::current_policy().policy.name() == "bridge(websockets-13.1,websockets-14.0)");
  test_support::unset_variable("HANDSHIM_POLICY");
  handshim::reset_policy();
}
