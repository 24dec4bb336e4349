// A spec read: policies found or made by it, and what is said of one that cannot be read.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "handshim/impl/nearest.hpp"
#include "handshim/impl/policy_data.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

inline constexpr std::string_view bridge_opens = "bridge(";
inline std::string bridge_name(std::string_view a, std::string_view b) {
  return std::string(bridge_opens).append(a).append(",").append(b) + ")";
}

inline failure bad_policy(fault f, std::string_view whole, std::string_view place, const std::string& valid) {
  std::string text = "\"" + std::string(whole) + "\"";
  if (place != whole) text += ", at \"" + std::string(place) + "\"";
  return failure_about(f, text + "; " + valid);
}

inline std::string family_list() {
  std::string out;
  for (const policy_family& f : families) {
    out += f.name;
    if (!f.newest.empty()) out += "-" + std::string(f.oldest);
    if (f.oldest != f.newest) out += " to " + std::string(f.newest);
    out += ", ";
  }
  out += "bridge(A,B)";
  for (const std::string_view name : registry().defined()) out.append(", ").append(name);
  return out;
}

// What stands before the version, if there is one.
inline std::string_view family_part(std::string_view text) noexcept {
  const std::size_t dash = text.rfind('-');
  const bool versioned = dash != std::string_view::npos && dash + 1 < text.size() && is_digit(text[dash + 1]);
  return versioned ? text.substr(0, dash) : text;
}

inline std::string meant_family(std::string_view text) {
  const std::string_view wanted = family_part(text);
  nearest_word word(wanted);
  for (const policy_family& f : families) word.offer(f.name);
  for (const std::string_view name : registry().defined()) {
    if (family_part(name) == wanted) return question_of(name);  // another version of it
    word.offer(family_part(name));
  }
  return word.question();
}

inline std::string malformed_base(const base_spec& spec) {
  const std::string name(spec.family->name);
  if (spec.family->newest.empty()) return name + " has no version: write " + name;
  if (spec.place.find("..") != std::string_view::npos)
    return "a range is written " + name + "-" + std::string(spec.family->newest) +
           "...99, and ends no earlier than it begins";
  return "write family-version, such as " + name + "-" + std::string(spec.family->newest);
}

inline failure bad_base(const base_spec& spec, std::string_view whole) {
  std::string valid = "valid are " + family_list();
  if (spec.error == fault::policy_too_new)
    valid = "the newest version checked is " + std::string(spec.family->newest) + "; write a range, \"" +
            std::string(spec.family->name) + "-" + std::string(spec.family->newest) + "..." + to_string(spec.at) +
            "\", for that version's behaviour, or update handshim";
  if (spec.error == fault::policy_too_old)
    valid = "the oldest version recorded is " + std::string(spec.family->name) + "-" + std::string(spec.family->oldest);
  if (spec.error == fault::policy_malformed) valid = malformed_base(spec) + "; " + valid;
  if (spec.error == fault::policy_family_unknown) valid = meant_family(spec.place) + valid;
  return bad_policy(spec.error, whole, spec.place, valid);
}

inline failure unknown_fault(std::string_view whole, std::string_view place) {
  nearest_word word(place);
  for (const fault_facts& row : all_faults()) word.offer(row.name);
  return bad_policy(fault::policy_fault_unknown, whole, place, word.question() + "docs/policies.md lists all faults");
}

inline failure unknown_kind(std::string_view whole, std::string_view place) {
  nearest_word word(place);
  std::string list;
  for (const kind_facts& row : all_kinds()) {
    word.offer(row.name);
    list += list.empty() ? "" : " ";
    list += row.name;
  }
  return bad_policy(fault::policy_kind_unknown, whole, place, word.question() + "valid are " + list);
}

// Where the part that starts there ends: at the sign, or with the text.
inline std::size_t end_of(std::string_view text, char sign, std::size_t start = 0) noexcept {
  const std::size_t found = text.find(sign, start);
  return found == std::string_view::npos ? text.size() : found;
}

// "kind" or "kind+kind", at most three.
inline failure read_kinds(std::string_view whole, std::string_view text, kind_list& out) {
  kind_union all;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = end_of(text, '+', start);
    bool found = false;
    const kind one = find_kind(text.substr(start, end - start), found);
    if (!found) return unknown_kind(whole, text.substr(start, end - start));
    all.add(one);
    start = end + 1;
  }
  if (all.size() > 3) return bad_policy(fault::policy_combination, whole, text, "one object is at most three kinds");
  out = all.list();
  return {};
}

