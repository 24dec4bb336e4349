#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <vector>

#include "arguments.hpp"

using namespace handshim::tool;
using words = std::vector<std::string>;

namespace {

const command_description described{
    "try",
    "Tries things.",
    {"WHAT [--count N]", "--list"},
    {{"--count", "N", "How often."}, {"--header", "TEXT", "A header.", true}, {"--list", "", "Lists all."}},
    "More about it."};

}  // namespace

TEST_CASE("options take their value from the next word or behind the equals sign") {
  const arguments given(described, {"one", "--count", "3", "--header=A: b=c", "two", "--header", "", "--list"});
  CHECK(given.positionals() == words{"one", "two"});
  CHECK(given.number("--count", 1, 0, 10) == 3);
  CHECK(given.values("--header") == words{"A: b=c", ""});
  CHECK(given.value("--header") == "");
  CHECK(given.has("--list"));
  CHECK_FALSE(given.help());
}

TEST_CASE("what was not given is absent and has the fallback") {
  const arguments given(described, {});
  CHECK(given.positionals().empty());
  CHECK_FALSE(given.has("--list"));
  CHECK_FALSE(given.value("--count").has_value());
  CHECK(given.number("--count", 7, 0, 10) == 7);
  CHECK_THROWS_AS(given.has("--cuont"), std::logic_error);
}

TEST_CASE("two dashes end the options and one is a word") {
  CHECK(arguments(described, {"-", "--", "--count", "--help"}).positionals() == words{"-", "--count", "--help"});
  CHECK_FALSE(arguments(described, {"--", "--help"}).help());
}

TEST_CASE("an unknown option is named with the nearest and all valid ones") {
  CHECK_THROWS_WITH_AS(arguments(described, {"--cuont", "3"}),
                       "unknown option `--cuont`; did you mean `--count`? Valid are: --count, --header, --list, --help",
                       usage_error);
  CHECK_THROWS_WITH_AS(arguments(described, {"-x"}),
                       "unknown option `-x`; valid are: --count, --header, --list, --help", usage_error);
}

TEST_CASE("a negative number is a value, and no option") {
  CHECK(arguments(described, {"--count", "-1"}).value("--count") == "-1");
  CHECK(arguments(described, {"-1"}).positionals() == words{"-1"});
  CHECK_THROWS_WITH_AS(arguments(described, {"--count", "-1"}).number("--count", 1, 0, 10),
                       "`--count` must be a number from 0 to 10, not `-1`", usage_error);
}

TEST_CASE("a missing, superfluous or repeated value is wrong usage") {
  CHECK_THROWS_WITH_AS(arguments(described, {"--count"}), "`--count` needs a value: `--count N`", usage_error);
  CHECK_THROWS_WITH_AS(arguments(described, {"--count", "--list"}), "`--count` needs a value: `--count N`",
                       usage_error);
  CHECK_THROWS_WITH_AS(arguments(described, {"--list=yes"}), "`--list` takes no value", usage_error);
  CHECK_THROWS_WITH_AS(arguments(described, {"--count=1", "--count=2"}), "`--count` was given twice", usage_error);
  CHECK_THROWS_WITH_AS(arguments(described, {"a", "b"}).at_most(1), "one word too many: `b`", usage_error);
  CHECK_NOTHROW(arguments(described, {"a", "b"}).at_most(2));
}

TEST_CASE("a number is decimal and within its bounds") {
  for (const char* const wrong : {"x", "", "3x", "11", "-1", " 3", "99999999999999999999"}) {
    CAPTURE(wrong);
    const arguments given(described, {std::string("--count=") + wrong});
    CHECK_THROWS_WITH_AS(given.number("--count", 1, 0, 10),
                         ("`--count` must be a number from 0 to 10, not `" + std::string(wrong) + "`").c_str(),
                         usage_error);
  }
  CHECK(arguments(described, {"--count=-2"}).number("--count", 1, -5, 10) == -2);
}

TEST_CASE("help is printed from the description, and asked for before anything else is checked") {
  std::ostringstream out;
  const auto never = [](const arguments&) { return 9; };
  CHECK(run_described(described, {"--unknown", "--help"}, out, never) == 0);
  CHECK(out.str() ==
        "handshim try: Tries things.\n\nUsage:\n  handshim try WHAT [--count N]\n  handshim try --list\n\nOptions:\n"
        "  --count N      How often.\n  --header TEXT  A header. May be repeated.\n  --list         Lists all.\n"
        "  -h, --help     Prints this help.\n\nMore about it.\n");
  CHECK(run_described(described, {"x"}, out, never) == 9);
}

TEST_CASE("the nearest word is one that may have been meant") {
  CHECK(nearest("serv", {"demo", "serve"}) == "serve");
  CHECK(nearest("rpelay", {"policies", "replay"}) == "replay");
  CHECK(nearest("xyz", {"demo", "serve"}).empty());
  CHECK(nearest("", {"a", "demo"}).empty());
  CHECK(nearest(std::string(100000, 'a'), {"demo"}).empty());
}
