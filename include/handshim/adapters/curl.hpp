// libcurl: what a transfer that upgrades to WebSocket came to, as a failure. curl_stream.hpp makes connections with it.
#pragma once

#include <curl/curl.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "handshim/adapters/collector.hpp"
#include "handshim/adapters/impl/curl_code.hpp"
#include "handshim/handshim.hpp"
#include "handshim/impl/first_bytes.hpp"
#include "handshim/rfc6455/handshake.hpp"
#include "handshim/rfc6455/uri.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace adapters::curl {
namespace detail {

// What libcurl knows beside its code.
inline fault stated_fault(::CURL* easy, ::CURLcode code) noexcept {
  if (code == CURLE_PEER_FAILED_VERIFICATION) return certificate_fault(easy);
  const auto error = static_cast<int>(info<long>(easy, CURLINFO_OS_ERRNO));
  if (code == CURLE_COULDNT_CONNECT && error != 0) return from_native("system", error, {}, phase::connect).fault();
  if (is_reset_in_tls(code, error)) return fault::tls_reset;
  return fault::none;
}

#if LIBCURL_VERSION_NUM >= 0x075300
inline std::vector<rfc6455::header> headers_of(::CURL* easy, int status) {
  const unsigned kind = status == 101 ? CURLH_1XX : CURLH_HEADER;
  std::vector<rfc6455::header> out;
  ::curl_header* at = nullptr;
  while ((at = ::curl_easy_nextheader(easy, kind, -1, at)) != nullptr && out.size() < 128)
    out.push_back({at->name, at->value});
  return out;
}
#else
inline std::vector<rfc6455::header> headers_of(::CURL*, int) { return {}; }
#endif

}  // namespace detail

/// "CURLcode"; CURLE_OK has no message of an error.
inline const std::error_category& category() noexcept { return detail::code_category(); }
inline std::error_code make_code(::CURLcode code) noexcept { return detail::code_of(code); }

/// What is known of the request beside the handle.
struct request {
  std::string endpoint;                   ///< the URI
  std::string key;                        ///< its Sec-WebSocket-Key; empty: Sec-WebSocket-Accept is not checked
  std::vector<std::string> subprotocols;  ///< those offered
  std::string body;                       ///< the start of the response's body, if it was kept
  bool upgraded = false;                  ///< the whole 101 was seen, and the transfer ended because of that
};

/// What curl_easy_perform() came to, of a handle that asks for an upgrade: no failure if it has a 101 that is right,
/// which libcurl itself does not check. CURLE_OK without a status is an end before the response. Reads the handle.
inline failure result(::CURL* easy, ::CURLcode code, const request& asked, std::string_view text = {}) {
  collector seen("libcurl");
  seen.begin({asked.endpoint, asked.key, asked.subprotocols, 0, false, false});
  seen.reached(detail::reached_by(easy));
  const auto status = static_cast<int>(detail::info<long>(easy, CURLINFO_RESPONSE_CODE));
  rfc6455::response got;
  got.headers = detail::headers_of(easy, status);
  const bool complete = code == CURLE_OK || asked.upgraded;
  if (complete && status == 101 &&
      rfc6455::detail::check_seen_upgrade(got, asked.key, asked.subprotocols, false).error == fault::none)
    return {};
  seen.responded(status, std::move(got.headers), complete);
  seen.body(asked.body);
  if (code == CURLE_OK && status == 0) seen.state(fault::eof_before_status_line);
  if (code != CURLE_OK && !asked.upgraded) {
    seen.report("CURLcode", code, text.empty() ? ::curl_easy_strerror(code) : text);
    seen.state(detail::stated_fault(easy, code));
  }
  return code == CURLE_OPERATION_TIMEDOUT ? seen.timed_out() : seen.ended();
}

