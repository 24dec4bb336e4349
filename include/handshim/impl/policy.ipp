#pragma once

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <mutex>

#include "handshim/impl/immortal.hpp"
#include "handshim/impl/nearest.hpp"
#include "handshim/impl/policy_rows.hpp"
#include "handshim/policy.hpp"

namespace handshim {
namespace detail {

struct policy_data {
  std::string name;
  bool native = false;
  kind_list kinds[fault_count];
  row_verdict retries[fault_count] = {};
  handshim::reading reading;

  static policy handle(const policy_data* data) noexcept { return policy(data); }
  static const policy_data* of(const policy& p) noexcept { return p.data_; }
};

// What a failure without a fault of its own is judged as, and what `of_phase` stands for.
inline fault root_of(phase p) noexcept {
  switch (p) {
    case phase::local:
      return fault::usage_invalid;
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
    case phase::unknown:
      break;
  }
  return fault::none;
}

inline kind_list kinds_in(const policy_data& data, fault f, phase p) noexcept {
  const kind_list row = data.kinds[fault_index(f)];
  if (row[0] != of_phase && row[1] != of_phase) return row;
  const fault root = root_of(p);
  const kind_list whole = root == fault::none ? kind_list() : data.kinds[fault_index(root)];
  // Beside itself a kind stands once: timed_out where an override makes the phase's own fault a timeout_error.
  return row[0] == of_phase || row[0] == whole[0] ? whole : kind_list(row[0], whole[0], whole[1]);
}

inline bool has_class(const kind_list& kinds) noexcept {
  return kinds.size() == 1 ||
         std::find(std::begin(combinations), std::end(combinations), kinds) != std::end(combinations);
}

template <class Cell, class Value>
void set_subtree(Cell (&table)[fault_count], fault top, const Value& value) noexcept {
  for (const fault_facts& row : all_faults())
    if (is_a(row.id, top)) table[&row - all_faults().begin()] = value;
}

// The fold of all rows of the families up to the version; rows stand in the order in which they came.
inline void fold(policy_data& data, unsigned of, version at) noexcept {
  for (const kinds_row& row : kinds_rows)
    if ((row.families & of) != 0 && !(at < row.since)) set_subtree(data.kinds, row.about, row.value);
  for (const retry_row& row : retry_rows)
    if ((row.families & of) != 0 && !(at < row.since)) set_subtree(data.retries, row.about, row.value);
  apply_readings(data.reading, of, at);
}

inline unsigned row_families(const base_spec& spec) noexcept {
  const std::string_view name = spec.family->name;
  if (name == "unified") return policy_rows::unified;
  if (name == "websockets-legacy") return policy_rows::legacy;
  if (name == "websockets-asyncio") return policy_rows::asyncio;
  if (name == "websockets-sync") return policy_rows::sync;
  if (name == "websockets") return spec.at < v(14) ? policy_rows::legacy : policy_rows::asyncio;
  return 0;
}

inline failure bad_policy(fault f, std::string_view whole, std::string_view place, const std::string& valid) {
  std::string text = "\"" + std::string(whole) + "\"";
  if (place != whole) text += ", at \"" + std::string(place) + "\"";
  text += "; " + valid;
  evidence known;
  known.detail = text;
  return failure(f, known);
}

inline std::string family_list() {
  std::string out;
  for (const policy_family& f : families) {
    out += out.empty() ? "" : ", ";
    out += f.name;
    if (f.newest.empty()) continue;
    out += "-" + std::string(f.oldest);
    if (f.oldest != f.newest) out += " to " + std::string(f.newest);
  }
  return out;
}

// What stands before the version, if there is one.
inline std::string_view family_part(std::string_view text) noexcept {
  const std::size_t dash = text.rfind('-');
  const bool versioned = dash != std::string_view::npos && dash + 1 < text.size() && is_digit(text[dash + 1]);
  return versioned ? text.substr(0, dash) : text;
}

inline failure bad_base(const base_spec& spec, std::string_view whole) {
  std::string valid = "valid are " + family_list();
  if (spec.error == fault::policy_too_new)
    valid = "the newest version checked is " + std::string(spec.family->newest) + "; write a range, \"" +
            std::string(spec.family->name) + "-" + std::string(spec.family->newest) + "..." + to_string(spec.at) +
            "\", for that version's behaviour, or update handshim";
  if (spec.error == fault::policy_too_old)
    valid = "the oldest version recorded is " + std::string(spec.family->name) + "-" + std::string(spec.family->oldest);
  if (spec.error == fault::policy_malformed)
    valid = "write family-version, such as " + std::string(spec.family->name) +
            (spec.family->newest.empty() ? "" : "-" + std::string(spec.family->newest)) + "; " + valid;
  if (spec.error == fault::policy_family_unknown) {
    nearest_word word(family_part(spec.place));
    for (const policy_family& f : families) word.offer(f.name);
    valid = "did you mean " + std::string(word.best()) + "? " + valid;
  }
  return bad_policy(spec.error, whole, spec.place, valid);
}

inline failure unknown_fault(std::string_view whole, std::string_view place) {
  nearest_word word(place);
  for (const fault_facts& row : all_faults()) word.offer(row.name);
  return bad_policy(fault::policy_fault_unknown, whole, place,
                    "did you mean " + std::string(word.best()) + "? docs/policies.md lists all faults");
}

inline failure unknown_kind(std::string_view whole, std::string_view place) {
  nearest_word word(place);
  std::string list;
  for (const kind_facts& row : all_kinds()) {
    word.offer(row.name);
    list += list.empty() ? "" : " ";
    list += row.name;
  }
  return bad_policy(fault::policy_kind_unknown, whole, place,
                    "did you mean " + std::string(word.best()) + "? valid are " + list);
}

// One "fault=kind" laid over the table.
inline failure apply_override(policy_data& data, std::string_view whole, std::string_view text) {
  const std::size_t sign = text.find('=');
  if (sign == std::string_view::npos)
    return bad_policy(fault::policy_malformed, whole, text, "an override is written fault=kind");
  const std::string_view fault_name = text.substr(0, sign), kind_name = text.substr(sign + 1);
  const fault about = find_fault(fault_name);
  if (about == fault::none) return unknown_fault(whole, fault_name);
  bool found = false;
  const kind value = find_kind(kind_name, found);
  if (!found) return unknown_kind(whole, kind_name);
  set_subtree(data.kinds, about, kind_list(value));
  return {};
}

inline failure apply_overrides(policy_data& data, std::string_view whole, std::string_view rest) {
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::size_t end = std::min(rest.find(','), rest.size());
    if (failure why = apply_override(data, whole, rest.substr(0, end))) return why;
    rest.remove_prefix(end);
  }
  return {};
}

// An override of a phase's own fault changes what `of_phase` stands for, in combinations too.
inline failure check_combinations(const policy_data& data, std::string_view whole) {
  for (const fault_facts& row : all_faults())
    for (const vocabulary_row<phase>& p : phase_rows) {
      const kind_list kinds = kinds_in(data, row.id, p.id);
      if (has_class(kinds)) continue;
      std::string all(name(kinds[0]));
      for (std::size_t i = 1; i < kinds.size(); ++i) all += " and " + std::string(name(kinds[i]));
      const std::string fault_name(row.name);
      return bad_policy(fault::policy_combination, whole, fault_name,
                        "in phase " + std::string(p.name) + " it would be " + all + "; add \"" + fault_name + "=" +
                            std::string(name(kinds[0])) + "\" to ask for one");
    }
  return {};
}

// Policies are made once and never destroyed: handles stay valid, in static destructors too.
class policy_registry {
 public:
  const policy_data* find(std::string_view name) {
    const std::lock_guard<std::mutex> hold(mutex_);
    const auto at = std::find_if(all_.begin(), all_.end(), [&](const auto* p) { return p->name == name; });
    return at == all_.end() ? nullptr : *at;
  }
  const policy_data* add(std::unique_ptr<policy_data> made) {
    const std::lock_guard<std::mutex> hold(mutex_);
    const auto at = std::find_if(all_.begin(), all_.end(), [&](const auto* p) { return p->name == made->name; });
    if (at != all_.end()) return *at;
    all_.push_back(made.get());
    return made.release();
  }

