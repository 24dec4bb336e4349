// A byte stream through libcurl: client<raw_sockets> with libcurl's TLS, proxies and name look-ups, for any libcurl.
#pragma once

#include <curl/curl.h>

#include <cerrno>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>

#include "handshim/adapters/impl/callback.hpp"
#include "handshim/adapters/impl/curl_code.hpp"
#include "handshim/handshim.hpp"
#include "handshim/net/byte_stream.hpp"
#include "handshim/net/error.hpp"
#include "handshim/net/interrupter.hpp"
#include "handshim/rfc6455/uri.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace adapters::curl {

/// Sets what the caller wants of the handle: CURLOPT_CAINFO, CURLOPT_PROXY, ... It is called before each connection.
/// Made of any copyable callable, or empty.
using configure = adapters::detail::callback<::CURL*>;

namespace detail {

class stream final : public net::byte_stream {
 public:
  explicit stream(net::interrupter& stop) : easy_(::curl_easy_init()), stop_(stop) {}
  ~stream() override { ::curl_easy_cleanup(easy_); }

  std::error_code connect(const rfc6455::uri& to, net::deadline until, const configure& set) {
    if (easy_ == nullptr) return code_of(CURLE_OUT_OF_MEMORY);
    const std::string url = (to.secure ? "https://" : "http://") + to.host_header() + '/';
    ::curl_easy_setopt(easy_, CURLOPT_URL, url.c_str());
    ::curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
    ::curl_easy_setopt(easy_, CURLOPT_CONNECT_ONLY, 1L);
    ::curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
#if LIBCURL_VERSION_NUM >= 0x072400
    ::curl_easy_setopt(easy_, CURLOPT_SSL_ENABLE_ALPN, 0L);  // no HTTP/2
#endif
    // 0 would be libcurl's own 300 s.
    if (!until.is_never())
      ::curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS, until.poll_timeout() > 1 ? long{until.poll_timeout()} : 1L);
    ::curl_easy_setopt(easy_, CURLOPT_NOPROGRESS, 0L);
    ::curl_easy_setopt(easy_, CURLOPT_XFERINFOFUNCTION, &on_progress);
    ::curl_easy_setopt(easy_, CURLOPT_XFERINFODATA, this);
    if (set) set(easy_);
    const ::CURLcode code = ::curl_easy_perform(easy_);
    if (code == CURLE_OK) socket_ = static_cast<int>(info<::curl_socket_t>(easy_, CURLINFO_ACTIVESOCKET));
    return code == CURLE_OK ? std::error_code() : connect_error(code);
  }

  std::size_t read_some(char* to, std::size_t size, net::deadline until, std::error_code& error) override {
    return repeat(net::direction::read, size, until, error, [this, to, size](std::size_t& n) {
      const ::CURLcode code = ::curl_easy_recv(easy_, to, size, &n);
      return code == CURLE_OK && n == 0 ? CURLE_GOT_NOTHING : code;
    });
  }
  std::size_t write_some(const char* from, std::size_t size, net::deadline until, std::error_code& error) override {
    return repeat(net::direction::write, size, until, error,
                  [this, from, size](std::size_t& n) { return ::curl_easy_send(easy_, from, size, &n); });
  }
  void shutdown() noexcept override { shutter_.shut(stop_, socket_); }
  // Without TLS's own end, for which libcurl has no call.
  void finish() noexcept override { net::detail::end_sending(socket_); }

 private:
  static int on_progress(void* self, ::curl_off_t, ::curl_off_t, ::curl_off_t, ::curl_off_t) {
    return static_cast<stream*>(self)->stop_.triggered() ? 1 : 0;
  }

  std::error_code connect_error(::CURLcode code) {
    const phase at = reached_by(easy_);
    if (code == CURLE_ABORTED_BY_CALLBACK) return net::stream_errc::interrupted;
    if (code == CURLE_OPERATION_TIMEDOUT && at == phase::tls) return make_error_code(fault::tls_timeout);
    if (code == CURLE_OPERATION_TIMEDOUT && at == phase::resolve) return make_error_code(fault::resolve_timeout);
    if (code == CURLE_OPERATION_TIMEDOUT) return net::stream_errc::timed_out;
    if (code == CURLE_PEER_FAILED_VERIFICATION) return make_error_code(certificate_fault(easy_));
    const auto system = static_cast<int>(info<long>(easy_, CURLINFO_OS_ERRNO));
    if (code == CURLE_COULDNT_CONNECT && system != 0) return {system, std::system_category()};
    if (is_reset_in_tls(code, system)) return make_error_code(fault::tls_reset);
    return code_of(code);
  }

  std::error_code transfer_error(::CURLcode code) {
    if (code == CURLE_AGAIN) return net::stream_errc::would_block;
    if (code == CURLE_GOT_NOTHING) return net::stream_errc::eof;
    const auto system = static_cast<int>(info<long>(easy_, CURLINFO_OS_ERRNO));
    return system != 0 ? std::error_code(system, std::system_category()) : code_of(code);
  }

  // A handle is for one thread at a time: what does not wait is done under the lock, and waiting without it.
  template <class Attempt>
  std::size_t repeat(net::direction way, std::size_t size, net::deadline until, std::error_code& error,
                     Attempt attempt) {
    error.clear();
    while (size != 0) {
      if (shutter_.is_shut()) return error = net::stream_errc::eof, 0;
      if (stop_.triggered()) return error = net::stream_errc::interrupted, 0;
      std::size_t done = 0;
      {
        const std::lock_guard<std::mutex> hold(mutex_);
        errno = 0;
        const ::CURLcode code = attempt(done);
        if (code == CURLE_OK) return done;
        error = transfer_error(code);
      }
      if (error == net::stream_errc::would_block) error = shutter_.wait(stop_, socket_, way, until);
      if (!error) continue;
      if (shutter_.is_shut()) error = net::stream_errc::eof;
      break;
    }
    return 0;
  }

  ::CURL* easy_;
  net::interrupter& stop_;
  std::mutex mutex_;
  int socket_ = -1;
  net::detail::shutter shutter_;
};

}  // namespace detail

/// A stream_opener: what options::open_stream wants. libcurl checks certificate and host name by default; the opening
/// ends by the deadline, or soon after cancel(), as libcurl asks about once a second. curl_global_init() is the
/// program's. Since 0.1.
class open_stream {
 public:
  explicit open_stream(configure set = {}) : set_(std::move(set)) {}

  std::unique_ptr<net::byte_stream> operator()(const rfc6455::uri& to, net::deadline until, net::interrupter& stop,
                                               std::error_code& error) const {
    auto made = std::make_unique<detail::stream>(stop);
    error = made->connect(to, until, set_);
    if (error) return nullptr;
    return made;
  }

 private:
  configure set_;
};

}  // namespace adapters::curl
}  // namespace HANDSHIM_ABI
}  // namespace handshim
