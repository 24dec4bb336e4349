#include <boost/system/error_code.hpp>

#include "../harness.hpp"
#include "facts.hpp"

namespace {

namespace sys = boost::system;

[[gnu::noinline]] sys::error_code told() { return {bench::native_value(), sys::system_category()}; }

void compared(std::size_t times) {
  for (std::size_t i = 0; i < times; ++i) bench::keep(told() == sys::errc::connection_reset);
}

const bench::entry one(bench::value_row, "Boost.System error_code", bench::always(compared));

}  // namespace
