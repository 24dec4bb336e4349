#include <doctest/doctest.h>

#include <string>

#include "tsv.hpp"

using handshim::tool::read_tsv;
using handshim::tool::tsv_error;
using handshim::tool::tsv_table;

TEST_CASE("a table gives its fields by column name and knows their lines") {
  const tsv_table table("# a comment\nid\tvalue\n\n# another\na\t1 \"x\\t\"\nb\t\n", "t.tsv");
  REQUIRE(table.size() == 2);
  CHECK(table.columns() == std::vector<std::string>{"id", "value"});
  CHECK(table[0]["id"] == "a");
  CHECK(table[0]["value"] == "1 \"x\\t\"");
  CHECK(table[0].place() == "t.tsv:5");
  CHECK(table[1]["value"].empty());
  CHECK(table[1].line() == 6);
}

TEST_CASE("a table may end without a line end, have CRLF lines and begin with a byte order mark") {
  const tsv_table table("\xef\xbb\xbfid\tvalue\r\na\t1", "t.tsv");
  REQUIRE(table.size() == 1);
  CHECK(table.columns().front() == "id");
  CHECK(table.columns().back() == "value");
  CHECK(table[0]["value"] == "1");
}

TEST_CASE("a table that cannot be read tells the file, the line and what is missing") {
  CHECK_THROWS_WITH_AS(tsv_table("id\tvalue\na\n", "t.tsv"),
                       "t.tsv:2: 1 fields where the header has 2: `value` is missing", tsv_error);
  CHECK_THROWS_WITH_AS(tsv_table("id\na\tb\n", "t.tsv"), "t.tsv:2: 2 fields where the header has 1", tsv_error);
  CHECK_THROWS_WITH_AS(tsv_table("# only\n", "t.tsv"), "t.tsv: the header line is missing", tsv_error);
  CHECK_THROWS_WITH_AS(tsv_table("id\tid\n", "t.tsv"), "t.tsv:1: two columns are named `id`", tsv_error);
  CHECK_THROWS_WITH_AS(tsv_table("id\t\n", "t.tsv"), "t.tsv:1: a column has no name", tsv_error);
}

TEST_CASE("a column that is missing is named with those that are there") {
  const tsv_table table("# c\nid\tvalue\na\t1\n", "t.tsv");
  CHECK_NOTHROW(table.require({"value", "id"}));
  CHECK_THROWS_WITH_AS(table.require({"id", "phase", "step"}),
                       "t.tsv:2: missing columns: `phase`, `step`; there are `id`, `value`", tsv_error);
  CHECK_THROWS_WITH_AS(table[0]["phase"], "t.tsv:2: the column `phase` is missing; there are `id`, `value`", tsv_error);
}

TEST_CASE("a file that is not there or is a folder is an error with its name") {
  CHECK_THROWS_WITH_AS(read_tsv("/no/such.tsv"), "/no/such.tsv: No such file or directory", tsv_error);
  CHECK_THROWS_WITH_AS(read_tsv("/"), doctest::Contains("/: "), tsv_error);
}
