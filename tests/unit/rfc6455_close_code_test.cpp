#include "handshim/rfc6455/close_code.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <set>

#include "handshim/translate.hpp"

using namespace handshim::rfc6455;

TEST_CASE("every close code from 1000 to 1015 has a name of its own and a meaning") {
  int next = 1000;
  std::set<std::string_view> names;
  for (const close_code_facts& row : all_close_codes()) {
    CHECK(row.code == next++);
    CHECK(names.insert(row.name).second);
    CHECK_FALSE(row.meaning.empty());
    CHECK(row.meaning.back() != '.');
    CHECK(name_of(row.code) == row.name);
  }
  CHECK(next == 1016);
  CHECK(all_close_codes().size() == 16);
}

TEST_CASE("other close codes are named by their range") {
  CHECK(std::string(name_of(3000)) == "registered");
  CHECK(std::string(name_of(4999)) == "private_use");
  for (const int code : {-1, 0, 999, 1016, 2999, 5000, 65536 + 1000}) CHECK(std::string(name_of(code)) == "unassigned");
}

TEST_CASE("only the codes of RFC 6455, section 7.4, and IANA's later ones may be on the wire") {
  for (int code = -10; code < 70000; ++code) {
    const bool allowed =
        (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
    if (may_be_sent(code) != allowed) FAIL("wrong about ", code);
    if (may_be_received(code, {}) != allowed) FAIL("wrong about ", code);
  }
  CHECK(may_be_sent(1000));
}

TEST_CASE("with early_close_codes those registered later are not taken, but may be sent") {
  handshim::reading early;
  early.early_close_codes = true;
  for (const int code : {1012, 1013, 1014}) {
    CHECK_FALSE(may_be_received(code, early));
    CHECK(may_be_sent(code));
  }
  for (const int code : {1000, 1011, 3000, 4999}) CHECK(may_be_received(code, early));
}

TEST_CASE("a close frame without a code counts as 1005") { CHECK(close_info{}.code == 1005); }

TEST_CASE("how a connection was closed is told by the code received, unless either tells of an error") {
  using handshim::fault;
  const struct {
    int received, sent;
    fault wanted;
  } cases[] = {{1000, 1000, fault::closed_normally},     {1001, 1000, fault::closed_normally},
               {1000, 1001, fault::closed_normally},     {1000, 1005, fault::closed_normally},
               {1005, 1005, fault::closed_without_code}, {1005, 1000, fault::closed_without_code},
               {1000, 1011, fault::closed_with_error},   {1011, 1000, fault::closed_with_error},
               {4000, 4000, fault::closed_with_error},   {1005, 3000, fault::closed_with_error},
               {3000, 1005, fault::closed_with_error}};
  for (const auto& c : cases) {
    CAPTURE(c.received);
    CAPTURE(c.sent);
    CHECK(closed_as(c.received, c.sent) == c.wanted);
    handshim::evidence known;  // a client's own report of the same frames means the same
    known.close_received.code = static_cast<std::uint16_t>(c.received);
    known.close_sent.code = static_cast<std::uint16_t>(c.sent);
    CHECK(handshim::from_native("boost.beast.websocket", 1, "", handshim::phase::open, known).fault() == c.wanted);
  }
}
