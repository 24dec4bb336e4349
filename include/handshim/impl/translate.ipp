#pragma once

#if HANDSHIM_HAS_RTTI && defined(__GNUC__)
#include <cxxabi.h>

#include <typeinfo>
#endif

#include <cstdlib>

#include "handshim/impl/native_condition.ipp"
#include "handshim/translate.hpp"
#if HANDSHIM_HAS_EXCEPTIONS
#include "handshim/exceptions.hpp"
#endif

namespace handshim {
namespace detail {

inline fault in_phase(const native_row& row, phase p) noexcept {
  switch (p) {
    case phase::resolve:
      return row.resolve;
    case phase::connect:
    case phase::proxy:
      return row.connect;
    case phase::tls:
      return row.tls;
    case phase::handshake:
      return row.handshake;
    case phase::open:
    case phase::closing:
      return row.open;
    case phase::local:
    case phase::unknown:
      break;
  }
  return row.unknown;
}

// A code of a known domain without a row is at least what fails in its phase.
inline fault coarse_fault(domain where, phase p) noexcept {
  if (where == domain::getaddrinfo_) return fault::resolve_failed;
  if (where == domain::other) return fault::unclassified;
  switch (p) {
    case phase::resolve:
      return fault::resolve_failed;
    case phase::connect:
      return fault::connect_failed;
    case phase::proxy:
      return fault::proxy_failed;
    case phase::tls:
      return fault::tls_failed;
    case phase::handshake:
      return fault::handshake_failed;
    case phase::open:
    case phase::closing:
      return fault::connection_lost;
    case phase::local:
    case phase::unknown:
      break;
  }
  return fault::unclassified;
}

inline fault translate_code(std::string_view name, int value, phase p) noexcept {
  const native_row* row = find_row(name, value);
  return row ? in_phase(*row, p) : coarse_fault(domain_of(name), p);
}

// A fault that belongs to a phase keeps it; the coarser phase that the caller named is for the rest.
inline phase phase_for(fault f, phase told) noexcept {
  const phase own = facts(f).when;
  return own == phase::unknown || (own == phase::open && told == phase::closing) ? told : own;
}

}  // namespace detail

HANDSHIM_INLINE failure from_native(std::string_view domain, int value, std::string_view text, phase p,
                                    const evidence& known) noexcept {
  const fault f = detail::translate_code(domain, value, p);
  evidence all = known;
  all.native_domain = domain;
  all.native_value = value;
  all.native_text = text;
  return failure(f, all, {}, detail::phase_for(f, p));
}

HANDSHIM_INLINE failure from(const std::error_code& code, phase p) noexcept {
  if (!code) return {};
  const fault own = fault_of(code);
  const fault f = own != fault::none ? own : detail::translate_code(code.category().name(), code.value(), p);
  return failure(f, own != fault::none ? std::error_code() : code, detail::phase_for(f, p));
}

HANDSHIM_INLINE failure from(const std::error_code& code, phase p, const evidence& known) noexcept {
  const failure bare = from(code, p);
  return bare ? failure(bare.fault(), known, bare.native_code(), bare.phase()) : bare;
}

#if HANDSHIM_HAS_EXCEPTIONS
namespace detail {
inline namespace HANDSHIM_RTTI_VARIANT {

// The dynamic type's name where the build has RTTI.
inline std::string class_name(const std::exception& e) {
#if HANDSHIM_HAS_RTTI && defined(__GNUC__)
  int status = 0;
  char* readable = abi::__cxa_demangle(typeid(e).name(), nullptr, nullptr, &status);
  std::string out = readable ? readable : typeid(e).name();
  std::free(readable);
  // What std::throw_with_nested wraps round a class is no part of its name.
  constexpr std::string_view wrapper = "std::_Nested_exception<";
  const bool wrapped = std::string_view(out).substr(0, wrapper.size()) == wrapper;
  return wrapped ? out.substr(wrapper.size(), out.size() - wrapper.size() - 1) : out;
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
  if (!e.code()) return failure(fault::unclassified, known_of(type, e.what(), cause), {}, p);
  return from(e.code(), p, known_of(type, e.what(), cause));
}

// The first exception in the chain that carries a code decides; the outer one's text is kept.
HANDSHIM_INLINE failure from_typed(const std::exception& e, phase p, const std::exception_ptr& cause, int depth) {
  const std::string type = class_name(e);
  evidence known = known_of(type, e.what(), cause);
  const auto* nested = dynamic_type<std::nested_exception>(e);
  if (nested && nested->nested_ptr() && depth < 8) {
    const failure deeper = from_pointer(nested->nested_ptr(), p, depth + 1);
    if (deeper.native_code()) known.native_domain = {};
    if (deeper.fault() != fault::unclassified)
      return failure(deeper.fault(), known, deeper.native_code(), deeper.phase());
  }
  return failure(fault::unclassified, known, {}, p);
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

}  // namespace handshim
