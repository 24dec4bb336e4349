// What a client tells in callbacks, piece by piece and sometimes twice, gathered into exactly one failure.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "handshim/failure.hpp"
#include "handshim/rfc6455/close_code.hpp"
#include "handshim/rfc6455/response.hpp"
#include "handshim/rfc6455/upgrade.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace adapters {

namespace detail {
class shadow;
}

/// What is known beforehand of a connection that a client makes. A value.
struct expectation {
  std::string endpoint;                   ///< the URI or host:port; secrets never leave it
  std::string key;                        ///< the request's Sec-WebSocket-Key, if the client tells it
  std::vector<std::string> subprotocols;  ///< those offered
  std::size_t max_message_size = 0;       ///< bytes, as the client has it; 0: it has no limit
  bool extensions = false;                ///< the client offers extensions: frames may be compressed
  bool encrypted = false;                 ///< TLS: what stands on the socket cannot be read
};

/// One connection of a client that reports in callbacks, signals and return codes. Feed it everything, in the order in
/// which it comes; it settles on one failure, and whatever is told later changes nothing. Facts win in this order:
/// what the caller states; what the peer was seen to send (peer_sent); the response's status and headers and the close
/// frames that the client tells; the native error in its phase. Not thread-safe. Since 0.1.
class collector {
 public:
  /// client: a static text, such as "qt".
  explicit collector(std::string_view client);
  collector(collector&&) noexcept;
  collector& operator=(collector&&) noexcept;
  ~collector();

  /// A new connection: all that was gathered before is forgotten.
  void begin(expectation of_this = {});
  /// What the request turned out to say, for clients that tell it late.
  void requested(std::string key, bool extensions);
  /// The connection got as far as that. It never goes back.
  void reached(phase p) noexcept;
  /// TCP stands: what comes next is TLS or the handshake.
  void connected() noexcept;
  phase where() const noexcept { return phase_; }
  /// Whether the connection is under way or open: begun and not settled.
  bool is_live() const noexcept { return live_; }
  bool is_settled() const noexcept { return static_cast<bool>(result_); }

  /// A native error; the first of a connection counts. Without its own code (a signal, NULL) the value is 0.
  void report(std::string_view domain, int value, std::string_view text);
  /// The same for a word that is no error: that the connection is over.
  void report_end(std::string_view domain, int value, std::string_view text);
  bool has_report() const noexcept { return reported_; }
  /// A fact that no code carries; the first counts.
  void state(fault f) noexcept;
  /// The response's status as the client tells it. Headers are taken for all that it had once complete is true.
  void responded(int status, std::vector<rfc6455::header> headers = {}, bool complete = false);
  /// The start of the response's body.
  void body(std::string_view bytes);

  /// A close frame, as the client tells it. Code 1005: without one (RFC 6455, section 7.1.5).
  void close_received(std::uint16_t code, std::string_view reason);
  /// The program, or the client on its own, sends a close frame.
  void close_sent(std::uint16_t code, std::string_view reason);

  /// Bytes from the peer, all of them and in order, read along with the client.
  void peer_sent(std::string_view bytes);
  /// Bytes were missed: what is read along tells nothing any more.
  void missed() noexcept;
  /// The client will read no more, whatever comes: an end without the peer's answer tells nothing of the peer.
  void stops_reading() noexcept;
  /// The peer ended the connection: ending::eof or ending::reset.
  void peer_ended(rfc6455::ending how) noexcept;

  /// The deadline of what is under way has passed: settles.
  const failure& timed_out();
  /// It is over, for whatever reason was told: settles.
  const failure& ended();
  /// The failure that it settled on; none before.
  const failure& result() const noexcept { return result_; }

 private:
  bool is_open() const noexcept { return phase_ >= phase::open; }
  const failure& settle();
  bool reads_along() const noexcept;
  fault choose() const;
  fault in_handshake() const;
  fault in_response() const;
  fault when_open() const;
  fault of_state() const noexcept;
  fault of_ending() const noexcept;
  fault of_timeout() const noexcept;
  fault said() const;
  fault of_report(fault ending) const;
  bool knows_place() const noexcept;
  rfc6455::part place() const noexcept;
  rfc6455::upgrade check(const rfc6455::response& answer) const;
  const rfc6455::response& answer() const noexcept;
  void tell(evidence& known) const;

  std::string_view client_;
  expectation expected_;
  phase phase_ = phase::local;
  bool live_ = false, reported_ = false, failed_ = false, timed_out_ = false, headers_complete_ = false;
  handshim::fault stated_ = handshim::fault::none;
  std::string domain_, text_;
  int value_ = 0;
  rfc6455::response told_;
  std::optional<rfc6455::close_info> received_, sent_;
  close_order order_ = close_order::none;
  std::optional<rfc6455::ending> ending_;
  std::unique_ptr<detail::shadow> shadow_;
  std::chrono::steady_clock::time_point began_{};
  failure result_;
};

}  // namespace adapters
}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/adapters/impl/collector.ipp"
#endif
