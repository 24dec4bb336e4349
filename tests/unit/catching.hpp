// Catching by a class that is known at run time only.
#pragma once

#include <exception>
#include <string>

#include "handshim/exceptions.hpp"
#include "handshim/kind.hpp"

namespace catching {

template <class K>
bool caught_as(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const K&) {
    return true;
  } catch (...) {
    return false;
  }
}

/// Whether a handler for the class of the kind catches it.
inline bool caught_by(handshim::kind wanted, const std::exception_ptr& thrown) {
  switch (wanted) {
    case handshim::kind::error:
      return caught_as<handshim::error>(thrown);
#define KIND(number, name, base, description) \
  case handshim::kind::name:                  \
    return caught_as<handshim::name>(thrown);
#include "handshim/data/kinds.inc"
#undef KIND
  }
  return false;
}

/// What fn throws; null if it throws nothing.
template <class F>
std::exception_ptr thrown_by(F&& fn) {
  try {
    fn();
  } catch (...) {
    return std::current_exception();
  }
  return nullptr;
}

/// The object itself; it lives as long as the pointer.
inline const handshim::error& object_in(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const handshim::error& e) {
    return e;
  }
}
const handshim::error& object_in(const std::exception_ptr&& thrown) = delete;

/// A copy of what every handshim::error has.
inline handshim::error error_in(const std::exception_ptr& thrown) { return object_in(thrown); }

inline std::string joined(const handshim::kind_list& kinds) {
  std::string out;
  for (const handshim::kind k : kinds) out += (out.empty() ? "" : ",") + std::string(name(k));
  return out;
}

}  // namespace catching
