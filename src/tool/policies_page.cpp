#include "policies_page.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

#include "handshim/fault.hpp"
#include "handshim/impl/policy_rows.hpp"
#include "handshim/kind.hpp"
#include "handshim/policy.hpp"
#include "html.hpp"
#include "policies_page_assets.hpp"
#include "words.hpp"

namespace handshim::tool {
namespace {

html code(std::string_view text) { return element("code", html::name(text)); }
html small(std::string_view text) { return element("small", html::text(text)); }
html paragraph(const html& inner) { return element("p", inner); }
html paragraph(std::string_view text) { return paragraph(html::text(text)); }

html section(std::string_view id, std::string_view title, const html& inner) {
  const std::string title_id = std::string(id) + "-title";
  return element("section", element("h2", html::text(title), {{"id", title_id}}) + inner,
                 {{"id", std::string(id)}, {"aria-labelledby", title_id}});
}

// The tree of exception classes.

html branch(kind k) {
  html own = element("b", html::name(name(k))) + html::text(" ") + small(facts(k).description), derived;
  for (const kind_facts& row : all_kinds())
    if (row.base == k && row.id != k) derived += branch(row.id);
  if (!derived.source().empty()) own += element("ul", derived);
  return element("li", own, {{"id", "kind-" + std::string(name(k))}});
}

html exceptions() {
  return section("exceptions", "Exception classes",
                 paragraph(html::text("A handler for a class catches all that stand under it. ") + code("error") +
                           html::text(" derives from ") + code("std::system_error") + html::text(".")) +
                     element("ul", branch(kind::error), {{"class", "tree"}}));
}

html families() {
  html rows;
  for (const family_policies& one : all_families()) {
    const std::string range = range_text(*one.family);
    rows += element("dt", code(one.family->name) + html::text(range.empty() ? "" : " " + range)) +
            element("dd", html::text(one.family->description));
  }
  return section("families", "Families of policies", element("dl", rows));
}

// The columns of the matrix: a policy each.

struct column {
  policy is;
  std::string_view family;
  bool first;               // of its family
  std::size_t from, until;  // the releases in which it holds, as places in releases(), which are no names to pass on
};

// Each version at which some family begins or changes. A family of one version has no releases.
std::vector<version> releases() {
  std::vector<version> out;
  for (const family_policies& one : all_families())
    for (const std::string& name : one.names)
      if (one.names.size() > 1) out.push_back(detail::to_version(version_text(name)));
  std::sort(out.begin(), out.end());
  const auto same = [](const version& a, const version& b) { return !(a < b) && !(b < a); };
  out.erase(std::unique(out.begin(), out.end(), same), out.end());
  return out;
}

std::size_t place_of(const std::string& name, const std::vector<version>& all) {
  const auto at = std::lower_bound(all.begin(), all.end(), detail::to_version(version_text(name)));
  return static_cast<std::size_t>(at - all.begin());
}

std::vector<column> columns() {
  const std::vector<version> all = releases();
  std::vector<column> out;
  for (const family_policies& one : all_families()) {
    const bool lone = one.names.size() == 1;
    for (std::size_t i = 0; i < one.names.size(); ++i) {
      const bool last = i + 1 == one.names.size();
      out.push_back({read_policy(one.names[i]), one.family->name, i == 0, lone ? 0 : place_of(one.names[i], all),
                     last ? all.size() : place_of(one.names[i + 1], all)});
    }
  }
  return out;
}

html head_of(const column& one) {
  const std::string spec(one.is.name());
  const bool versioned = spec != one.family;
  const html title = versioned ? small(one.family) + html::text(" " + version_text(spec)) : html::text(spec);
  return element("th", title,
                 {{"scope", "col"},
                  {"id", spec},
                  {"class", one.first ? "first" : "later"},
                  {"data-family", std::string(one.family)},
                  {"data-from", std::to_string(one.from)},
                  {"data-until", std::to_string(one.until)}});
}

// Its rows.

std::string_view cell_class(bool first, bool raised, bool tried) {
  if (first) return "first";
  return raised && tried ? "kind loop" : raised ? "kind" : tried ? "loop" : "same";
}

html was(const std::string& before) { return small("was " + before); }

html cell_of(fault f, const column& one, const column& before) {
  const std::string now = kinds_text(f, one.is), then = kinds_text(f, before.is);
  const std::string does = loop_text(f, one.is), did = loop_text(f, before.is);
  const bool raised = now != then, tried = does != did;
  html inner = raised ? element("b", html::name(now)) + was(then) : html::name(now);
  if (tried || has_loop(one.is))
    inner += element("small", html::text(does + (tried ? ", was: " + did : "")), {{"class", "own"}});
  return element("td", inner, {{"class", std::string(cell_class(one.first, raised, tried))}});
}

html cell_of(std::size_t field, const column& one, const column& before) {
  const std::string now = reading_fields(one.is.reading())[field].value;
  const std::string then = reading_fields(before.is.reading())[field].value;
  const html inner = now == then ? html::text(now) : element("b", html::text(now)) + was(then);
  return element("td", inner, {{"class", std::string(cell_class(one.first, now != then, false))}});
}

// `what` is a fault, or the place of a way of reading.
template <class What>
html row_of(const html& head, What what, const std::vector<column>& all) {
  html cells = element("th", head, {{"scope", "row"}});
  for (std::size_t i = 0; i < all.size(); ++i) cells += cell_of(what, all[i], all[all[i].first ? i : i - 1]);
  return element("tr", cells) + html::text("\n");
}

html fault_head(fault f) {
  const fault_facts& row = facts(f);
  const html more = paragraph(sentence(row.description)) + paragraph(sentence(row.hint)) +
                    paragraph(html::text("Advice: ") + code(name(row.retry)));
  return element(
      "div", element("details", element("summary", html::name(row.name)) + more),
      {{"class", "d" + std::to_string(std::min<std::size_t>(depth(f), 3))}, {"id", "fault-" + std::string(row.name)}});
}

html group(const std::string& title, const html& rows, std::size_t width) {
  const html head = element("th", element("span", html::text(title)),
                            {{"scope", "rowgroup"}, {"colspan", std::to_string(width + 1)}});
  return element("tbody", element("tr", head) + html::text("\n") + rows);
}

html fault_groups(const std::vector<column>& all) {
  html out;
  for (int i = 0; i <= static_cast<int>(phase::closing); ++i) {
    const auto when = static_cast<phase>(i);
    html rows;
    for (const fault f : fault_tree())
      if (facts(f).when == when) rows += row_of(fault_head(f), f, all);
    const std::string title = std::string(name(when)) + ": " + std::string(description(when));
    if (!rows.source().empty()) out += group(when == phase::unknown ? "in any phase" : title, rows, all.size());
  }
  return out;
}

html reading_group(const std::vector<column>& all) {
  html rows;
  const auto fields = reading_fields(reading());
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const html head = html::name(fields[i].name) + html::text(" ") + small("default " + fields[i].value);
    rows += row_of(head, i, all);
  }
  return group("reading: the policy's preset for options::reading", rows, all.size());
}

html matrix_table() {
  const std::vector<column> all = columns();
  html heads = element("th", html::text("fault"), {{"scope", "col"}});
  for (const column& one : all) heads += head_of(one);
  const html inner = element("thead", element("tr", heads)) + html::text("\n") + fault_groups(all) + reading_group(all);
  return element("div", element("table", inner, {{"id", "matrix"}, {"aria-labelledby", "policies-title"}}),
                 {{"class", "scroll"}, {"role", "region"}, {"tabindex", "0"}, {"aria-labelledby", "policies-title"}});
}

// The filters, which the script shows.

html option_of(const std::string& value, const std::string& text) {
  return element("option", html::text(text), {{"value", value}});
}

html choice(const std::string& name, std::string_view label, const html& options) {
  return element("label", element("span", html::text(label)) + element("select", options, {{"name", name}}),
                 {{"class", "field"}});
}

html check_box(const std::string& name, std::string_view label) {
  return element("label", void_element("input", {{"type", "checkbox"}, {"name", name}}) + html::text(label),
                 {{"class", "check"}});
}

html filters() {
  html of_family = option_of("", "all"), of_release = option_of("", "all");
  for (const family_policies& one : all_families())
    if (!one.names.empty()) of_family += option_of(std::string(one.family->name), std::string(one.family->name));
  for (const version& one : releases()) of_release += option_of(detail::to_string(one), detail::to_string(one));
  const html text = element("label",
                            element("span", html::text("Fault or exception class")) +
                                void_element("input", {{"type", "search"}, {"name", "fault"}, {"autocomplete", "off"}}),
                            {{"class", "field wide"}});
  return element("form",
                 text + choice("family", "Family", of_family) + choice("release", "Release", of_release) +
                     check_box("changes", "Only what changed") + check_box("loop", "Reconnect loop") +
                     element("button", html::text("Clear"), {{"type", "reset"}}),
                 {{"id", "filters"}, {"hidden", ""}, {"aria-label", "Filters of the matrix"}}) +
         element("output", html(), {{"id", "told"}, {"for", "filters"}});
}

html matrix() {
  const html changed = element("span", html::text("Marked"), {{"class", "key"}});
  return section("policies", "What each policy raises for each fault",
                 paragraph(changed + html::text(" cells changed with that release; each says what was there before. A "
                                                "release between two columns behaves as the older of them.")) +
                     filters() + matrix_table());
}

// The document.

html style() {
  const std::string light(page_light), dark(page_dark);
  return element("style", html::constant(":root{" + light + "}\n@media(prefers-color-scheme:dark){:root{" + dark +
                                         "}}\n:root[data-theme=light]{" + light + "}\n:root[data-theme=dark]{" + dark +
                                         "}" + std::string(page_style)));
}

html head() {
  const std::string loads_nothing =
      "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";
  return element("head",
                 void_element("meta", {{"charset", "utf-8"}}) +
                     void_element("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}}) +
                     void_element("meta", {{"http-equiv", "Content-Security-Policy"}, {"content", loads_nothing}}) +
                     void_element("link", {{"rel", "icon"}, {"href", "data:,"}}) +
                     element("title", html::text("handshim: exceptions and policies")) + style());
}

html link(std::string_view id, std::string_view text) {
  return element("li", element("a", html::text(text), {{"href", "#" + std::string(id)}}));
}

html top() {
  const html links =
      link("exceptions", "Exception classes") + link("families", "Families") + link("policies", "Matrix");
  return element("header",
                 element("h1", html::text("handshim: exceptions and policies")) +
                     element("button", html::text("Dark"), {{"id", "dark"}, {"type", "button"}, {"hidden", ""}}) +
                     paragraph("What happened is a fault; which exception classes it is raised as, a policy says.") +
                     element("nav", element("ul", links), {{"aria-label", "Parts of this page"}}));
}

}  // namespace

std::string policies_page() {
  const html body = top() + element("main", exceptions() + families() + matrix()) +
                    element("footer", paragraph(html::text("Made by ") + code("handshim policies --html") +
                                                html::text(" from the tables that the library itself reads."))) +
                    element("script", html::constant(page_script));
  const html page = element("html", head() + html::text("\n") + element("body", body), {{"lang", "en"}});
  return "<!DOCTYPE html>\n" + page.source() + "\n";
}

}  // namespace handshim::tool
