// Built with exceptions but without run-time type information: all but as<K>() and the names of classes works.
#include <cerrno>
#include <stdexcept>
#include <string>

#include "check.hpp"
#include "handshim/handshim.hpp"

#if !HANDSHIM_HAS_EXCEPTIONS || HANDSHIM_HAS_RTTI
#error "this program must be built with exceptions and -fno-rtti"
#endif

namespace {

using handshim::failure;
using handshim::fault;
using handshim::phase;

struct my_error {};
struct my_translator {
  using exceptions = handshim::types<my_error>;
  static failure translate(const my_error&, phase) { return failure(fault::eof_in_headers); }
};

template <class Kind, class F>
fault caught_as(F fn) {
  try {
    fn();
  } catch (const Kind& e) {
    return e.fault();
  } catch (...) {
  }
  return fault::none;
}

void raises() {
  const auto late = [] { handshim::raise(failure(fault::timeout_in_headers), handshim::policy()); };
  CHECK(caught_as<handshim::timeout_error>(late) == fault::timeout_in_headers);
  CHECK(caught_as<handshim::invalid_handshake>(late) == fault::timeout_in_headers);
  CHECK(caught_as<handshim::error>(late) == fault::timeout_in_headers);
  CHECK(caught_as<handshim::network_error>(late) == fault::none);
}

void guards() {
  CHECK(handshim::guard(phase::open, [] { return 7; }) == 7);
  CHECK(caught_as<handshim::connection_refused>([] {
          handshim::guard(phase::connect, [] { throw std::system_error(ECONNREFUSED, std::system_category()); });
        }) == fault::connection_refused);
  CHECK(caught_as<handshim::invalid_message>([] {
          handshim::guard<my_translator>(phase::handshake, [] { throw my_error(); });
        }) == fault::eof_in_headers);
  const failure f = handshim::capture(phase::open, [] { throw std::runtime_error("out of luck"); });
  CHECK(f.fault() == fault::unclassified);
  CHECK(f.evidence().native_text == "out of luck");
  CHECK(f.evidence().cause);
}

void translates() {
  try {
    throw std::system_error(ECONNRESET, std::system_category());
  } catch (...) {
    CHECK(handshim::current_failure(phase::handshake).fault() == fault::reset_in_response);
  }
}

}  // namespace

int main() {
  raises();
  guards();
  translates();
  return failed_checks() == 0 ? 0 : 1;
}
