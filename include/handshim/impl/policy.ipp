#pragma once

#include <atomic>
#include <cstdlib>

#include "handshim/impl/policy_data.hpp"
#include "handshim/impl/policy_parse.hpp"
#include "handshim/policy.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

HANDSHIM_INLINE const policy_data* parse_policy(std::string_view spec, failure& why) {
  const std::string whole = without_blanks(spec);
  return policy_maker(whole, why).read(whole);
}

// What was chosen at run time. Null: nothing.
struct run_time_state {
  std::atomic<const policy_data*> program{nullptr};
  std::atomic<const policy_data*> environment{nullptr};
  std::atomic<const policy_data*> candidate{nullptr};
  std::atomic<const policy_data*> environment_candidate{nullptr};
};
inline run_time_state& state() noexcept {
  static run_time_state now;
  return now;
}
inline const policy_data*& thread_scope() noexcept {
  static thread_local const policy_data* now = nullptr;
  return now;
}

HANDSHIM_INLINE const policy_data* run_time_choice(policy_source& source) noexcept {
  if (const policy_data* p = thread_scope()) return source = policy_source::scope, p;
  if (const policy_data* p = state().environment.load(std::memory_order_acquire))
    return source = policy_source::environment, p;
  source = policy_source::program;
  return state().program.load(std::memory_order_acquire);
}

HANDSHIM_INLINE void enter_scope(policy p, const policy_data*& before) noexcept {
  before = thread_scope();
  thread_scope() = policy_data::of(p);
}

HANDSHIM_INLINE void leave_scope(const policy_data* before) noexcept { thread_scope() = before; }

HANDSHIM_INLINE policy_choice build_choice(std::string_view spec, policy_source source) noexcept {
  failure why;
  const policy p = find_policy(spec, why);
  const bool chosen = !why && (source != policy_source::build || p != policy());
  return {p, chosen ? source : policy_source::builtin};
}

HANDSHIM_INLINE policy_choice choose(const policy_choice& build) noexcept {
  policy_source source = policy_source::builtin;
  if (const policy_data* p = run_time_choice(source)) return {policy_data::handle(p), source};
  return build;
}

inline const char* read_environment(const char* variable) noexcept {
#if defined(__GLIBC__)
  return ::secure_getenv(variable);
#else
  return std::getenv(variable);
#endif
}

// Lets an environment variable choose; what it holds stays as it was if that is unset, empty or not valid.
inline failure choose_by(const char* variable, std::atomic<const policy_data*>& choice) {
  const char* spec = read_environment(variable);
  if (spec == nullptr || *spec == '\0') return {};
  const std::string_view text(spec);
  failure why;
  if (text.size() > 4096) {
    why = bad_policy(fault::policy_malformed, text.substr(0, 64), "...", "it is over 4096 bytes long");
  } else if (const policy_data* data = parse_policy(text, why)) {
    choice.store(data, std::memory_order_release);
  }
  if (!why) return {};
  return failure_about(why.fault(), std::string(variable) + ": " + std::string(why.evidence().detail));
}

// One failure for two, with the words of both; its fault is the first one's.
inline failure both_of(const failure& first, const failure& second) {
  if (!first || !second) return first ? first : second;
  constexpr std::size_t half = 480;  // of the 1024 bytes of a detail
  const std::string_view a = first.evidence().detail, b = second.evidence().detail;
  return failure_about(first.fault(),
                       std::string(a.substr(0, half)) + (a.size() > half ? "..." : "") + "; " + std::string(b));
}

inline bool passes(int status) noexcept { return status == 500 || (status >= 502 && status <= 504); }

}  // namespace detail

HANDSHIM_INLINE policy::policy() noexcept : data_(detail::unified()) {}

HANDSHIM_INLINE std::string_view policy::name() const noexcept { return data_->name; }

HANDSHIM_INLINE std::string_view policy::spec() const noexcept { return data_->spec; }

HANDSHIM_INLINE bool policy::is_native() const noexcept { return data_->native; }

HANDSHIM_INLINE const handshim::reading& policy::reading() const noexcept { return data_->reading; }

HANDSHIM_INLINE kind_list policy::kinds(const failure& f) const noexcept {
  return detail::kinds_in(*data_, f.fault(), f.phase()).list();
}

