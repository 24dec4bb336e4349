// A server on the loopback interface that does to each connection what a script says, faults included.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "handshim/net/interrupter.hpp"
#include "handshim/net/socket.hpp"
#include "handshim/rfc6455/frame.hpp"
#include "script.hpp"

namespace handshim::tool {

/// A frame as it was received, unmasked.
struct received_frame {
  rfc6455::opcode opcode{};  ///< perhaps one that has no name
  bool fin = false;
  std::string payload;
};

/// One accepted connection, in the hands of one thread. Every call returns at once when its server is stopped, and
/// fails after the connection was closed or reset. Nothing raises SIGPIPE.
class connection {
 public:
  /// What the server stops with must outlive the connection.
  connection(net::descriptor socket, net::interrupter& stopping, std::uint16_t port);

  /// All of the bytes, waiting at most 60 s; false if the client left.
  bool send(std::string_view bytes);
  /// The bytes, a pause after each but the last.
  bool drip(std::string_view bytes, std::chrono::milliseconds pause);
  /// That many times the byte.
  bool fill(std::size_t count, char byte);

  /// The next bytes, at least one; empty if the client left or sent nothing for 60 s.
  std::string recv(std::size_t most = std::size_t{64} << 10);
  /// Up to the blank line, at most 64 KiB and 60 s. What was read, whole or not: it ends early if the client leaves
  /// or if what it sends cannot be HTTP, such as a TLS record. Remembers the Sec-WebSocket-Key (RFC 6455, section 4.1).
  std::string read_request();
  /// read_request() and a correct 101 response (section 4.2.2).
  bool upgrade();
  /// One frame, masked or not, of at most 16 MiB and within 60 s (section 5.2); none if that did not come.
  std::optional<received_frame> read_frame();
  /// Reads frames up to a close frame and answers with its payload (section 5.5.1). True, too, if none comes.
  bool echo_close();

  /// False if the server was stopped meanwhile.
  bool sleep(std::chrono::milliseconds time);
  /// Discards what comes until the client leaves, for at most 10 s.
  void stall();
  /// In order: ends this side, then as stall(), so that the client sees no reset.
  void close();
  /// The client sees a reset.
  void reset();

  bool is_open() const noexcept { return static_cast<bool>(socket_); }
  bool stopping() const noexcept { return stopping_->triggered(); }
  std::uint16_t port() const noexcept { return port_; }
  /// Of the last read_request(); empty if it had none.
  const std::string& key() const noexcept { return key_; }
  /// The Sec-WebSocket-Accept for that key.
  std::string accept() const;

 private:
  std::string receive(std::size_t most, net::deadline until);
  bool buffer(std::size_t size, net::deadline until);

  net::descriptor socket_;
  net::interrupter* stopping_;
  std::uint16_t port_;
  std::string key_;
  std::string pending_;  // received behind what was asked for
};

/// Runs the steps on the connection up to the first that fails. What was done, in short: "read-request, send 32 bytes
/// (the client left)".
std::string run_script(connection& with, const std::vector<server_step>& script);

/// What became of one connection.
struct connection_report {
  std::size_t number = 0;  ///< counted from 1 in the order of acceptance
  std::string done;        ///< as run_script() says; empty for a handler
};

/// Listens on 127.0.0.1 and serves each connection in a thread of its own, 64 at once; more have to wait.
///
/// All members may be called from any thread.
class scripted_server {
 public:
  using handler = std::function<void(connection&)>;
  using observer = std::function<void(const connection_report&)>;

  /// Begins at once. Port 0 means any that is free. The observer is called at the end of each connection, from the
  /// connection's thread, one at a time, and must not throw. Throws std::system_error if the port cannot be had and
  /// std::invalid_argument for an empty script.
  explicit scripted_server(std::vector<server_step> script, std::uint16_t port = 0, observer seen = {});
  /// The handler is called for each connection, from several threads; what it leaves open is closed in order, and
  /// what it throws ends the connection.
  explicit scripted_server(handler serve, std::uint16_t port = 0, observer seen = {});
  scripted_server(const scripted_server&) = delete;
  scripted_server& operator=(const scripted_server&) = delete;
  ~scripted_server();

  std::uint16_t port() const noexcept { return port_; }
  /// How many connections were accepted so far.
  std::size_t accepted() const;
  /// Ends all connections, whatever they are doing, and frees the port. Returns when no thread is left, which is at
  /// once unless a handler or the observer keeps it; not to be called from these.
  void stop();

 private:
  struct worker {
    std::thread thread;
    bool finished = false;
  };

  void open(std::uint16_t port, int backlog);
  void fill_queue();
  void start();
  void accept_all();
  bool wait_for_room();
  void reap();
  void begin(net::descriptor socket);
  void serve(worker& self, net::descriptor socket, std::size_t number);
  std::string outcome(net::descriptor socket);
  void report(connection_report what);

  std::function<std::string(connection&)> serve_;
  observer seen_;
  net::interrupter stopping_;
  net::descriptor listener_;
  std::vector<net::descriptor> queued_;  // own connections that fill the queue of a black hole
  std::uint16_t port_ = 0;

  std::mutex stop_mutex_, observer_mutex_;
  mutable std::mutex mutex_;  // of what follows
  std::condition_variable finished_;
  std::list<worker> workers_;
  std::size_t running_ = 0;
  std::size_t accepted_ = 0;
  std::thread acceptor_;
};

}  // namespace handshim::tool
