// Close codes: what each means and which may be on the wire (RFC 6455, section 7.4; IANA's registry).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "handshim/config.hpp"
#include "handshim/fault.hpp"
#include "handshim/reading.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace rfc6455 {

/// A close code of the range 1000 to 1015. Texts are static, without a trailing period.
struct close_code_facts {
  std::uint16_t code;
  std::string_view name;     ///< a short name in snake case
  std::string_view meaning;  ///< one sentence
};

/// All of them, in the order of the codes.
struct close_code_range {
  const close_code_facts* first;
  const close_code_facts* last;
  const close_code_facts* begin() const noexcept { return first; }
  const close_code_facts* end() const noexcept { return last; }
  std::size_t size() const noexcept { return static_cast<std::size_t>(last - first); }
};
/// The codes from 1000 to 1015 with their meaning. Thread-safe.
close_code_range all_close_codes() noexcept;

/// Whether an endpoint may send the code: 1000 to 1003, 1007 to 1014, 3000 to 4999 (section 7.4).
bool may_be_sent(int code) noexcept;

/// Whether a close frame with the code is taken: as may_be_sent(), without 1012 to 1014 where the reading
/// says early_close_codes.
bool may_be_received(int code, const reading& how) noexcept;

/// The fault of a connection that was closed with a close frame each way, whichever came first: closed_with_error if
/// either code tells of one; else closed_normally, or closed_without_code if the frame received had none, as it decides
/// (section 7.1.5). 1005 stands for a frame without a code. Thread-safe.
fault closed_as(int received, int sent) noexcept;

/// The name of the code; "registered" for the others from 3000 to 3999, "private_use" from 4000 to 4999,
/// "unassigned" for the rest. Thread-safe.
std::string_view name_of(int code) noexcept;

/// A close frame: its code, 1005 if it had none (section 7.1.5), and its reason, valid UTF-8 of at most
/// 123 bytes that may hold control characters.
struct close_info {
  std::uint16_t code = 1005;
  std::string reason;
};

}  // namespace rfc6455
}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/rfc6455/impl/close_code.ipp"
#endif
