#include <boost/leaf.hpp>
#include <system_error>

#include "../harness.hpp"
#include "facts.hpp"

namespace {

namespace leaf = boost::leaf;

[[gnu::noinline]] leaf::result<int> told() {
  return leaf::new_error(std::error_code{bench::native_value(), std::system_category()}, bench::now());
}

void compared(std::size_t times) {
  for (std::size_t i = 0; i < times; ++i) {
    const int lost = leaf::try_handle_all([] { return told(); },
                                          [](const std::error_code& code, bench::moment when) {
                                            bench::keep(when);
                                            return static_cast<int>(code == std::errc::connection_reset);
                                          },
                                          [] { return -1; });
    bench::keep(lost);
  }
}

const bench::entry one(bench::value_row, "Boost.LEAF result", bench::always(compared));

}  // namespace
