// Each allocation of the first use of the library in a process: a child for each, so that nothing was made before.
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scenario.hpp"

using namespace torture;

namespace {

enum verdict { as_documented, nothing_failed, undocumented };

template <class B>
verdict first_use(const scenario& which, memory::failing how, long nth) {
  const handshim::options options = in_seconds(handshim::policy());
  kernel::reset(which.peers);
  memory::fail(how, nth);
  const report out = run<B>(which, options, how == memory::failing::from_then_on);
  if (!memory::end()) return nothing_failed;
  return out.undocumented == "" && (out.memory || out.what == which.what) ? as_documented : undocumented;
}

template <class B>
int verdict_of_child(const scenario& which, memory::failing how, long nth) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(first_use<B>(which, how, nth));
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

const scenario& named(std::string_view name) {
  for (const scenario& each : scenarios())
    if (each.name == name) return each;
  throw "no such scenario";
}

}  // namespace

TEST_CASE_TEMPLATE("memory may run out at each allocation of a process's first use", B, EVERY_BACKEND) {
  const auto each = [](std::string_view name, memory::failing how) {
    int verdict = as_documented;
    long nth = 0;
    while (verdict == as_documented && nth < 1000) verdict = verdict_of_child<B>(named(name), how, ++nth);
    CAPTURE(std::string(name));
    CAPTURE(nth);
    CHECK(verdict == nothing_failed);
    CHECK(nth > 5);
  };
  each("moved to a name", memory::failing::once);
  each("refused", memory::failing::from_then_on);
}
