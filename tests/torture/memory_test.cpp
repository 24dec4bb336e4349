#include <doctest/doctest.h>

#include "scenario.hpp"

using namespace torture;

namespace {

struct seen {
  report came;
  bool failed = false;  // whether the allocation was made that was to fail
  long left = 0;        // blocks
};

template <class B>
seen run_once(const scenario& which, const handshim::options& how, memory::failing mode, long nth) {
  kernel::reset(which.peers);
  const long before = memory::live();
  memory::fail(mode, nth);
  seen out;
  out.came = run<B>(which, how, mode == memory::failing::from_then_on);
  out.failed = memory::end();
  kernel::settle();
  out.left = memory::live() - before;
  return out;
}

// What is made once and kept for ever is not lost: a second time nothing may be left.
template <class B>
seen run_twice(const scenario& which, const handshim::options& how, memory::failing mode, long nth) {
  const seen out = run_once<B>(which, how, mode, nth);
  return out.left == 0 ? out : run_once<B>(which, how, mode, nth);
}

template <class B>
void each_allocation(const scenario& which, const handshim::options& how, memory::failing mode) {
  for (long nth = 1; nth < 1000; ++nth) {
    const seen out = run_twice<B>(which, how, mode, nth);
    CAPTURE(nth);
    CHECK(out.came.undocumented == "");
    CHECK(out.left == 0);
    CHECK(kernel::open_descriptors() == 0);
    CHECK(kernel::offence() == "");
    if (!out.came.memory) {
      CHECK(out.came.during == which.during);
      CHECK(out.came.what == which.what);
    }
    if (!out.failed) return;
  }
  FAIL("there is no end of allocations");
}

}  // namespace

TEST_CASE_TEMPLATE("each allocation may fail, and so may all from then on", B, EVERY_BACKEND) {
  for (const scenario& which : scenarios())
    for (const auto mode : {memory::failing::once, memory::failing::from_then_on}) {
      CAPTURE(std::string(which.name));
      each_allocation<B>(which, in_seconds(handshim::policy()), mode);
    }
}

TEST_CASE_TEMPLATE("each allocation may fail under any policy", B, EVERY_BACKEND) {
  for (const scenario& which : scenarios())
    for (const auto* policy : {"websockets-14.0", "native"}) {
      if (which.during == "") continue;
      CAPTURE(std::string(which.name));
      CAPTURE(std::string(policy));
      each_allocation<B>(which, in_seconds(handshim::find_policy(policy)), memory::failing::once);
    }
}