 private:
  std::mutex mutex_;
  std::vector<const policy_data*> all_;
};

inline policy_registry& registry() {
  static auto& all = *new policy_registry;
  return all;
}

// The family and the version in its shortest form, without a range: "unified-1", "websockets-14.0".
inline std::string canonical_name(const base_spec& base, std::string_view overrides) {
  std::string out(base.family->name);
  const bool versioned = !base.family->newest.empty();
  const bool major_alone = versioned && base.family->newest.find('.') == std::string_view::npos;
  if (versioned) out += "-" + (major_alone ? std::to_string(base.at.major) : to_string(base.at));
  return out.append(overrides);
}

inline std::string without_blanks(std::string_view text) {
  std::string out;
  for (char c : text)
    if (c != ' ' && c != '\t') out += c;
  return out;
}

HANDSHIM_INLINE const policy_data* parse_policy(std::string_view spec, failure& why) {
  why = failure();
  const std::string whole = without_blanks(spec);
  const std::size_t comma = std::min(whole.find(','), whole.size());
  const std::string_view base_text = std::string_view(whole).substr(0, comma);
  const std::string_view overrides = std::string_view(whole).substr(comma);
  const base_spec base = parse_base(base_text);
  if (base.error != fault::none) return why = bad_base(base, whole), nullptr;
  std::string name = canonical_name(base, overrides);
  if (const policy_data* known = registry().find(name)) return known;
  auto made = std::make_unique<policy_data>();
  made->native = base.family->name == "native";
  if (made->native && !overrides.empty())
    return why = bad_policy(fault::policy_malformed, whole, overrides, "native has no overrides"), nullptr;
  fold(*made, row_families(base), base.at);
  why = apply_overrides(*made, whole, overrides);
  if (!why) why = check_combinations(*made, whole);
  if (why) return nullptr;
  made->name = std::move(name);
  return registry().add(std::move(made));
}

// The policy that is always there, also when memory ran out.
struct unified_data : policy_data {
  unified_data() noexcept {
    name = "unified-1";
    fold(*this, policy_rows::unified, v(1));
  }
};
inline const policy_data* unified() noexcept { return &immortal<unified_data>(); }

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
  evidence known = why.evidence();
  const std::string detail = std::string(variable) + ": " + std::string(known.detail);
  known.detail = detail;
  return failure(why.fault(), known);
}

// One failure for two, with the words of both; its fault is the first one's.
inline failure both_of(const failure& first, const failure& second) {
  if (!first || !second) return first ? first : second;
  constexpr std::size_t half = 480;  // of the 1024 bytes of a detail
  const std::string_view a = first.evidence().detail, b = second.evidence().detail;
  const std::string detail = std::string(a.substr(0, half)) + (a.size() > half ? "..." : "") + "; " + std::string(b);
  evidence known;
  known.detail = detail;
  return failure(first.fault(), known);
}

inline bool passes(int status) noexcept { return status == 500 || (status >= 502 && status <= 504); }

}  // namespace detail

HANDSHIM_INLINE policy::policy() noexcept : data_(detail::unified()) {}

HANDSHIM_INLINE std::string_view policy::name() const noexcept { return data_->name; }

HANDSHIM_INLINE bool policy::is_native() const noexcept { return data_->native; }

HANDSHIM_INLINE const handshim::reading& policy::reading() const noexcept { return data_->reading; }

HANDSHIM_INLINE kind_list policy::kinds(const failure& f) const noexcept {
  return detail::kinds_in(*data_, f.fault(), f.phase());
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

}  // namespace handshim
