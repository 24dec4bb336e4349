// The language of the scenarios: what a scripted server does, and what a client does with it. It is described in
// tests/corpus/README.md.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace handshim::tool {

enum class server_action {
  refuse,
  blackhole,
  read_request,
  send,
  fill,
  drip,
  upgrade,
  read_frame,
  echo_close,
  sleep,
  close,
  reset,
  stall
};

/// One step of a server. A value.
struct server_step {
  server_action action{};
  std::string bytes;                   ///< send, drip: the bytes, {accept} and {port} not filled in; fill: one byte
  std::size_t count = 0;               ///< fill: how many, at most 1e9
  std::chrono::milliseconds pause{0};  ///< sleep: how long; drip: between two bytes; at most ten minutes
};

enum class client_action { option, connect, receive, receive_until_error, send, sleep, close };

/// One step of a client. A value.
struct client_step {
  client_action action{};
  std::string text;                    ///< option: the value; connect: the URI, {port} not filled in; send: the message
  std::string name;                    ///< option: one of the names that the language has
  double number = 0;                   ///< option: its value, seconds or (max_size) bytes; 0 for subprotocols
  std::chrono::milliseconds pause{0};  ///< sleep: how long; at most ten minutes
};

/// A script that cannot be read: what() gives the part at fault, its position and what would be valid.
class script_error : public std::runtime_error {
 public:
  script_error(std::size_t position, const std::string& what) : std::runtime_error(what), position_(position) {}
  /// The character at fault, counted from 1.
  std::size_t position() const noexcept { return position_; }

 private:
  std::size_t position_;
};

/// Never empty. Throws script_error. refuse and blackhole stand alone.
std::vector<server_step> parse_server(std::string_view text);
/// Never empty; a connect without a URI has "ws://127.0.0.1:{port}/". Throws script_error.
std::vector<client_step> parse_client(std::string_view text);

/// The step in a few words: "send 32 bytes", "sleep 50 ms".
std::string describe(const server_step& step);
std::string describe(const client_step& step);

/// The text with each {port} and {accept} filled in; no other brace has a meaning.
std::string fill_in(std::string_view text, std::uint16_t port, std::string_view accept = {});

/// One row of a table of scenarios. A value.
struct scenario {
  struct script_texts {
    std::string client;
    std::string server;
  };

  std::string id;
  std::string phase;
  std::vector<client_step> client;
  std::vector<server_step> server;
  std::string summary;
  script_texts texts;  ///< the two scripts as they are written in the table
};

/// Reads a table; throws tsv_error, also for a script in it, with file and line, or two rows of one id.
std::vector<scenario> load_scenarios(const std::string& path);

/// Where the table of scenarios lies that came with this build: the installed one, else the source tree's
/// (HANDSHIM_SCENARIOS_INSTALLED and HANDSHIM_SCENARIOS, which the build defines). Throws std::runtime_error naming
/// what was tried if neither can be read.
std::string scenarios_path();

/// Throws usage_error, naming the nearest, if there is none with that id. The result lives in the vector.
const scenario& find_scenario(const std::vector<scenario>& scenarios, std::string_view id);
const scenario& find_scenario(std::vector<scenario>&&, std::string_view) = delete;

}  // namespace handshim::tool
