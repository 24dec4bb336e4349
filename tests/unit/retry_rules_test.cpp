#include "handshim/retry/rules.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

using namespace handshim;

TEST_CASE("every fault has a rule, whose word is the one of the fault's own row") {
  for (const fault_facts& row : all_faults()) {
    const retry_rule& rule = rule_for(row.id, 0, 0, false);
    INFO(std::string(row.name), " by ", std::string(rule.name));
    if (row.retry == advice::by_status) {
      CHECK(rule.subject == rule_subject::status);
    } else if (row.retry == advice::by_close_code) {
      CHECK(rule.subject == rule_subject::close_code);
    } else {
      CHECK(rule.subject == rule_subject::fault);
      CHECK((rule.what == row.retry));  // a fault that is another matter than its parent needs a rule of its own
      CHECK(is_a(row.id, rule.fault));
    }
  }
}

TEST_CASE("names and reasons are there, once each") {
  std::set<std::string_view> names;
  for (const retry_rule& rule : all_retry_rules()) {
    INFO(std::string(rule.name));
    CHECK(names.insert(rule.name).second);
    CHECK(find_retry_rule(rule.name) == &rule);
    CHECK(rule.reason.size() > 10);
    CHECK(rule.reason.back() != '.');
    CHECK((rule.what != advice::by_status && rule.what != advice::by_close_code));
    CHECK(rule.first <= rule.last);
    CHECK((rule.subject == rule_subject::fault) == (rule.fault != fault::none));
  }
  CHECK(find_retry_rule("nothing") == nullptr);
  CHECK(names.size() == all_retry_rules().size());
}

TEST_CASE("each rule decides for something") {
  std::set<std::string_view> used;
  for (const fault_facts& row : all_faults()) used.insert(rule_for(row.id, 0, 0, false).name);
  for (int status = 0; status < 1000; ++status) used.insert(rule_for(fault::upgrade_rejected, status, 0, false).name);
  for (int code = 0; code < 5000; ++code) used.insert(rule_for(fault::closed_with_error, 0, code, false).name);
  used.insert(rule_for(fault::upgrade_rejected, 503, 0, true).name);
  for (const retry_rule& rule : all_retry_rules()) CHECK_MESSAGE(used.count(rule.name) == 1, std::string(rule.name));
}

TEST_CASE("statuses") {
  const auto by = [](int status) { return std::string(rule_for(fault::upgrade_rejected, status, 0, false).name); };
  CHECK(by(429) == "too_many_requests");
  CHECK(by(503) == "service_unavailable");
  CHECK(by(500) == "server_error");
  CHECK(by(501) == "not_implemented");
  CHECK(by(507) == "server_error");
  CHECK(by(404) == "refused_request");
  CHECK(by(401) == "credentials");
  CHECK(by(302) == "redirect");
  CHECK(by(200) == "other_answer");
  CHECK(by(0) == "other_answer");
  CHECK(by(-7) == "other_answer");
  CHECK(by(700) == "other_answer");
  CHECK(by(100000) == "other_answer");
}

TEST_CASE("close codes") {
  const auto by = [](int code) { return std::string(rule_for(fault::closed_with_error, 0, code, false).name); };
  CHECK(by(1001) == "going_away");
  CHECK(by(1006) == "closed_abnormally");
  CHECK(by(1008) == "other_close_code");
  CHECK(by(1011) == "server_failed");
  CHECK(by(1012) == "service_restart");
  CHECK(by(1013) == "try_again_later");
  CHECK(by(1014) == "gateway_failed");
  CHECK(by(3000) == "registered_close_code");
  CHECK(by(4999) == "private_close_code");
  CHECK(by(5000) == "other_close_code");
  CHECK(by(-1) == "other_close_code");
}

TEST_CASE("a header with a time counts only where trying again may help") {
  CHECK(std::string(rule_for(fault::upgrade_rejected, 503, 0, true).name) == "retry_after");
  CHECK(std::string(rule_for(fault::upgrade_rejected, 502, 0, true).name) == "retry_after");
  CHECK(std::string(rule_for(fault::upgrade_rejected, 404, 0, true).name) == "refused_request");
  CHECK(std::string(rule_for(fault::connection_refused, 503, 0, true).name) == "no_connection");
}

TEST_CASE("subjects and places have names") {
  for (const rule_subject s :
       {rule_subject::fault, rule_subject::status, rule_subject::header, rule_subject::close_code})
    CHECK_FALSE(name(s).empty());
  CHECK(name(static_cast<rule_subject>(9)) == "");
  CHECK(name(retry_where::same) == "same");
  CHECK(name(retry_where::other) == "other");
  CHECK(name(static_cast<retry_where>(9)) == "");
}
