#include "manual.hpp"

#include <string_view>

#include "commands.hpp"
#include "handshim/config.hpp"

namespace handshim::tool {
namespace {

// No character of it is an escape or a request to troff, and no dash is a hyphen.
std::string as_troff(std::string_view text) {
  std::string out;
  bool line_begins = true;
  for (const char c : text) {
    if (line_begins && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
    line_begins = c == '\n';
  }
  return out;
}

std::string bold(std::string_view text) { return "\\fB" + as_troff(text) + "\\fR"; }

std::string option_item(const option& one) {
  std::string text = ".TP\n" + bold(one.name);
  if (!one.placeholder.empty()) text += " \\fI" + as_troff(one.placeholder) + "\\fR";
  return text + "\n" + as_troff(one.help) + (one.repeatable ? " May be repeated." : "") + "\n";
}

// Lines stay as they are, as examples are among them.
std::string paragraphs(std::string_view text) {
  if (text.empty()) return "";
  return ".PP\n.nf\n" + as_troff(text) + "\n.fi\n";
}

std::string command_section(const command_description& described) {
  std::string text = ".SS " + as_troff(described.name) + "\n" + as_troff(described.summary) + "\n";
  for (const std::string_view usage : described.usage)
    text += ".PP\n" + bold("handshim " + std::string(described.name)) + " " + as_troff(usage) + "\n";
  for (const option& one : described.options) text += option_item(one);
  return text + paragraphs(described.details);
}

constexpr std::string_view manual_head =
    ".SH NAME\nhandshim \\- what WebSocket clients report when a connection fails\n"
    ".SH SYNOPSIS\n.B handshim\n.I COMMAND\n[\\fIARGUMENTS\\fR]\n.br\n.B handshim\n.I COMMAND\n.B \\-\\-help\n"
    ".br\n.B handshim \\-\\-help\n|\n.B \\-\\-version\n|\n.B \\-\\-manual\n|\n.B \\-\\-completion\n"
    ".SH DESCRIPTION\nShows what a server does to a client, what a failure means, and what a policy raises. "
    "\\fB\\-\\-manual\\fR prints this page, \\fB\\-\\-completion\\fR a completion for bash.\n"
    ".SH COMMANDS\n";

constexpr std::string_view manual_tail = ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nNo colours, even on a terminal.\n";

// Between single quotes of a shell.
std::string as_words(const std::vector<std::string_view>& words) {
  std::string text;
  for (const std::string_view word : words) text += (text.empty() ? "" : " ") + std::string(word);
  return "'" + text + "'";
}

std::string options_case(const command_description& described) {
  std::vector<std::string_view> names;
  for (const option& one : described.options) names.push_back(one.name);
  names.push_back("--help");
  return "    " + std::string(described.name) + ") options=" + as_words(names) + " ;;\n";
}

// What a placeholder stands for, where a shell can tell: a backend, or a file.
std::string_view values_of(const option& one) {
  if (one.name == "--backend") return "COMPREPLY=($(compgen -W 'raw_sockets legacy_mode new_mode' -- \"$word\"))";
  if (one.placeholder.empty()) return {};
  const bool file = one.placeholder.find("FILE") != std::string_view::npos || one.placeholder == "LOG" ||
                    one.placeholder.find('.') != std::string_view::npos;
  return file ? "COMPREPLY=($(compgen -f -- \"$word\"))" : "COMPREPLY=()";
}

std::string values_cases(const command_description& described) {
  std::string text;
  for (const option& one : described.options)
    if (const std::string_view values = values_of(one); !values.empty())
      text += "    " + std::string(described.name) + "," + std::string(one.name) + ") " + std::string(values) +
              "; return ;;\n";
  return text;
}

constexpr std::string_view top_options[] = {"--help", "--version", "--manual", "--completion"};

}  // namespace

std::string manual_page(const std::vector<const command_description*>& commands) {
  std::string text =
      ".TH HANDSHIM 1 \"\" \"handshim " HANDSHIM_VERSION "\" \"User Commands\"\n" + std::string(manual_head);
  for (const command_description* one : commands) text += command_section(*one);
  return text + ".SH EXIT STATUS\n" + std::string(exit_codes_text) + "\n" + std::string(manual_tail);
}

std::string bash_completion(const std::vector<const command_description*>& commands) {
  std::vector<std::string_view> first;
  std::string options, values;
  for (const command_description* one : commands) {
    first.push_back(one->name);
    options += options_case(*one);
    values += values_cases(*one);
  }
  first.insert(first.end(), std::begin(top_options), std::end(top_options));
  return "# bash completion for handshim " HANDSHIM_VERSION
         ", printed by handshim --completion\n"
         "_handshim() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} options=\n"
         "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
         "    COMPREPLY=($(compgen -W " +
         as_words(first) +
         " -- \"$word\"))\n"
         "    return\n"
         "  fi\n"
         "  case ${COMP_WORDS[1]},$before in\n" +
         values +
         "  esac\n"
         "  case ${COMP_WORDS[1]} in\n" +
         options +
         "  esac\n"
         "  case $word in\n"
         "    -*) COMPREPLY=($(compgen -W \"$options\" -- \"$word\")) ;;\n"
         "    *) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n"
         "  esac\n"
         "}\n"
         "complete -o filenames -F _handshim handshim\n";
}

}  // namespace handshim::tool
