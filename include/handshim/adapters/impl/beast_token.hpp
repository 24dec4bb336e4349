// Completion tokens round completion tokens: raising(), and the one that notes how an operation ended.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

#include "handshim/adapters/impl/beast_notes.hpp"
#include "handshim/adapters/impl/boost_handler.hpp"
#if HANDSHIM_HAS_EXCEPTIONS
#include "handshim/raise.hpp"
#endif

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace adapters::beast {

#if HANDSHIM_HAS_EXCEPTIONS
/// What raising() makes.
template <class Token>
struct raising_t {
  Token token;
  policy_choice by;      ///< for operations that are not a stream's of this adapter
  bool wins;             ///< it was given: for a stream's operations, too
  handshim::phase when;  ///< of operations that are not a stream's
};
#endif

namespace detail {

#if HANDSHIM_HAS_EXCEPTIONS
// The failure as it is to be raised: under native the library's own exception goes on.
inline failure to_raise(const failure& f, const error_code& ec, const policy_choice& by) {
  if (!by.policy.is_native()) return f;
  evidence all = f.evidence();
  all.cause = std::make_exception_ptr(::boost::system::system_error(ec));
  return failure(f.fault(), all, f.native_code(), f.phase());
}

// Completes a handler for void(std::exception_ptr, args...).
struct raise_action {
  policy_choice by;
  bool wins;
  phase when;

  // An operation of Asio's or Beast's own.
  template <class Handler, class... Args>
  void operator()(Handler& handler, const error_code& ec, Args&&... args) {
    std::move(handler)(pointer(ec ? from(std::error_code(ec), when) : failure(), ec, by), std::forward<Args>(args)...);
  }
  std::exception_ptr pointer(const failure& f, const error_code& ec, const policy_choice& otherwise) const {
    if (!f) return {};
    const policy_choice& chosen = wins ? by : otherwise;
    return to_exception_ptr(to_raise(f, ec, chosen), chosen);
  }
};
#endif

// Notes how an operation of a stream ended, then completes its handler.
struct note_action {
  std::shared_ptr<detail::notes> notes;
  phase when;

  template <class Handler, class... Args>
  void operator()(Handler& handler, const error_code& ec, Args&&... args) {
    complete(handler, notes->settle(ec, when), ec, std::forward<Args>(args)...);
  }

 private:
  template <class Handler, class... Args>
  void complete(Handler& handler, const failure&, const error_code& ec, Args&&... args) {
    std::move(handler)(ec, std::forward<Args>(args)...);
  }
#if HANDSHIM_HAS_EXCEPTIONS
  template <class Handler, class... Args>
  void complete(boost_asio::wrapped<Handler, raise_action>& outer, const failure& f, const error_code& ec,
                Args&&... args) {
    std::move(outer.handler)(outer.action.pointer(f, ec, notes->choice()), std::forward<Args>(args)...);
  }
#endif
};

template <class Token>
struct noting_t {
  Token token;
  note_action action;
};

}  // namespace detail
}  // namespace adapters::beast
}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if HANDSHIM_HAS_EXCEPTIONS
template <class Token, class... Args>
struct boost::asio::async_result<handshim::adapters::beast::raising_t<Token>, void(boost::system::error_code, Args...)>
    : handshim::adapters::boost_asio::return_type_of<async_result<Token, void(std::exception_ptr, Args...)>> {
  template <class Initiation, class Raising, class... Rest>
  static auto initiate(Initiation&& begin, Raising&& how, Rest&&... rest) {
    using action = handshim::adapters::beast::detail::raise_action;
    return async_initiate<Token, void(std::exception_ptr, Args...)>(
        handshim::adapters::boost_asio::wrapping_initiation<std::decay_t<Initiation>, action>{
            std::forward<Initiation>(begin), action{how.by, how.wins, how.when}},
        how.token, std::forward<Rest>(rest)...);
  }
};
#endif

template <class Token, class... Args>
struct boost::asio::async_result<handshim::adapters::beast::detail::noting_t<Token>,
                                 void(boost::system::error_code, Args...)>
    : handshim::adapters::boost_asio::return_type_of<async_result<Token, void(boost::system::error_code, Args...)>> {
  template <class Initiation, class Noting, class... Rest>
  static auto initiate(Initiation&& begin, Noting&& how, Rest&&... rest) {
    using action = handshim::adapters::beast::detail::note_action;
    return async_initiate<Token, void(boost::system::error_code, Args...)>(
        handshim::adapters::boost_asio::wrapping_initiation<std::decay_t<Initiation>, action>{
            std::forward<Initiation>(begin), how.action},
        how.token, std::forward<Rest>(rest)...);
  }
};
