// The families and versions of policies, and how "family-version" is read; at compile time too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "handshim/fault.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {

/// A version of up to three numbers; what is not written is 0.
struct version {
  std::uint16_t major = 0, minor = 0, patch = 0;
  friend constexpr bool operator==(version a, version b) noexcept { return a.key() == b.key(); }
  friend constexpr bool operator<(version a, version b) noexcept { return a.key() < b.key(); }
  constexpr std::uint64_t key() const noexcept {
    return (std::uint64_t{major} << 32) | (std::uint64_t{minor} << 16) | patch;
  }
};

/// A family of policies and the range of its versions that was checked against real releases.
struct policy_family {
  std::string_view name;
  std::string_view oldest, newest;  ///< empty: the family has no versions
  std::string_view description;
};

namespace detail {

inline constexpr std::string_view checked_releases[] = {
#include "handshim/data/rows_begin.inc"
#define RELEASE(version) version,
#include "handshim/data/policies.inc"
#include "handshim/data/rows_end.inc"
};
inline constexpr std::string_view newest_release = checked_releases[std::size(checked_releases) - 1];

inline constexpr policy_family families[] = {
    {"unified", "1", "1", "handshim's own: one of four groups by when it happened"},
    {"native", "", "", "the client's own error, unchanged"},
    {"websockets", "8.1", newest_release, "python-websockets' default client: legacy up to 13.1, asyncio from 14.0"},
    {"websockets-legacy", "8.1", newest_release, "websockets.legacy.client"},
    {"websockets-asyncio", "13.0", newest_release, "websockets.asyncio.client"},
    {"websockets-sync", "11.0", newest_release, "websockets.sync.client"},
};

constexpr version v(unsigned major, unsigned minor = 0, unsigned patch = 0) noexcept {
  return {static_cast<std::uint16_t>(major), static_cast<std::uint16_t>(minor), static_cast<std::uint16_t>(patch)};
}

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// Reads the version at the start of text and cuts it off; false if there is none.
constexpr bool take_version(std::string_view& text, version& out) noexcept {
  unsigned parts[3] = {};
  std::size_t i = 0;
  for (unsigned& part : parts) {
    if (i >= text.size() || !is_digit(text[i])) return false;
    for (; i < text.size() && is_digit(text[i]); ++i) {
      part = part * 10 + static_cast<unsigned>(text[i] - '0');
      if (part > 9999) return false;
    }
    const bool more = i + 1 < text.size() && text[i] == '.' && is_digit(text[i + 1]);
    if (!more || &part == &parts[2]) break;
    ++i;
  }
  out = v(parts[0], parts[1], parts[2]);
  text.remove_prefix(i);
  return true;
}

constexpr version to_version(std::string_view text) noexcept {
  version out;
  take_version(text, out);
  return out;
}

/// "family", "family-version" or "family-version...newer", as far as it could be read.
struct base_spec {
  fault error = fault::none;
  const policy_family* family = nullptr;
  version at;
  std::string_view place;  ///< what is at fault
};

constexpr bool starts_with(std::string_view text, std::string_view start) noexcept {
  return text.substr(0, start.size()) == start;
}

/// Whether the text is the family's name, perhaps followed by a version.
constexpr bool names_family(const policy_family& f, std::string_view text) noexcept {
  const std::size_t n = f.name.size();
  return text == f.name ||
         (starts_with(text, f.name) && text.size() > n + 1 && text[n] == '-' && is_digit(text[n + 1]));
}

/// Which of the families the text names; their number if none. An index, as under -fsanitize=undefined a pointer
/// compared with null is no constant for g++ 12.
constexpr std::size_t family_index(std::string_view text) noexcept {
  std::size_t i = 0;
  while (i < std::size(families) && !names_family(families[i], text)) ++i;
  return i;
}

/// The family of that name; null if there is none.
inline const policy_family* find_family(std::string_view text) noexcept {
  const std::size_t i = family_index(text);
  return i < std::size(families) ? &families[i] : nullptr;
}

constexpr base_spec parse_base(std::string_view text) noexcept {
  base_spec out;
  out.place = text;
  const std::size_t i = family_index(text);
  if (i == std::size(families)) return out.error = fault::policy_family_unknown, out;
  out.family = &families[i];
  std::string_view rest = text.substr(out.family->name.size());
  const bool versioned = !out.family->newest.empty();
  if (rest.empty()) return out.error = versioned ? fault::policy_malformed : fault::none, out;
  rest.remove_prefix(1);
  out.place = rest;
  if (!versioned || !take_version(rest, out.at)) return out.error = fault::policy_malformed, out;
  if (starts_with(rest, "...")) {
    version newer;
    rest.remove_prefix(3);
    if (!take_version(rest, newer) || newer < out.at) return out.error = fault::policy_malformed, out;
  }
  if (!rest.empty()) return out.error = fault::policy_malformed, out;
  if (to_version(out.family->newest) < out.at) out.error = fault::policy_too_new;
  if (out.at < to_version(out.family->oldest)) out.error = fault::policy_too_old;
  return out;
}

constexpr bool names_built_in(std::string_view text) noexcept { return parse_base(text).error == fault::none; }

}  // namespace detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
