// An exception of Poco's, thrown and caught without it and through its adapter's translator.
#include <system_error>

#include <Poco/Net/NetException.h>

#include "handshim/adapters/poco.hpp"
#include "stack.hpp"

namespace {

constexpr const char* row = "exception from Poco";

[[gnu::noinline]] void receive() { throw Poco::Net::NoMessageException(); }

struct bare_rethrow {
  [[gnu::noinline]] void operator()() const {
    try {
      receive();
    } catch (const Poco::Exception& e) {
      throw std::system_error(std::make_error_code(std::errc::connection_reset), e.displayText());
    }
  }
};

struct guarded {
  [[gnu::noinline]] void operator()() const {
    handshim::guard<handshim::adapters::poco::translator>(handshim::phase::handshake, receive);
  }
};

const bench::entry bare(row, "catch, and throw std::system_error", bench::always([](std::size_t times) {
                          bench::caught<std::system_error>(times, bare_rethrow());
                        }));
const bench::entry ours(row, "guard<poco::translator>",
                        bench::always([](std::size_t times) { bench::caught<handshim::error>(times, guarded()); }));

}  // namespace
