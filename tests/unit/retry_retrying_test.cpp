#include "handshim/retry/retrying.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <string>
#include <thread>
#include <vector>

#include "../support/virtual_time.hpp"

using namespace handshim;
using namespace std::chrono_literals;
using retry_test::virtual_time;

namespace {

failure told(fault f, std::string_view detail = {}) {
  evidence known;
  known.endpoint = "ws://ann:secret@host/chat?token=abc";
  known.detail = detail;
  return failure(f, known);
}

// An attempt that fails with one after the other, then goes well.
class script {
 public:
  explicit script(std::vector<failure> all) : all_(std::move(all)) {}
  int operator()(failure& why) {
    if (calls < all_.size()) why = all_[calls];
    return static_cast<int>(++calls);
  }
  std::size_t calls = 0;

 private:
  std::vector<failure> all_;
};

retry_options on(virtual_time& time) {
  retry_options how;
  how.backoff.seed = 1;
  how.clock = time.clock();
  return how;
}

std::vector<std::string> fingerprints(const failure& f) {
  std::vector<std::string> out;
  for (const failure& one : f.evidence().earlier) out.push_back(one.fingerprint());
  return out;
}

bool says(const failure& f, std::string_view words) { return f.what().find(words) != std::string::npos; }

struct busy {};
struct translator {
  using exceptions = types<busy>;
  static failure translate(const busy&, phase) { return failure(fault::connect_timeout); }
};

std::system_error refused() { return std::system_error(ECONNREFUSED, std::system_category()); }

}  // namespace

TEST_CASE("what goes well is done once") {
  virtual_time time;
  script attempt({});
  failure why = told(fault::connection_refused);
  CHECK(retry(attempt, on(time), why) == 1);
  CHECK_FALSE(why);
  CHECK(time.pauses.empty());
}

TEST_CASE("what may pass is tried again, after the delays of the backoff") {
  virtual_time time;
  script attempt({told(fault::connection_refused), told(fault::eof_before_status_line)});
  failure why;
  CHECK(retry(attempt, on(time), why) == 3);
  CHECK_FALSE(why);
  backoff same(on(time).backoff);
  CHECK(time.pauses == std::vector<std::chrono::nanoseconds>{same.next(told(fault::connection_refused)).delay,
                                                             same.next(told(fault::connection_refused)).delay});
}

TEST_CASE("what is no use is not tried again, and the text says why") {
  virtual_time time;
  script attempt({told(fault::connection_refused), told(fault::tls_certificate_expired, "as of yesterday")});
  failure why;
  retry(attempt, on(time), why);
  CHECK((why.fault() == fault::tls_certificate_expired));
  CHECK(says(why, "as of yesterday; trying again is no use: the same certificate will come again"));
  CHECK(why.evidence().attempt == 2);
  CHECK(fingerprints(why) == std::vector<std::string>{"connect.refused"});
}

TEST_CASE("the last failure has all earlier ones, their number and the time") {
  virtual_time time;
  retry_options how = on(time);
  how.attempts = 3;
  script attempt({told(fault::host_unreachable), told(fault::connect_timeout), told(fault::connection_refused)});
  failure why;
  retry(attempt, how, why);
  CHECK(attempt.calls == 3);
  CHECK((why.fault() == fault::connection_refused));
  CHECK(fingerprints(why) == std::vector<std::string>{"connect.host-unreachable", "connect.timeout"});
  CHECK(why.evidence().attempt == 3);
  CHECK(why.evidence().earlier[0].evidence().attempt == 1);
  CHECK(why.evidence().earlier[1].evidence().attempt == 2);
  CHECK(why.evidence().spent == time.pauses[0] + time.pauses[1]);
  CHECK(says(why, "no attempt is left (3 attempts in "));
  CHECK(why.describe().find("earlier:      attempt 1: connect.host-unreachable\n") != std::string::npos);
  CHECK(why.what().find("secret") == std::string::npos);
  CHECK(why.describe().find("token=abc") == std::string::npos);
}

