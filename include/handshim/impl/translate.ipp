#pragma once

#if defined(__GNUC__)
#include <cxxabi.h>
#endif
#if HANDSHIM_HAS_RTTI
#include <typeinfo>
#endif

#include <cstdlib>
#include <memory>
#include <string>

#include "handshim/impl/fault_rows.hpp"
#include "handshim/impl/native_fault.hpp"
#include "handshim/translate.hpp"
#if HANDSHIM_HAS_EXCEPTIONS
#include "handshim/exceptions.hpp"
#endif

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

inline fault fault_of_native(const std::error_code& code, phase p, const evidence& known) noexcept {
  const known_code as = known_as(code);
  return native_fault(as.domain, as.value, {}, p, known).means;
}

}  // namespace detail

HANDSHIM_INLINE failure from_native(std::string_view domain, int value, std::string_view text, phase p,
                                    const evidence& known) noexcept {
  const detail::native_verdict verdict = detail::native_fault(detail::find_domain(domain), value, text, p, known);
  evidence all = known;
  all.native_domain = domain;
  all.native_value = value;
  all.native_text = text;
  all.http_status = verdict.status;
  return failure(verdict.means, all, {}, detail::phase_of(verdict.means, p));
}

HANDSHIM_INLINE failure from(const std::error_code& code, phase p) noexcept {
  if (!code) return {};
  const fault own = fault_of(code);
  const fault f = own != fault::none ? own : detail::fault_of_native(code, p, detail::evidence_in(nullptr));
  return failure(f, own != fault::none ? std::error_code() : code, detail::phase_of(f, p));
}

HANDSHIM_INLINE failure from(const std::error_code& code, phase p, const evidence& known) noexcept {
  if (!code) return {};
  const fault own = fault_of(code);
  const fault f = own != fault::none ? own : detail::fault_of_native(code, p, known);
  return failure(f, known, own != fault::none ? std::error_code() : code, detail::phase_of(f, p));
}

HANDSHIM_INLINE failure from(errno_code code, phase p, const evidence& known) noexcept {
#if defined(_WIN32)  // whose own codes are others than those of its C library
  return from(std::error_code(code.value, std::generic_category()), p, known);
#else
  return from(std::error_code(code.value, std::system_category()), p, known);
#endif
}

HANDSHIM_INLINE failure from(getaddrinfo_code code, phase p, const evidence& known) noexcept {
  return code.value == 0 ? failure() : from_native("getaddrinfo", code.value, known.native_text, p, known);
}

HANDSHIM_INLINE failure from(curl_code code, phase p, const evidence& known) noexcept {
  return code.value == 0 ? failure() : from_native("CURLcode", code.value, known.native_text, p, known);
}

HANDSHIM_INLINE failure from(qt_socket_error error, phase p, const evidence& known) noexcept {
  return from_native("QAbstractSocket::SocketError", error.value, error.text, p, known);
}

HANDSHIM_INLINE failure from(lws_reason reason, phase p, const evidence& known) noexcept {
  return from_native("lws_callback_reasons", reason.value, reason.text, p, known);
}

