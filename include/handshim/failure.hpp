// One occurrence of a fault with its evidence: made, copied, printed and tested without a throw.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <iosfwd>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "handshim/fault.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {

/// A list that somebody else owns. Neither it nor operator[] looks whether the list still lives, or is that long.
template <class T>
struct list_view {
  const T* data = nullptr;
  std::size_t count = 0;
  const T* begin() const noexcept { return data; }
  const T* end() const noexcept { return data + count; }
  std::size_t size() const noexcept { return count; }
  bool empty() const noexcept { return count == 0; }
  const T& operator[](std::size_t i) const noexcept { return data[i]; }
};

/// A header of a response.
struct header_view {
  std::string_view name, value;
};

/// One address that was tried.
struct attempt_view {
  std::string_view address;  ///< 127.0.0.1:80 or [::1]:80
  std::error_code error;     ///< no error for the one that answered
  std::chrono::nanoseconds elapsed{};
};

/// A close frame (RFC 6455, section 5.5.1). Code 1005: a frame without a code. Code 0: no frame.
struct close_view {
  std::uint16_t code = 0;
  std::string_view reason;
  explicit operator bool() const noexcept { return code != 0; }
};

class HANDSHIM_API failure;

/// Which close frame came first; none unless both are there.
enum class close_order : std::uint8_t { none, received_then_sent, sent_then_received };

/// What is known of a failure beside its fault. Every field may be empty. To make a failure by hand, fill
/// one in with views of your own texts: the failure keeps a copy, bounded as said at each field, without the
/// user info and query of the endpoint and of any URI in detail and native_text. Since 0.1.
struct evidence {
  std::string_view backend;        ///< the client: "raw_sockets", "beast"; at most 64 bytes
  std::string_view endpoint;       ///< a URI or host:port; kept without user info and query; at most 512 bytes
  std::string_view detail;         ///< what a person must know of this occurrence; at most 1024 bytes
  std::string_view native_domain;  ///< category name or exception class; from the code if empty; at most 128 bytes
  std::string_view native_text;    ///< the native error's own words; at most 512 bytes
  int native_value = 0;            ///< from the code if there is one
  int http_status = 0;             ///< of the response, whatever came of it; 0 if there was none
  std::string_view http_reason;    ///< at most 128 bytes
  list_view<header_view> headers;  ///< of the response; at most 32, 256 bytes each
  std::string_view header;         ///< the name of the header at fault; at most 64 bytes
  std::string_view body;           ///< the start of the response's body; at most 1024 bytes
  bool body_complete = false;      ///< whether all of the body was read
  std::uint64_t bytes_in = 0;      ///< received on this connection
  std::uint64_t bytes_out = 0;     ///< sent on this connection
  std::string_view first_bytes;    ///< the first ones received; at most 64 bytes
  close_view close_received;       ///< reason at most 123 bytes
  close_view close_sent;           ///< reason at most 123 bytes
  close_order order = close_order::none;
  std::chrono::nanoseconds elapsed{};  ///< from the start of the operation
  list_view<attempt_view> attempts;    ///< every address tried; at most 16
  std::uint32_t attempt = 0;           ///< which try of the caller's it was, from 1; 0 if not told
  std::chrono::nanoseconds spent{};    ///< from the start of the caller's first try
  list_view<failure> earlier;          ///< of the tries before this one: at most 16, the first and the newest,
                                       ///< kept without earlier ones of their own
  std::uint32_t redirects = 0;         ///< how many were followed
  std::exception_ptr cause;            ///< the native exception, if there was one
};

namespace detail {
struct evidence_block;
struct observation_mark;
void retain(const evidence_block*) noexcept;
void release(const evidence_block*) noexcept;
const handshim::evidence& evidence_in(const evidence_block*) noexcept;
const char* what_in(const evidence_block*) noexcept;
failure caused_by(failure f, const std::exception_ptr& cause) noexcept;
}  // namespace detail

/// How much of a failure a text shows. No level shows the user info or the query of a URI, the value of what is named
/// as a cookie, an authorization, a token or a password, or a control character. Since 0.1.
enum class disclosure : std::uint8_t {
  full,        ///< all the evidence
  no_headers,  ///< without the response's headers and body, the first bytes and the close reasons: a peer's own words
  opaque,      ///< without any text of the client, of the peer or about where it is: names and numbers alone
};

