#include "handshim/fault.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <set>
#include <string>

#include "handshim/net/impl/system_headers.hpp"

using handshim::condition;
using handshim::fault;
using handshim::fault_facts;

namespace {

// A category that is another object with the same name, as a second shared library would have it.
class twin_category final : public std::error_category {
 public:
  explicit twin_category(const char* name) : name_(name) {}
  const char* name() const noexcept override { return name_; }
  std::string message(int) const override { return "twin"; }

 private:
  const char* name_;
};

std::error_code twin_code(const char* category, int value) {
  static const twin_category faults("handshim"), system("system"), generic("generic"), resolver("getaddrinfo"),
      stream("handshim.net"), asio("asio.system"), other("another");
  for (const twin_category* one : {&faults, &system, &generic, &resolver, &stream, &asio})
    if (std::string(category) == one->name()) return {value, *one};
  return {value, other};
}

std::error_code twin_code(fault f) { return twin_code("handshim", static_cast<int>(f)); }

std::error_code errno_code(int value) { return {value, std::system_category()}; }

constexpr condition all_conditions[] = {
    condition::unclassified, condition::cancelled, condition::usage,     condition::resolve,  condition::network,
    condition::tls,          condition::timeout,   condition::handshake, condition::rejected, condition::protocol,
    condition::lost,         condition::closed,    condition::closed_ok};

}  // namespace

TEST_CASE("every fault has a number, a name and a fingerprint of its own") {
  std::set<int> numbers;
  std::set<std::string_view> names, fingerprints;
  for (const fault_facts& row : handshim::all_faults()) {
    CAPTURE(row.name);
    CHECK(static_cast<int>(row.id) > 0);
    CHECK(numbers.insert(static_cast<int>(row.id)).second);
    CHECK(names.insert(row.name).second);
    CHECK(fingerprints.insert(row.fingerprint).second);
  }
  CHECK(numbers.size() == handshim::all_faults().size());
}

TEST_CASE("every fault says what it is and what to do, without a trailing period") {
  for (const fault_facts& row : handshim::all_faults()) {
    CAPTURE(row.name);
    for (const std::string_view text : {row.description, row.hint}) {
      REQUIRE_FALSE(text.empty());
      CHECK(text.back() != '.');
      CHECK(text.find_first_of("\n\t") == std::string_view::npos);
      for (const char c : text) CHECK((c >= 0x20 && c < 0x7f));
    }
  }
}

TEST_CASE("fingerprints are made of a small set of characters, so that they can stand in labels and paths") {
  constexpr auto allowed = "abcdefghijklmnopqrstuvwxyz0123456789_-./B";
  for (const fault_facts& row : handshim::all_faults()) {
    CAPTURE(row.fingerprint);
    CHECK_FALSE(row.fingerprint.empty());
    CHECK(row.fingerprint.find_first_not_of(allowed) == std::string_view::npos);
    if (row.when == handshim::phase::unknown) continue;
    const std::string start = std::string(name(row.when)) + ".";
    CHECK(row.fingerprint.substr(0, start.size()) == start);
  }
}

TEST_CASE("every fault has a parent that is a fault and leads to a root") {
  for (const fault_facts& row : handshim::all_faults()) {
    CAPTURE(row.name);
    fault at = row.id;
    std::size_t steps = 0;
    while (handshim::facts(at).parent != at && steps < 10) {
      const fault parent = handshim::facts(at).parent;
      CHECK(handshim::facts(parent).id == parent);
      CHECK(is_a(row.id, parent));
      CHECK_FALSE(is_a(parent, row.id));
      at = parent;
      ++steps;
    }
    CHECK(handshim::facts(at).parent == at);
  }
}

TEST_CASE("a fault is found by its name, and by nothing else") {
  for (const fault_facts& row : handshim::all_faults()) {
    CHECK(handshim::find_fault(row.name) == row.id);
    CHECK(name(row.id) == row.name);
    CHECK(&handshim::facts(row.id) == &row);
    CHECK(handshim::all_faults().first + fault_index(row.id) == &row);
  }
  CHECK(handshim::find_fault("") == fault::none);
  CHECK(handshim::find_fault("none") == fault::none);
  CHECK(handshim::find_fault("Cancelled") == fault::none);
  CHECK(handshim::find_fault("cancelled ") == fault::none);
  CHECK(name(fault::none) == "none");
}

TEST_CASE("a number that no row has is an unclassified fault") {
  const auto unknown = static_cast<fault>(9999);
  CHECK(handshim::facts(unknown).id == fault::unclassified);
  CHECK(name(unknown) == "unclassified");
  CHECK(is_a(unknown, fault::unclassified));
  CHECK_FALSE(is_a(unknown, fault::cancelled));
  CHECK(holds(unknown, condition::unclassified));
  CHECK(make_error_code(unknown).message() == handshim::facts(fault::unclassified).description);
}

TEST_CASE("the conditions of a fault include its main one and only known ones") {
  for (const fault_facts& row : handshim::all_faults()) {
    CAPTURE(row.name);
    CHECK(holds(row.id, row.main));
    std::uint32_t known = 0;
    for (const condition c : all_conditions)
      if (holds(row.id, c)) known |= std::uint32_t{1} << static_cast<unsigned>(c);
    CHECK(row.conditions == known);
    CHECK_FALSE(holds(row.id, condition{}));
  }
}

TEST_CASE("what is closed in order is closed, a broken protocol is a lost connection, and no fault is none") {
  for (const fault_facts& row : handshim::all_faults()) {
    CAPTURE(row.name);
    if (holds(row.id, condition::closed_ok)) CHECK(holds(row.id, condition::closed));
    if (holds(row.id, condition::protocol)) CHECK(holds(row.id, condition::lost));
  }
  for (const condition c : all_conditions) CHECK_FALSE(holds(fault::none, c));
  CHECK_FALSE(is_a(fault::none, fault::unclassified));
}