HANDSHIM_INLINE verdict policy::release_retries(const failure& f) const noexcept {
  fault about = f.fault();
  if (about == fault::unclassified) about = detail::root_of(f.phase());
  switch (data_->retries[fault_index(about)]) {
    case detail::row_verdict::retries:
      return verdict::retries;
    case detail::row_verdict::gives_up:
      return verdict::gives_up;
    case detail::row_verdict::by_status:
      return detail::passes(f.evidence().http_status) ? verdict::retries : verdict::gives_up;
    case detail::row_verdict::no_loop:
      break;
  }
  return verdict::no_loop;
}

HANDSHIM_INLINE policy find_policy(std::string_view spec, failure& why) {
  const detail::policy_data* data = detail::parse_policy(spec, why);
  return data ? detail::policy_data::handle(data) : policy();
}

HANDSHIM_INLINE policy define_policy(std::string_view name, std::string_view spec, failure& why) {
  const detail::policy_data* base = detail::parse_policy(spec, why);
  const detail::policy_data* made = base ? detail::policy_maker(name, why).define(name, *base) : nullptr;
  return made ? detail::policy_data::handle(made) : policy();
}

HANDSHIM_INLINE policy define_policy(std::string_view name, policy base, std::initializer_list<kind_override> overrides,
                                     failure& why) {
  std::string text;
  for (const kind_override& one : overrides) text += detail::override_text(one);
  const detail::policy_data& under = *detail::policy_data::of(base);
  const std::string whole = under.name + text;
  const detail::policy_data* over = detail::policy_maker(whole, why).overlaid(under, text);
  const detail::policy_data* made = over ? detail::policy_maker(name, why).define(name, *over) : nullptr;
  return made ? detail::policy_data::handle(made) : policy();
}

HANDSHIM_INLINE void set_policy(policy p) noexcept {
  detail::state().program.store(detail::policy_data::of(p), std::memory_order_release);
}

HANDSHIM_INLINE void reset_policy() noexcept {
  detail::state().program.store(nullptr, std::memory_order_release);
  detail::state().environment.store(nullptr, std::memory_order_release);
  detail::state().environment_candidate.store(nullptr, std::memory_order_release);
}

HANDSHIM_INLINE void set_candidate(policy p) noexcept {
  detail::state().candidate.store(detail::policy_data::of(p), std::memory_order_release);
}

HANDSHIM_INLINE void reset_candidate() noexcept {
  detail::state().candidate.store(nullptr, std::memory_order_release);
  detail::state().environment_candidate.store(nullptr, std::memory_order_release);
}

HANDSHIM_INLINE std::optional<policy> candidate() noexcept {
  for (const auto* slot : {&detail::state().environment_candidate, &detail::state().candidate})
    if (const detail::policy_data* p = slot->load(std::memory_order_acquire)) return detail::policy_data::handle(p);
  return std::nullopt;
}

HANDSHIM_INLINE failure use_environment() {
  const failure bad_policy = detail::choose_by("HANDSHIM_POLICY", detail::state().environment);
  const failure bad_candidate = detail::choose_by("HANDSHIM_CANDIDATE", detail::state().environment_candidate);
  return detail::both_of(bad_policy, bad_candidate);
}

HANDSHIM_INLINE std::vector<std::string> policy_names() {
  std::vector<std::string> out{"unified-1", "native"};
  for (const policy_family& f : detail::families) {
    if (detail::starts_with(f.name, "websockets-")) detail::add_epochs(out, f);
  }
  return out;
}

HANDSHIM_INLINE std::string_view name(verdict v) noexcept {
  switch (v) {
    case verdict::no_loop:
      return "no_loop";
    case verdict::gives_up:
      return "gives_up";
    case verdict::retries:
      return "retries";
  }
  return "";
}

HANDSHIM_INLINE std::string_view name(policy_source s) noexcept {
  switch (s) {
    case policy_source::builtin:
      return "built in";
    case policy_source::build:
      return "the build";
    case policy_source::program:
      return "set_policy()";
    case policy_source::environment:
      return "the environment";
    case policy_source::scope:
      return "with_policy()";
    case policy_source::fixed:
      return "fixed by the build";
    case policy_source::argument:
      return "an argument";
  }
  return "";
}

}  // namespace HANDSHIM_ABI
}  // namespace handshim
