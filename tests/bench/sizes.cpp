// How much memory an object takes.
#include <string>
#include <system_error>

#include "handshim/handshim.hpp"

#include "harness.hpp"

namespace {

std::string line(const char* what, std::size_t size) {
  return "size\t" + std::string(what) + "\t" + std::to_string(size) + "\n";
}

const bench::note sizes([] {
  std::string out = line("std::system_error", sizeof(std::system_error)) + line("failure", sizeof(handshim::failure)) +
                    line("evidence", sizeof(handshim::evidence)) + line("policy", sizeof(handshim::policy)) +
                    line("error", sizeof(handshim::error));
#define KIND(number, name, base, description) out += line(#name, sizeof(handshim::name));
#include "handshim/data/kinds.inc"
#undef KIND
  out.pop_back();
  return out;
});

}  // namespace
