// The evidence in a response, whichever library read it.
#pragma once

#include <array>
#include <cstddef>

#include "handshim/failure.hpp"
#include "handshim/impl/evidence_limits.hpp"
#include "handshim/rfc6455/response.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace adapters::detail {

/// The list of headers that an evidence views.
using header_views = std::array<header_view, handshim::detail::max_headers_kept>;

/// Fills in what a response tells. It and the list must outlive the evidence.
inline void tell_response(evidence& to, const rfc6455::response& from, header_views& headers) noexcept {
  to.http_status = from.status;
  to.http_reason = from.reason;
  to.body = from.body;
  to.body_complete = from.body_complete;
  std::size_t n = 0;
  for (; n < from.headers.size() && n < headers.size(); ++n) headers[n] = {from.headers[n].name, from.headers[n].value};
  to.headers = {headers.data(), n};
}

/// An evidence with the list of headers that it views. The response must outlive it. Not to be copied once filled.
class response_evidence {
 public:
  response_evidence() = default;

  void add(const rfc6455::response& from) noexcept { tell_response(all, from, headers_); }

  evidence all;

 private:
  header_views headers_;
};

}  // namespace adapters::detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