TEST_CASE("of many earlier failures the first and the newest are kept") {
  virtual_time time;
  retry_options how = on(time);
  how.attempts = 40;
  std::vector<failure> all(40, told(fault::connection_refused));
  all[0] = told(fault::resolve_try_again);
  script attempt(std::move(all));
  failure why;
  retry(attempt, how, why);
  const auto& earlier = why.evidence().earlier;
  REQUIRE(earlier.size() == 16);
  CHECK((earlier[0].fault() == fault::resolve_try_again));
  CHECK(earlier[1].evidence().attempt == 25);
  CHECK(earlier[15].evidence().attempt == 39);
}

TEST_CASE("no pause begins that would pass the total") {
  virtual_time time;
  retry_options how = on(time);
  how.total = 4s;
  how.attempts = 0;
  script attempt(std::vector<failure>(50, told(fault::connection_refused)));
  failure why;
  retry(attempt, how, why);
  CHECK(why.evidence().spent < 4s);
  CHECK(says(why, "the time is up: the next attempt would be in "));
  CHECK(attempt.calls == why.evidence().attempt);
}

TEST_CASE("an attempt is told its number and what is left of the time") {
  virtual_time time;
  retry_options how = on(time);
  how.total = 60s;
  std::vector<attempt_info> seen;
  failure why;
  retry(
      [&](failure& f, const attempt_info& info) {
        seen.push_back(info);
        time.pass(1s);
        if (seen.size() < 3) f = told(fault::connection_refused);
      },
      how, why);
  REQUIRE(seen.size() == 3);
  CHECK(seen[0].number == 1);
  CHECK(seen[0].left == 60s);
  CHECK(seen[2].number == 3);
  CHECK(seen[2].left == 58s - time.pauses[0] - time.pauses[1]);
  how.total = {};
  retry([](failure&, const attempt_info& info) { CHECK(info.left == std::chrono::nanoseconds::max()); }, how, why);
}

TEST_CASE("the program's own words come first") {
  virtual_time time;
  retry_options how = on(time);
  how.give_up = [](const failure& f) { return f.is(fault::connect_timeout); };
  script attempt({told(fault::connection_refused), told(fault::connect_timeout)});
  failure why;
  retry(attempt, how, why);
  CHECK(says(why, "given up by the program"));
  CHECK(attempt.calls == 2);

  how.give_up = nullptr;
  how.keep_trying = [](const failure& f) { return f.is(fault::host_not_found); };
  script named({told(fault::host_not_found), told(fault::host_not_found)});
  CHECK(retry(named, how, why) == 3);
  CHECK_FALSE(why);
  script invalid({told(fault::uri_invalid)});
  retry(invalid, how, why);
  CHECK((why.fault() == fault::uri_invalid));
}

TEST_CASE("cancelled is never tried again") {
  virtual_time time;
  retry_options how = on(time);
  how.keep_trying = [](const failure&) { return true; };
  script attempt({told(fault::connection_refused), told(fault::cancelled)});
  failure why;
  retry(attempt, how, why);
  CHECK((why.fault() == fault::cancelled));
  CHECK(attempt.calls == 2);
  CHECK(fingerprints(why) == std::vector<std::string>{"connect.refused"});
}

TEST_CASE("a pause that is stopped ends it with all that was known") {
  virtual_time time;
  retry_options how = on(time);
  time.on_pause = [&] { return time.pauses.size() < 2; };
  script attempt(std::vector<failure>(5, told(fault::connection_refused)));
  failure why;
  retry(attempt, how, why);
  CHECK((why.fault() == fault::cancelled));
  CHECK((why.phase() == phase::connect));
  CHECK(attempt.calls == 2);
  CHECK(fingerprints(why) == std::vector<std::string>{"connect.refused", "connect.refused"});
  CHECK(says(why, "stopped while it waited to try again (2 attempts in "));
}

TEST_CASE("a stop during a pause of the program's own clock counts, though the pause went to its end") {
  virtual_time time;
  stop_signal stop;
  retry_options how = on(time);
  how.stop = &stop;
  time.on_pause = [&] { return stop.request(), true; };
  script attempt(std::vector<failure>(5, told(fault::connection_refused)));
  failure why;
  retry(attempt, how, why);
  CHECK((why.fault() == fault::cancelled));
  CHECK(attempt.calls == 1);
}

