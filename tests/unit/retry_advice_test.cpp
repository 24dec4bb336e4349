#include "handshim/retry/advice.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace handshim;
using namespace std::chrono_literals;

namespace {

failure rejected(int status, std::vector<header_view> headers = {}, fault f = fault::upgrade_rejected) {
  evidence known;
  known.http_status = status;
  known.headers = {headers.data(), headers.size()};
  return failure(f, known);
}

failure closed(int code) {
  evidence known;
  known.close_received.code = static_cast<std::uint16_t>(code);
  return failure(fault::closed_with_error, known);
}

// The time of the examples in RFC 9110, section 5.6.7, less a minute.
const auto a_minute_before = std::chrono::system_clock::time_point(std::chrono::seconds(784111777 - 60));

advising at(std::chrono::system_clock::time_point time) {
  advising by;
  by.now = [time] { return time; };
  return by;
}

std::optional<std::chrono::nanoseconds> asked(const std::string& value, const advising& by = at(a_minute_before)) {
  return advise(rejected(503, {{"Retry-After", value}}), by).delay;
}

}  // namespace

TEST_CASE("advice says what, where, and which rule") {
  const retry_advice refused = advise(failure(fault::connection_refused));
  CHECK((refused.what == advice::back_off));
  CHECK((refused.where == retry_where::other));
  CHECK(refused.may_pass());
  CHECK(std::string(refused.rule->name) == "no_connection");
  CHECK_FALSE(refused.delay.has_value());
  const retry_advice nothing = advise(failure());
  CHECK(advice_for(failure()) == nothing.what);
  CHECK((nothing.what == advice::never));
  CHECK(nothing.rule == nullptr);
}

TEST_CASE("DNS faults are told apart") {
  const auto word = [](fault f) { return advise(failure(f)).what; };
  CHECK((word(fault::host_not_found) == advice::fix_first));
  CHECK((word(fault::host_without_address) == advice::fix_first));
  CHECK((word(fault::resolve_try_again) == advice::back_off));
  CHECK((word(fault::resolve_timeout) == advice::back_off));
}

TEST_CASE("certificates are to be mended, a TLS handshake that was broken off may pass") {
  for (const fault f :
       {fault::tls_certificate_untrusted, fault::tls_certificate_expired, fault::tls_certificate_host_mismatch,
        fault::tls_alert, fault::tls_peer_not_tls, fault::tls_unsupported, fault::tls_failed})
    CHECK((advise(failure(f)).what == advice::fix_first));
  for (const fault f : {fault::tls_eof, fault::tls_reset, fault::tls_timeout})
    CHECK((advise(failure(f)).what == advice::back_off));
}

TEST_CASE("statuses") {
  const auto word = [](int status) { return advise(rejected(status)).what; };
  for (const int status : {429, 503}) CHECK((word(status) == advice::throttled));
  for (const int status : {408, 425, 500, 502, 504, 507, 521}) CHECK((word(status) == advice::back_off));
  for (const int status : {0, 200, 301, 400, 401, 403, 404, 407, 426, 501, 505, 511, 600})
    CHECK((word(status) == advice::fix_first));
  CHECK((advise(rejected(503, {}, fault::body_too_large)).what == advice::throttled));
}

TEST_CASE("close codes, of which the private ones mean what the user says") {
  const auto word = [](int code, const advising& by = {}) { return advise(closed(code), by).what; };
  for (const int code : {1001, 1006, 1011, 1012, 1014}) CHECK((word(code) == advice::back_off));
  CHECK((word(1013) == advice::throttled));
  for (const int code : {1002, 1007, 1008, 1009, 3000, 4000, 4999}) CHECK((word(code) == advice::fix_first));

  advising by;
  by.close_codes = {{4000, 4009, advice::back_off}, {4000, 4499, advice::never}, {1008, 1008, advice::back_off}};
  CHECK((word(4003, by) == advice::back_off));
  CHECK((word(4010, by) == advice::never));
  CHECK((word(4500, by) == advice::fix_first));
  CHECK((word(3999, by) == advice::fix_first));
  CHECK((word(1008, by) == advice::fix_first));  // not the user's to say
  by.close_codes.push_back({4500, 65535, advice::back_off});
  CHECK((word(4500, by) == advice::back_off));
  CHECK((word(5000, by) == advice::fix_first));  // no private one
  CHECK((advise(failure(fault::closed_normally), by).what == advice::never));
}

TEST_CASE("the user's word is for what a close frame ended, and names no time by itself") {
  advising by;
  by.close_codes = {{4000, 4000, advice::never}, {4001, 4001, advice::after}};
  evidence known;
  known.close_received.code = 4000;
  CHECK((advise(failure(fault::connection_reset, known), by).what == advice::back_off));
  CHECK((advise(closed(4001), by).what == advice::after));
  CHECK_FALSE(advise(closed(4001), by).delay.has_value());
}

