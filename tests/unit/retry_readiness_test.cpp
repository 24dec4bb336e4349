#include "handshim/retry/readiness.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <string>
#include <vector>

#include "../support/rejections.hpp"
#include "../support/virtual_time.hpp"

using namespace handshim;
using namespace std::chrono_literals;
using retry_test::rejected;
using retry_test::virtual_time;

namespace {

ready_options on(virtual_time& time) {
  ready_options how;
  how.backoff.seed = 1;
  how.clock = time.clock();
  return how;
}

// A server that answers with that until the time.
auto until(virtual_time& time, std::chrono::nanoseconds ready, const failure& before) {
  return [&time, at = time.now() + ready, before](failure& why) {
    if (time.now() < at) why = before;
  };
}

failure waited(const failure& before, std::chrono::nanoseconds span = 30s) {
  virtual_time time;
  failure why;
  wait_until_ready(until(time, 10s, before), span, on(time), why);
  return why;
}

bool says(const failure& f, std::string_view words) { return f.what().find(words) != std::string::npos; }

}  // namespace

TEST_CASE("what a starting server does is waited out") {
  for (const fault f :
       {fault::connection_refused, fault::eof_before_status_line, fault::reset_before_status_line,
        fault::resolve_try_again, fault::connect_timeout, fault::timeout_before_status_line, fault::tls_eof})
    CHECK_MESSAGE((waited(failure(f)).fault() == fault::none), std::string(name(f)));
  for (const int status : {502, 503, 504}) CHECK((waited(rejected(status)).fault() == fault::none));
}

TEST_CASE("what waiting cannot mend ends it at once, and the text says so") {
  for (const fault f : {fault::uri_invalid, fault::host_not_found, fault::tls_certificate_untrusted,
                        fault::tls_certificate_host_mismatch, fault::accept_wrong, fault::status_line_malformed}) {
    const failure why = waited(failure(f));
    CHECK((why.fault() == f));
    CHECK(why.evidence().attempt == 1);
    CHECK(says(why, "waiting cannot mend this: "));
  }
  CHECK(says(waited(rejected(404)), "waiting cannot mend this: the server refuses this request, and will again"));
}

TEST_CASE("a server that is ready is not waited for") {
  virtual_time time;
  failure why;
  const readiness got = wait_until_ready(until(time, 0s, failure()), 30s, on(time), why);
  CHECK(got.attempts == 1);
  CHECK(got.waited == 0s);
  CHECK(time.pauses.empty());
}

TEST_CASE("it is noticed soon, without a rush") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    virtual_time time;
    ready_options how = on(time);
    how.backoff.seed = seed;
    failure why;
    const readiness got = wait_until_ready(until(time, 20s, failure(fault::connection_refused)), 60s, how, why);
    CHECK_FALSE(why);
    CHECK(got.waited < 21s);
    CHECK(got.attempts > 20);
    CHECK(got.attempts < 150);
  }
}

TEST_CASE("all of the time is used, and no more") {
  const failure why = waited(failure(fault::connection_refused), 5s);
  CHECK((why.fault() == fault::connection_refused));
  CHECK(why.evidence().spent > 4900ms);
  CHECK(why.evidence().spent <= 5s);
  CHECK(says(why, "the time is up ("));
  CHECK(why.evidence().earlier.size() == 16);
  CHECK(waited(failure(fault::connection_refused), 0s).evidence().attempt == 1);
}

TEST_CASE("a Retry-After of minutes does not keep a start waiting") {
  virtual_time time;
  failure why;
  const readiness got = wait_until_ready(until(time, 3s, rejected(503, "120")), 30s, on(time), why);
  CHECK_FALSE(why);
  CHECK(got.waited < 6s);
}

TEST_CASE("the program can give up, and go on") {
  virtual_time time;
  ready_options how = on(time);
  how.give_up = [&](const failure&) { return time.pauses.size() >= 3; };  // the server process died
  failure why;
  wait_until_ready(until(time, 1h, failure(fault::connection_refused)), 30s, how, why);
  CHECK(says(why, "given up by the program (4 attempts in "));

  how = on(time);
  how.keep_waiting = [](const failure& f) { return f.evidence().http_status == 404; };
  wait_until_ready(until(time, 5s, rejected(404)), 30s, how, why);
  CHECK_FALSE(why);
}

TEST_CASE("an attempt has its own limit within what is left") {
  virtual_time time;
  ready_options how = on(time);
  failure why;
  std::vector<std::chrono::nanoseconds> left;
  const auto attempt = [&](failure& f, const attempt_info& info) {
    left.push_back(info.left);
    time.pass(info.left);
    f = failure(fault::connect_timeout);
  };
  wait_until_ready(attempt, 12s, how, why);
  REQUIRE(left.size() >= 3);
  CHECK(left[0] == 5s);
  CHECK(left[1] == 5s);
  CHECK(left[2] < 2s);
  CHECK(why.evidence().spent <= 12s);
}

TEST_CASE("without a limit of its own an attempt has all that is left") {
  virtual_time time;
  ready_options how = on(time);
  how.attempt_timeout = 0s;
  failure why;
  std::vector<std::chrono::nanoseconds> left;
  const auto attempt = [&](failure&, const attempt_info& info) { left.push_back(info.left); };
  wait_until_ready(attempt, 12s, how, why);
  CHECK(left == std::vector<std::chrono::nanoseconds>{12s});
}

TEST_CASE("each pause is told") {
  virtual_time time;
  ready_options how = on(time);
  std::size_t told = 0;
  how.on_wait = [&](const failure&, std::chrono::nanoseconds) { ++told; };
  failure why;
  wait_until_ready(until(time, 3s, failure(fault::connection_refused)), 30s, how, why);
  CHECK(told == time.pauses.size());
}

TEST_CASE("cancelled is never tried again") {
  virtual_time time;
  ready_options how = on(time);
  how.keep_waiting = [](const failure&) { return true; };
  failure why;
  const readiness got = wait_until_ready([](failure& f) { f = failure(fault::cancelled); }, 30s, how, why);
  CHECK((why.fault() == fault::cancelled));
  CHECK(got.attempts == 1);
}

TEST_CASE("an attempt may throw") {
  virtual_time time;
  int calls = 0;
  const auto attempt = [&] {
    if (++calls < 4) throw std::system_error(ECONNREFUSED, std::system_category());
  };
  CHECK(wait_until_ready(attempt, 30s, on(time)).attempts == 4);
  const auto wrong = [] { raise(failure(fault::tls_certificate_expired)); };
  CHECK_THROWS_AS(wait_until_ready(wrong, 30s, on(time)), tls_error);
}