#if HANDSHIM_HAS_EXCEPTIONS
namespace detail {

// The namespace of the ABI's epoch is inline: who writes a class's name leaves it out.
inline std::string without_epoch(std::string name) {
#define HANDSHIM_TEXT_OF(name) #name
#define HANDSHIM_EPOCH(name) "handshim::" HANDSHIM_TEXT_OF(name) "::"
  constexpr std::string_view own = "handshim::", whole = HANDSHIM_EPOCH(HANDSHIM_ABI);
#undef HANDSHIM_EPOCH
#undef HANDSHIM_TEXT_OF
  for (std::size_t at; (at = name.find(whole)) != std::string::npos;)
    name.erase(at + own.size(), whole.size() - own.size());
  return name;
}

// What std::throw_with_nested wraps round a class is no part of its name.
inline std::string without_wrapper(const std::string& name) {
  constexpr std::string_view wrapper = "std::_Nested_exception<";
  const bool wrapped = std::string_view(name).substr(0, wrapper.size()) == wrapper;
  return wrapped ? name.substr(wrapper.size(), name.size() - wrapper.size() - 1) : name;
}

// What std::type_info::name() gives, as it is written in C++.
HANDSHIM_INLINE std::string readable_class(const char* mangled) {
#if defined(__GNUC__)
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> readable(abi::__cxa_demangle(mangled, nullptr, nullptr, &status),
                                                        &std::free);
  return without_wrapper(without_epoch(readable ? readable.get() : mangled));
#else
  const std::string_view text = mangled, word = "class ";
  return without_epoch(std::string(text.substr(0, word.size()) == word ? text.substr(word.size()) : text));
#endif
}

inline namespace HANDSHIM_RTTI_VARIANT {

// The dynamic type's name where the build has RTTI.
inline std::string class_name(const std::exception& e) {
#if HANDSHIM_HAS_RTTI
  return readable_class(typeid(e).name());
#else
  (void)e;
  return "std::exception";
#endif
}

template <class To>
const To* dynamic_type(const std::exception& e) noexcept {
#if HANDSHIM_HAS_RTTI
  return dynamic_cast<const To*>(&e);
#else
  (void)e;
  return nullptr;
#endif
}

inline evidence known_of(std::string_view class_name, const char* text, const std::exception_ptr& cause) noexcept {
  evidence known;
  known.native_domain = class_name;
  known.native_text = text;
  known.cause = cause;
  return known;
}

inline failure from_pointer(const std::exception_ptr& pointer, phase p, int depth) {
  try {
    std::rethrow_exception(pointer);
  } catch (const error& e) {
    return e.failure();
  } catch (const std::system_error& e) {
    return from_typed(e, p, pointer);
  } catch (const std::exception& e) {
    return from_typed(e, p, pointer, depth);
  } catch (...) {
    return failure(fault::unclassified, known_of("unknown exception", "", pointer), {}, p);
  }
}

// The domain is the code's, or the class where the code tells nothing of the native error: it is one of
// handshim's own, or the one for success, which an exception does not mean.
HANDSHIM_INLINE failure from_typed(const std::system_error& e, phase p, const std::exception_ptr& cause) {
  const bool telling = e.code() && fault_of(e.code()) == fault::none;
  const std::string type = telling ? std::string() : class_name(e);
  const evidence known = known_of(type, e.what(), cause);
  return e.code() ? from(e.code(), p, known) : failure(fault::unclassified, known, {}, p);
}

// The first exception in the chain that carries a code decides, else the class; the outer one's text is kept.
HANDSHIM_INLINE failure from_typed(const std::exception& e, phase p, const std::exception_ptr& cause, int depth) {
  const std::string type = class_name(e);
  evidence known = known_of(type, e.what(), cause);
  const auto* nested = dynamic_type<std::nested_exception>(e);
  if (nested && nested->nested_ptr() && depth < 8) {
    const failure deeper = from_pointer(nested->nested_ptr(), p, depth + 1);
    if (deeper.native_code()) known.native_domain = {};
    if (deeper.fault() != fault::unclassified) return deeper.with(known);
  }
  const native_verdict by_class = native_fault(find_domain(type), 0, {}, p, known);
  return failure(by_class.means, known, {}, phase_of(by_class.means, p));
}

}  // namespace HANDSHIM_RTTI_VARIANT
}  // namespace detail

inline namespace HANDSHIM_RTTI_VARIANT {

HANDSHIM_INLINE failure from(const std::exception& e, phase p) {
  if (const auto* own = detail::dynamic_type<error>(e)) return own->failure();
  if (const auto* coded = detail::dynamic_type<std::system_error>(e)) return detail::from_typed(*coded, p, nullptr);
  return detail::from_typed(e, p, nullptr);
}

HANDSHIM_INLINE failure from(const std::exception_ptr& e, phase p) {
  return e ? detail::from_pointer(e, p, 0) : failure();
}

HANDSHIM_INLINE failure current_failure(phase p) { return from(std::current_exception(), p); }

}  // namespace HANDSHIM_RTTI_VARIANT
#endif

}  // namespace HANDSHIM_ABI
}  // namespace handshim
