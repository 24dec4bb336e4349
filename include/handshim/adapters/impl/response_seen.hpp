// What the bytes of a response show, for a library that says less of it than it read.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "handshim/adapters/impl/response_evidence.hpp"
#include "handshim/failure.hpp"
#include "handshim/impl/first_bytes.hpp"
#include "handshim/rfc6455/response.hpp"
#include "handshim/rfc6455/upgrade.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace adapters::detail {

/// How many bytes of a response are worth keeping: over every limit of a reading but that of the body.
inline constexpr std::size_t most_seen = 1u << 16;

/// Keeps the first bytes received. The space is taken as they come.
inline void keep_seen(std::string& seen, const char* bytes, std::size_t count) {
  handshim::detail::keep_first(seen, {bytes, count}, most_seen);
}

/// A 1xx response is a refusal, as it is for every library that has to be explained.
inline reading as_libraries_read() noexcept {
  reading how;
  how.interim = false;
  return how;
}

/// What was sent, as far as the answer must fit it.
struct request_seen {
  std::string key;                   ///< Sec-WebSocket-Key; empty if it is not known
  std::vector<std::string> offered;  ///< subprotocols
};

/// A response as far as it came, and what is wrong with it.
class response_seen {
 public:
  /// From the first byte on.
  explicit response_seen(std::string_view bytes, const reading& how = as_libraries_read())
      : reader_(how), bytes_(bytes) {
    reader_.consume(bytes);
    answer_ = reader_.get();
    where_ = reader_.where();
    header_ = reader_.fault_header();
    error_ = reader_.error();
  }
  /// Of a library that keeps the parts instead. The headers stand only if they are complete.
  explicit response_seen(rfc6455::response answer, bool complete)
      : reader_(as_libraries_read()),
        answer_(std::move(answer)),
        where_(complete                ? rfc6455::part::done
               : (answer_.status != 0) ? rfc6455::part::headers
                                       : rfc6455::part::failed) {}

  /// The fault of a handshake that the library gave up with `coarse`: as fine as the response shows. `saw_end` if the
  /// stream ended, whatever the library made of that.
  fault behind(fault coarse, const request_seen& sent, bool saw_end = false) {
    if (error_ != fault::none) return error_;
    const fault ended = where_it_ended(saw_end ? fault::eof_in_response : coarse, coarse);
    const bool has_head = where_ == rfc6455::part::body || where_ == rfc6455::part::done;
    if (!has_head || is_a(ended, fault::body_unreadable)) return ended;
    // A library that does not read the body says only that it was refused.
    if (answer_.status != 101) return fault::upgrade_rejected;
    if (sent.key.empty()) return coarse;
    const rfc6455::upgrade found = rfc6455::check_upgrade(answer_, sent.key, sent.offered);
    header_ = found.header;
    return found.error == fault::none ? coarse : found.error;
  }

  const rfc6455::response& answer() const noexcept { return answer_; }

  /// Fills in what the response tells; the views live as long as this.
  void tell(evidence& known) {
    tell_response(known, answer_, headers_);
    known.header = header_;
    known.first_bytes = bytes_;
    known.bytes_in = bytes_.size();
  }

 private:
  fault where_it_ended(fault how, fault coarse) const noexcept {
    using rfc6455::ending;
    fault fine = fault::none;
    if (is_a(how, fault::eof_in_response)) fine = rfc6455::fault_at(where_, ending::eof);
    if (is_a(how, fault::reset_in_response)) fine = rfc6455::fault_at(where_, ending::reset);
    if (is_a(how, fault::handshake_timeout)) fine = rfc6455::fault_at(where_, ending::timeout);
    return fine == fault::none ? coarse : fine;
  }

  rfc6455::response_reader reader_;
  rfc6455::response answer_;
  rfc6455::part where_ = rfc6455::part::before_status_line;
  fault error_ = fault::none;
  std::string header_;
  std::string bytes_;
  header_views headers_;
};

}  // namespace adapters::detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
