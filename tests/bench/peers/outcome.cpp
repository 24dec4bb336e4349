#include <boost/outcome/result.hpp>
#include <system_error>

#include "../harness.hpp"
#include "facts.hpp"

namespace {

namespace outcome = BOOST_OUTCOME_V2_NAMESPACE;

struct facts {
  std::error_code code;
  bench::moment when;
};
using result = outcome::result<int, facts, outcome::policy::all_narrow>;

[[gnu::noinline]] result told() {
  return outcome::failure(facts{{bench::native_value(), std::system_category()}, bench::now()});
}

void compared(std::size_t times) {
  for (std::size_t i = 0; i < times; ++i) {
    const result r = told();
    bench::keep(r.has_error() && r.assume_error().code == std::errc::connection_reset);
  }
}

const bench::entry one(bench::value_row, "Boost.Outcome result", bench::always(compared));

}  // namespace
