#include <doctest/doctest.h>

#include <cerrno>
#include <string>
#include <vector>

#include "../support/command.hpp"
#include "commands.hpp"
#include "handshim/failure.hpp"
#include "handshim/impl/policy_spec.hpp"
#include "handshim/kind.hpp"
#include "handshim/net/impl/system_headers.hpp"
#include "handshim/policy.hpp"
#include "tables.hpp"
#include "words.hpp"

using namespace handshim;
using command_test::contains;
using command_test::usage_error_of;
using tool::command_explain;

namespace {

std::string explain(const std::string& text) {
  const auto got = command_test::run(command_explain, {text});
  CHECK(got.code == 0);
  return got.out;
}

std::string title(const std::string& page) { return page.substr(0, page.find('\n')); }

failure refused_with_503() {
  evidence known;
  known.endpoint = "ws://host:81/chat?token=x";
  known.http_status = 503;
  known.http_reason = "Busy";
  return failure(fault::upgrade_rejected, known);
}

}  // namespace

TEST_CASE("every fault, condition, kind, phase, advice and policy has a page that begins with its name") {
  for (const fault_facts& row : all_faults()) {
    const std::string page = explain(std::string(row.name));
    CHECK(contains(page, std::string(row.name) + ": fault " + std::to_string(static_cast<int>(row.id)) + "\n"));
    CHECK(contains(tool::on_one_line(page), tool::sentence(row.description)));
    CHECK(contains(page, std::string(row.fingerprint)));
  }
  for (int c = 1; c <= static_cast<int>(condition::closed_ok); ++c) {
    const auto word = static_cast<condition>(c);
    CHECK(contains(explain(std::string(name(word))), std::string(name(word)) + ": condition\n"));
  }
  for (const kind_facts& row : all_kinds())
    CHECK(contains(explain(std::string(row.name)), std::string(row.name) + ": exception class\n"));
  for (const std::string& p : policy_names()) CHECK(title(explain(p)) == p + ": policy");
  CHECK(contains(explain("back_off"), "back_off: advice\n"));
  CHECK(contains(explain("handshake"), "handshake: phase\n"));
}

TEST_CASE("a name with several meanings is told in all of them") {
  const std::string page = explain("cancelled");
  CHECK(contains(page, "cancelled: fault 2\n"));
  CHECK(contains(page, "cancelled: condition\n"));
  CHECK(contains(page, "cancelled: exception class\n"));
}

TEST_CASE("numbers are close codes or HTTP statuses, and native codes come with their domain") {
  CHECK(title(explain("1006")) == "1006: close code, abnormal_closure");
  CHECK(contains(explain("1012"), "1012: close code"));
  CHECK(contains(explain("4321"), "4321: close code"));
  CHECK(title(explain("503")) == "503: HTTP status of a response to the upgrade");
  const std::string refused = std::to_string(ECONNREFUSED);
  for (const std::string& text :
       {"errno:" + refused, "system:" + refused, std::string("ECONNREFUSED"), std::string("errno:ECONNREFUSED")}) {
    CHECK(contains(explain(text), "native code, ECONNREFUSED"));
    CHECK(contains(explain(text), "connection_refused"));
  }
  const std::string again = "errno:" + std::to_string(EAGAIN) + ": native code, EAGAIN";
  const std::string would_block = "errno:" + std::to_string(EWOULDBLOCK) + ": native code, EWOULDBLOCK";
  CHECK(title(explain("EAGAIN")) == again);
  for (const char* text : {"EWOULDBLOCK", "errno:EWOULDBLOCK"})
    CHECK(title(explain(text)) == (EWOULDBLOCK == EAGAIN ? again : would_block));
  CHECK(contains(explain("5000"), "close_code_not_allowed"));
  CHECK(contains(explain("65535"), "Out of the range of close codes"));
  CHECK(contains(explain("getaddrinfo:" + std::to_string(EAI_NONAME)), "host_not_found"));
  CHECK(contains(explain("handshim:511"), "eof_before_status_line: fault 511"));
}

TEST_CASE("what handshim once wrote is read back: what(), to_json(), a fingerprint, with a log round it") {
  const failure f = refused_with_503();
  for (const std::string& text : {f.what(), f.to_json(), f.fingerprint()}) {
    const std::string page = explain("2026-11-01T10:00:00Z ERROR [io-7] " + text + " (try 3)");
    CHECK(title(page) == "upgrade_rejected: fault 570");
    CHECK(contains(page, "503"));
  }
  for (const fault_facts& row : all_faults())
    CHECK(title(explain("x " + failure(row.id).what())) == title(explain(std::string(row.name))));
}

TEST_CASE("a policy in any form is explained, and one that is wrong gets find_policy's own text") {
  CHECK(title(explain("websockets-14.0,eof_in_response=invalid_message")) ==
        "websockets-14.0,eof_in_response=invalid_message: policy");
  CHECK(contains(explain("websockets"), "8.1 to " + std::string(handshim::detail::newest_release)));
  CHECK(contains(usage_error_of(command_explain, {"websockets-9999"}), "[policy_too_new]"));
}

TEST_CASE("a domain alone is explained if it says it all, else what may stand behind it is told") {
  CHECK(contains(explain("Poco::Net::NoMessageException"), "eof_before_status_line"));
  CHECK(contains(explain("Poco::Net::NetException"), "native code"));
  CHECK(contains(explain("websocketpp.pong_timeout_handler"), "keepalive_timeout"));
  for (const char* text : {"beast.http", "beast.http:", "beast.http:x", "beast.http:99999999999"})
    CHECK(usage_error_of(command_explain, {text}) ==
          "beast.http is a domain of native codes: write it with a whole number of 32 bits or a name, such as "
          "beast.http:1 or beast.http:end_of_stream");
  CHECK(contains(usage_error_of(command_explain, {"SocketAccessError"}),
                 "Did you mean `QAbstractSocket::SocketError:SocketAccessError`?"));
  CHECK(contains(usage_error_of(command_explain, {"beast.htp:1"}), "Did you mean `beast.http:1`?"));
}

TEST_CASE("what means nothing is named, shortened, with the nearest words") {
  CHECK(contains(usage_error_of(command_explain, {}), "explain what?"));
  CHECK(contains(usage_error_of(command_explain, {"eof_in_hedders"}), "Did you mean `eof_in_headers`"));
  CHECK(contains(usage_error_of(command_explain, {"refused"}), "It is in the names of `connection_refused`. "));
  CHECK_FALSE(contains(usage_error_of(command_explain, {"in"}), "in the names of"));
  CHECK(contains(usage_error_of(command_explain, {std::string(5000, 'q')}), std::string(80, 'q') + "...` is nothing"));
  for (const char* text : {"99", "999999999999999999999", ":", "errno:", "errno:x", "\x01\x02", "system:99999999999"})
    CHECK_FALSE(usage_error_of(command_explain, {text}).empty());
}