TEST_CASE("conditions, phases and advice have names and descriptions") {
  std::set<std::string_view> seen;
  for (const condition c : all_conditions) {
    CHECK(seen.insert(name(c)).second);
    CHECK(handshim::find_condition(name(c)) == c);
    CHECK_FALSE(description(c).empty());
    CHECK(make_error_condition(c).message() == name(c));
  }
  CHECK(name(condition{}) == "");
  CHECK(handshim::find_condition("") == condition{});
  CHECK(handshim::find_condition("late") == condition{});
  for (int i = 0; i <= static_cast<int>(handshim::phase::closing); ++i) {
    const auto p = static_cast<handshim::phase>(i);
    CHECK(handshim::find_phase(name(p)) == p);
    CHECK_FALSE(description(p).empty());
  }
  CHECK(handshim::find_phase("soon") == handshim::phase::unknown);
  CHECK(name(static_cast<handshim::phase>(99)) == "unknown");
  for (int i = 0; i <= static_cast<int>(handshim::advice::by_close_code); ++i) {
    CHECK_FALSE(name(static_cast<handshim::advice>(i)).empty());
    CHECK_FALSE(description(static_cast<handshim::advice>(i)).empty());
  }
  CHECK(name(static_cast<handshim::advice>(99)) == "");
}

TEST_CASE("the code of a fault equals the fault and every coarser one, in either order") {
  for (const fault_facts& row : handshim::all_faults()) {
    const std::error_code code = make_error_code(row.id);
    CAPTURE(row.name);
    CHECK(code);
    CHECK(std::string(code.category().name()) == "handshim");
    CHECK(code.message() == row.description);
    CHECK(handshim::fault_of(code) == row.id);
    for (const fault_facts& other : handshim::all_faults()) {
      CHECK((code == other.id) == is_a(row.id, other.id));
      CHECK((other.id == code) == is_a(row.id, other.id));
    }
  }
}

TEST_CASE("the code of a fault equals the conditions that hold, and its std::errc") {
  for (const fault_facts& row : handshim::all_faults()) {
    const std::error_code code = make_error_code(row.id);
    CAPTURE(row.name);
    for (const condition c : all_conditions) CHECK((code == c) == holds(row.id, c));
    if (row.errc != std::errc{}) CHECK(code == row.errc);
    CHECK(code != std::errc::no_such_process);
    if (row.errc != std::errc::timed_out) CHECK(code != std::errc::timed_out);
  }
  CHECK(make_error_code(fault::unclassified) != std::errc::io_error);
}

TEST_CASE("codes compare by the category's name: those of a second shared library are equal too") {
  for (const fault_facts& row : handshim::all_faults()) {
    const std::error_code twin = twin_code(row.id);
    CAPTURE(row.name);
    CHECK(twin == row.id);
    CHECK(twin == row.parent);
    CHECK(handshim::fault_of(twin) == row.id);
    for (const condition c : all_conditions) CHECK((twin == c) == holds(row.id, c));
  }
  CHECK(twin_code(fault::eof_in_headers) != fault::reset_in_response);
}

TEST_CASE("our codes equal the fault conditions of a second shared library") {
  static const twin_category twin_faults("handshim"), twin_conditions("handshim.condition");
  const std::error_code code = make_error_code(fault::timeout_in_headers);
  CHECK(code == std::error_condition(static_cast<int>(fault::handshake_timeout), twin_faults));
  CHECK(code != std::error_condition(static_cast<int>(fault::eof_in_headers), twin_faults));
  CHECK(code == std::error_condition(static_cast<int>(condition::timeout), twin_conditions));
  CHECK(code != std::error_condition(static_cast<int>(condition::closed), twin_conditions));
}

TEST_CASE("codes of other categories equal no fault, whatever their value") {
  CHECK(errno_code(static_cast<int>(fault::cancelled)) != fault::cancelled);
  CHECK(twin_code("another", static_cast<int>(fault::closed)) != fault::closed);
  CHECK(handshim::fault_of(errno_code(2)) == fault::none);
  CHECK(handshim::fault_of(std::error_code()) == fault::none);
  for (const condition c : all_conditions) CHECK(std::error_code() != c);
}

TEST_CASE("native codes equal conditions without a translation") {
  CHECK(errno_code(ECONNREFUSED) == condition::network);
  CHECK(errno_code(ECONNREFUSED) != condition::timeout);
  CHECK(errno_code(ETIMEDOUT) == condition::timeout);
  CHECK(errno_code(ETIMEDOUT) == condition::network);
  CHECK(errno_code(ECONNRESET) == condition::lost);
  CHECK(errno_code(EPIPE) == condition::lost);
  CHECK(errno_code(ECANCELED) == condition::cancelled);
  CHECK(errno_code(EHOSTUNREACH) == condition::network);
  CHECK(std::make_error_code(std::errc::connection_refused) == condition::network);
  CHECK(twin_code("asio.system", ECONNREFUSED) == condition::network);
  CHECK(twin_code("getaddrinfo", EAI_NONAME) == condition::resolve);
  CHECK(twin_code("getaddrinfo", EAI_NONAME) == condition::network);
  CHECK(twin_code("handshim.net", 1) == condition::lost);
  CHECK(twin_code("handshim.net", 2) == condition::timeout);
  CHECK(twin_code("another", ECONNREFUSED) != condition::network);
  CHECK(errno_code(ENOENT) != condition::network);
  CHECK(errno_code(ENOENT) != condition::unclassified);
}
