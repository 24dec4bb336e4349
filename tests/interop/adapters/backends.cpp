// The program that compares, on a client that must agree with itself: the backends over the adapters' interface.
#include "client_player.hpp"

#include "handshim/backends/legacy_mode.hpp"
#include "handshim/backends/new_mode.hpp"

using namespace handshim;

namespace {

template <class Backend>
interop::way way_of() {
  return {Backend::name, [](const options& how) { return std::make_unique<interop::client_player<Backend>>(how); }};
}

}  // namespace

int main(int count, char** words) {
  return interop::compare(count, words, {way_of<legacy_mode>(), way_of<new_mode>()});
}
