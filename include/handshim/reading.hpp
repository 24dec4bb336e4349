// How a client reads what the peer sends: limits and leniencies. An option of a client, never of a policy;
// but find_policy(...).reading() gives the preset of a release.
#pragma once

#include <cstddef>
#include <cstdint>

#include "handshim/config.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {

/// Which redirects (301, 302, 303, 307, 308) are followed.
enum class follow : std::uint8_t {
  none,           ///< none: a redirect is a refused upgrade
  absolute_only,  ///< only to a Location with a scheme
  all,            ///< relative Locations too
};

/// The defaults read as RFC 9112, RFC 9110 and RFC 6455 ask. Since 0.1.
struct reading {
  follow redirects = follow::none;
  std::uint8_t max_redirects = 10;  ///< how many are followed at the most
  bool follow_300 = false;          ///< a 300 with a Location is a redirect too
  std::size_t max_line = 8192;      ///< bytes in a status or header line, its CRLF included
  std::size_t max_headers = 128;    ///< header lines in a response
  std::size_t max_body = 1u << 20;  ///< bytes of the body of a refused upgrade
  std::uint8_t max_interim = 8;     ///< 1xx responses skipped before the final one
  bool body = true;                 ///< read the body of a refused upgrade
  bool body_until_eof = true;       ///< such a body may end with the connection (RFC 9112, section 6.3)
  bool chunked = true;           ///< such a body may be chunked; false: any Transfer-Encoding is an error, in a 101 too
  bool interim = true;           ///< skip 1xx responses but 101 (RFC 9110, section 15.2); false: they are refusals
  bool measure_at_end = false;   ///< a line is held against max_line when its end came (up to 1 MiB are kept)
  bool integer_status = false;   ///< the status code and Content-Length may be any integer: a sign, more digits
  bool high_status = false;      ///< status codes from 600 to 999 are refusals too
  bool ascii_headers = false;    ///< header values over 0x7f are an error
  bool utf8_reason = false;      ///< a reason phrase that is not valid UTF-8 is an error
  bool any_length_form = false;  ///< a frame's length need not be in its shortest form
  bool early_close_codes = false;   ///< 1012 to 1014, registered after RFC 6455, are not accepted in a close frame
  bool lower_case_coding = false;   ///< "chunked" must be in lower case, though codings have none (RFC 9112, section 7)
  bool report_at_end = false;       ///< a response that cannot be read is reported when the peer ends the connection
  bool deliver_after_close = true;  ///< messages that were not received before close() still can be
};

}  // namespace HANDSHIM_ABI
}  // namespace handshim
