#include <absl/status/status.h>
#include <absl/strings/cord.h>

#include <string>

#include "../harness.hpp"
#include "facts.hpp"

namespace {

// The native number and the phase as payloads, which is how a Status carries facts.
[[gnu::noinline]] absl::Status told() {
  absl::Status out = absl::ErrnoToStatus(bench::native_value(), "");
  out.SetPayload("native", absl::Cord(std::to_string(bench::native_value())));
  out.SetPayload("phase", absl::Cord(bench::now() == bench::moment::open ? "open" : "handshake"));
  return out;
}

// Without facts beside the code: less than the others carry.
[[gnu::noinline]] absl::Status told_alone() { return absl::UnavailableError(""); }

void compared(std::size_t times) {
  for (std::size_t i = 0; i < times; ++i) bench::keep(absl::IsUnavailable(told()));
}
void compared_alone(std::size_t times) {
  for (std::size_t i = 0; i < times; ++i) bench::keep(absl::IsUnavailable(told_alone()));
}

const bench::entry one(bench::value_row, "absl::Status, the same facts", bench::always(compared));
const bench::entry two(bench::value_row, "absl::Status, its code alone", bench::always(compared_alone));

}  // namespace