// One "fault=kind" laid over the table.
inline failure apply_override(policy_data& data, std::string_view whole, std::string_view text) {
  const std::size_t sign = text.find('=');
  if (sign == std::string_view::npos)
    return bad_policy(fault::policy_malformed, whole, text, "an override is written fault=kind");
  const fault about = find_fault(text.substr(0, sign));
  if (about == fault::none) return unknown_fault(whole, text.substr(0, sign));
  kind_list value;
  if (failure why = read_kinds(whole, text.substr(sign + 1), value)) return why;
  set_subtree(data.kinds, about, value);
  return {};
}

inline failure apply_overrides(policy_data& data, std::string_view whole, std::string_view rest) {
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::size_t end = end_of(rest, ',');
    if (failure why = apply_override(data, whole, rest.substr(0, end))) return why;
    rest.remove_prefix(end);
  }
  return {};
}

inline failure no_class(const policy_data& data, std::string_view whole, const fault_facts& row, phase p) {
  std::string all;
  const kind_union kinds = kinds_in(data, row.id, p);
  for (const kind k : kinds) all += (all.empty() ? "" : " and ") + std::string(name(k));
  std::string way_out =
      "add \"" + std::string(row.name) + "=" + std::string(name(*kinds.begin())) + "\" to ask for one";
  if (data.classes == nullptr)
    way_out = "include handshim/bridge.hpp in this program, which has the classes of bridges, or " + way_out;
  const std::string when = p == phase::unknown ? "" : "in phase " + std::string(name(p)) + " ";
  return bad_policy(fault::policy_combination, whole, row.name, when + "it would be " + all + "; " + way_out);
}

// An override of a phase's own fault changes what `of_phase` stands for, so each fault is looked at in each phase.
inline failure check_combinations(const policy_data& data, std::string_view whole) {
  for (const fault_facts& row : all_faults())
    for (const vocabulary_row<phase>& p : phase_rows) {
      const kind_set kinds = kinds_in(data, row.id, p.id).set();
      if (!is_in_core(kinds) && (data.classes == nullptr || !data.classes->has(kinds)))
        return no_class(data, whole, row, p.id);
    }
  return {};
}

// The family and the version in its shortest form, without a range: "unified-1", "websockets-14.0".
inline std::string canonical_name(const base_spec& base) {
  const bool versioned = !base.family->newest.empty();
  const bool major_alone = versioned && base.family->newest.find('.') == std::string_view::npos;
  std::string out(base.family->name);
  if (versioned) out += "-" + (major_alone ? std::to_string(base.at.major) : to_string(base.at));
  return out;
}

inline std::string without_blanks(std::string_view text) {
  std::string out;
  for (char c : text)
    if (c != ' ' && c != '\t') out += c;
  return out;
}

// Cuts "A,B" where the second spec begins: what holds a '=' is an override of the spec before it.
inline bool cut_sides(std::string_view text, std::string_view& first, std::string_view& second) noexcept {
  std::size_t specs = 0;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = end_of(text, ',', start);
    if (text.substr(start, end - start).find('=') == std::string_view::npos && ++specs == 2) {
      first = text.substr(0, start - 1);
      second = text.substr(start);
    }
    start = end + 1;
  }
  return specs == 2 && !first.empty() && !second.empty() &&
         first.substr(0, first.find(',')).find('=') == std::string_view::npos;
}

inline bool is_well_formed_name(std::string_view text) noexcept {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const std::string_view family = family_part(text);
  if (text.size() > 64 || family.size() == text.size() || letters.find(family.front()) == std::string_view::npos)
    return false;
  for (const char c : family)
    if (letters.find(c) == std::string_view::npos && !is_digit(c) && c != '-' && c != '_') return false;
  std::string_view rest = text.substr(family.size() + 1);
  version at;
  return take_version(rest, at) && rest.empty();
}

// A later handshim may have more families under these names.
inline bool is_reserved_name(std::string_view text) noexcept {
  const std::string_view family = family_part(text);
  for (const policy_family& f : families)
    if (starts_with(family, f.name) && (family.size() == f.name.size() || family[f.name.size()] == '-')) return true;
  return false;
}

// ",fault=kind+kind"; a number without a name is one that read() says is unknown.
inline std::string override_text(const kind_override& one) {
  const auto word = [](auto id) {
    return facts(id).id == id ? std::string(name(id)) : std::to_string(static_cast<int>(id));
  };
  std::string out = "," + word(one.about) + "=";
  for (const kind k : one.as) out += (k == one.as.primary() ? "" : "+") + word(k);
  return out;
}

// Makes policies; each function gives null once `why` says what is wrong with the whole.
class policy_maker {
 public:
  policy_maker(std::string_view whole, failure& why) noexcept : whole_(whole), why_(why) { why_ = failure(); }

  /// base[,fault=kinds...], where the base is built in, defined by the program, or a bridge.
  const policy_data* read(std::string_view text) {
    if (starts_with(text, bridge_opens)) return read_bridge(text);
    const std::size_t end = end_of(text, ',');
    const policy_data* base = read_base(text.substr(0, end));
    return base ? overlaid(*base, text.substr(end)) : nullptr;
  }

