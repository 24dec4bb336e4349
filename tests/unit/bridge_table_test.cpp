// data/bridge_combinations.inc is what the policies' data needs, no less and no more. Run with HANDSHIM_UPDATE_GOLDEN=1
// in the environment to write it anew after the data changed; then build again.
#include <doctest/doctest.h>

#include <string>

#include "bridging.hpp"
#include "golden.hpp"
#include "handshim/impl/kind_set.hpp"
#include "handshim/impl/policy_rows.hpp"

using handshim::detail::kind_set;
using handshim::detail::kind_union;
using handshim::detail::set_of;

namespace {

constexpr const char* head =
    "// The kinds that one object is under a bridge of two built-in policies, beyond those of combinations.inc. "
    "Written "
    "by\n"
    "// tests/unit/bridge_table_test.cpp from the policies' data, never by hand; that test fails when it is stale.\n"
    "//   COMBINATION(kinds...)\n"
    "// clang-format off\n";

std::string row_of(kind_set kinds) {
  std::string out;
  for (const handshim::kind_facts& one : handshim::all_kinds())
    if ((kinds & set_of(one.id)) != 0) out += (out.empty() ? "" : ", ") + std::string(one.name);
  return "COMBINATION(" + out + ")\n";
}

std::set<kind_set> sets_needed() {
  const std::vector<handshim::policy> all = bridging::sides();
  std::set<kind_set> out;
  for (const handshim::failure& f : bridging::all_failures()) {
    bridging::kinds_set lists;
    for (const handshim::policy& p : all) lists.insert(p.kinds(f));
    for (const handshim::kind_list& a : lists)
      for (const handshim::kind_list& b : lists) {
        kind_union both;
        for (const handshim::kind_list& side : {a, b})
          for (const handshim::kind k : side) both.add(k);
        CHECK(both.size() <= 3);
        if (!handshim::detail::is_in_core(both.set())) out.insert(both.set());
      }
  }
  return out;
}

}  // namespace

TEST_CASE("the table of bridges has a row for each set of kinds that two built-in policies can want, and no other") {
  const std::set<kind_set> needed = sets_needed();
  CHECK(needed.size() > 40);
  std::string table = head;
  for (const kind_set kinds : needed) table += row_of(kinds);
  golden::compare("../../include/handshim/data/bridge_combinations.inc", table + "// clang-format on\n");
}
