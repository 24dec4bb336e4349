#pragma once

#include "handshim/impl/print.ipp"
#include "handshim/observe.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

// What it is raised as, in words: the kinds, or "native" for what goes on unchanged.
inline std::string kinds_in_words(const policy& by, const kind_list& kinds, std::string_view between) {
  if (by.is_native()) return "native";
  std::string out;
  for (const kind k : kinds) out.append(out.empty() ? "" : between).append(name(k));
  return out;
}

inline void write_kinds(json& out, std::string_view key, const policy& by, const kind_list& kinds) {
  out.open(key, '[');
  if (!by.is_native())
    for (const kind k : kinds) out.item(name(k));
  out.close(']');
}

inline void write_kinds(logfmt& out, std::string_view key, const policy& by, const kind_list& kinds) {
  out.text(key, kinds_in_words(by, kinds, ","));
}

template <class Out>
void write_event(Out& out, const event& e, disclosure level) {
  write_failure(out, e.failure, level);
  out.text("policy", e.by.policy.name()).text("policy_source", name(e.by.source));
  write_kinds(out, "kinds", e.by.policy, e.kinds);
  out.flag("changed", e.changed);
  if (e.candidate) {
    out.text("candidate", e.candidate->name());
    write_kinds(out, "candidate_kinds", *e.candidate, e.candidate_kinds);
    out.flag("would_differ", e.would_differ);
  }
  if (e.where) out.text("file", e.where.file).number("line", e.where.line).text("function", e.where.function);
}

}  // namespace detail

HANDSHIM_INLINE std::string event::difference() const {
  if (!would_differ) return {};
  const bool unchanged = candidate->is_native();
  const std::string kind_text = detail::kinds_in_words(*candidate, candidate_kinds, " and ");
  return "under " + std::string(candidate->name()) + " this would have been " +
         (unchanged ? std::string("the client's own error") : kind_text);
}

HANDSHIM_INLINE std::string event::to_json(disclosure shown) const {
  detail::json out;
  out.item('{');
  detail::write_event(out, *this, shown);
  return out.close('}').take();
}

HANDSHIM_INLINE std::string event::to_logfmt(disclosure shown) const {
  detail::logfmt out;
  detail::write_event(out, *this, shown);
  return out.take();
}

}  // namespace HANDSHIM_ABI
}  // namespace handshim
