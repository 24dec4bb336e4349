#include "handshim/bridge.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <type_traits>
#include <typeinfo>

#include "bridging.hpp"
#include "catching.hpp"
#include "handshim/guard.hpp"

using catching::caught_as;
using catching::object_in;
using handshim::bridge;
using handshim::failure;
using handshim::fault;
using handshim::find_policy;
using handshim::kind;
using handshim::kind_list;
using handshim::phase;
using handshim::policy;
using handshim::verdict;

namespace handshim {
#define COMBINATION(...)                                                         \
  static_assert(std::is_nothrow_copy_constructible_v<combined<__VA_ARGS__>> &&   \
                    std::is_nothrow_move_constructible_v<combined<__VA_ARGS__>>, \
                #__VA_ARGS__);
#include "handshim/data/bridge_combinations.inc"
#undef COMBINATION
}  // namespace handshim

namespace {

policy of(std::string_view a, std::string_view b) { return bridge(find_policy(a), find_policy(b)); }

std::exception_ptr raised(const failure& f, const policy& p) {
  return catching::thrown_by([&] { handshim::raise(f, p); });
}

// Whether handlers, and is(), say of each kind that it is one of the first policy's or of the second's.
bool is_both(const std::exception_ptr& thrown, const kind_list& first, const kind_list& second) {
  const handshim::error& e = object_in(thrown);
  for (const handshim::kind_facts& row : handshim::all_kinds()) {
    const bool wanted = first.is(row.id) || second.is(row.id);
    if (catching::caught_by(row.id, thrown) != wanted || e.is(row.id) != wanted) return false;
  }
  return caught_as<std::system_error>(thrown) && caught_as<std::runtime_error>(thrown) &&
         caught_as<std::exception>(thrown) && caught_as<handshim::error>(thrown);
}

// The second's primary kind, or a finer one of the first's.
bool has_primary(kind k, const kind_list& first, const kind_list& second) {
  for (const kind finer : first)
    if (finer != second.primary() && is_a(finer, second.primary())) return k == finer;
  return k == second.primary();
}

bool raises_both(const failure& f, const policy& a, const policy& b) {
  const policy both = bridge(a, b);
  const kind_list first = a.kinds(f), second = b.kinds(f);
  const std::exception_ptr thrown = raised(f, both), made = to_exception_ptr(f, both);
  const handshim::error &e = object_in(thrown), &other = object_in(made);
  return is_both(thrown, first, second) && is_both(made, first, second) && typeid(e) == typeid(other) &&
         has_primary(e.kind(), first, second) && e.kinds() == both.kinds(f) && e.fault() == f.fault() &&
         e.phase() == f.phase() && e.policy() == both && e.code() == f.code();
}

struct less_lists {
  bool operator()(const std::pair<kind_list, kind_list>& x, const std::pair<kind_list, kind_list>& y) const {
    const bridging::kinds_set::key_compare less;
    if (less(x.first, y.first) != less(y.first, x.first)) return less(x.first, y.first);
    return less(x.second, y.second);
  }
};

struct example {
  failure of;
  policy first, second;
};

// Each pair of lists that two built-in policies have for one failure, with one such.
std::map<std::pair<kind_list, kind_list>, example, less_lists> all_pairs() {
  std::map<std::pair<kind_list, kind_list>, example, less_lists> out;
  const std::vector<policy> sides = bridging::sides();
  for (const failure& f : bridging::all_failures())
    for (const policy& a : sides)
      for (const policy& b : sides) out.try_emplace({a.kinds(f), b.kinds(f)}, example{f, a, b});
  return out;
}

template <class K>
bool catches(const policy& p, fault f) {
  return caught_as<K>(raised(failure(f), p));
}

}  // namespace

TEST_CASE("any two built-in policies have a bridge") {
  for (const policy& a : bridging::sides())
    for (const policy& b : bridging::sides()) {
      failure why;
      CHECK(bridge(a, b, why).name() == "bridge(" + std::string(a.name()) + "," + std::string(b.name()) + ")");
      CHECK_MESSAGE(!why, why.what());
    }
}

TEST_CASE("what a bridge raises is caught in every way in which it would be under either, for every pair of kinds") {
  const auto all = all_pairs();
  for (const auto& [lists, one] : all)
    if (!raises_both(one.of, one.first, one.second))
      FAIL_CHECK("not so: ", one.first.name(), " ", one.second.name(), " ", one.of.what(), ": ",
                 catching::joined(lists.first), " and ", catching::joined(lists.second));
  CHECK(all.size() > 150);
}

TEST_CASE("the incident, bridged: one object for the clauses of 13.1 and of 14.0") {
  const policy both = of("websockets-13.1", "websockets-14.0");
  const fault f = fault::eof_before_status_line;
  CHECK(catches<handshim::invalid_message>(both, f));
  CHECK(catches<handshim::invalid_handshake>(both, f));
  CHECK(catches<handshim::eof_error>(both, f));
  CHECK(catches<handshim::leaked_error>(both, f));
  CHECK_FALSE(catches<handshim::network_error>(both, f));
  const std::exception_ptr thrown = raised(failure(f), both);
  CHECK(object_in(thrown).kind() == kind::eof_error);
  CHECK(object_in(thrown).kinds() == kind_list(kind::eof_error, kind::invalid_message));
}

TEST_CASE("the other way round the same class is thrown, with the other kind as its primary one") {
  const failure f(fault::eof_before_status_line);
  const std::exception_ptr up = raised(f, of("websockets-13.1", "websockets-14.0"));
  const std::exception_ptr down = raised(f, of("websockets-14.0", "websockets-13.1"));
  const handshim::error &first = object_in(up), &second = object_in(down);
  CHECK(typeid(first) == typeid(second));
  CHECK(object_in(down).kind() == kind::invalid_message);
}

TEST_CASE("where a kind of the one is a base of the other's it is simply the derived one") {
  const failure f(fault::extension_unrequested);
  for (const policy& p : {of("websockets-13.0", "websockets-13.1"), of("websockets-13.1", "websockets-13.0")}) {
    const std::exception_ptr thrown = raised(f, p);
    const handshim::error& e = object_in(thrown);
    CHECK(typeid(e) == typeid(handshim::negotiation_error));
    CHECK(e.kinds() == kind_list(kind::negotiation_error));
  }
}

TEST_CASE("a bridge of a policy with itself raises what that one raises") {
  const policy p = find_policy("websockets-14.0"), itself = bridge(p, p);
  for (const failure& f : bridging::all_failures()) CHECK(itself.kinds(f) == p.kinds(f));
}

TEST_CASE("the first clause that fits runs, which under a bridge may be an earlier one") {
  const auto clause_of = [](const policy& p) {
    try {
      handshim::raise(failure(fault::eof_before_status_line), p);
    } catch (const handshim::invalid_handshake&) {
      return 1;
    } catch (const handshim::eof_error&) {
      return 2;
    }
  };
  CHECK(clause_of(find_policy("websockets-14.0")) == 2);
  CHECK(clause_of(of("websockets-13.1", "websockets-14.0")) == 1);
}

TEST_CASE("a copy of what was thrown keeps all kinds, as a value of the root") {
  const std::exception_ptr thrown = raised(failure(fault::eof_in_headers), of("websockets-13.1", "websockets-14.0"));
  const handshim::error copy = catching::error_in(thrown);
  CHECK(copy.is(kind::invalid_message));
  CHECK(copy.is(kind::eof_error));
}

TEST_CASE("all but the class is the second policy's: its own loop and its way of reading") {
  const policy up = of("websockets-13.1", "websockets-14.0"), down = of("websockets-14.0", "websockets-13.1");
  const failure hopeless(fault::accept_wrong);
  CHECK(find_policy("websockets-13.1").release_retries(hopeless) == verdict::retries);
  CHECK(find_policy("websockets-14.0").release_retries(hopeless) == verdict::gives_up);
  CHECK(up.release_retries(hopeless) == verdict::gives_up);
  CHECK(down.release_retries(hopeless) == verdict::retries);
  CHECK(up.reading().body);
  CHECK_FALSE(down.reading().body);
  CHECK_FALSE(up.is_native());
}

TEST_CASE("bridge without a failure to fill throws policy_error, which says what a bridge joins") {
  const policy native = find_policy("native"), unified, both = of("unified-1", "websockets-14.0");
  for (const auto& [a, b] : {std::pair(native, unified), std::pair(unified, native), std::pair(both, unified)}) {
    try {
      bridge(a, b);
      FAIL("no exception");
    } catch (const handshim::policy_error& e) {
      CHECK(e.fault() == fault::policy_malformed);
      CHECK(std::string(e.what()).find("neither is native or a bridge") != std::string::npos);
    }
  }
}

TEST_CASE("a bridge may be chosen as any policy is") {
  const failure f(fault::eof_before_status_line);
  const policy both = find_policy("bridge(websockets-13.1,websockets-14.0)");
  handshim::set_policy(both);
  CHECK(caught_as<handshim::eof_error>(catching::thrown_by([&] { handshim::raise(f); })));
  handshim::reset_policy();
  handshim::with_policy(both, [&] {
    CHECK(caught_as<handshim::invalid_message>(catching::thrown_by([&] {
      handshim::guard(phase::handshake, [] { throw std::system_error(make_error_code(fault::eof_in_headers)); });
    })));
  });
}
