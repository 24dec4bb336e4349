#include "policies_page.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "../support/command.hpp"
#include "commands.hpp"
#include "handshim/fault.hpp"
#include "handshim/kind.hpp"
#include "handshim/policy.hpp"
#include "html.hpp"
#include "words.hpp"

using namespace handshim;
using command_test::contains;
using command_test::usage_error_of;
using tool::command_policies;

namespace {

const std::string& page() {
  static const std::string made = tool::policies_page();
  return made;
}

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t out = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) ++out;
  return out;
}

// What stands between the tags, with the style and the script cut out.
struct markup {
  std::vector<std::string> tags, texts;
};

markup parts_of(std::string_view rest) {
  markup out;
  while (!rest.empty()) {
    const std::size_t open = std::min(rest.find('<'), rest.size());
    out.texts.emplace_back(rest.substr(0, open));
    rest.remove_prefix(open);
    if (rest.empty()) break;
    const std::size_t close = rest.find('>');
    REQUIRE(close != rest.npos);
    out.tags.emplace_back(rest.substr(1, close - 1));
    rest.remove_prefix(close + 1);
    for (const std::string_view raw : {"style", "script"})
      if (out.tags.back() == raw) rest.remove_prefix(rest.find("</" + std::string(raw) + ">"));
  }
  return out;
}

std::string name_of(const std::string& tag) { return tag.substr(0, tag.find(' ')); }

bool is_void(const std::string& name) {
  return name == "meta" || name == "link" || name == "input" || name == "wbr" || name == "!DOCTYPE";
}

// The value of an attribute; empty if the tag has none.
std::string value_of(const std::string& tag, const std::string& attribute) {
  const std::size_t at = tag.find(" " + attribute + "=\"");
  if (at == tag.npos) return {};
  const std::size_t begin = at + attribute.size() + 3;
  return tag.substr(begin, tag.find('"', begin) - begin);
}

}  // namespace

TEST_CASE("the page of policies has every fault, every exception class and every built-in policy") {
  for (const fault_facts& row : all_faults())
    CHECK_MESSAGE(contains(page(), " id=\"fault-" + std::string(row.name) + "\""), row.name);
  for (const kind_facts& row : all_kinds())
    CHECK_MESSAGE(contains(page(), " id=\"kind-" + std::string(row.name) + "\""), row.name);
  for (const std::string& name : policy_names()) CHECK_MESSAGE(contains(page(), " id=\"" + name + "\""), name);
  for (const tool::family_policies& one : tool::all_families())
    for (const std::string& name : one.names) CHECK_MESSAGE(contains(page(), " id=\"" + name + "\""), name);
}

TEST_CASE("a change stands in the cell of the release that made it, with what was there before") {
  CHECK(contains(page(), "<b>value_<wbr>error</b><small>was invalid_message</small>"));
  CHECK(contains(page(), "<b>invalid_<wbr>message</b><small>was eof_error</small>"));
  std::size_t marked = 0;
  for (const std::string& tag : parts_of(page()).tags)
    if (name_of(tag) == "td" && value_of(tag, "class").substr(0, 4) == "kind") ++marked;
  std::size_t changes = 0;
  for (const tool::family_policies& one : tool::all_families())
    for (std::size_t i = 1; i < one.names.size(); ++i) {
      const policy before = tool::read_policy(one.names[i - 1]), now = tool::read_policy(one.names[i]);
      for (const fault_facts& row : all_faults())
        if (tool::kinds_text(row.id, before) != tool::kinds_text(row.id, now)) ++changes;
      const auto was = tool::reading_fields(before.reading()), is = tool::reading_fields(now.reading());
      for (std::size_t f = 0; f < is.size(); ++f)
        if (was[f].value != is[f].value) ++changes;
    }
  CHECK(changes > 0);
  CHECK(marked == changes);
}

