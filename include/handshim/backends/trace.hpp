// What a backend notes while it works, and the failure that is made of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "handshim/backends/session.hpp"
#include "handshim/failure.hpp"
#include "handshim/net/connect.hpp"
#include "handshim/net/deadline.hpp"
#include "handshim/rfc6455/response.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace backends {

/// The evidence of a connection while it is made. Written by connect() alone, read by everybody afterwards.
struct trace {
  std::string_view backend;
  std::string endpoint;
  handshim::phase phase = handshim::phase::local;
  net::clock::time_point started{};
  std::vector<net::attempt> attempts;
  rfc6455::response response;                               ///< as far as it was read
  rfc6455::part where = rfc6455::part::before_status_line;  ///< how far that is
  std::string header;                                       ///< the name of the header at fault
  std::string detail;                                       ///< which option is at fault
  std::uint64_t bytes_in = 0, bytes_out = 0;
  std::string first_bytes;
  std::uint32_t redirects = 0;
  failure thrown;  ///< what the program's own opener threw
};

/// The native error in a backend's own terms, beside its code.
struct native_report {
  std::string_view domain, text;
  std::exception_ptr cause;
};

/// The fault that a code means in the handshake, made as fine as the place where the response ended.
fault handshake_fault(const std::error_code& code, rfc6455::part where) noexcept;

/// The failure of a code: in the phase of the trace, or on an open connection with what the session knows.
failure failure_of(const trace& known, const std::error_code& code, const native_report& native = {});
failure failure_of(const trace& known, const session_state& open, phase when, net::clock::time_point started,
                   const std::error_code& code, const native_report& native = {});

}  // namespace backends
}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/backends/impl/trace.ipp"
#endif
