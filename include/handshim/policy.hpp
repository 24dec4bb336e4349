// Which exceptions a failure becomes: policies found by name, chosen by scope, compared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "handshim/failure.hpp"
#include "handshim/impl/policy_spec.hpp"
#include "handshim/kind.hpp"
#include "handshim/reading.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {

/// What a release's own reconnect loop would have done with a failure of connect(). Since 0.1.
enum class verdict : std::uint8_t { no_loop, gives_up, retries };

/// Who chose a policy, weakest first: nobody, the build, set_policy(), use_environment(), with_policy(),
/// HANDSHIM_FIXED_POLICY, or an argument or an option. Since 0.1.
enum class policy_source : std::uint8_t { builtin, build, program, environment, scope, fixed, argument };

/// The words for them that the command and the logs show.
std::string_view name(verdict v) noexcept;
std::string_view name(policy_source s) noexcept;

namespace detail {
struct policy_data;
}

/// Failure -> kinds, for one family and version. A handle to immutable data that lives as long as the
/// program: copying is free, all members are thread-safe. Since 0.1.
class policy {
 public:
  /// unified-1.
  policy() noexcept;

  /// The spec that it was found by, in its shortest form: "websockets-asyncio-14.0", with its overrides; the
  /// name that define_policy() gave it.
  std::string_view name() const noexcept;
  /// The same in terms of the built-in policies: what one of the program's own was made of.
  std::string_view spec() const noexcept;
  /// The kinds that a failure is raised as; kind::error alone under `native`. Of a bridge(A,B): B's, then those of
  /// A that are no base of one of them; one that derives from another stands in its place.
  kind_list kinds(const failure& f) const noexcept;
  /// What that release's own reconnect loop would have done; no_loop where it has none. Of a bridge(A,B): B's.
  verdict release_retries(const failure& f) const noexcept;
  /// How that release reads: a preset for the options of a client. The defaults for unified and native. Of a
  /// bridge(A,B): B's.
  const handshim::reading& reading() const noexcept;
  /// Whether the client's own error goes on unchanged and handshim only observes.
  bool is_native() const noexcept;

  /// Same name: same behaviour. Holds across shared libraries.
  friend bool operator==(const policy& a, const policy& b) noexcept { return a.name() == b.name(); }
  friend bool operator!=(const policy& a, const policy& b) noexcept { return !(a == b); }

 private:
  friend struct detail::policy_data;
  explicit policy(const detail::policy_data* data) noexcept : data_(data) {}
  const detail::policy_data* data_;
};

/// The policy that a spec names, or why there is none. A spec is one of
///   unified-1, native, websockets-14.0, websockets-legacy-13.1, websockets-asyncio-14.1, websockets-sync-15.0
///   websockets-14.2...19                            14.2's behaviour, and no error though 19 is not known
///   acme-2                                          one that the program defined by that name
///   bridge(websockets-13.1,websockets-14.0)         what is raised is caught as under either; see bridge.hpp
/// each with overrides behind it, for a fault and all finer ones; over a bridge they are laid over both sides:
///   websockets-14.0,eof_before_status_line=invalid_message[,fault=kind+kind...]
/// A version between two known ones means the newest change not after it. On error, `why` is set to a
/// policy_* fault whose text names the place and the valid words, and the result is unified-1. Specs of any
/// origin are safe; each distinct policy is kept for ever, at about 1 KiB.
policy find_policy(std::string_view spec, failure& why);
/// raise.hpp has the overload that throws policy_error.

/// One override: that fault and all finer ones, raised as these kinds.
struct kind_override {
  fault about;
  kind_list as;
};

/// Gives a policy a name of the program's own, by which find_policy(), and so HANDSHIM_POLICY, finds it from then on.
/// The name is family-version, such as "acme-2": a family of letters, digits, '-' and '_' that begins with a letter
/// and not as one of handshim's own does, and a version of one to three numbers; at most 64 characters. The version
/// is part of the name: a policy never changes, so to define a name again is no error only if the spec is the same.
/// Errors and thread safety as in find_policy(). Header-only programs of several shared libraries have their names
/// in each of them. Since 0.1.
policy define_policy(std::string_view name, std::string_view spec, failure& why);
/// The same from a base and overrides, checked by the compiler; later ones are laid over earlier ones.
policy define_policy(std::string_view name, policy base, std::initializer_list<kind_override> overrides, failure& why);
/// raise.hpp has the overloads that throw policy_error.

/// The name of every built-in policy whose behaviour differs from the one before it in its family.
std::vector<std::string> policy_names();

/// A policy and who chose it.
struct policy_choice {
  handshim::policy policy;
  policy_source source = policy_source::argument;

  policy_choice(handshim::policy p, policy_source s = policy_source::argument) noexcept : policy(p), source(s) {}
};

