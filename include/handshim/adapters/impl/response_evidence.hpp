// The evidence in a response, whichever library read it.
#pragma once

#include <array>
#include <cstddef>

#include "handshim/failure.hpp"
#include "handshim/rfc6455/response.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace adapters::detail {

/// An evidence with the list of headers that it views. The response must outlive it. Not to be copied once filled.
class response_evidence {
 public:
  response_evidence() = default;

  void add(const rfc6455::response& from) noexcept {
    all.http_status = from.status;
    all.http_reason = from.reason;
    all.body = from.body;
    all.body_complete = from.body_complete;
    std::size_t n = 0;
    for (; n < from.headers.size() && n < headers_.size(); ++n)
      headers_[n] = {from.headers[n].name, from.headers[n].value};
    all.headers = {headers_.data(), n};
  }

  evidence all;

 private:
  std::array<header_view, 32> headers_;
};

}  // namespace adapters::detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
