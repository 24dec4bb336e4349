// The three backends by name.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "handshim/backends/legacy_mode.hpp"
#include "handshim/backends/new_mode.hpp"
#include "handshim/backends/raw_sockets.hpp"

namespace handshim::tool {

template <class T>
struct backend_type {
  using type = T;
};

/// Calls use(backend_type<B>()) for the backend of that name. Throws std::logic_error if there is none.
template <class Use>
auto with_backend(std::string_view name, Use use) {
  if (name == raw_sockets::name) return use(backend_type<raw_sockets>());
  if (name == legacy_mode::name) return use(backend_type<legacy_mode>());
  if (name == new_mode::name) return use(backend_type<new_mode>());
  throw std::logic_error("no backend " + std::string(name));
}

}  // namespace handshim::tool
