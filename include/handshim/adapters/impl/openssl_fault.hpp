// What a TLS handshake of OpenSSL's failed with.
#pragma once

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <string>
#include <string_view>

#include "handshim/fault.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace adapters::detail {

/// The fault that a result of X509 verification is; tls_failed where no finer one fits.
inline fault certificate_fault(long result) noexcept {
  switch (result) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return fault::tls_certificate_expired;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return fault::tls_certificate_host_mismatch;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
    case X509_V_ERR_CERT_UNTRUSTED:
    case X509_V_ERR_CERT_REJECTED:
      return fault::tls_certificate_untrusted;
    default:
      return fault::tls_failed;
  }
}

/// The fault of a packed error of the library "SSL", as ERR_get_error() gives it; none if it is no such error. `ssl`
/// tells which check of the certificate failed.
inline fault handshake_fault(unsigned long packed, const SSL* ssl) noexcept {
  if (ERR_GET_LIB(packed) != ERR_LIB_SSL) return fault::none;
  const int reason = ERR_GET_REASON(packed);
  if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED) return certificate_fault(SSL_get_verify_result(ssl));
  // A first record that is none.
  if (reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST || reason == SSL_R_PACKET_LENGTH_TOO_LONG)
    return fault::tls_peer_not_tls;
  // The reason of an alert that was received is its number and an offset.
  if (reason >= SSL_AD_REASON_OFFSET) return fault::tls_alert;
#if defined(SSL_R_UNEXPECTED_EOF_WHILE_READING)
  if (reason == SSL_R_UNEXPECTED_EOF_WHILE_READING) return fault::tls_eof;
#endif
  return fault::none;
}

/// What a person should know of a certificate that was refused; empty if it was not for the certificate.
inline std::string_view certificate_detail(const SSL* ssl) noexcept {
  const long result = SSL_get_verify_result(ssl);
  return result == X509_V_OK ? std::string_view() : X509_verify_cert_error_string(result);
}

}  // namespace adapters::detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