TEST_CASE("a stop from another thread ends a pause of the real clock at once") {
  stop_signal stop;
  retry_options how;
  how.backoff.jitter = false;
  how.backoff.first = 0s;
  how.backoff.base = how.backoff.cap = 10min;
  how.stop = &stop;
  std::thread other;
  how.on_retry = [&](const failure&, std::chrono::nanoseconds delay) {
    if (delay == 10min) other = std::thread([&] { stop.request(); });
  };
  script attempt(std::vector<failure>(5, told(fault::connection_refused)));
  failure why;
  retry(attempt, how, why);
  other.join();
  CHECK((why.fault() == fault::cancelled));
  CHECK(attempt.calls == 2);
  // Once stopped, nothing is tried again.
  script late({told(fault::connection_refused)});
  retry(late, how, why);
  CHECK((why.fault() == fault::cancelled));
  CHECK(late.calls == 1);
}

TEST_CASE("each pause is told before it begins") {
  virtual_time time;
  retry_options how = on(time);
  std::vector<std::chrono::nanoseconds> delays;
  how.on_retry = [&](const failure& f, std::chrono::nanoseconds delay) {
    CHECK((f.fault() == fault::connection_refused));
    CHECK(f.evidence().attempt == delays.size() + 1);
    delays.push_back(delay);
  };
  script attempt(std::vector<failure>(3, told(fault::connection_refused)));
  failure why;
  retry(attempt, how, why);
  CHECK(delays == time.pauses);
}

TEST_CASE("an attempt may throw, and gives back what it returns") {
  virtual_time time;
  int calls = 0;
  const std::string got = retry(
      [&] {
        if (++calls < 3) throw refused();
        return std::string("there");
      },
      on(time));
  CHECK(got == "there");
  CHECK(calls == 3);
  retry([&](const attempt_info& info) { calls = static_cast<int>(info.number); }, on(time));
  CHECK(calls == 1);
}

TEST_CASE("the last failure is raised as the policy says, with the earlier ones") {
  virtual_time time;
  retry_options how = on(time);
  how.attempts = 3;
  how.phase = phase::connect;
  try {
    retry([] { throw refused(); }, how);
    FAIL("did not throw");
  } catch (const connection_refused& e) {
    CHECK(e.failure().evidence().earlier.size() == 2);
    CHECK(e.failure().evidence().attempt == 3);
    CHECK(e.native_code() == refused().code());
    CHECK_THROWS_AS(std::rethrow_exception(e.failure().evidence().cause), std::system_error);
  }
}

TEST_CASE("a handshim exception is raised again under its own policy") {
  virtual_time time;
  retry_options how = on(time);
  how.attempts = 2;
  const policy_choice old(find_policy("websockets-14.0"));
  try {
    retry([&] { raise(told(fault::eof_before_status_line), old); }, how);
    FAIL("did not throw");
  } catch (const eof_error& e) {
    CHECK(e.policy() == old.policy);
    CHECK(e.failure().evidence().earlier.size() == 1);
  }
}

TEST_CASE("a translator tells what the client's own exceptions mean") {
  virtual_time time;
  retry_options how = on(time);
  how.attempts = 2;
  CHECK_THROWS_AS(retry<translator>([] { throw busy(); }, how), timeout_error);
}

TEST_CASE("running out of memory is nobody's fault and goes through") {
  virtual_time time;
  CHECK_THROWS_AS(retry([] { throw std::bad_alloc(); }, on(time)), std::bad_alloc);
  CHECK(time.pauses.empty());
}

TEST_CASE("a failure that has earlier ones already is kept without them as an earlier one") {
  virtual_time time;
  retry_options how = on(time);
  how.attempts = 2;
  failure why;
  retry(
      [&](failure& f) {
        virtual_time inner_time;
        retry_options inner = on(inner_time);
        inner.attempts = 2;
        retry([](failure& one) { one = told(fault::connection_refused); }, inner, f);
        CHECK(f.evidence().earlier.size() == 1);
      },
      how, why);
  REQUIRE(why.evidence().earlier.size() == 1);
  CHECK(why.evidence().earlier[0].evidence().earlier.empty());
}
