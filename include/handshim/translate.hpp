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

/// The core: an error given as plain values. Looked up by the domain's name and the value; the phase decides
/// where the code alone cannot (an end of stream). What no row knows is fault::unclassified with the native
/// error kept. `known` may carry what else the client told. Thread-safe. Since 0.1.
failure from_native(std::string_view domain, int value, std::string_view text, phase p,
                    const evidence& known = {}) noexcept;

/// A code. One of handshim's own keeps its fault.
failure from(const std::error_code& code, phase p) noexcept;
failure from(const std::error_code& code, phase p, const evidence& known) noexcept;

/// Anything shaped like boost::system::error_code.
template <class Code, class = decltype(std::string_view(std::declval<const Code&>().category().name())),
          class = decltype(static_cast<int>(std::declval<const Code&>().value())),
          class = decltype(std::declval<const Code&>().message()),
          class = std::enable_if_t<!std::is_same_v<Code, std::error_code>>>
failure from(const Code& code, phase p, const evidence& known = {}) {
  return from_native(code.category().name(), code.value(), code.message(), p, known);
}

/// A failure is one already.
inline const failure& from(const failure& f, phase) noexcept { return f; }

#if HANDSHIM_HAS_EXCEPTIONS
inline namespace HANDSHIM_RTTI_VARIANT {

/// An exception: a code inside decides (std::system_error, or one nested in it); else it is unclassified,
/// with the class and the text kept.
failure from(const std::exception& e, phase p);
failure from(const std::exception_ptr& e, phase p);

/// What is being handled; call it in a catch block. A handshim::error gives its own failure.
failure current_failure(phase p);

}  // namespace HANDSHIM_RTTI_VARIANT

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
struct default_translator {
  using exceptions = types<>;
  using passes = types<>;
};

}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/impl/translate.ipp"
#endif
