#include <doctest/doctest.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <optional>
#include <string>

#include "terminal.hpp"

using namespace handshim::tool;

namespace {

// Sets a variable for one test.
class variable {
 public:
  variable(const char* name, const char* value) : name_(name) {
    if (const char* const now = ::getenv(name)) before_ = now;
    value != nullptr ? ::setenv(name, value, 1) : ::unsetenv(name);
  }
  variable(const variable&) = delete;
  variable& operator=(const variable&) = delete;
  ~variable() { before_ ? ::setenv(name_, before_->c_str(), 1) : ::unsetenv(name_); }

 private:
  const char* name_;
  std::optional<std::string> before_;
};

// The near end of a pseudo-terminal, -1 where there is none to be had.
struct pseudo_terminal {
  int fd = ::posix_openpt(O_RDWR | O_NOCTTY);
  ~pseudo_terminal() {
    if (fd >= 0) ::close(fd);
  }
};

}  // namespace

TEST_CASE("a terminal without colour leaves the text as it is") {
  const terminal out(false);
  CHECK(out.bold("x") == "x");
  CHECK(out.red("x") == "x");
}

TEST_CASE("a terminal with colour puts the text between a sequence and its end") {
  const terminal out(true);
  CHECK(out.bold("x") == "\x1b[1mx\x1b[0m");
  CHECK(out.dim("x") == "\x1b[2mx\x1b[0m");
  CHECK(out.red("x") == "\x1b[31mx\x1b[0m");
  CHECK(out.green("x") == "\x1b[32mx\x1b[0m");
}

TEST_CASE("only a terminal gets colours, and none with NO_COLOR or a dumb terminal") {
  const variable plain("NO_COLOR", nullptr), capable("TERM", "xterm");
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  CHECK_FALSE(wants_colour(ends[1]));
  ::close(ends[0]);
  ::close(ends[1]);
  const pseudo_terminal pty;
  if (pty.fd < 0 || ::isatty(pty.fd) != 1) return;
  CHECK(wants_colour(pty.fd));
  {
    const variable refused("NO_COLOR", "1");
    CHECK_FALSE(wants_colour(pty.fd));
  }
  {
    const variable unset("NO_COLOR", "");
    CHECK(wants_colour(pty.fd));
  }
  const variable dumb("TERM", "dumb");
  CHECK_FALSE(wants_colour(pty.fd));
}

TEST_CASE("the width counts characters and no colours") {
  CHECK(width("Z\xc3\xbcrich") == 6);
  CHECK(width(terminal(true).red("four")) == 4);
  CHECK(width("") == 0);
  CHECK(padded("Z\xc3\xbcrich", 8) == "Z\xc3\xbcrich  ");
  CHECK(padded("longer", 3) == "longer");
}

TEST_CASE("columns line up whatever colours and rows of different length stand in them") {
  const terminal out(true);
  CHECK(in_columns({{"a", "bb", "c"}, {"aaa", "b", "c"}}, 1) == " a    bb  c\n aaa  b   c\n");
  CHECK(in_columns({{out.bold("a"), "x"}, {"aaa", "y"}}) == "\x1b[1ma\x1b[0m    x\naaa  y\n");
  CHECK(in_columns({{"a", ""}, {"b"}}) == "a\nb\n");
}
