#include "handshim/exceptions.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <memory>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "catching.hpp"

using catching::caught_as;
using catching::caught_by;
using catching::error_in;
using catching::object_in;
using handshim::condition;
using handshim::error;
using handshim::failure;
using handshim::fault;
using handshim::kind;
using handshim::phase;

// What makes catching by each base work, and copying safe, for every class.
#define KIND(number, name, base, description)                                     \
  static_assert(std::is_base_of_v<handshim::base, handshim::name>);               \
  static_assert(std::is_convertible_v<handshim::name*, handshim::base*>);         \
  static_assert(std::is_convertible_v<handshim::name*, std::system_error*>);      \
  static_assert(std::is_nothrow_copy_constructible_v<handshim::name>);            \
  static_assert(std::is_nothrow_constructible_v<handshim::name, const failure&>); \
  static_assert(!std::is_default_constructible_v<handshim::name>);                \
  static_assert(handshim::name::kind_of == kind::name);
#include "handshim/data/kinds.inc"
#undef KIND
#define COMBINATION(...) \
  static_assert(std::is_nothrow_copy_constructible_v<handshim::combined<__VA_ARGS__>>, #__VA_ARGS__);
namespace handshim {
#include "handshim/data/combinations.inc"
}
#undef COMBINATION

namespace {

failure refused_at(std::string_view endpoint) {
  handshim::evidence known;
  known.endpoint = endpoint;
  known.close_received = {1011, "broken"};
  known.http_status = 503;
  return failure(fault::connection_refused, known, {ECONNREFUSED, std::system_category()});
}

template <class E>
std::exception_ptr made() {
  return catching::thrown_by([] { throw E(refused_at("ws://host/"), handshim::policy()); });
}

// Whether each handler of the hierarchy catches exactly what the kinds say.
void check_handlers(const std::exception_ptr& thrown) {
  const handshim::kind_list kinds = object_in(thrown).kinds();
  CAPTURE(catching::joined(kinds));
  for (const handshim::kind_facts& row : handshim::all_kinds()) {
    CAPTURE(row.name);
    CHECK(caught_by(row.id, thrown) == kinds.is(row.id));
    CHECK(object_in(thrown).is(row.id) == kinds.is(row.id));
  }
  CHECK(caught_as<std::system_error>(thrown));
  CHECK(caught_as<std::runtime_error>(thrown));
  CHECK(caught_as<std::exception>(thrown));
}

// A class of a program's own, under one kind.
class bad_gateway : public virtual handshim::invalid_status {
 public:
  explicit bad_gateway(const handshim::failure& f) : error(f, kind_of, handshim::policy_choice({})), gateway_("east") {}
  const std::string& gateway() const { return gateway_; }

 private:
  std::string gateway_;
};

// One under two kinds of one branch.
class refused_by_reset : public virtual handshim::connection_refused, public virtual handshim::connection_reset {
 public:
  explicit refused_by_reset(const handshim::failure& f)
      : error(f, {kind::connection_refused, kind::connection_reset}, handshim::policy_choice({})) {}
};

}  // namespace

TEST_CASE("an exception of each class is caught by its class, by every base, and by no other class") {
#define KIND(number, name, base, description) \
  check_handlers(made<handshim::name>());     \
  CHECK(error_in(made<handshim::name>()).kind() == kind::name);
#include "handshim/data/kinds.inc"
#undef KIND
}

namespace handshim {
TEST_CASE("one object of several kinds is caught by the class of each and by all of their bases") {
#define COMBINATION(...)                         \
  check_handlers(made<combined<__VA_ARGS__>>()); \
  CHECK(error_in(made<combined<__VA_ARGS__>>()).kinds().size() > 1);
#include "handshim/data/combinations.inc"
#undef COMBINATION
}
}  // namespace handshim

TEST_CASE("two kinds of one branch are caught by the handler of the branch") {
  check_handlers(made<handshim::combined<handshim::invalid_message, handshim::invalid_status>>());
  check_handlers(made<handshim::combined<handshim::eof_error, handshim::unicode_error, handshim::value_error>>());
}

TEST_CASE("an exception has the failure's data") {
  const handshim::connection_refused e(refused_at("ws://host/"));
  CHECK(e.fault() == fault::connection_refused);
  CHECK(e.condition() == condition::network);
  CHECK(e.phase() == phase::connect);
  CHECK(e.code() == fault::connection_refused);
  CHECK(e.code() == condition::network);
  CHECK(e.code() == std::errc::connection_refused);
  CHECK(e.native_code() == std::error_code(ECONNREFUSED, std::system_category()));
  CHECK(e.http_status() == 503);
  CHECK(e.close_code() == 1011);
  CHECK(e.close_reason() == "broken");
  CHECK(e.what() == e.failure().what());
  CHECK(e.describe() == e.failure().describe());
  CHECK(e.is(fault::connect_failed));
  CHECK(e.is(condition::network));
  CHECK(e.is(kind::network_error));
  CHECK_FALSE(e.is(kind::timeout_error));
  CHECK_FALSE(e.is(condition::timeout));
}

TEST_CASE("without a close frame the close code is 1006, which no frame can have") {
  const handshim::connection_closed_error e{failure(fault::connection_lost)};
  CHECK(e.close_code() == 1006);
  CHECK(e.close_reason() == "");
  CHECK(e.http_status() == 0);
}

TEST_CASE("without evidence what() still tells what happened, in which phase, and the fault's name") {
  CHECK(handshim::invalid_message(failure(fault::eof_in_headers)).what() ==
        std::string("handshake: the connection ended in the headers of the HTTP response [eof_in_headers]"));
  for (const handshim::fault_facts& row : handshim::all_faults()) {
    const failure f(row.id);
    CHECK(handshim::invalid_message(f).what() == f.what());
    const failure elsewhere(row.id, {}, row.when == phase::open ? phase::closing : phase::open);
    CHECK(handshim::invalid_message(elsewhere).what() ==
          std::string(row.description) + " [" + std::string(row.name) + "]");
  }
}

TEST_CASE("threads that share an exception see one and the same what()") {
  const auto thrown = made<handshim::connection_refused>();
  const error& shared = object_in(thrown);
  const char* seen[4] = {};
  std::vector<std::thread> threads;
  for (const char*& line : seen) threads.emplace_back([&line, &shared] { line = shared.what(); });
  for (std::thread& one : threads) one.join();
  for (const char* line : seen) CHECK(line == seen[0]);
  CHECK(std::string(seen[0]) == shared.failure().what());
}

TEST_CASE("what() outlives the object that was copied") {
  auto first = std::make_unique<handshim::invalid_status>(refused_at("ws://first/"));
  const handshim::invalid_status copy = *first;
  const std::string text = first->what();
  first.reset();
  CHECK(copy.what() == text);
  CHECK(copy.failure().evidence().endpoint == "ws://first/");
}

#if HANDSHIM_HAS_RTTI
TEST_CASE("as<K>() gives the other classes that an exception is, and null for the rest") {
  const std::exception_ptr thrown = made<handshim::combined<handshim::timeout_error, handshim::resolve_error>>();
  const error* e = &object_in(thrown);
  CHECK(e->as<handshim::timeout_error>() != nullptr);
  CHECK(e->as<handshim::network_error>() != nullptr);
  CHECK(e->as<error>() == e);
  CHECK(e->as<handshim::connection_error>() == nullptr);
  CHECK(e->as<bad_gateway>() == nullptr);
}

TEST_CASE("a program's own class under a kind is caught as that kind, and found with its data") {
  const std::exception_ptr thrown =
      catching::thrown_by([] { throw bad_gateway(failure(fault::upgrade_rejected, refused_at("").evidence())); });
  check_handlers(thrown);
  CHECK(caught_as<bad_gateway>(thrown));
  const auto* mine = object_in(thrown).as<bad_gateway>();
  REQUIRE(mine != nullptr);
  CHECK(mine->gateway() == "east");
  CHECK(mine->code() == fault::upgrade_rejected);
  CHECK(mine->http_status() == 503);
}
#endif

TEST_CASE("a program's own class under two kinds of one branch is caught as both and as the branch") {
  const std::exception_ptr thrown = catching::thrown_by([] { throw refused_by_reset(refused_at("ws://host/")); });
  check_handlers(thrown);
  CHECK(caught_as<handshim::connection_error>(thrown));
  CHECK(object_in(thrown).kind() == kind::connection_refused);
}

TEST_CASE("an exception made without a policy says unified-1, given as an argument") {
  const handshim::cancelled e{failure(fault::cancelled)};
  CHECK(e.policy().name() == "unified-1");
  CHECK(e.source() == handshim::policy_source::argument);
}