TEST_CASE("Retry-After in seconds") {
  const retry_advice a = advise(rejected(503, {{"Server", "x"}, {"retry-after", "120"}}));
  CHECK((a.what == advice::after));
  CHECK(a.delay == 120s);
  CHECK(std::string(a.rule->name) == "retry_after");
  CHECK(asked(" 7\t") == 7s);
  CHECK(asked("0") == 0s);
  CHECK((advise(rejected(404, {{"Retry-After", "120"}})).what == advice::fix_first));
  CHECK((advise(rejected(429, {{"Retry-After", "1"}})).what == advice::after));
}

TEST_CASE("Retry-After as a date in the three forms of RFC 9110") {
  for (const char* text :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"}) {
    INFO(text);
    CHECK(asked(text) == 60s);
    CHECK(asked(text, at(a_minute_before + 24h)) == 0s);  // it has passed
    CHECK(asked(text, at(a_minute_before - 59min)) == 1h);
  }
  // 2024-02-29 was a day, 2000-02-29 too; a leap second is one.
  CHECK(asked("Thu, 29 Feb 2024 00:00:00 GMT", at(std::chrono::system_clock::time_point(1709164799s))) == 1s);
  CHECK(asked("Tue, 29 Feb 2000 23:59:60 GMT", at(std::chrono::system_clock::time_point(951868740s))) == 60s);
}

TEST_CASE("a date is measured by the system's clock unless another is given") {
  CHECK(asked("Sun, 06 Nov 1994 08:49:37 GMT", advising()) == 0s);
  CHECK(asked("Sun, 06 Nov 9999 08:49:37 GMT", advising()) == 1h);
}

TEST_CASE("two digits of a year mean the century that is near") {
  const auto in_2026 = at(std::chrono::system_clock::time_point(1767225600s));  // 2026-01-01T00:00:00Z
  CHECK(asked("Thursday, 01-Jan-26 00:00:30 GMT", in_2026) == 30s);
  CHECK(asked("Friday, 31-Dec-99 23:59:59 GMT", in_2026) == 0s);     // 1999, not 2099
  CHECK(asked("Wednesday, 01-Jan-75 00:00:00 GMT", in_2026) == 1h);  // 2075: cut
}

TEST_CASE("what cannot be read is as if it were not there") {
  for (const char* text : {"",
                           " ",
                           "soon",
                           "-1",
                           "1.5",
                           "12 s",
                           "0x10",
                           "+3",
                           "Sun, 06 Nov 1994 08:49:37",
                           "Sun, 06 Nov 1994 08:49:37 CET",
                           "Sun, 6 Nov 1994 08:49:37 GMT",
                           "Sun, 31 Feb 1994 08:49:37 GMT",
                           "Sun, 00 Nov 1994 08:49:37 GMT",
                           "Sun, 06 Nov 1994 24:00:00 GMT",
                           "Sun, 06 Nov 1994 08:60:00 GMT",
                           "Sun, 06 Nov 1994 08:49:61 GMT",
                           "Sun, 06 Nov 0000 08:49:37 GMT",
                           "Xun, 06 Nov 1994 08:49:37 GMT",
                           "Sun, 06 Nvo 1994 08:49:37 GMT",
                           "Sun Nov 06 08:49:37 1994x",
                           "Sunday, 06-Nov-1994 08:49:37 GMT",
                           "Sun,",
                           "Sun Nov "}) {
    INFO(text);
    CHECK_FALSE(asked(text).has_value());
    CHECK((advise(rejected(503, {{"Retry-After", text}})).what == advice::throttled));
  }
  const retry_advice second = advise(rejected(503, {{"Retry-After", "soon"}, {"Retry-After", "9"}}));
  CHECK(second.delay == 9s);
}

TEST_CASE("no server can park a client") {
  CHECK(asked("99999999999999999999999999999999") == 1h);
  CHECK(asked("Sun, 06 Nov 9999 08:49:37 GMT") == 1h);
  advising by = at(a_minute_before);
  by.longest_wait = 5s;
  CHECK(asked("6", by) == 5s);
  by.longest_wait = -1s;
  CHECK(asked("6", by) == 0s);
}

TEST_CASE("nothing of the application's goes out before the 101") {
  const auto safe = [](fault f, phase p = phase::unknown) { return advise(failure(f, {}, p)).safe_to_send_again; };
  CHECK(safe(fault::connection_refused));
  CHECK(safe(fault::eof_before_status_line));
  CHECK(safe(fault::tls_reset));
  CHECK(safe(fault::host_not_found));
  CHECK(safe(fault::text_not_utf8));
  CHECK(advise(rejected(503)).safe_to_send_again);
  CHECK_FALSE(safe(fault::connection_reset));
  CHECK_FALSE(safe(fault::send_timeout));
  CHECK_FALSE(safe(fault::closed_with_error));
  CHECK_FALSE(safe(fault::close_timeout));
  CHECK_FALSE(safe(fault::unclassified));
  CHECK(safe(fault::unclassified, phase::handshake));
}

TEST_CASE("the word is advice_for()'s") {
  for (const fault_facts& row : all_faults())
    CHECK_MESSAGE((advise(failure(row.id)).what == advice_for(failure(row.id))), std::string(row.name));
  CHECK((advice_for(rejected(503, {{"Retry-After", "5"}})) == advice::after));
}
