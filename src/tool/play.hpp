// Plays the client steps of a scenario, through client<Backend>, against its server.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "handshim/failure.hpp"
#include "handshim/reading.hpp"
#include "script.hpp"

namespace handshim::tool {

/// How a play ended: the step that failed and its failure, or step "-" and no failure.
struct outcome {
  std::string step = "-";
  handshim::failure failure;
};

/// The names of the backends, in the order in which they are listed.
const std::vector<std::string_view>& backend_names();
/// The backends that an option names: one, or "all". Throws usage_error for another word.
std::vector<std::string_view> backends_of(std::string_view option);

/// Serves the scenario on a free port of 127.0.0.1 and plays its client steps, reading as told. Thread-safe.
/// Defaults as the corpus has them: open timeout 2 s, close timeout 1 s, no keepalive. A recv that hears
/// nothing for nine seconds fails with fault::recv_timeout.
outcome play(const scenario& what, std::string_view backend, const reading& how);

}  // namespace handshim::tool
