#include "handshim/kind.hpp"

#include <doctest/doctest.h>

#include <ostream>
#include <set>
#include <string>

using handshim::kind;
using handshim::kind_facts;
using handshim::kind_list;

TEST_CASE("every kind has a number of its own under 64, a name and a description") {
  std::set<int> numbers;
  std::set<std::string_view> names;
  for (const kind_facts& row : handshim::all_kinds()) {
    CAPTURE(row.name);
    CHECK(static_cast<int>(row.id) < 64);
    CHECK(numbers.insert(static_cast<int>(row.id)).second);
    CHECK(names.insert(row.name).second);
    REQUIRE_FALSE(row.description.empty());
    CHECK(row.description.back() != '.');
  }
  CHECK(numbers.count(0) == 1);
}

TEST_CASE("bases stand before what derives from them, and every kind leads to the root") {
  std::set<kind> seen;
  for (const kind_facts& row : handshim::all_kinds()) {
    CAPTURE(row.name);
    CHECK((row.id == kind::error || seen.count(row.base) == 1));
    seen.insert(row.id);
    CHECK(is_a(row.id, row.id));
    CHECK(is_a(row.id, row.base));
    CHECK(is_a(row.id, kind::error));
    if (row.id != kind::error) CHECK_FALSE(is_a(row.base, row.id));
  }
}

TEST_CASE("is_a follows the documented tree") {
  CHECK(is_a(kind::connection_refused, kind::network_error));
  CHECK(is_a(kind::status_line_too_long, kind::invalid_handshake));
  CHECK(is_a(kind::unicode_error, kind::leaked_error));
  CHECK(is_a(kind::policy_error, kind::usage_error));
  CHECK_FALSE(is_a(kind::timeout_error, kind::network_error));
  CHECK_FALSE(is_a(kind::tls_error, kind::network_error));
  CHECK_FALSE(is_a(kind::cancelled, kind::usage_error));
  CHECK_FALSE(is_a(kind::connection_closed_ok, kind::connection_closed_error));
}

TEST_CASE("a kind is found by its name, and by nothing else") {
  bool found = false;
  for (const kind_facts& row : handshim::all_kinds()) {
    CHECK(handshim::find_kind(row.name, found) == row.id);
    CHECK(found);
    CHECK(name(row.id) == row.name);
    CHECK(handshim::facts(row.id).id == row.id);
  }
  for (const char* text : {"", "Error", "error ", "eof"}) {
    CHECK(handshim::find_kind(text, found) == kind::error);
    CHECK_FALSE(found);
  }
}

TEST_CASE("a number that no row has is the root") {
  const auto unknown = static_cast<kind>(200);
  CHECK(handshim::facts(unknown).id == kind::error);
  CHECK(name(unknown) == "error");
  CHECK(is_a(unknown, kind::error));
  CHECK_FALSE(is_a(unknown, kind::timeout_error));
}

TEST_CASE("a list of kinds tells its size, its members and what would catch it") {
  constexpr kind_list none, one(kind::eof_error), two(kind::timeout_error, kind::resolve_error),
      three(kind::timeout_error, kind::tls_error, kind::network_error);
  CHECK(none.size() == 1);
  CHECK(none.primary() == kind::error);
  CHECK(one.size() == 1);
  CHECK(two.size() == 2);
  CHECK(three.size() == 3);
  CHECK(three.primary() == kind::timeout_error);
  CHECK(three[2] == kind::network_error);
  CHECK(three.end() - three.begin() == 3);
  CHECK(two.is(kind::resolve_error));
  CHECK(two.is(kind::network_error));
  CHECK(two.is(kind::error));
  CHECK_FALSE(two.is(kind::connection_error));
  CHECK(two == kind_list(kind::timeout_error, kind::resolve_error));
  CHECK(two != kind_list(kind::resolve_error, kind::timeout_error));
  CHECK(one != kind_list(kind::eof_error, kind::timeout_error));
}
