#include "handshim/impl/kind_set.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using handshim::kind;
using handshim::kind_list;
using handshim::detail::kind_union;
using handshim::detail::set_of;

namespace {

kind_union put_together(const std::vector<kind>& all) {
  kind_union out;
  for (const kind k : all) out.add(k);
  return out;
}

kind_list listed(const std::vector<kind>& all) { return put_together(all).list(); }

}  // namespace

TEST_CASE("kinds that have nothing to do with each other stay, in their order, each once") {
  CHECK(listed({}) == kind_list());
  CHECK(listed({kind::error}) == kind_list());
  CHECK(listed({kind::eof_error, kind::invalid_message}) == kind_list(kind::eof_error, kind::invalid_message));
  CHECK(listed({kind::invalid_message, kind::eof_error, kind::invalid_message}) ==
        kind_list(kind::invalid_message, kind::eof_error));
}

TEST_CASE("a base adds nothing, and what derives from it takes its place") {
  CHECK(listed({kind::connection_refused, kind::network_error}) == kind_list(kind::connection_refused));
  CHECK(listed({kind::network_error, kind::connection_refused}) == kind_list(kind::connection_refused));
  CHECK(listed({kind::error, kind::eof_error}) == kind_list(kind::eof_error));
  CHECK(listed({kind::timeout_error, kind::network_error, kind::tls_error, kind::connection_reset}) ==
        kind_list(kind::timeout_error, kind::connection_reset, kind::tls_error));
}

TEST_CASE("what derives from several takes the first one's place and the others' too") {
  constexpr kind several[] = {kind::connection_error, kind::resolve_error};  // both are network_error
  for (const kind k : several)
    CHECK(listed({k, kind::timeout_error, kind::network_error}) == kind_list(k, kind::timeout_error));
  CHECK(put_together({kind::connection_error, kind::resolve_error}).size() == 2);
}

TEST_CASE("no two kinds that are left are one a base of the other, whatever came") {
  std::vector<kind> all;
  for (const handshim::kind_facts& row : handshim::all_kinds()) all.push_back(row.id);
  for (const kind a : all)
    for (const kind b : all)
      for (const kind c : all) {
        const kind_union left = put_together({a, b, c});
        bool good = left.size() >= 1 && left.set() == set_of(left.list());
        for (const kind k : {a, b, c}) good = good && left.list().is(k);
        for (const kind x : left)
          for (const kind y : left) good = good && (x == y || !is_a(x, y));
        if (!good) FAIL_CHECK("not so: ", name(a), " ", name(b), " ", name(c));
      }
  CHECK(all.size() > 40);
}

TEST_CASE("more kinds than a list holds are still counted") {
  const kind_union four = put_together({kind::timeout_error, kind::tls_error, kind::eof_error, kind::cancelled});
  CHECK(four.size() == 4);
  CHECK(four.list() == kind_list(kind::timeout_error, kind::tls_error, kind::eof_error));
  CHECK(four.set() != set_of(four.list()));
}
