// Waiting for the WebSocket server of a URI that is starting.
#pragma once

#include <chrono>
#include <string_view>

#include "handshim/backends/raw_sockets.hpp"
#include "handshim/client.hpp"
#include "handshim/options.hpp"
#include "handshim/retry/readiness.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {

/// Waits until the server accepts a connection of client<Backend>, which is closed again. `with` has its headers, its
/// TLS and so on. Otherwise as for any attempt: see readiness.hpp. Since 0.1.
template <class Backend = raw_sockets>
readiness wait_until_ready(std::string_view uri, std::chrono::nanoseconds span, const ready_options& how, options with,
                           failure& why) {
  with.close_timeout = std::chrono::seconds(1);
  client<Backend> trying(std::move(with));
  const auto attempt = [&](failure& f, const attempt_info& info) {
    const stoppable_scope until_then(how.stop, [&trying] { trying.cancel(); });
    if (how.stop != nullptr && how.stop->requested())
      f = failure(fault::cancelled);
    else
      trying.connect_within(uri, info.left, f);
  };
  const readiness out = detail::wait_with(attempt, span, how, why);
  failure ignored;
  if (!why) trying.close(ignored);
  return out;
}

template <class Backend = raw_sockets>
readiness wait_until_ready(std::string_view uri, std::chrono::nanoseconds span, failure& why) {
  return wait_until_ready<Backend>(uri, span, {}, {}, why);
}

#if HANDSHIM_HAS_EXCEPTIONS
/// The same; raises under the policy of `with`, else under the one that holds here.
template <class Backend = raw_sockets, class Build = build_policy>
readiness wait_until_ready(std::string_view uri, std::chrono::nanoseconds span, const ready_options& how = {},
                           const options& with = {}) {
  failure why;
  const readiness out = wait_until_ready<Backend>(uri, span, how, with, why);
  if (why) raise(why, with.policy ? policy_choice(*with.policy) : current_policy<Build>());
  return out;
}
#endif

}  // namespace HANDSHIM_ABI
}  // namespace handshim
