#include <doctest/doctest.h>

#include <map>
#include <string>
#include <tuple>

#include "scenario.hpp"

using namespace torture;

namespace {

struct seen {
  report came;
  bool failed = false;
  long left = 0;
};

template <class B>
seen run_once(const scenario& which, const row& call, long nth) {
  const handshim::options how = in_seconds(handshim::policy());
  kernel::reset(which.peers);
  const long before = memory::live();
  kernel::fail(call, nth);
  seen out;
  out.came = run<B>(which, how);
  out.failed = kernel::end();
  kernel::settle();
  out.left = memory::live() - before;
  return out;
}

template <class B>
seen run_twice(const scenario& which, const row& call, long nth) {
  const seen out = run_once<B>(which, call, nth);
  return out.left == 0 ? out : run_once<B>(which, call, nth);
}

std::error_code code_of(const row& call) {
  if (call.function == "getaddrinfo" && call.code != EAI_SYSTEM)
    return {call.code, handshim::net::getaddrinfo_category()};
  return {call.function == "getaddrinfo" ? ENOMEM : call.code, std::system_category()};
}

// What the peer's reset, or its leaving, may look like in its place.
bool explains(const report& came, const row& call) {
  return came.native == code_of(call) || (call.function == "send" && (call.code == EPIPE || call.code == ECONNRESET));
}

void check(const report& came, const row& call) {
  CHECK(came.undocumented == "");
  CHECK_FALSE(came.memory);
  if (call.expected != outcome::fails) {
    CHECK(came.during == "");
    return;
  }
  // close() hides what happens to a connection that it ends: the recv() behind it tells.
  CHECK(came.during != "");
  CHECK(explains(came, call));
}

template <class B>
void each_time(const scenario& which, const row& call) {
  for (long nth = 1; nth < 200; ++nth) {
    const seen out = run_twice<B>(which, call, nth);
    CAPTURE(nth);
    CAPTURE(std::string(out.came.during));
    CAPTURE(out.came.what);
    CHECK(out.left == 0);
    CHECK(kernel::open_descriptors() == 0);
    CHECK(kernel::offence() == "");
    if (out.failed) {
      check(out.came, call);
      continue;
    }
    CHECK(out.came.during == "");
    return;
  }
  FAIL("there is no end of calls");
}

}  // namespace

TEST_CASE_TEMPLATE("each call of the system may fail with each code that it has", B, EVERY_BACKEND) {
  for (const scenario& which : scenarios()) {
    if (which.during != "") continue;
    for (const row& call : rows()) {
      CAPTURE(std::string(which.name));
      CAPTURE(std::string(call.function));
      CAPTURE(std::string(call.name));
      each_time<B>(which, call);
    }
  }
}

TEST_CASE("each call of the table is made") {
  std::map<std::string_view, long> made;
  for (const scenario& which : scenarios()) {
    kernel::reset(which.peers);
    run<handshim::raw_sockets>(which, in_seconds(handshim::policy()));
    for (const row& call : rows()) made[call.function] += kernel::calls(call.function);
  }
  for (const auto& each : made) {
    CAPTURE(std::string(each.first));
    CHECK(each.second > 0);
  }
}

TEST_CASE_TEMPLATE("one byte at a time, and a signal in every call, change nothing", B, EVERY_BACKEND) {
  for (const manners how : {manners{true, false}, manners{false, true}, manners{true, true}})
    for (const scenario& which : scenarios()) {
      CAPTURE(std::string(which.name));
      kernel::reset(which.peers, how);
      const report came = run<B>(which, in_seconds(handshim::policy()));
      CHECK(came.undocumented == "");
      CHECK(came.during == which.during);
      CHECK(came.what == which.what);
      CHECK(kernel::open_descriptors() == 0);
      CHECK(kernel::offence() == "");
    }
}