/// A value of 32 bytes; copying shares the evidence and never throws. Immutable but for assignment, so it
/// may be read from several threads. If memory runs out the evidence is dropped, never the fault. Since 0.1.
class HANDSHIM_API failure {
 public:
  /// No failure: tests false.
  failure() noexcept = default;
  /// Without evidence: no allocation. The phase is the fault's own unless given.
  explicit failure(handshim::fault f, std::error_code native = {},
                   handshim::phase p = handshim::phase::unknown) noexcept;
  /// With evidence, in one block of memory.
  failure(handshim::fault f, const handshim::evidence& known, std::error_code native = {},
          handshim::phase p = handshim::phase::unknown) noexcept;
  /// The same occurrence with other evidence: an observer that was told of this one is not told again.
  failure with(const handshim::evidence& known) const noexcept;

  failure(const failure& other) noexcept
      : block_(other.block_),
        native_(other.native_),
        fault_(other.fault_),
        phase_(other.phase_),
        observed_(other.observed_) {
    if (block_) detail::retain(block_);
  }
  failure(failure&& other) noexcept
      : block_(std::exchange(other.block_, nullptr)),
        native_(other.native_),
        fault_(std::exchange(other.fault_, handshim::fault::none)),
        phase_(other.phase_),
        observed_(std::exchange(other.observed_, false)) {}
  // Two, as clang 14 does not always destroy an argument by value that `f = {}` makes.
  failure& operator=(const failure& other) noexcept {
    failure copy(other);
    swap(copy);
    return *this;
  }
  failure& operator=(failure&& other) noexcept {
    failure taken(std::move(other));
    swap(taken);
    return *this;
  }
  ~failure() {
    if (block_) detail::release(block_);
  }
  void swap(failure& other) noexcept {
    std::swap(block_, other.block_);
    std::swap(native_, other.native_);
    std::swap(fault_, other.fault_);
    std::swap(phase_, other.phase_);
    std::swap(observed_, other.observed_);
  }

  /// Whether something failed.
  explicit operator bool() const noexcept { return fault_ != handshim::fault::none; }
  handshim::fault fault() const noexcept { return fault_; }
  handshim::phase phase() const noexcept { return phase_; }
  /// The first condition of the fault, unclassified if nothing failed; others may hold: see is().
  handshim::condition condition() const noexcept;
  /// The fault as a code.
  std::error_code code() const noexcept { return *this ? make_error_code(fault_) : std::error_code(); }
  /// The native error's code, if it had one: its own category and value.
  const std::error_code& native_code() const noexcept { return native_; }
  /// All that is known; empty fields if nothing is. The views live as long as a copy of this failure.
  const handshim::evidence& evidence() const noexcept { return detail::evidence_in(block_); }

  bool is(handshim::fault f) const noexcept { return is_a(fault_, f); }
  bool is(handshim::condition c) const noexcept { return holds(fault_, c); }

  /// Stable and of a bounded vocabulary: "handshake.eof/status_line/0B", "handshake.rejected/503". For
  /// grouping and counting; it never changes for one fault.
  std::string fingerprint() const;
  /// One line: what happened, to which endpoint, in which phase. The wording may change.
  std::string what() const;
  /// Several lines for a person: all the evidence, what it most likely means and what to do.
  std::string describe(disclosure shown = disclosure::full) const;
  /// One line of JSON, valid for any bytes that were received; see docs/observing.md for the fields.
  std::string to_json(disclosure shown = disclosure::full) const;
  /// The same as one line of logfmt, key=value, for logs that are searched; of lists it has how many.
  std::string to_logfmt(disclosure shown = disclosure::full) const;

 private:
  friend class error;
  friend struct detail::observation_mark;
  friend failure detail::caused_by(failure f, const std::exception_ptr& cause) noexcept;
  const char* what_line() const noexcept { return block_ ? detail::what_in(block_) : nullptr; }

  const detail::evidence_block* block_ = nullptr;
  std::error_code native_;
  handshim::fault fault_ = handshim::fault::none;
  handshim::phase phase_ = handshim::phase::unknown;
  bool observed_ = false;  // copies have it too: see observe.hpp
};

inline void swap(failure& a, failure& b) noexcept { a.swap(b); }

namespace detail {
// Of which only this is known beside the fault.
inline failure failure_about(fault f, std::string_view what) noexcept {
  handshim::evidence known;
  known.detail = what;
  return failure(f, known);
}
}  // namespace detail

/// The same as what().
template <class Traits>
std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out, const failure& f) {
  const std::string line = f.what();
  // std::streamsize, but that is in <ios>, which <iosfwd> need not bring.
  return out.write(line.data(), static_cast<std::ptrdiff_t>(line.size()));
}

/// handshim's word on trying again, from the fact alone; HTTP status, Retry-After and close code are taken into
/// account. Never for what is no failure. advise() of retry.hpp says more.
advice advice_for(const failure& f) noexcept;

}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/impl/failure.ipp"
#include "handshim/impl/print.ipp"
#endif
