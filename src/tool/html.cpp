#include "html.hpp"

namespace handshim::tool {
namespace {

std::string_view entity(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

std::string escaped(std::string_view words) {
  std::string out;
  for (const char c : words) {
    const std::string_view instead = entity(c);
    if (instead.empty())
      out += c;
    else
      out += instead;
  }
  return out;
}

html start_tag(std::string_view tag, std::initializer_list<attribute> with) {
  std::string out = "<" + std::string(tag);
  for (const attribute& one : with) out += " " + std::string(one.name) + "=\"" + escaped(one.value) + "\"";
  return html::constant(out + ">");
}

}  // namespace

html html::text(std::string_view words) { return html(escaped(words)); }

html html::name(std::string_view word) {
  std::string out;
  for (const char c : escaped(word)) {
    out += c;
    if (c == '_') out += "<wbr>";
  }
  return html(std::move(out));
}

html element(std::string_view tag, const html& inner, std::initializer_list<attribute> with) {
  return start_tag(tag, with) + inner + html::constant("</" + std::string(tag) + ">");
}

html void_element(std::string_view tag, std::initializer_list<attribute> with) { return start_tag(tag, with); }

}  // namespace handshim::tool