TEST_CASE("a release is chosen by its version, whose place among the choices is what the columns count") {
  std::vector<std::string> releases;
  bool in_releases = false;
  for (const std::string& tag : parts_of(page()).tags) {
    if (name_of(tag) == "select") in_releases = value_of(tag, "name") == "release";
    if (in_releases && name_of(tag) == "option") releases.push_back(value_of(tag, "value"));
  }
  REQUIRE(releases.size() > 2);
  CHECK(releases[0].empty());  // all
  CHECK(std::find(releases.begin(), releases.end(), "14.0") != releases.end());
  releases.erase(releases.begin());
  for (const std::string& tag : parts_of(page()).tags) {
    const std::string from = value_of(tag, "data-from"), family = value_of(tag, "data-family");
    if (from.empty() || value_of(tag, "id").find("websockets-") != 0) continue;
    CHECK_MESSAGE(family + "-" + releases.at(std::stoul(from)) == value_of(tag, "id"), tag);
    CHECK(std::stoul(value_of(tag, "data-until")) <= releases.size());
  }
  CHECK(contains(page(), "chosen.release.selectedIndex - 1"));
}

TEST_CASE("the page's tags are balanced, no id is there twice, and each row has a cell for each policy") {
  std::vector<std::string> open, ids;
  std::size_t cells = 0, columns = 0;
  for (const std::string& tag : parts_of(page()).tags) {
    const std::string name = name_of(tag);
    if (name == "th" && value_of(tag, "scope") == "col") ++columns;
    if (name == "tr") cells = 0;
    if (name == "td") ++cells;
    if (name == "/tr" && cells != 0) CHECK(cells + 1 == columns);
    if (const std::string id = value_of(tag, "id"); !id.empty()) ids.push_back(id);
    if (name[0] == '/') {
      REQUIRE_FALSE(open.empty());
      REQUIRE(open.back() == name.substr(1));
      open.pop_back();
    } else if (!is_void(name)) {
      open.push_back(name);
    }
  }
  CHECK(open.empty());
  CHECK(columns > policy_names().size());
  std::sort(ids.begin(), ids.end());
  CHECK(std::adjacent_find(ids.begin(), ids.end()) == ids.end());
  for (const std::string& tag : parts_of(page()).tags)
    if (const std::string to = value_of(tag, "href"); to.size() > 1 && to[0] == '#')
      CHECK(std::binary_search(ids.begin(), ids.end(), to.substr(1)));
}

TEST_CASE("all text on the page is escaped") {
  CHECK(tool::html::text("<a b=\"c\" d='e'>&amp;").source() == "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp;");
  CHECK(tool::html::name("a_<b").source() == "a_<wbr>&lt;b");
  CHECK(tool::element("p", tool::html::text("<"), {{"title", "\"><script>"}}).source() ==
        "<p title=\"&quot;&gt;&lt;script&gt;\">&lt;</p>");
  const markup parts = parts_of(page());
  for (const std::string& text : parts.texts) {
    CHECK_FALSE(contains(text, ">"));
    CHECK_FALSE(contains(text, "\""));
    for (std::size_t at = text.find('&'); at != text.npos; at = text.find('&', at + 1)) {
      const std::string entity = text.substr(at, text.find(';', at) + 1 - at);
      CHECK_MESSAGE(
          (entity == "&amp;" || entity == "&lt;" || entity == "&gt;" || entity == "&quot;" || entity == "&#39;"),
          entity);
    }
  }
  for (const std::string& tag : parts.tags) CHECK_MESSAGE(count_of(tag, "\"") % 2 == 0, tag);
}

TEST_CASE("the page loads nothing") {
  for (const std::string_view part : {"http://", "https://", "url(", "@import", " src=", "fetch(", "XMLHttpRequest"})
    CHECK_MESSAGE(count_of(page(), part) == 0, part);
  CHECK(contains(page(), "content=\"default-src &#39;none&#39;;"));
  for (const std::string& tag : parts_of(page()).tags) {
    const std::string to = value_of(tag, "href");
    CHECK_MESSAGE((to.empty() || to[0] == '#' || to == "data:,"), to);
  }
}

TEST_CASE("the page is the same in each call, below a megabyte, and what policies --html prints") {
  CHECK(page() == tool::policies_page());
  CHECK(page().size() < 1000000);
  const auto got = command_test::run(command_policies, {"--html"});
  CHECK(got.code == 0);
  CHECK(got.out == page());
}

TEST_CASE("policies --html takes nothing else") {
  CHECK(contains(usage_error_of(command_policies, {"--html", "unified-1"}), "`--html` takes no policy"));
  CHECK(contains(usage_error_of(command_policies, {"--html", "a", "b"}), "`--html` takes no policy"));
  CHECK(contains(usage_error_of(command_policies, {"--html", "--markdown"}), "`--markdown`"));
  CHECK(contains(usage_error_of(command_policies, {"--html", "--check", "-"}), "`--check`"));
}
