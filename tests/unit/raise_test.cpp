#include "handshim/raise.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <string>
#include <thread>
#include <typeinfo>
#include <vector>

#include "catching.hpp"

using catching::error_in;
using catching::object_in;
using handshim::error;
using handshim::failure;
using handshim::fault;
using handshim::kind;
using handshim::kind_list;
using handshim::phase;
using handshim::policy;

namespace {

constexpr phase all_phases[] = {phase::unknown, phase::local,     phase::resolve, phase::connect, phase::proxy,
                                phase::tls,     phase::handshake, phase::open,    phase::closing};

// All recorded behaviours, some versions in between, the default clients, and one with overrides.
std::vector<policy> policies() {
  std::vector<policy> out;
  for (const std::string& name : handshim::policy_names()) out.push_back(handshim::find_policy(name));
  for (const char* name : {"websockets-8.1", "websockets-9.1", "websockets-12.0", "websockets-13.1", "websockets-14.0",
                           "websockets-14.1.5", "websockets-16.0", "websockets-17.0.1", "websockets-asyncio-13.0.1",
                           "websockets-sync-12.0", "websockets-14.2...19",
                           "unified-1,eof_in_response=eof_error,handshake_failed=error,cancelled=cancelled"})
    out.push_back(handshim::find_policy(name));
  return out;
}

struct class_row {
  kind_list kinds;
  const std::type_info& type;
};

// Every class that can be raised but the root's.
const std::vector<class_row>& classes() {
  using namespace handshim;
  static const std::vector<class_row> all = {
#define KIND(number, name, base, description) {kind::name, typeid(handshim::name)},
#include "handshim/data/kinds.inc"
#undef KIND
#define COMBINATION(...) {combined<__VA_ARGS__>::listed, typeid(combined<__VA_ARGS__>)},
#include "handshim/data/combinations.inc"
#undef COMBINATION
  };
  return all;
}

const class_row* class_of(const kind_list& kinds) {
  for (const class_row& row : classes())
    if (row.kinds == kinds) return &row;
  return nullptr;
}

std::exception_ptr raised(const failure& f, const handshim::policy_choice& by) {
  return catching::thrown_by([&] { handshim::raise(f, by); });
}

// The test of one cell in one expression, as there are very many.
bool raises_exactly(const failure& f, const policy& p) {
  const kind_list wanted = p.kinds(f);
  const std::exception_ptr thrown = raised(f, p);
  const error& e = object_in(thrown);
  const class_row* expected = class_of(wanted);
  bool good = e.kinds() == wanted && e.fault() == f.fault() && e.phase() == f.phase() && e.policy() == p;
  if (expected)
    good = good && typeid(e) == expected->type;
  else
    good = good && wanted == kind_list();
  for (const kind k : wanted) good = good && catching::caught_by(k, thrown);
  const std::exception_ptr pointer = to_exception_ptr(f, p);
  const error& made = object_in(pointer);
  return good && typeid(made) == typeid(e) && made.kinds() == wanted && made.fault() == f.fault();
}

}  // namespace

TEST_CASE("raise throws exactly what the policy says, for every fault in every phase under every policy") {
  for (const policy& p : policies()) {
    if (p.is_native()) continue;
    for (const handshim::fault_facts& row : handshim::all_faults())
      for (const phase when : all_phases) {
        const failure f(row.id, {}, when);
        if (raises_exactly(f, p)) continue;
        FAIL_CHECK("not so: ", p.name(), " ", row.name, " ", name(when), " ", catching::joined(p.kinds(f)));
      }
  }
  CHECK(policies().size() > 20);
}

TEST_CASE("no policy of the data asks for a combination without a class") {
  for (const policy& p : policies())
    for (const handshim::fault_facts& row : handshim::all_faults())
      for (const phase when : all_phases) {
        const kind_list kinds = p.kinds(failure(row.id, {}, when));
        if (kinds != kind_list()) CHECK(class_of(kinds) != nullptr);
      }
}

