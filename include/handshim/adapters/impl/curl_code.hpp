// libcurl's codes as std::error_code, and what a handle tells beside them.
#pragma once

#include <curl/curl.h>

#include <string>
#include <string_view>
#include <system_error>

#include "handshim/translate.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace adapters::curl {
namespace detail {

class category_impl final : public std::error_category {
 public:
  const char* name() const noexcept override { return "CURLcode"; }
  std::string message(int value) const override { return ::curl_easy_strerror(static_cast<::CURLcode>(value)); }
};

template <class T>
T info(::CURL* easy, ::CURLINFO what) noexcept {
  T out{};
  ::curl_easy_getinfo(easy, what, &out);
  return out;
}

// How far a transfer got: libcurl keeps the time of each step, 0 for one that it did not reach.
inline phase reached_by(::CURL* easy) noexcept {
  const char* const scheme = info<const char*>(easy, CURLINFO_SCHEME);
  const std::string_view kind = scheme == nullptr ? "" : scheme;
  const bool tls = kind == "HTTPS" || kind == "https" || kind == "WSS" || kind == "wss";
  if (info<::curl_off_t>(easy, CURLINFO_PRETRANSFER_TIME_T) > 0) return phase::handshake;
  if (info<::curl_off_t>(easy, CURLINFO_APPCONNECT_TIME_T) > 0) return phase::handshake;
  // Some versions count TLS into the time to connect; the port is known when TCP stands.
  const bool stands =
      info<::curl_off_t>(easy, CURLINFO_CONNECT_TIME_T) > 0 || info<long>(easy, CURLINFO_LOCAL_PORT) > 0;
  if (stands) return tls ? phase::tls : phase::handshake;
  return info<::curl_off_t>(easy, CURLINFO_NAMELOOKUP_TIME_T) > 0 ? phase::connect : phase::resolve;
}

inline bool has_openssl() noexcept {
  const char* const tls = ::curl_version_info(CURLVERSION_NOW)->ssl_version;
  return tls != nullptr && std::string_view(tls).substr(0, 7) == "OpenSSL";
}

// OpenSSL's verdict on the certificate, where libcurl is built with it.
inline fault certificate_fault(::CURL* easy) noexcept {
  constexpr long unspecified = 1, not_yet_valid = 9, expired = 10, host_mismatch = 62, ip_mismatch = 64;
  if (!has_openssl()) return fault::tls_failed;
  switch (info<long>(easy, CURLINFO_SSL_VERIFYRESULT)) {
    case not_yet_valid:
    case expired:
      return fault::tls_certificate_expired;
    case host_mismatch:
    case ip_mismatch:
      return fault::tls_certificate_host_mismatch;
    case 0:            // OpenSSL has no objection: libcurl looks at the host's name by itself,
    case unspecified:  // and before it has asked OpenSSL, in some versions
      return fault::tls_certificate_host_mismatch;
    default:
      return fault::tls_certificate_untrusted;
  }
}

// Any other error may be of an address that was tried before.
inline bool is_reset_in_tls(::CURLcode code, int error) noexcept {
  return code == CURLE_SSL_CONNECT_ERROR && error != 0 &&
         from_native("system", error, {}, phase::tls).fault() == fault::tls_reset;
}

inline const std::error_category& code_category() noexcept {
  static const category_impl instance;
  return instance;
}
inline std::error_code code_of(::CURLcode code) noexcept { return {static_cast<int>(code), code_category()}; }

}  // namespace detail
}  // namespace adapters::curl
}  // namespace HANDSHIM_ABI
}  // namespace handshim
