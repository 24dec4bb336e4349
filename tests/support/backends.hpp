// The three backends for TEST_CASE_TEMPLATE, and how doctest prints what the tests of them compare.
#pragma once

#include <doctest/doctest.h>

#include <string>

#include "handshim/backends/legacy_mode.hpp"
#include "handshim/backends/new_mode.hpp"
#include "handshim/backends/raw_sockets.hpp"
#include "handshim/client.hpp"

// The tests of the clients serve an adapter's backend too: -DADAPTER_HEADER='"..."' -DADAPTER_BACKEND=type.
#if defined(ADAPTER_BACKEND)
#include ADAPTER_HEADER
#define EVERY_BACKEND handshim::ADAPTER_BACKEND
TYPE_TO_STRING(handshim::ADAPTER_BACKEND);
#else
#define EVERY_BACKEND handshim::raw_sockets, handshim::legacy_mode, handshim::new_mode
#endif

TYPE_TO_STRING(handshim::raw_sockets);
TYPE_TO_STRING(handshim::legacy_mode);
TYPE_TO_STRING(handshim::new_mode);

namespace handshim {

// Found by doctest beside the types.
inline doctest::String text_of(std::string_view text) { return {text.data(), static_cast<unsigned>(text.size())}; }
inline doctest::String toString(fault f) { return text_of(name(f)); }
inline doctest::String toString(kind k) { return text_of(name(k)); }
inline doctest::String toString(phase p) { return text_of(name(p)); }

}  // namespace handshim

namespace client_test {

// Long enough for a machine under load, short enough for a test that fails.
inline handshim::options patient() {
  handshim::options how;
  how.recv_timeout = std::chrono::seconds(20);
  return how;
}

// A client that is connected; the test ends if it cannot be.
template <class Backend>
handshim::client<Backend> connected(const std::string& uri, handshim::options how = patient()) {
  handshim::client<Backend> out(std::move(how));
  handshim::failure why;
  out.connect(uri, why);
  INFO(why.describe());
  REQUIRE(why.fault() == handshim::fault::none);
  return out;
}

// How the connection ended, once all messages are received.
template <class Backend>
handshim::failure last_words(handshim::client<Backend>& of) {
  handshim::failure why;
  while (!why) of.recv(why);
  return why;
}

}  // namespace client_test
