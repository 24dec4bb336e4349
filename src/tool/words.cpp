#include "words.hpp"

#include <algorithm>
#include <cctype>
#include <typeinfo>
#include <utility>

#include "arguments.hpp"
#include "handshim/bridge.hpp"
#include "handshim/impl/policy_rows.hpp"
#include "handshim/translate.hpp"
#include "tables.hpp"

namespace handshim::tool {
namespace {

using fault_text = std::function<std::string(fault)>;

// One failure in each phase: where these are not alike, the phase decides.
constexpr phase phases[] = {phase::local, phase::resolve,   phase::connect, phase::proxy,
                            phase::tls,   phase::handshake, phase::open,    phase::closing};

kind_list kinds_in(fault f, phase p, const policy& by) { return by.kinds(failure(f, {}, p)); }

bool phase_decides(fault f, const policy& by) {
  return std::any_of(std::begin(phases), std::end(phases),
                     [&](phase p) { return kinds_in(f, p, by) != kinds_in(f, phases[0], by); });
}

verdict loop_at(fault f, int status, const policy& by) {
  evidence known;
  known.http_status = status;
  return by.release_retries(failure(f, known));
}

void add_with_parts(std::vector<fault>& tree, fault top) {
  tree.push_back(top);
  for (const fault_facts& row : all_faults())
    if (row.parent == top && row.id != top) add_with_parts(tree, row.id);
}

bool differ(const std::string& from, const std::string& to) {
  return !differences(read_policy(from), read_policy(to)).empty();
}

// Those of the families that this one stands for at which it changes.
std::vector<std::string> names_through(const policy_family& family) {
  std::vector<version> versions;
  const std::string start = std::string(family.name) + "-";
  for (const std::string& name : policy_names())
    if (detail::starts_with(name, start)) versions.push_back(detail::to_version(version_text(name)));
  std::sort(versions.begin(), versions.end());
  std::vector<std::string> out;
  for (const version at : versions) {
    const std::string name = start + detail::to_string(at);
    if (out.empty() || differ(out.back(), name)) out.push_back(name);
  }
  return out;
}

std::string text_of(bool value) { return value ? "true" : "false"; }
template <class Number>
std::string text_of(Number value) {
  return std::to_string(static_cast<unsigned long long>(value));
}
std::string text_of(follow value) {
  switch (value) {
    case follow::none:
      return "none";
    case follow::absolute_only:
      return "absolute_only";
    case follow::all:
      return "all";
  }
  return "";
}

// The faults with the same change in one difference, in the order of the first of each.
void add_fault_differences(std::vector<difference>& out, difference::aspect of, const fault_text& from,
                           const fault_text& to) {
  using change = std::pair<std::string, std::string>;
  std::vector<change> changes, told;
  for (const fault_facts& row : all_faults()) changes.emplace_back(from(row.id), to(row.id));
  for (const change& here : changes) {
    if (here.first == here.second || std::find(told.begin(), told.end(), here) != told.end()) continue;
    told.push_back(here);
    const auto alike = [&](fault f) { return changes[fault_index(f)] == here; };
    out.push_back({of, joined(fault_names(alike)), here.first, here.second});
  }
}

}  // namespace

const std::vector<std::string_view>& story_policies() {
  static const std::vector<std::string_view> names{"websockets-13.1", "websockets-asyncio-13.0", "websockets-14.0",
                                                   "websockets-14.2", "unified-1"};
  return names;
}

policy read_policy(std::string_view spec) {
  failure why;
  const policy found = find_policy(spec, why);
  if (why) throw usage_error(why.what());
  return found;
}

std::string class_name(const std::exception_ptr& e) {
  if (!e) return {};
  try {
    std::rethrow_exception(e);
  } catch (const std::exception& caught) {
    return detail::readable_class(typeid(caught).name());
  } catch (...) {
    return "unknown exception";
  }
}

std::string native_text(const failure& f) {
  const evidence& known = f.evidence();
  if (known.cause) return class_name(known.cause);
  if (known.native_domain.empty()) return {};
  return std::string(known.native_domain) + (known.native_value == 0 ? "" : ":" + std::to_string(known.native_value));
}

std::string native_words(const failure& f) {
  const std::string_view own = f.evidence().native_text;
  return own.empty() && f.native_code() ? f.native_code().message() : std::string(own);
}

std::string kinds_text(const failure& f, const policy& by) {
  if (by.is_native()) return "(unchanged)";
  std::vector<std::string> names;
  for (const kind k : by.kinds(f)) names.emplace_back(name(k));
  return joined(names, " + ");
}

std::string kinds_text(fault f, const policy& by) {
  if (by.is_native() || !phase_decides(f, by)) return kinds_text(failure(f), by);
  const kind first = kinds_in(f, phases[0], by).primary();
  const bool same =
      std::all_of(std::begin(phases), std::end(phases), [&](phase p) { return kinds_in(f, p, by).primary() == first; });
  return same ? std::string(name(first)) + " + by phase" : "by phase";
}

std::string_view loop_text(verdict v) {
  switch (v) {
    case verdict::no_loop:
      return "no loop";
    case verdict::gives_up:
      return "gives up";
    case verdict::retries:
      return "tries again";
  }
  return "";
}

std::string loop_text(fault f, const policy& by) {
  const verdict in_resolve = by.release_retries(failure(f, {}, phase::resolve));
  if (by.release_retries(failure(f, {}, phase::handshake)) != in_resolve) return "by phase";
  constexpr int passing = 503, final = 404;
  return loop_at(f, passing, by) == loop_at(f, final, by) ? std::string(loop_text(in_resolve)) : "by status";
}

bool has_loop(const policy& p) {
  return std::any_of(all_faults().begin(), all_faults().end(),
                     [&](const fault_facts& row) { return p.release_retries(failure(row.id)) != verdict::no_loop; });
}

const std::vector<fault>& fault_tree() {
  static const std::vector<fault> tree = [] {
    std::vector<fault> out;
    for (const fault_facts& row : all_faults())
      if (row.parent == row.id) add_with_parts(out, row.id);
    return out;
  }();
  return tree;
}

std::size_t depth(fault f) {
  std::size_t steps = 0;
  for (; facts(f).parent != f; f = facts(f).parent) ++steps;
  return steps;
}

std::vector<fault_span> fault_spans(const std::function<bool(fault, fault)>& alike) {
  const std::vector<fault>& tree = fault_tree();
  std::vector<fault_span> out;
  for (std::size_t i = 0; i < tree.size();) {
    const fault top = tree[i];
    const auto begin = tree.begin() + static_cast<std::ptrdiff_t>(i);
    const auto end = std::find_if_not(begin, tree.end(), [&](fault f) { return is_a(f, top); });
    const bool whole = std::all_of(begin, end, [&](fault f) { return alike(f, top); });
    const auto size = whole ? static_cast<std::size_t>(end - begin) : 1;
    out.push_back({top, std::string(name(top)) + (size > 1 ? "*" : "")});
    i += size;
  }
  return out;
}

std::vector<std::string> fault_names(const std::function<bool(fault)>& wanted) {
  std::vector<std::string> names;
  for (fault_span& one : fault_spans([&](fault a, fault b) { return wanted(a) == wanted(b); }))
    if (wanted(one.top)) names.push_back(std::move(one.name));
  return names;
}

std::vector<reading_field> reading_fields(const reading& how) {
  // A field that is missing below does not compile here.
  const auto& [redirects, max_redirects, follow_300, max_line, max_headers, max_body, max_interim, body, body_until_eof,
               chunked, interim, measure_at_end, integer_status, high_status, ascii_headers, utf8_reason,
               any_length_form, early_close_codes, lower_case_coding, report_at_end, deliver_after_close] = how;
#define FIELD(name) \
  { #name, text_of(name) }
  return {FIELD(redirects),          FIELD(max_redirects),     FIELD(follow_300),        FIELD(max_line),
          FIELD(max_headers),        FIELD(max_body),          FIELD(max_interim),       FIELD(body),
          FIELD(body_until_eof),     FIELD(chunked),           FIELD(interim),           FIELD(measure_at_end),
          FIELD(integer_status),     FIELD(high_status),       FIELD(ascii_headers),     FIELD(utf8_reason),
          FIELD(any_length_form),    FIELD(early_close_codes), FIELD(lower_case_coding), FIELD(report_at_end),
          FIELD(deliver_after_close)};
#undef FIELD
}

std::string sentence(std::string_view text) {
  std::string out(text);
  if (out.empty()) return out;
  out[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(out[0])));
  return out + ".";
}

std::vector<family_policies> all_families() {
  std::vector<family_policies> out;
  for (const policy_family& family : detail::families) out.push_back({&family, {}});
  for (const std::string& name : policy_names())
    for (family_policies& one : out)
      if (one.family == detail::find_family(name)) one.names.push_back(name);
  for (family_policies& one : out)
    if (one.names.empty()) one.names = names_through(*one.family);
  return out;
}

std::string range_text(const policy_family& family) {
  const std::string oldest(family.oldest);
  return family.oldest == family.newest ? oldest : oldest + " to " + std::string(family.newest);
}

std::string version_text(std::string_view policy_name) {
  return std::string(policy_name.substr(policy_name.rfind('-') + 1));
}

std::vector<difference> differences(const policy& from, const policy& to) {
  using aspect = difference::aspect;
  std::vector<difference> out;
  add_fault_differences(
      out, aspect::kind, [&](fault f) { return kinds_text(f, from); }, [&](fault f) { return kinds_text(f, to); });
  add_fault_differences(
      out, aspect::loop, [&](fault f) { return loop_text(f, from); }, [&](fault f) { return loop_text(f, to); });
  const auto was = reading_fields(from.reading()), is = reading_fields(to.reading());
  for (std::size_t i = 0; i < is.size(); ++i)
    if (was[i].value != is[i].value)
      out.push_back({aspect::reading, std::string(is[i].name), was[i].value, is[i].value});
  return out;
}

std::string_view name(difference::aspect a) {
  switch (a) {
    case difference::aspect::kind:
      return "kind";
    case difference::aspect::loop:
      return "loop";
    case difference::aspect::reading:
      return "reading";
  }
  return "";
}

}  // namespace handshim::tool
