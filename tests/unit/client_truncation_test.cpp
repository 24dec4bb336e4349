#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "../support/backends.hpp"
#include "../support/server.hpp"
#include "../support/truncation.hpp"
#include "../support/wine.hpp"

using namespace handshim;
using namespace client_test;

namespace {

// Over real sockets each connection costs more: not every length, but those round the ends and some between.
std::vector<std::size_t> some_lengths(const conversation& what) {
  std::vector<std::size_t> out{0, 1};
  for (std::size_t n = 12; n < length_of(what); n += 13) out.push_back(n);
  out.push_back(length_of(what) - 1);
  out.push_back(length_of(what));
  return out;
}

template <class B>
std::string end_of(const conversation& what, std::size_t most, bool reset) {
  scripted_server server([&](peer& client) {
    client.read_request();
    client.send(tool::fill_in(what.bytes, client.port(), client.accept()).substr(0, most));
    if (reset) client.reset();
  });
  client<B> c(short_of_words());
  return how_it_ends(c, uri_of(server));
}

template <class B>
void check_ends(const conversation& what, bool reset) {
  const std::vector<std::string> by_eof = ends_by_eof(what), by_reset = ends_by_reset(what);
  for (const std::size_t most : some_lengths(what)) {
    CAPTURE(what.name);
    CAPTURE(most);
    const std::string end = end_of<B>(what, most, reset);
    CAPTURE(end);
    if (reset)
      CHECK(test_support::tells_reset(end == by_reset[most], end == by_eof[most]));
    else
      CHECK(end == by_eof[most]);
  }
}

}  // namespace

TEST_CASE_TEMPLATE("a server that ends the connection anywhere gives the fault of the place", B, EVERY_BACKEND) {
  for (const conversation& what : conversations()) check_ends<B>(what, false);
}

TEST_CASE_TEMPLATE("a server that resets the connection anywhere gives the fault of the place", B, EVERY_BACKEND) {
  for (const conversation& what : conversations()) check_ends<B>(what, true);
}