TEST_CASE("under unified-1 each failure is in at most one of the four groups, and a timeout in no other by it") {
  for (const handshim::fault_facts& row : handshim::all_faults())
    for (const phase when : all_phases) {
      const kind_list kinds = policy().kinds(failure(row.id, {}, when));
      int groups = 0;
      for (const kind group :
           {kind::network_error, kind::invalid_handshake, kind::connection_closed, kind::usage_error})
        groups += kinds.is(group) ? 1 : 0;
      CAPTURE(row.name);
      CAPTURE(name(when));
      CHECK(groups <= 1);
      const bool outside = row.id == fault::recv_timeout || (when == phase::unknown && groups == 0);
      if (!outside) CHECK(groups == 1);
      if (holds(row.id, handshim::condition::timeout) && row.id != fault::timeout_in_body)
        CHECK(kinds.is(kind::timeout_error));
      CHECK_FALSE(kinds.is(kind::leaked_error));
    }
}

TEST_CASE("raise says which policy decided, and who chose it") {
  const failure f(fault::eof_in_headers);
  const std::exception_ptr by_argument = raised(f, handshim::find_policy("websockets-14.0"));
  CHECK(object_in(by_argument).policy().name() == "websockets-14.0");
  CHECK(object_in(by_argument).source() == handshim::policy_source::argument);
  CHECK(object_in(by_argument).kind() == kind::eof_error);
  const std::exception_ptr by_default = catching::thrown_by([&] { handshim::raise(f); });
  CHECK(object_in(by_default).source() == handshim::policy_source::builtin);
  const std::exception_ptr by_scope = catching::thrown_by(
      [&] { handshim::with_policy(handshim::find_policy("websockets-13.1"), [&] { handshim::raise(f); }); });
  CHECK(object_in(by_scope).source() == handshim::policy_source::scope);
  CHECK(object_in(by_scope).kind() == kind::invalid_message);
  CHECK(error_in(handshim::to_exception_ptr(f)).kind() == kind::invalid_message);
}

TEST_CASE("under native the client's own exception goes on, the same object") {
  handshim::evidence known;
  known.cause = catching::thrown_by([] { throw std::string("the client's own"); });
  const failure f(fault::unclassified, known, {ECONNRESET, std::system_category()});
  const policy native = handshim::find_policy("native");
  const auto text_in = [](const std::exception_ptr& thrown) -> const std::string* {
    try {
      std::rethrow_exception(thrown);
    } catch (const std::string& s) {
      return &s;
    } catch (...) {
      return nullptr;
    }
  };
  CHECK(text_in(raised(f, native)) == text_in(known.cause));
  CHECK(to_exception_ptr(f, native) == known.cause);
}

TEST_CASE("under native a client without exceptions raises std::system_error with its own code") {
  const policy native = handshim::find_policy("native");
  const std::error_code code(ECONNRESET, std::system_category());
  const auto code_in = [](const std::exception_ptr& thrown) {
    try {
      std::rethrow_exception(thrown);
    } catch (const error&) {
      return std::error_code();
    } catch (const std::system_error& e) {
      return e.code();
    }
  };
  CHECK(code_in(raised(failure(fault::connection_reset, code), native)) == code);
  CHECK(code_in(to_exception_ptr(failure(fault::connection_reset, code), native)) == code);
  CHECK(code_in(raised(failure(fault::not_connected), native)) == fault::not_connected);
}

TEST_CASE("a fault that no policy knows by number is raised as what fails in its phase") {
  const failure f(static_cast<fault>(9999), {}, phase::handshake);
  CHECK(error_in(raised(f, policy())).kind() == kind::invalid_handshake);
  CHECK(error_in(raised(failure(static_cast<fault>(9999)), policy())).kind() == kind::error);
}

TEST_CASE("find_policy without a failure to fill throws policy_error, which names the place") {
  try {
    handshim::find_policy("websockets-9999.0");
    FAIL("no exception");
  } catch (const handshim::policy_error& e) {
    CHECK(e.fault() == fault::policy_too_new);
    CHECK(std::string(e.what()).find("the newest version checked is ") != std::string::npos);
  }
}

TEST_CASE("threads that raise the same fault for the first time at once all get it") {
  std::vector<std::thread> threads;
  std::vector<int> good(4);
  for (std::size_t i = 0; i < good.size(); ++i)
    threads.emplace_back([&good, i] {
      for (const handshim::fault_facts& row : handshim::all_faults()) {
        const std::exception_ptr thrown = raised(failure(row.id), policy());
        if (object_in(thrown).code() == row.id) ++good[i];
      }
    });
  for (std::thread& t : threads) t.join();
  for (const int count : good) CHECK(count == static_cast<int>(handshim::all_faults().size()));
}
