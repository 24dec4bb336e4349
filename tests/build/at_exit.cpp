// Failures, exceptions, codes, policies, counters and observers in the destructors of static objects, of which some
// were made before anything of the library, and some after it.
#include <cstdlib>
#include <exception>
#include <string>

#include "check.hpp"
#include "handshim/backends/raw_sockets.hpp"
#include "handshim/client.hpp"
#include "handshim/handshim.hpp"
#include "handshim/observe.hpp"
#include "handshim/retry.hpp"

namespace {

int told = 0;

std::string text_of(const std::exception_ptr& kept) {
  try {
    std::rethrow_exception(kept);
  } catch (const handshim::connection_refused& e) {
    return e.what();
  } catch (...) {
  }
  return {};
}

// Uses what it was given, and the library as if for the first time.
struct at_the_end {
  std::exception_ptr kept;
  handshim::failure known;
  handshim::policy by;

  ~at_the_end() {
    CHECK(text_of(kept).find("ws://host/") != std::string::npos);
    CHECK(known.describe().find("nothing listens") != std::string::npos);
    CHECK(known.to_json().find("connection_refused") != std::string::npos);
    CHECK(known.native_code().message() != "");
    CHECK(std::string(by.name()) == "websockets-14.0");
    CHECK(handshim::find_policy("websockets-13.1") != by);
    CHECK(make_error_code(handshim::net::stream_errc::eof).message() == "end of stream");
    const auto before = told;
    handshim::failure why;
    handshim::client<handshim::raw_sockets>().connect("ws://127.0.0.1:1/x y", why);
    CHECK(why.fault() == handshim::fault::uri_character_invalid);
    CHECK(told == before + 1);
    CHECK(handshim::read_counters().failures > 0);
    CHECK(handshim::advise(known).what == handshim::advice_for(known));
    if (failed_checks() != 0) std::_Exit(1);  // nobody looks at what main returned any more
  }
};

at_the_end early;  // destroyed after all that the library made

void fill(at_the_end& to) {
  handshim::evidence known;
  known.endpoint = "ws://host/";
  to.by = handshim::find_policy("websockets-14.0");
  to.known = handshim::failure(handshim::fault::connection_refused, known, make_error_code(std::errc::io_error));
  to.kept = handshim::to_exception_ptr(to.known, handshim::policy());
}

}  // namespace

int main() {
  handshim::count_failures();
  handshim::set_observer({[](void* count, const handshim::event&) noexcept { ++*static_cast<int*>(count); }, &told});
  fill(early);
  static at_the_end late;
  fill(late);
  return 0;
}
