// Servers that keep a client busy or waiting: all in one thread of a child process, driven by poll.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string_view>

#include "handshim/net/socket.hpp"

namespace load {

/// What a peer does with a connection, by the path that the client asks for.
enum class behaviour {
  silent,        ///< reads the request and says nothing
  drip,          ///< one byte of the response at a time
  headers,       ///< a header line at a time, without end
  header_flood,  ///< as many as there is room for
  body,          ///< a body that grows slowly, without end
  body_flood,    ///< as much as there is room for
  mute,          ///< upgrades and says nothing
  drip_frame,    ///< upgrades, then one byte of a message at a time
  pings,         ///< upgrades, then pings without end
  fragments,     ///< upgrades, then empty fragments of one message without end
  frames,        ///< upgrades, then messages without end
};
inline constexpr std::string_view names[] = {"silent", "drip",       "headers", "header_flood", "body",  "body_flood",
                                             "mute",   "drip_frame", "pings",   "fragments",    "frames"};
inline constexpr std::size_t kinds = sizeof names / sizeof *names;

constexpr bool upgrades(behaviour b) { return b >= behaviour::mute; }

/// The child process with the peers; it ends with the object, or with this process.
class peers {
 public:
  /// Before any thread is started. Throws std::system_error.
  peers();
  peers(const peers&) = delete;
  peers& operator=(const peers&) = delete;
  ~peers();

  std::uint16_t port() const { return port_; }

 private:
  std::uint16_t port_ = 0;
  ::pid_t child_ = -1;
  handshim::net::descriptor alive_;  // the child ends when this is closed
};

/// Room for that many descriptors; throws std::runtime_error if the system does not give it.
void allow_descriptors(std::uint64_t most);

}  // namespace load