/// Chooses for the whole program, over the build's default; belongs in main(). Clients that exist already
/// keep theirs. Thread-safe. Header-only programs of several shared libraries have one such choice per
/// library: link the compiled variant there.
void set_policy(policy p) noexcept;
/// Forgets what set_policy() and use_environment() chose.
void reset_policy() noexcept;

/// Names a policy that each failure is judged under beside the one that decides: what it would change is counted and
/// told to the observer (observe.hpp), and changes nothing. Thread-safe, and per program as set_policy().
void set_candidate(policy p) noexcept;
/// Forgets what set_candidate() and HANDSHIM_CANDIDATE named.
void reset_candidate() noexcept;
/// The candidate that holds: the environment's, else the program's; none if there is none.
std::optional<policy> candidate() noexcept;

/// Reads HANDSHIM_POLICY and HANDSHIM_CANDIDATE, once, now; the library never reads the environment otherwise. The
/// first wins over set_policy(), not over a policy given to a call or a client; the second wins over set_candidate().
/// One that is not a valid spec changes nothing and does not hold up the other: the failure names each variable that
/// is wrong and says why, its fault is that of the first. Unset or empty is no failure. Set-uid programs read nothing.
/// Call it before other threads change the environment.
[[nodiscard]] failure use_environment();

namespace detail {

const policy_data* parse_policy(std::string_view spec, failure& why);

/// What holds for this thread now, strongest of scope, environment and program; null if none was chosen.
const policy_data* run_time_choice(policy_source& source) noexcept;
void enter_scope(policy p, const policy_data*& before) noexcept;
void leave_scope(const policy_data* before) noexcept;
policy_choice build_choice(std::string_view spec, policy_source source) noexcept;
policy_choice choose(const policy_choice& build) noexcept;

/// The name in a macro of the build, which may stand in quotes.
constexpr std::string_view unquoted(std::string_view text) noexcept {
  const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

/// A spec as a type, so that functions of units built differently are different functions.
template <char... Text>
struct spec {
  static constexpr char text[] = {Text..., '\0'};
  static_assert(names_built_in(std::string_view(text, sizeof...(Text))),
                "HANDSHIM_DEFAULT_POLICY must name a built-in policy, such as unified-1 or websockets-14.0");
  static policy_choice choose() noexcept {
    // A unit that never names a policy has no need of what reads specs.
    if constexpr (std::string_view(text) == "unified-1") {
      return detail::choose({policy(), policy_source::builtin});
    } else {
      static const policy_choice build = build_choice(std::string_view(text, sizeof...(Text)), policy_source::build);
      return detail::choose(build);
    }
  }
};
template <char... Text>
struct fixed_spec {
  static constexpr char text[] = {Text..., '\0'};
  static_assert(names_built_in(std::string_view(text, sizeof...(Text))),
                "HANDSHIM_FIXED_POLICY must name a built-in policy, such as unified-1 or websockets-14.0");
  static policy_choice choose() noexcept {
    static const policy_choice fixed = build_choice(std::string_view(text, sizeof...(Text)), policy_source::fixed);
    return fixed;
  }
};

}  // namespace detail

// This unit's default or fixed policy, as a type. In an unnamed namespace: each unit has its own.
#define HANDSHIM_QUOTED(...) #__VA_ARGS__
#define HANDSHIM_TEXT(...) HANDSHIM_QUOTED(__VA_ARGS__)
namespace {
#if defined(HANDSHIM_FIXED_POLICY)
constexpr std::string_view handshim_build_text = detail::unquoted(HANDSHIM_TEXT(HANDSHIM_FIXED_POLICY));
template <std::size_t... At>
auto handshim_build_spec(std::index_sequence<At...>) -> detail::fixed_spec<handshim_build_text[At]...>;
#else
constexpr std::string_view handshim_build_text = detail::unquoted(HANDSHIM_TEXT(HANDSHIM_DEFAULT_POLICY));
template <std::size_t... At>
auto handshim_build_spec(std::index_sequence<At...>) -> detail::spec<handshim_build_text[At]...>;
#endif
using build_policy = decltype(handshim_build_spec(std::make_index_sequence<handshim_build_text.size()>{}));
}  // namespace
#undef HANDSHIM_QUOTED
#undef HANDSHIM_TEXT

/// The policy that holds here and now, and who chose it.
template <class Build = build_policy>
policy_choice current_policy() noexcept {
  return Build::choose();
}

/// Runs fn with p as this thread's policy and gives back what it returns: for synchronous calls in tests. It may be
/// nested. Clients made before keep theirs. Since 0.1.
template <class F>
decltype(auto) with_policy(policy p, F&& fn) {
  struct scope {
    const detail::policy_data* before = nullptr;
    explicit scope(policy now) noexcept { detail::enter_scope(now, before); }
    ~scope() { detail::leave_scope(before); }
  } entered(p);
  return std::forward<F>(fn)();
}

/// The kinds that a failure becomes under a policy.
inline kind_list kinds(const failure& f, const policy& p) noexcept { return p.kinds(f); }

}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/impl/policy.ipp"
#endif
