#include <doctest/doctest.h>

#include <string>

#include "manual.hpp"

using namespace handshim::tool;

namespace {

const command_description described{"try",
                                    "Tries things.",
                                    {"WHAT [--count N]"},
                                    {{"--count", "N", "How often."},
                                     {"--log", "FILE", "A log.", true},
                                     {"--backend", "B", "Which."},
                                     {"--list", "", "."}},
                                    "More about it.\n.dots and \\ stay"};

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("the manual page has each command with its usage, options and details") {
  const std::string page = manual_page({&described});
  CHECK(page.rfind(".TH HANDSHIM 1 ", 0) == 0);
  CHECK(has(page, ".SS try\nTries things.\n.PP\n\\fBhandshim try\\fR WHAT [\\-\\-count N]\n"));
  CHECK(has(page, ".TP\n\\fB\\-\\-count\\fR \\fIN\\fR\nHow often.\n"));
  CHECK(has(page, "A log. May be repeated.\n"));
  CHECK(has(page, ".SH EXIT STATUS\n0 if all is well; 1 if it is not, "));
}

TEST_CASE("no word of a description is a request or an escape to troff") {
  const std::string page = manual_page({&described});
  CHECK(has(page, "More about it.\n\\&.dots and \\e stay\n"));
  const command_description flag{"f", ".", {}, {{"--list", "", "."}}, ""};
  CHECK(has(manual_page({&flag}), ".SS f\n\\&.\n.TP\n\\fB\\-\\-list\\fR\n\\&.\n"));
}

TEST_CASE("the completion has the commands, the options of each, and what is known of their values") {
  const std::string script = bash_completion({&described});
  CHECK(has(script, "compgen -W 'try --help --version --manual --completion'"));
  CHECK(has(script, "    try) options='--count --log --backend --list --help' ;;\n"));
  CHECK(has(script, "    try,--count) COMPREPLY=(); return ;;\n"));
  CHECK(has(script, "    try,--log) COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n"));
  CHECK(has(script, "    try,--backend) COMPREPLY=($(compgen -W 'raw_sockets legacy_mode new_mode' -- \"$word\"))"));
  CHECK_FALSE(has(script, "try,--list"));
}
