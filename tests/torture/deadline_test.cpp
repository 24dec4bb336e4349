#include <doctest/doctest.h>

#include "scenario.hpp"

using namespace torture;
using handshim::fault;
using namespace std::chrono_literals;

namespace {

struct stall {
  std::string_view name;
  script peer;
  std::string_view during;
  fault what;
  std::chrono::seconds deadline;  // of that call, as in_seconds() has it
};

const std::string upgrade = client_test::upgrade_response;

const stall stalls[] = {
    {"the connection", {"", "", script::never_connected}, "connect", fault::connect_timeout, 5s},
    {"the response", {"", "", script::stalls}, "connect", fault::timeout_before_status_line, 5s},
    {"a header",
     {"HTTP/1.1 101 Switching Protocols\r\nUp", "", script::stalls},
     "connect",
     fault::timeout_in_headers,
     5s},
    {"a body",
     {"HTTP/1.1 403 No\r\nContent-Length: 9\r\n\r\nNo", "", script::stalls},
     "connect",
     fault::timeout_in_body,
     5s},
    {"a message", {upgrade, "\x81\x0ehalf", script::stalls}, "recv", fault::recv_timeout, 20s},
    {"the reading", {upgrade, "", script::reads_nothing}, "send", fault::send_timeout, 4s},
    {"the close", {upgrade, "", script::stalls}, "close", fault::close_timeout, 3s},
};

// The call that stalls, how long it took, and how it ended; close() is told by recv().
template <class B>
std::chrono::nanoseconds time_of(handshim::client<B>& c, std::string_view during, handshim::failure& why) {
  if (during == "connect") return c.connect(uri, why), kernel::waited();
  c.connect(uri, why);
  REQUIRE_FALSE(why);
  const auto before = kernel::waited();
  if (during == "recv") c.recv(why);
  if (during == "send") c.send_binary(std::string(1u << 20, 'x'), why);
  if (during == "close") c.close(why);
  const auto took = kernel::waited() - before;
  if (during == "close") c.recv(why);
  return took;
}

}  // namespace

TEST_CASE_TEMPLATE("deadlines are kept, one byte at a time and with a signal in every call", B, EVERY_BACKEND) {
  for (const manners how : {manners{}, manners{true, false}, manners{false, true}, manners{true, true}})
    for (const stall& which : stalls) {
      CAPTURE(std::string(which.name));
      kernel::reset({which.peer}, how);
      auto options = in_seconds(handshim::policy());
      options.ping_interval = 0s;
      handshim::failure why;
      std::chrono::nanoseconds took;
      {
        handshim::client<B> c(options);
        took = time_of(c, which.during, why);
      }
      CHECK(why.fault() == which.what);
      CHECK(took >= which.deadline);
      CHECK(took <= which.deadline + which.deadline / 10 + 50ms);
      CHECK(kernel::open_descriptors() == 0);
      CHECK(kernel::offence() == "");
    }
}
