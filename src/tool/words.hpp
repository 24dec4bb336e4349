// Faults, kinds and policies in words: what demo, probe, policies and explain have in common.
#pragma once

#include <exception>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "handshim/policy.hpp"

namespace handshim::tool {

/// The policies that tell the story: the release before the change, the same release's new client, the change itself,
/// its repair, and handshim's own.
const std::vector<std::string_view>& story_policies();

/// find_policy(); throws usage_error with its text.
policy read_policy(std::string_view spec);

/// The class of an exception, as its client spells it; empty for a null pointer.
std::string class_name(const std::exception_ptr& e);
/// What the client itself reported: the class that it threw, else its code, "system:111"; empty if it told neither.
std::string native_text(const failure& f);
/// The words that the client had for it.
std::string native_words(const failure& f);

/// "timeout_error + invalid_handshake"; "(unchanged)" under native.
std::string kinds_text(const failure& f, const policy& by);
/// The same for any failure with that fault; "by phase" where the phase decides.
std::string kinds_text(fault f, const policy& by);

/// "tries again", "gives up" or "no loop".
std::string_view loop_text(verdict v);
/// What the release's own reconnect loop does; "by status" and "by phase" where these decide.
std::string loop_text(fault f, const policy& by);
/// Whether the release has such a loop.
bool has_loop(const policy& p);

/// All faults, each behind the coarser one that it is a part of.
const std::vector<fault>& fault_tree();
/// How many coarser faults it is a part of.
std::size_t depth(fault f);

/// A fault alone, or with all of its parts: "eof_in_response*".
struct fault_span {
  fault top;
  std::string name;
};
/// All faults in the order of the tree; one that is alike with all of its parts stands for them.
std::vector<fault_span> fault_spans(const std::function<bool(fault, fault)>& alike);
/// The names of the faults for which `wanted` holds, in such spans.
std::vector<std::string> fault_names(const std::function<bool(fault)>& wanted);
inline constexpr std::string_view star_means = "* stands for every finer fault under it, too";

/// One way of reading and its value: "max_line", "8192".
struct reading_field {
  std::string_view name;
  std::string value;
};
/// All of them in the order of the header.
std::vector<reading_field> reading_fields(const reading& how);

/// The text with its first letter in upper case and a period at its end: the tables of faults hold neither.
std::string sentence(std::string_view text);

/// A family of policies, and the names of those that differ from the one before. The family that stands for other ones
/// (websockets) has names where they have.
struct family_policies {
  const policy_family* family;
  std::vector<std::string> names;
};
std::vector<family_policies> all_families();

/// "8.1 to 17.0.1"; "1" for a family of one version; empty for none.
std::string range_text(const policy_family& family);

/// "14.0" of "websockets-14.0".
std::string version_text(std::string_view policy_name);

/// Something that is not the same under two policies.
struct difference {
  enum class aspect { kind, loop, reading };
  aspect of;
  std::string about;  ///< faults, or the name of a way of reading
  std::string from, to;
};
/// All of them: kinds and loop with the faults that have the same change put together, then readings.
std::vector<difference> differences(const policy& from, const policy& to);
/// "kind", "loop" or "reading".
std::string_view name(difference::aspect a);

}  // namespace handshim::tool
