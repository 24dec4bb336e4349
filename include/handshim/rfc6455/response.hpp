// The HTTP response to an upgrade request, read byte by byte or line by line (RFC 9112).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "handshim/config.hpp"
#include "handshim/fault.hpp"
#include "handshim/reading.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace rfc6455 {

/// A header of a request or response.
struct header {
  std::string name, value;
};

/// A response as far as it was read. A plain value. What the peer sent is in it unchanged: bytes over 0x7f
/// and, in the body, anything.
struct response {
  int status = 0;  ///< 0 until the status line was read
  std::string reason;
  std::vector<header> headers;  ///< in the order received; of trailers nothing is kept
  std::string body;             ///< without its transfer coding; at most reading::max_body bytes
  bool body_complete = false;   ///< the body ended as it should, or there is none to read

  /// The value of the first header of that name, whatever its case; null if there is none.
  const std::string* find(std::string_view name) const noexcept;
  /// How many header lines have that name.
  std::size_t count(std::string_view name) const noexcept;
};

/// Reads a status line, given without its CRLF (RFC 9112, section 4), into status and reason. Reports
/// status_line_malformed, http_version_unsupported, status_code_malformed, status_code_out_of_range (the status
/// is kept all the same), reason_malformed. The length of the line is the caller's to check. Thread-safe.
fault parse_status_line(std::string_view line, const reading& how, response& out);

/// Reads a header line, given without its CRLF and not empty (RFC 9112, section 5), and appends it to headers.
/// Reports header_folded, header_without_colon, header_name_invalid, header_value_invalid. The length of the line
/// and the number of headers are the caller's to check. Thread-safe.
fault parse_header_line(std::string_view line, const reading& how, response& out);

/// How far a response has been read.
enum class part : std::uint8_t { before_status_line, status_line, headers, body, done, failed };

/// How the input ended before the response did.
enum class ending : std::uint8_t { eof, reset, timeout };

/// The fault for an input that ends there: eof_in_headers, timeout_before_status_line and so on; none for
/// part::done and part::failed.
fault fault_at(part where, ending how) noexcept;

/// Reads one response from bytes that come in any pieces; every split gives the same result. Not thread-safe.
/// Keeps at most one line (reading::max_line, or 1 MiB with measure_at_end), max_headers headers and max_body.
class response_reader {
 public:
  explicit response_reader(const reading& how);
  /// Goes on behind a head that was read line by line: only the body is left.
  response_reader(const reading& how, response head);

  /// Takes bytes and returns how many: all of them, unless the response is done or failed. The frames behind
  /// a 101 stay with the caller.
  std::size_t consume(std::string_view bytes);
  /// The input ended. The fault that this is; none if that ended a body as it may (RFC 9112, section 6.3) or
  /// the response was done; a fault found earlier stays.
  fault end(ending how);

  /// The part that the next byte belongs to; behind an interim response that was skipped it starts anew.
  part where() const noexcept;
  bool done() const noexcept { return step_ == step::done; }
  /// The fault found, else fault::none. Faults in the body are those under fault::body_unreadable: the status
  /// and the headers stand in get() then.
  fault error() const noexcept { return error_; }
  /// What was read so far; the final response once done().
  const response& get() const noexcept { return response_; }
  /// The name of the header at fault, a token; empty if there is none. Valid as long as the reader.
  std::string_view fault_header() const noexcept { return fault_header_; }

 private:
  enum class step : std::uint8_t {
    status_line,
    headers,
    sized_body,
    open_body,
    chunk_size,
    chunk_data,
    chunk_end,
    trailers,
    done,
    failed
  };

  std::size_t take(std::string_view bytes);
  std::size_t take_line(std::string_view bytes);
  std::size_t take_sized(std::string_view bytes);
  std::size_t take_open(std::string_view bytes);
  std::size_t take_chunk_end(char byte);
  void on_raw_line(std::string_view raw);
  void on_line(std::string_view line);
  void on_header_line(std::string_view line);
  void on_trailer_line(std::string_view line);
  void on_chunk_size(std::string_view line);
  void on_headers_end();
  void begin_body();
  void begin_sized();
  void finish();
  void fail(fault f, std::string_view header_name = {});
  void fail_line(fault f, std::string_view line);
  bool in_line() const noexcept;
  fault too_long() const noexcept;

  reading how_;
  step step_ = step::status_line;
  bool any_byte_ = false;
  unsigned interim_ = 0;        // interim responses skipped
  std::size_t line_count_ = 0;  // header or trailer lines so far
  std::uint64_t left_ = 0;      // bytes that the body or the chunk lacks, or of the CRLF behind a chunk
  fault error_ = fault::none;
  std::string line_;  // the beginning of a line
  std::string fault_header_;
  response response_;
};

}  // namespace rfc6455
}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/rfc6455/impl/response.ipp"
#endif
