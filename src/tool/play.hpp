// Plays the client steps of a scenario, through client<Backend>, against its server.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "handshim/options.hpp"
#include "script.hpp"

namespace handshim::tool {

/// How a play ended: the step that failed and its failure, or step "-" and no failure.
struct outcome {
  std::string step = "-";
  handshim::failure failure;
};

/// What a scenario needs of a client: each call hands back how it failed.
class player {
 public:
  virtual ~player() = default;
  virtual void connect(const std::string& uri, failure& why) = 0;
  /// Waits for one message, nine seconds at most.
  virtual void recv(failure& why) = 0;
  virtual void send(const std::string& text, failure& why) = 0;
  virtual void close(failure& why) = 0;
};

/// What the scenario says of its client, over the corpus' defaults: open timeout 2 s, close timeout 1 s, no keepalive,
/// nine seconds for a message.
options options_of(const scenario& what, const reading& how);

/// Serves the scenario on a free port of 127.0.0.1 and plays its client steps up to the first that fails.
outcome play(const scenario& what, player& with);

/// The same steps with client<Backend>, against the server of that port or what `how` opens streams to. Thread-safe.
outcome play(const scenario& what, std::string_view backend, options how, std::uint16_t port);

/// The names of the backends, in the order in which they are listed.
const std::vector<std::string_view>& backend_names();
/// The backends that an option names: one, or "all". Throws usage_error for another word.
std::vector<std::string_view> backends_of(std::string_view option);

/// The same with client<Backend>, reading as told. Thread-safe. A recv that hears nothing fails with
/// fault::recv_timeout.
outcome play(const scenario& what, std::string_view backend, const reading& how);

}  // namespace handshim::tool
