#include "handshim/fault.hpp"  // first: it includes the rows

#include <doctest/doctest.h>

#include <ios>
#include <iterator>
#include <string>
#include <system_error>

#include "handshim/impl/native_rows.hpp"
#include "handshim/net/error.hpp"

using namespace handshim;
using namespace handshim::detail;

TEST_CASE("every domain is found by its name, and no other name is") {
  for (const native_domain& one : native_domains) {
    CAPTURE(one.name);
    const native_domain* found = find_domain(one.name);
    REQUIRE(found != nullptr);
    CHECK(std::string(found->name) == one.name);
    CHECK(find_domain(std::string(one.name) + "!") == nullptr);
    CHECK(find_domain(std::string_view(one.name).substr(1)) == nullptr);
  }
  CHECK(find_domain("") == nullptr);
  CHECK(find_domain("acme") == nullptr);
}

TEST_CASE("a category is found as its name is") {
  CHECK(find_domain(std::system_category()) == find_domain("system"));
  CHECK(find_domain(std::generic_category()) == find_domain("generic"));
  CHECK(find_domain(handshim::net::make_error_code(handshim::net::stream_errc::eof).category()) ==
        find_domain("handshim.net"));
  CHECK(find_domain(std::iostream_category()) == find_domain("iostream"));
}

namespace {

// Row by row, as the tables are written.
native_sense plain_sense_of(const native_domain& in, int value) {
  for (const native_row& row : native_rows)
    if (row.where == in.table && row.value == value) return row.sense;
  return in.otherwise;
}

}  // namespace

TEST_CASE("every code means what the first row that lists it says, and the domain's word where none does") {
  for (const native_domain& in : native_domains) {
    if (in.table == native_table::openssl) continue;  // whose values are parts of a packed error
    for (const native_row& row : native_rows)
      if (sense_of(in, row.value) != plain_sense_of(in, row.value)) FAIL(in.name << " " << row.value);
    for (const int value : {-2147483647, -1000000, 1000000, 2147483647}) CHECK(sense_of(in, value) == in.otherwise);
  }
}

TEST_CASE("a number that no fault has is none's place") {
  CHECK(fault_index(static_cast<fault>(0)) == 0);
  CHECK(fault_index(static_cast<fault>(65535)) == 0);
  std::size_t place = 0;
  for (const fault_facts& one : all_faults()) CHECK(fault_index(one.id) == place++);
}