  const policy_data* bridge(const policy_data& a, const policy_data& b, std::string_view overrides) {
    for (const policy_data* side : {&a, &b})
      if (side->native || side->is_bridge())
        return bad(fault::policy_malformed, side->name,
                   "a bridge joins two policies, of which neither is native or a bridge");
    const std::string name = bridge_name(a.name, b.name);
    if (const policy_data* known = registry().find(name)) return overlaid(*known, overrides);
    auto made = copy(b, name, bridge_name(a.spec, b.spec));
    made->sides[0] = &a;
    made->sides[1] = &b;
    return overrides.empty() ? checked(std::move(made)) : overlaid(*made, overrides);
  }

  /// The base with ",fault=kinds..." laid over it; over both sides of a bridge.
  const policy_data* overlaid(const policy_data& base, std::string_view overrides) {
    if (overrides.empty()) return &base;
    const std::string name = base.name + std::string(overrides);
    if (const policy_data* known = registry().find(name)) return known;
    if (base.native) return bad(fault::policy_malformed, overrides, "native has no overrides");
    auto made = copy(base, name, base.spec + std::string(overrides));
    if (!base.is_bridge()) {
      why_ = apply_overrides(*made, whole_, overrides);
      return why_ ? nullptr : checked(std::move(made));
    }
    for (const policy_data*& side : made->sides)
      if ((side = overlaid(*side, overrides)) == nullptr) return nullptr;
    return checked(std::move(made));
  }

  /// The base under a name of the program's own.
  const policy_data* define(std::string_view name, const policy_data& base) {
    constexpr std::string_view rules =
        "a name is family-version, such as acme-2: letters, digits, '-' and '_' with a letter first, then one to three "
        "numbers; at most 64 characters";
    if (!is_well_formed_name(name)) return bad(fault::policy_malformed, name, std::string(rules));
    if (is_reserved_name(name))
      return bad(fault::policy_malformed, family_part(name),
                 "the families of that name are handshim's own; " + std::string(rules));
    auto made = copy(base, std::string(name), base.spec);
    made->defined = true;
    const policy_data* known = registry().add(std::move(made));
    return known->spec == base.spec ? known
                                    : bad(fault::policy_invalid, name, "it is defined already, as " + known->spec);
  }

 private:
  static std::unique_ptr<policy_data> copy(const policy_data& base, std::string name, std::string spec) {
    auto made = std::make_unique<policy_data>(base);
    made->name = std::move(name);
    made->spec = std::move(spec);
    made->defined = false;
    made->classes = bridge_classes();
    return made;
  }

  const policy_data* checked(std::unique_ptr<policy_data> made) {
    why_ = check_combinations(*made, whole_);
    return why_ ? nullptr : registry().add(std::move(made));
  }

  const policy_data* read_base(std::string_view text) {
    const base_spec base = parse_base(text);
    if (base.error == fault::none) return built_in(base);
    const policy_data* own = base.family == nullptr ? registry().find(text) : nullptr;
    if (own == nullptr) why_ = bad_base(base, whole_);
    return own;
  }

  static const policy_data* built_in(const base_spec& base) {
    if (const policy_data* known = registry().find(canonical_name(base))) return known;
    auto made = std::make_unique<policy_data>();
    made->name = made->spec = canonical_name(base);
    made->native = base.family->name == "native";
    fold(*made, row_families(base), base.at);
    return registry().add(std::move(made));
  }

  const policy_data* read_bridge(std::string_view text) {
    const std::size_t end = text.find(')');
    if (end == std::string_view::npos) return malformed_bridge(text);
    const std::string_view inner = text.substr(bridge_opens.size(), end - bridge_opens.size());
    const std::string_view overrides = text.substr(end + 1);
    if (!overrides.empty() && overrides[0] != ',') return malformed_bridge(overrides);
    std::string_view first, second;
    if (!cut_sides(inner, first, second)) return malformed_bridge(inner);
    const policy_data* a = read(first);
    const policy_data* b = a ? read(second) : nullptr;
    return b ? bridge(*a, *b, overrides) : nullptr;
  }

  const policy_data* malformed_bridge(std::string_view place) {
    return bad(fault::policy_malformed, place,
               "a bridge is written bridge(A,B), of two policies that are neither native nor bridges, such as "
               "bridge(websockets-13.1,websockets-14.0)");
  }

  const policy_data* bad(fault f, std::string_view place, const std::string& valid) {
    return why_ = bad_policy(f, whole_, place, valid), nullptr;
  }

  std::string_view whole_;
  failure& why_;
};

}  // namespace detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
