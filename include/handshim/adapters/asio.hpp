// Standalone Asio: handshim's failures from its codes, its completion handlers and its tokens.
#pragma once

#include <exception>
#include <system_error>
#include <type_traits>
#include <utility>

#include <asio/associator.hpp>
#include <asio/async_result.hpp>
#include <asio/error.hpp>
#include <asio/system_error.hpp>

#include "handshim/handshim.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace adapters::asio {

/// A code of Asio's. Asio 1.12 to 1.30 has `asio.system` for errno, which no std::errc compares equal to; here it is
/// read as errno, and handshim's conditions compare equal to it. Since 0.1.
inline failure failure_of(const ::asio::error_code& code, phase p, const evidence& known = {}) {
  evidence all = known;
  all.backend = "asio";
  return from(code, p, all);
}

/// The same for a program that ends a late operation itself, with a timer that cancels it: Asio's operations have no
/// deadline, and tell of the cancellation only.
inline failure failure_of(const ::asio::error_code& code, phase p, bool timer_expired, const evidence& known = {}) {
  if (!timer_expired || code != ::asio::error::operation_aborted) return failure_of(code, p, known);
  evidence all = known;
  all.backend = "asio";
  const fault late = from_native("handshim.net", 2, {}, p).fault();  // net::stream_errc::timed_out
  return failure(late, all, code, p);
}

/// Runs fn(ec), where ec is Asio's error_code&, and hands back what it returns; a code becomes a failure. So nothing is
/// thrown inside: use(phase::open, [&](auto& ec) { return asio::read(socket, buffer, ec); }, why).
template <class Call>
auto call(phase p, Call&& fn, failure& why) -> decltype(fn(std::declval<::asio::error_code&>())) {
  ::asio::error_code code;
  struct settled {
    const ::asio::error_code& code;
    phase when;
    failure& why;
    ~settled() { why = code ? failure_of(code, when) : failure(); }
  } settle{code, p, why};
  return std::forward<Call>(fn)(code);
}

#if HANDSHIM_HAS_EXCEPTIONS
/// The same, and the failure is raised: the one throw. Under `native` it is asio::system_error.
template <class Call>
auto call(phase p, Call&& fn, const policy_choice& by) -> decltype(fn(std::declval<::asio::error_code&>())) {
  failure why;
  const auto settle = [&] {
    if (why && by.policy.is_native()) throw ::asio::system_error(why.native_code());
    if (why) raise(why, by);
  };
  if constexpr (std::is_void_v<decltype(call(p, std::forward<Call>(fn), why))>) {
    call(p, std::forward<Call>(fn), why);
    settle();
  } else {
    auto result = call(p, std::forward<Call>(fn), why);
    settle();
    return result;
  }
}
template <class Build = build_policy, class Call>
auto call(phase p, Call&& fn) -> decltype(fn(std::declval<::asio::error_code&>())) {
  return call(p, std::forward<Call>(fn), current_policy<Build>());
}

namespace detail {

/// A handler for void(error_code, ...) that hands an exception to one for void(std::exception_ptr, ...).
template <class Handler>
class raising_handler {
 public:
  raising_handler(Handler handler, phase p, const policy_choice& by)
      : handler_(std::move(handler)), phase_(p), choice_(by) {}

  template <class... Args>
  void operator()(const ::asio::error_code& code, Args&&... args) {
    std::exception_ptr what;
    if (code && choice_.policy.is_native())
      what = std::make_exception_ptr(::asio::system_error(code));
    else if (code)
      what = to_exception_ptr(failure_of(code, phase_), choice_);
    std::move(handler_)(what, std::forward<Args>(args)...);
  }
  const Handler& handler() const noexcept { return handler_; }

 private:
  Handler handler_;
  phase phase_;
  policy_choice choice_;
};

}  // namespace detail

/// What raising() gives.
template <class Token>
struct raising_token {
  Token token;
  phase when;
  policy_choice choice;
};

/// A completion token: the operation completes with what the policy makes of a failure, where Asio would complete with
/// asio::system_error: co_await socket.async_connect(to, raising(phase::connect, asio::use_awaitable)), and futures.
/// The executor, allocator and cancellation slot are those of the token. Since 0.1.
template <class Build = build_policy, class Token>
raising_token<std::decay_t<Token>> raising(phase p, Token&& token) {
  return {std::forward<Token>(token), p, current_policy<Build>()};
}
template <class Token>
raising_token<std::decay_t<Token>> raising(phase p, Token&& token, const policy_choice& by) {
  return {std::forward<Token>(token), p, by};
}
#endif

}  // namespace adapters::asio
}  // namespace HANDSHIM_ABI
}  // namespace handshim

// What Asio asks of a handler is that of the handler inside.
template <template <class, class> class Associator, class Handler, class Default>
struct asio::associator<Associator, handshim::completion_handler<Handler>, Default> : Associator<Handler, Default> {
  static typename Associator<Handler, Default>::type get(const handshim::completion_handler<Handler>& h,
                                                         const Default& d = Default()) noexcept {
    return Associator<Handler, Default>::get(h.handler(), d);
  }
};

#if HANDSHIM_HAS_EXCEPTIONS
template <template <class, class> class Associator, class Handler, class Default>
struct asio::associator<Associator, handshim::adapters::asio::detail::raising_handler<Handler>, Default>
    : Associator<Handler, Default> {
  static typename Associator<Handler, Default>::type get(
      const handshim::adapters::asio::detail::raising_handler<Handler>& h, const Default& d = Default()) noexcept {
    return Associator<Handler, Default>::get(h.handler(), d);
  }
};

template <class Token, class Result, class Code, class... Args>
class asio::async_result<handshim::adapters::asio::raising_token<Token>, Result(Code, Args...)> {
  using signature = void(std::exception_ptr, std::decay_t<Args>...);

  template <class Initiation>
  struct started {
    Initiation initiation;
    handshim::phase when;
    handshim::policy_choice choice;

    template <class Handler, class... Rest>
    void operator()(Handler&& handler, Rest&&... rest) {
      using wrapped = handshim::adapters::asio::detail::raising_handler<std::decay_t<Handler>>;
      std::move(initiation)(wrapped(std::forward<Handler>(handler), when, choice), std::forward<Rest>(rest)...);
    }
  };

 public:
  using return_type = typename async_result<Token, signature>::return_type;

  template <class Initiation, class Raising, class... Rest>
  static return_type initiate(Initiation&& initiation, Raising&& with, Rest&&... rest) {
    started<std::decay_t<Initiation>> start{std::forward<Initiation>(initiation), with.when, with.choice};
    return ::asio::async_initiate<Token, signature>(std::move(start), with.token, std::forward<Rest>(rest)...);
  }
};
#endif