/// Asks for an upgrade by plain HTTP, for any libcurl: also one without WebSocket, whose ws:// is
/// CURLE_UNSUPPORTED_PROTOCOL. It tells whether the server would; what comes behind the 101 is dropped with the
/// connection, so that a conversation needs curl_stream.hpp. Sets the handle's URL, headers, callbacks, error buffer
/// and CURLOPT_NOSIGNAL; all else (timeouts, proxy, certificates) is the caller's, and stays. One thread. Since 0.1.
class upgrade_request {
 public:
  explicit upgrade_request(::CURL* easy) : easy_(easy) {}
  ~upgrade_request() {
    ::curl_slist_free_all(headers_);
    for (const ::CURLoption option : {CURLOPT_WRITEDATA, CURLOPT_HEADERDATA, CURLOPT_HTTPHEADER, CURLOPT_ERRORBUFFER})
      ::curl_easy_setopt(easy_, option, nullptr);
    ::curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, nullptr);
    ::curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, nullptr);
  }
  upgrade_request(const upgrade_request&) = delete;
  upgrade_request& operator=(const upgrade_request&) = delete;

  /// In place of curl_easy_perform(). The URI is ws:// or wss://.
  failure perform(std::string_view uri, const std::vector<std::string>& subprotocols = {}) {
    rfc6455::uri to;
    if (const fault bad = rfc6455::parse_uri(uri, to); bad != fault::none) {
      evidence known;
      known.backend = "libcurl";
      known.endpoint = uri;
      return failure(bad, known);
    }
    asked_ = {};
    asked_.endpoint = to.text();
    asked_.key = rfc6455::make_key();
    asked_.subprotocols = subprotocols;
    prepare(to);
    const ::CURLcode code = ::curl_easy_perform(easy_);
    return result(easy_, code, asked_, error_.data());
  }

 private:
  void prepare(const rfc6455::uri& to) {
    const std::string url = (to.secure ? "https://" : "http://") + to.host_header() + to.target;
    ::curl_easy_setopt(easy_, CURLOPT_URL, url.c_str());
    ::curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
    ::curl_easy_setopt(easy_, CURLOPT_FRESH_CONNECT, 1L);
    ::curl_easy_setopt(easy_, CURLOPT_FORBID_REUSE, 1L);
    ::curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    add_headers();
    ::curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers_);
    ::curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &on_body);
    ::curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
    ::curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, &on_header);
    ::curl_easy_setopt(easy_, CURLOPT_HEADERDATA, this);
    error_.fill('\0');
    ::curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, error_.data());
  }

  void add_headers() {
    ::curl_slist_free_all(std::exchange(headers_, nullptr));
    add("Upgrade: websocket");
    add("Connection: Upgrade");
    add("Sec-WebSocket-Version: 13");
    add("Sec-WebSocket-Key: " + asked_.key);
    std::string offered;
    for (const std::string& name : asked_.subprotocols) offered += (offered.empty() ? "" : ", ") + name;
    if (!offered.empty()) add("Sec-WebSocket-Protocol: " + offered);
  }
  void add(const std::string& line) { headers_ = ::curl_slist_append(headers_, line.c_str()); }

  static std::size_t on_body(char* bytes, std::size_t, std::size_t count, void* self) {
    std::string& body = static_cast<upgrade_request*>(self)->asked_.body;
    handshim::detail::keep_first(body, {bytes, count}, handshim::detail::max_body);
    return count;
  }

  // The blank line behind a 101 ends the transfer: libcurl would wait for a body.
  static std::size_t on_header(char* bytes, std::size_t, std::size_t count, void* data) {
    auto* const self = static_cast<upgrade_request*>(data);
    const std::string_view line(bytes, count);
    const bool blank = line == "\r\n" || line == "\n";
    if (!blank || detail::info<long>(self->easy_, CURLINFO_RESPONSE_CODE) != 101) return count;
    self->asked_.upgraded = true;
    return 0;
  }

  ::CURL* easy_;
  request asked_;
  ::curl_slist* headers_ = nullptr;
  std::array<char, CURL_ERROR_SIZE> error_{};
};

#if LIBCURL_VERSION_NUM >= 0x075600
/// Reads along what curl_ws_recv() gives, where libcurl has WebSocket, and tells when the connection is over. It checks
/// what libcurl 7.86 to 7.88 leave to the program: CURLE_AGAIN is no failure, a close frame is handed over as data, and
/// after an end inside a frame CURLE_OK with 0 bytes comes for ever. One connection. Since 0.1.
class receiver {
 public:
  explicit receiver(std::string_view endpoint) {
    seen_.begin({std::string(endpoint), {}, {}, 0, false, false});
    seen_.reached(phase::open);
  }

  /// After each curl_ws_recv(). No failure while the connection stands.
  const failure& received(::CURLcode code, const void* bytes, std::size_t size, const ::curl_ws_frame* frame) {
    if (!seen_.is_live() || code == CURLE_AGAIN) return seen_.result();
    if (code != CURLE_OK) {
      seen_.report("CURLcode", code, ::curl_easy_strerror(code));
      if (code == CURLE_GOT_NOTHING) seen_.peer_ended(rfc6455::ending::eof);
      return seen_.ended();
    }
    const bool closes = frame != nullptr && (frame->flags & CURLWS_CLOSE) != 0;
    if (closes) return on_close({static_cast<const char*>(bytes), size});
    const bool nothing = size == 0 && (frame == nullptr || frame->bytesleft > 0);
    empty_ = nothing ? empty_ + 1 : 0;
    if (empty_ < 2) return seen_.result();
    seen_.state(fault::eof_in_message);
    return seen_.ended();
  }

  /// Before curl_ws_send() with CURLWS_CLOSE.
  void closing(std::uint16_t code, std::string_view reason) { seen_.close_sent(code, reason); }
  const failure& failed() const noexcept { return seen_.result(); }

 private:
  const failure& on_close(std::string_view payload) {
    if (payload.size() < 2) {
      seen_.close_received(1005, {});
    } else {
      const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(payload[i]); };
      seen_.close_received(static_cast<std::uint16_t>(byte(0) * 256u + byte(1)), payload.substr(2));
    }
    return seen_.ended();
  }

  collector seen_{"libcurl"};
  int empty_ = 0;
};
#endif

}  // namespace adapters::curl
}  // namespace HANDSHIM_ABI
}  // namespace handshim
