// Prints counters as OpenMetrics, with the oddest names that a backend can have.
#include <iostream>
#include <string>

#include "handshim/handshim.hpp"
#include "handshim/observe.hpp"

int main() {
  using handshim::fault;
  handshim::count_failures();
  handshim::set_candidate(handshim::find_policy("websockets-14.0"));
  const auto fail = [](fault f, std::string_view backend, const char* spec) {
    handshim::evidence known;
    known.backend = backend;
    handshim::failure now(f, known);
    handshim::observe(now, handshim::find_policy(spec));
  };
  for (const char* backend : {"plain", "quote\"", "back\\slash", "line\nfeed", "\xff\xfe", "a=b,{c}", ""})
    fail(fault::eof_before_status_line, backend, "unified-1");
  fail(fault::timeout_in_headers, "plain", "websockets-13.1,closed=error");
  fail(fault::connection_refused, "plain", "native");
  std::cout << handshim::read_counters().to_openmetrics();
}
