// A case, played with one backend and held against what is expected of it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "case.hpp"

namespace conformance {

/// How a case went: the deliveries that were tried, and what was wrong with the first that went wrong.
struct verdict {
  std::size_t runs = 0;
  std::string wrong;  ///< empty: as expected
};

/// In memory: step by step, at once, byte by byte, in pieces of 997 bytes; what is not generated also split in two at
/// each place. Large cases leave out the byte by byte, and those of 9.5 and 9.6 have one delivery of their own.
verdict play_in_memory(const test_case& what, std::string_view backend);

/// Over TCP, against the scripted server.
verdict play_live(const test_case& what, std::string_view backend);

/// The cases of group S: what a client sends, checked frame by frame. Each has its outcome for that backend.
struct sending_case {
  std::string name, wrong;
};
std::vector<sending_case> play_sending(std::string_view backend);

}  // namespace conformance
