// Handlers round handlers, as Boost.Asio 1.74 to 1.81 take them.
#pragma once

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/handler_continuation_hook.hpp>
#include <boost/system/error_code.hpp>
#include <boost/version.hpp>
#if BOOST_VERSION >= 107700
#include <boost/asio/associator.hpp>
#endif

#include <memory>
#include <type_traits>
#include <utility>

#include "handshim/config.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace adapters::boost_asio {

// Asio and Beast pass some int where a std::size_t is taken, which would be told of the lines here.
#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wsign-conversion"
#endif

/// A completion handler that hands its arguments to an action, together with the inner handler, whose associated
/// executor, allocator and cancellation slot are its own.
template <class Handler, class Action>
struct wrapped {
  Handler handler;
  Action action;

  template <class... Args>
  void operator()(Args&&... args) {
    action(handler, std::forward<Args>(args)...);
  }

  // Whether it goes on with what ran before: Asio's hook, which it finds by argument-dependent look-up.
  friend bool asio_handler_is_continuation(wrapped* self) {
    using ::boost::asio::asio_handler_is_continuation;
    return asio_handler_is_continuation(std::addressof(self->handler));
  }
};

template <class Handler, class Action>
wrapped<std::decay_t<Handler>, std::decay_t<Action>> wrap(Handler&& handler, Action&& action) {
  return {std::forward<Handler>(handler), std::forward<Action>(action)};
}

/// An initiation that begins the inner one with its handler wrapped; see wrap().
template <class Initiation, class Action>
struct wrapping_initiation {
  Initiation begin;
  Action action;

  template <class Handler, class... Args>
  void operator()(Handler&& handler, Args&&... args) {
    std::move(begin)(wrap(std::forward<Handler>(handler), std::move(action)), std::forward<Args>(args)...);
  }
};

#if defined(__clang__)
#pragma clang diagnostic pop
#endif

// async_result::return_type, which some tokens lack since Asio deduces it.
template <class Result, class = void>
struct return_type_of {};
template <class Result>
struct return_type_of<Result, std::void_t<typename Result::return_type>> {
  using return_type = typename Result::return_type;
};

}  // namespace adapters::boost_asio
}  // namespace HANDSHIM_ABI
}  // namespace handshim

// What Asio looks for in a handler.
#if BOOST_VERSION >= 107700
template <template <class, class> class Associator, class Handler, class Action, class Default>
struct boost::asio::associator<Associator, handshim::adapters::boost_asio::wrapped<Handler, Action>, Default>
    : Associator<Handler, Default> {
  using outer = handshim::adapters::boost_asio::wrapped<Handler, Action>;
  static auto get(const outer& h) noexcept { return Associator<Handler, Default>::get(h.handler); }
  static auto get(const outer& h, const Default& otherwise) noexcept {
    return Associator<Handler, Default>::get(h.handler, otherwise);
  }
};
#else
template <class Handler, class Action, class Default>
struct boost::asio::associated_executor<handshim::adapters::boost_asio::wrapped<Handler, Action>, Default> {
  using type = associated_executor_t<Handler, Default>;
  static type get(const handshim::adapters::boost_asio::wrapped<Handler, Action>& h,
                  const Default& otherwise = Default()) noexcept {
    return associated_executor<Handler, Default>::get(h.handler, otherwise);
  }
};
template <class Handler, class Action, class Default>
struct boost::asio::associated_allocator<handshim::adapters::boost_asio::wrapped<Handler, Action>, Default> {
  using type = associated_allocator_t<Handler, Default>;
  static type get(const handshim::adapters::boost_asio::wrapped<Handler, Action>& h,
                  const Default& otherwise = Default()) noexcept {
    return associated_allocator<Handler, Default>::get(h.handler, otherwise);
  }
};
#endif
