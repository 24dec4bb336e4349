// Native error -> failure: codes, exceptions, and what a user's own translator says.
#pragma once

#include <cstddef>
#include <exception>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

#include "handshim/failure.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {

/// The core: an error given as plain values, by the catalogue in data/native/; no client library is needed. Looked up
/// by the domain's name (a category, an exception class, a quark) and the value; the phase decides where the code
/// alone cannot (an end of stream), then a close code (known.close_received, close_sent) and an HTTP status
/// (known.http_status). The text counts only for Qt and libwebsockets, which give nothing typed. A report too poor to
/// tell becomes a coarser fault; a value that its domain does not list, the domain's fault for the phase; an unknown
/// domain, fault::unclassified. The native error is kept in every case. Thread-safe. Since 0.1.
failure from_native(std::string_view domain, int value, std::string_view text, phase p,
                    const evidence& known = {}) noexcept;

/// A code; no failure for one that is zero. One of handshim's own keeps its fault. Thread-safe. Since 0.1.
failure from(const std::error_code& code, phase p) noexcept;
failure from(const std::error_code& code, phase p, const evidence& known) noexcept;

/// Anything shaped like boost::system::error_code.
template <class Code, class = decltype(std::string_view(std::declval<const Code&>().category().name())),
          class = decltype(static_cast<int>(std::declval<const Code&>().value())),
          class = decltype(std::declval<const Code&>().message()),
          class = std::enable_if_t<!std::is_same_v<Code, std::error_code>>>
failure from(const Code& code, phase p, const evidence& known = {}) {
  if (static_cast<int>(code.value()) == 0) return {};
  return from_native(code.category().name(), code.value(), code.message(), p, known);
}

/// Numbers that only their source gives a meaning: from(curl_code{7}, phase::connect). The two that carry a text
/// have it because their number says too little. Since 0.1.
struct errno_code {
  int value;
};
struct getaddrinfo_code {
  int value;
};
struct curl_code {
  int value;
};
struct qt_socket_error {
  int value;
  std::string_view text;  ///< errorString()
};
struct lws_reason {
  int value;
  std::string_view text;  ///< `in` of CLIENT_CONNECTION_ERROR
};
failure from(errno_code code, phase p, const evidence& known = {}) noexcept;
failure from(getaddrinfo_code code, phase p, const evidence& known = {}) noexcept;
failure from(curl_code code, phase p, const evidence& known = {}) noexcept;
failure from(qt_socket_error error, phase p, const evidence& known = {}) noexcept;
failure from(lws_reason reason, phase p, const evidence& known = {}) noexcept;

/// A failure is one already.
inline const failure& from(const failure& f, phase) noexcept { return f; }

#if HANDSHIM_HAS_EXCEPTIONS
inline namespace HANDSHIM_RTTI_VARIANT {

/// An exception: a code inside decides (std::system_error, or one nested in it); else its class, where the
/// catalogue lists it and the build has RTTI; else it is unclassified, with the class and the text kept. Throws only
/// for want of memory; a null pointer is no failure. Thread-safe. Since 0.1.
failure from(const std::exception& e, phase p);
failure from(const std::exception_ptr& e, phase p);

/// What is being handled; call it in a catch block. A handshim::error gives its own failure. Since 0.1.
[[nodiscard]] failure current_failure(phase p);

}  // namespace HANDSHIM_RTTI_VARIANT

namespace detail {
std::string readable_class(const char* mangled);

template <class E>
inline constexpr bool is_plain_exception =
    std::is_base_of<std::exception, E>::value && !std::is_base_of<std::system_error, E>::value;

template <class E, class = void>
struct tells_class : std::false_type {};
template <class E>
struct tells_class<E, std::void_t<decltype(std::string_view(std::declval<const E&>().displayText())),
                                  decltype(static_cast<const char*>(std::declval<const E&>().className())),
                                  decltype(static_cast<int>(std::declval<const E&>().code()))>> : std::true_type {};
}  // namespace detail

/// An exception of a type that the caller knows, with a code() shaped like an error code: boost::system::system_error,
/// websocketpp::exception.
template <class E, class Code = std::decay_t<decltype(std::declval<const E&>().code())>,
          class = decltype(std::string_view(std::declval<const Code&>().category().name())),
          class = std::enable_if_t<detail::is_plain_exception<E>>>
failure from(const E& e, phase p, const evidence& known = {}) {
  evidence all = known;
  all.native_text = e.what();
  const failure f = from(e.code(), p, all);
  return f ? f : failure(fault::unclassified, all, {}, p);
}

/// One shaped like Poco::Exception: its class is the domain, its code() the value.
template <class E, class = std::enable_if_t<detail::is_plain_exception<E> && detail::tells_class<E>::value>>
failure from(const E& e, phase p, const evidence& known = {}) {
  return from_native(detail::readable_class(e.className()), e.code(), e.displayText(), p, known);
}

namespace detail {
inline namespace HANDSHIM_RTTI_VARIANT {
// For exceptions whose type the caller has caught; cause is the exception itself.
failure from_typed(const std::system_error& e, phase p, const std::exception_ptr& cause);
failure from_typed(const std::exception& e, phase p, const std::exception_ptr& cause, int depth = 0);
}  // namespace HANDSHIM_RTTI_VARIANT
}  // namespace detail
#endif

/// A list of types.
template <class... T>
struct types {};

/// The translator of a client without exceptions of its own, and the model for yours:
///   struct my_translator {
///     using exceptions = handshim::types<my::timeout, my::error>;  // derived classes first; at most 8
///     using passes = handshim::types<my::stop>;                    // go through untouched; at most 4
///     static handshim::failure translate(const my::timeout&, handshim::phase);
///     static handshim::failure translate(const my::error&, handshim::phase);
///   };
/// `passes` may be left out. A translate() that gives no failure leaves the exception to from(). Since 0.1.
struct default_translator {
  using exceptions = types<>;
  using passes = types<>;
};

}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/impl/translate.ipp"
#endif
