// Run code, or wrap a completion handler, so that only handshim errors come out.
#pragma once

#include <new>
#include <type_traits>
#include <utility>

#include "handshim/translate.hpp"
#if HANDSHIM_HAS_EXCEPTIONS
#include "handshim/raise.hpp"
#if defined(__GLIBCXX__)
#include <cxxabi.h>
#endif
#endif

namespace handshim {
inline namespace HANDSHIM_ABI {

#if HANDSHIM_HAS_EXCEPTIONS
namespace detail {
inline namespace HANDSHIM_RTTI_VARIANT {

// Fills the handlers that a translator leaves free; never thrown. An enum, as a throw asks a handler for a class about
// every base of what is thrown.
template <std::size_t At, int Tag>
struct unused {
  enum class nothing_thrown {};
};

template <std::size_t At, int Tag, class List>
struct nth {
  using type = typename unused<At, Tag>::nothing_thrown;
};
template <std::size_t At, int Tag, class First, class... Rest>
struct nth<At, Tag, types<First, Rest...>> : nth<At - 1, Tag, types<Rest...>> {};
template <int Tag, class First, class... Rest>
struct nth<0, Tag, types<First, Rest...>> {
  using type = First;
};

template <class List>
struct length;
template <class... T>
struct length<types<T...>> : std::integral_constant<std::size_t, sizeof...(T)> {};

// A type to catch, or one that is never thrown if a list before it has taken all such exceptions: no compiler
// then warns of a handler that cannot be reached.
template <class Wanted, int Tag, class... Lists>
struct untaken;
template <class Wanted, int Tag>
struct untaken<Wanted, Tag> {
  using type = Wanted;
};
template <class Wanted, int Tag, class... T, class... Rest>
struct untaken<Wanted, Tag, types<T...>, Rest...> {
  static constexpr bool taken = (std::is_base_of_v<T, Wanted> || ...);
  using type =
      std::conditional_t<taken, typename unused<0, Tag>::nothing_thrown, typename untaken<Wanted, Tag, Rest...>::type>;
};

template <class T, class = void>
struct exceptions_of {
  static_assert(!std::is_same_v<T, T>,
                "a translator lists the types that it translates: using exceptions = handshim::types<my::error>;");
  using type = types<>;
};
template <class T>
struct exceptions_of<T, std::void_t<typename T::exceptions>> {
  using type = typename T::exceptions;
};

// Whether no type stands behind one that catches it as well.
template <class List>
struct derived_first : std::true_type {};
template <class First, class... Rest>
struct derived_first<types<First, Rest...>>
    : std::bool_constant<!(std::is_base_of_v<First, Rest> || ...) && derived_first<types<Rest...>>::value> {};

template <class T, class E, class = void>
struct translates : std::false_type {};
template <class T, class E>
struct translates<T, E, std::void_t<decltype(T::translate(std::declval<const E&>(), phase::unknown))>>
    : std::is_convertible<decltype(T::translate(std::declval<const E&>(), phase::unknown)), failure> {};

template <class T, class = void>
struct passes_of {
  using type = types<>;
};
template <class T>
struct passes_of<T, std::void_t<typename T::passes>> {
  using type = typename T::passes;
};

/// What a translator made of the exception that is being handled, which becomes the cause unless there is one.
/// A translator without a word for it leaves it to the core.
inline failure with_cause(failure f, phase p) {
  return f ? caused_by(std::move(f), std::current_exception()) : current_failure(p);
}

template <class T, class E>
failure translated(const E& e, phase p) {
  if constexpr (std::is_enum_v<E>) {
    return {};
  } else {
    static_assert(translates<T, E>::value,
                  "a translator has, for each type that it lists: static handshim::failure translate(const E&, "
                  "handshim::phase)");
    if constexpr (translates<T, E>::value)
      return with_cause(T::translate(e, p), p);
    else
      return {};
  }
}

template <class E>
failure standard(const E& e, phase p) {
  if constexpr (std::is_enum_v<E>)
    return {};
  else
    return from_typed(e, p, std::current_exception());
}

#if defined(__GLIBCXX__)
using forced_unwind = abi::__forced_unwind;
#else
struct forced_unwind {};
#endif

// All handlers in one try block: each listed type is a typed catch, without a rethrow. What they make is raised when
// they are left, so that this frame, which should be the caller's own, has nothing to clean up. A throw goes through
// the handlers one by one: who lists no or few types has none for more.
template <class T, class F, class Sink>
[[gnu::always_inline]] inline auto catching(phase p, F&& fn, const Sink& sink) -> decltype(std::forward<F>(fn)()) {
  using listed = typename exceptions_of<T>::type;
  using passed = typename passes_of<T>::type;
  constexpr std::size_t types_listed = length<listed>::value, types_passed = length<passed>::value;
  static_assert(types_listed <= 8, "a translator lists at most 8 exception types");
  static_assert(types_passed <= 4, "a translator lists at most 4 types to pass");
  static_assert(derived_first<listed>::value, "a translator lists derived classes before their bases");
  outgoing out;
#define HANDSHIM_TRY              \
  try {                           \
    return std::forward<F>(fn)(); \
  } catch (const error&) {        \
    throw;                        \
  }
#define HANDSHIM_PASS(i)                            \
  catch (const typename nth<i, 1, passed>::type&) { \
    throw;                                          \
  }
#define HANDSHIM_PASS_BAD_ALLOC                                      \
  catch (const typename untaken<std::bad_alloc, 2, passed>::type&) { \
    throw;                                                           \
  }
#define HANDSHIM_CATCH(i)                             \
  catch (const typename nth<i, 0, listed>::type& e) { \
    out.put([&] { return translated<T>(e, p); });     \
  }
#define HANDSHIM_CATCH_REST                                                       \
  catch (const typename untaken<std::system_error, 3, passed, listed>::type& e) { \
    out.put([&] { return standard(e, p); });                                      \
  }                                                                               \
  catch (const typename untaken<std::exception, 4, passed, listed>::type& e) {    \
    out.put([&] { return standard(e, p); });                                      \
  }                                                                               \
  catch (forced_unwind&) {                                                        \
    throw;                                                                        \
  }                                                                               \
  catch (...) {                                                                   \
    out.put([&] { return current_failure(p); });                                  \
  }
  if constexpr (types_passed == 0 && types_listed == 0) {
    HANDSHIM_TRY HANDSHIM_PASS_BAD_ALLOC HANDSHIM_CATCH_REST
  } else if constexpr (types_passed == 0 && types_listed <= 2) {
    HANDSHIM_TRY HANDSHIM_PASS_BAD_ALLOC HANDSHIM_CATCH(0) HANDSHIM_CATCH(1) HANDSHIM_CATCH_REST
  } else {
    HANDSHIM_TRY HANDSHIM_PASS(0) HANDSHIM_PASS(1) HANDSHIM_PASS(2) HANDSHIM_PASS(3)
        HANDSHIM_PASS_BAD_ALLOC HANDSHIM_CATCH(0) HANDSHIM_CATCH(1) HANDSHIM_CATCH(2) HANDSHIM_CATCH(3)
            HANDSHIM_CATCH(4) HANDSHIM_CATCH(5) HANDSHIM_CATCH(6) HANDSHIM_CATCH(7) HANDSHIM_CATCH_REST
  }
#undef HANDSHIM_TRY
#undef HANDSHIM_PASS
#undef HANDSHIM_PASS_BAD_ALLOC
#undef HANDSHIM_CATCH
#undef HANDSHIM_CATCH_REST
  sink(out);
  if constexpr (!std::is_void_v<decltype(std::forward<F>(fn)())>) std::terminate();
}

struct raising {
  const policy_choice& by;
  [[noreturn, gnu::always_inline]] void operator()(outgoing& out) const { out.raise(by); }
};
template <class Build>
struct raising_here {
  [[noreturn, gnu::always_inline]] void operator()(outgoing& out) const { out.raise(current_policy<Build>()); }
};
struct keeping {
  failure& to;
  void operator()(outgoing& out) const noexcept { to.swap(out.get()); }
};

}  // namespace HANDSHIM_RTTI_VARIANT
}  // namespace detail

/// raise(from(code, p)), for a code that is one: here the frame that calls it has no failure to clean up, which makes
/// the throw cheaper by a fifth. Since 0.1.
[[noreturn, gnu::always_inline]] inline void raise(const std::error_code& code, phase p, const policy_choice& by) {
  detail::outgoing out;
  out.put([&] { return from(code, p); });
  out.raise(by);
}
[[noreturn, gnu::always_inline]] inline void raise(const std::error_code& code, phase p, const evidence& known,
                                                   const policy_choice& by) {
  detail::outgoing out;
  out.put([&] { return from(code, p, known); });
  out.raise(by);
}
template <class Build = build_policy>
[[noreturn, gnu::always_inline]] inline void raise(const std::error_code& code, phase p) {
  raise(code, p, current_policy<Build>());
}
template <class Build = build_policy>
[[noreturn, gnu::always_inline]] inline void raise(const std::error_code& code, phase p, const evidence& known) {
  raise(code, p, known, current_policy<Build>());
}

inline namespace HANDSHIM_RTTI_VARIANT {

/// Runs fn() and gives back what it returns. Whatever it throws comes out as handshim raises it: the types
/// that Translator lists through their translator, std::system_error through its code, another class through its name
/// where the catalogue lists it (from() in translate.hpp), anything else as unclassified; a handshim::error,
/// std::bad_alloc, thread cancellation and the types to pass go through unchanged. Costs nothing when nothing is
/// thrown. Thread-safe. Since 0.1.
template <class Translator = default_translator, class F>
[[gnu::always_inline]] inline auto guard(phase p, F&& fn, const policy_choice& by) -> decltype(std::forward<F>(fn)()) {
  return detail::catching<Translator>(p, std::forward<F>(fn), detail::raising{by});
}

/// The same under the policy that holds here when something is thrown.
template <class Translator = default_translator, class Build = build_policy, class F>
[[gnu::always_inline]] inline auto guard(phase p, F&& fn) -> decltype(std::forward<F>(fn)()) {
  return detail::catching<Translator>(p, std::forward<F>(fn), detail::raising_here<Build>());
}

/// Runs fn(), whose result is dropped, and hands back the failure by value instead of raising it; no failure
/// if nothing was thrown. A handshim::error is handed back too, what guard() lets through else goes through here as
/// well. Thread-safe. Since 0.1.
template <class Translator = default_translator, class F>
[[nodiscard]] failure capture(phase p, F&& fn) {
  failure out;
  try {
    detail::catching<Translator>(
        p, [&fn] { std::forward<F>(fn)(); }, detail::keeping{out});
  } catch (const error& e) {
    out = e.failure();
  }
  return out;
}

/// What is being handled, with the program's own types through Translator; call it in a catch block, outside of one
/// there is no failure. What guard() lets through goes on being thrown. Since 0.1.
template <class Translator>
[[nodiscard]] failure current_failure(phase p) {
  if (!std::current_exception()) return {};
  return capture<Translator>(p, [] { throw; });
}

}  // namespace HANDSHIM_RTTI_VARIANT
#endif  // HANDSHIM_HAS_EXCEPTIONS

namespace detail {

// What Asio looks for in a handler, kept if the handler has it.
template <class Handler, class = void>
struct keeps_executor {};
template <class Handler>
struct keeps_executor<Handler, std::void_t<typename Handler::executor_type>> {
  using executor_type = typename Handler::executor_type;
};
template <class Handler, class = void>
struct keeps_allocator {};
template <class Handler>
struct keeps_allocator<Handler, std::void_t<typename Handler::allocator_type>> {
  using allocator_type = typename Handler::allocator_type;
};
template <class Handler, class = void>
struct keeps_cancellation {};
template <class Handler>
struct keeps_cancellation<Handler, std::void_t<typename Handler::cancellation_slot_type>> {
  using cancellation_slot_type = typename Handler::cancellation_slot_type;
};

}  // namespace detail

/// A completion handler for void(code, args...) or void(std::exception_ptr, args...) that calls
/// handler(const failure&, args...). The handler's own associated executor, allocator and cancellation slot
/// are kept, as far as it names them itself (executor_type and get_executor(), and so on). Since 0.1.
template <class Handler>
class completion_handler : public detail::keeps_executor<Handler>,
                           public detail::keeps_allocator<Handler>,
                           public detail::keeps_cancellation<Handler> {
 public:
  completion_handler(phase p, Handler handler) : handler_(std::move(handler)), phase_(p) {}

  template <class Code, class... Args>
  void operator()(const Code& code, Args&&... args) {
    handler_(code ? failure(from(code, phase_)) : failure(), std::forward<Args>(args)...);
  }

  template <class H = Handler>
  auto get_executor() const noexcept -> decltype(std::declval<const H&>().get_executor()) {
    return handler_.get_executor();
  }
  template <class H = Handler>
  auto get_allocator() const noexcept -> decltype(std::declval<const H&>().get_allocator()) {
    return handler_.get_allocator();
  }
  template <class H = Handler>
  auto get_cancellation_slot() const noexcept -> decltype(std::declval<const H&>().get_cancellation_slot()) {
    return handler_.get_cancellation_slot();
  }

  const Handler& handler() const noexcept { return handler_; }

 private:
  Handler handler_;
  phase phase_;
};

/// The completion handler for handler(const failure&, args...), for codes and exceptions of that phase. It does not
/// observe: observe.hpp has observe(). Since 0.1.
template <class Handler>
completion_handler<std::decay_t<Handler>> completion(phase p, Handler&& handler) {
  return {p, std::forward<Handler>(handler)};
}

}  // namespace HANDSHIM_ABI
}  // namespace handshim
