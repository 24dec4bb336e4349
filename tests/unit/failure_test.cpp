#include "handshim/failure.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <sstream>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

using handshim::condition;
using handshim::evidence;
using handshim::failure;
using handshim::fault;
using handshim::phase;

static_assert(std::is_nothrow_copy_constructible_v<failure> && std::is_nothrow_copy_assignable_v<failure>);
static_assert(std::is_nothrow_move_constructible_v<failure> && std::is_nothrow_move_assignable_v<failure>);
static_assert(std::is_nothrow_default_constructible_v<failure> && std::is_nothrow_destructible_v<failure>);
static_assert(std::is_nothrow_constructible_v<failure, fault, const evidence&, std::error_code, phase>);
static_assert(sizeof(void*) != 8 || sizeof(failure) == 32);

namespace {

std::error_code refused() { return {ECONNREFUSED, std::system_category()}; }

evidence with_detail(std::string_view text) {
  evidence known;
  known.detail = text;
  return known;
}

// A text field with its documented limit.
struct bounded_field {
  const char* name;
  std::string_view evidence::*member;
  std::size_t limit;
};
constexpr bounded_field bounded_fields[] = {
    {"backend", &evidence::backend, 64},
    {"endpoint", &evidence::endpoint, 512},
    {"detail", &evidence::detail, 1024},
    {"native_domain", &evidence::native_domain, 128},
    {"native_text", &evidence::native_text, 512},
    {"http_reason", &evidence::http_reason, 128},
    {"header", &evidence::header, 64},
    {"body", &evidence::body, 1024},
    {"first_bytes", &evidence::first_bytes, 64},
};

// Different bytes, so that a field that is stored in the wrong place shows.
std::string sample(std::size_t size, unsigned seed) {
  std::string out;
  for (std::size_t i = 0; i < size; ++i) out += static_cast<char>('a' + (i * 7 + seed) % 26);
  return out;
}

}  // namespace

TEST_CASE("no failure is false, without code, condition evidence or text of a fault") {
  const failure none;
  CHECK_FALSE(none);
  CHECK(none.fault() == fault::none);
  CHECK_FALSE(none.code());
  CHECK_FALSE(none.native_code());
  CHECK(none.what() == "no failure");
  CHECK(none.describe() == "no failure\n");
  CHECK(none.fingerprint() == "none");
  CHECK_FALSE(none.is(condition::unclassified));
  CHECK_FALSE(none.is(fault::unclassified));
  CHECK(none.evidence().endpoint.empty());
}

TEST_CASE("a failure without evidence has the fault, its phase and the native code") {
  const failure f(fault::connection_refused, refused());
  CHECK(f);
  CHECK(f.fault() == fault::connection_refused);
  CHECK(f.phase() == phase::connect);
  CHECK(f.condition() == condition::network);
  CHECK(f.code() == fault::connect_failed);
  CHECK(f.native_code() == refused());
  CHECK(&f.native_code().category() == &std::system_category());
  CHECK(f.is(fault::connect_failed));
  CHECK(f.is(condition::network));
  CHECK_FALSE(f.is(condition::timeout));
  CHECK(failure(fault::closed, {}, phase::closing).phase() == phase::closing);
}

TEST_CASE("the native domain and value come from the native code") {
  const failure f(fault::connection_refused, with_detail("x"), refused());
  CHECK(f.evidence().native_domain == "system");
  CHECK(f.evidence().native_value == ECONNREFUSED);
  evidence named;
  named.native_domain = "my::refused";
  named.native_value = 7;
  const failure g(fault::connection_refused, named, refused());
  CHECK(g.evidence().native_domain == "my::refused");
  CHECK(g.evidence().native_value == ECONNREFUSED);
  CHECK(failure(fault::connection_refused, named).evidence().native_value == 7);
}

TEST_CASE("every text is kept up to its limit, byte for byte") {
  for (const std::size_t over : {0u, 1u, 5000u}) {
    std::vector<std::string> texts;
    evidence known;
    unsigned seed = 0;
    for (const bounded_field& field : bounded_fields) texts.push_back(sample(field.limit + over, seed++));
    for (std::size_t i = 0; i < texts.size(); ++i) known.*bounded_fields[i].member = texts[i];
    const failure f(fault::unclassified, known);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      CAPTURE(bounded_fields[i].name);
      CHECK(f.evidence().*bounded_fields[i].member == texts[i].substr(0, bounded_fields[i].limit));
    }
  }
}

TEST_CASE("close reasons are kept up to 123 bytes") {
  const std::string longer = sample(124, 1), fits = sample(123, 2);
  evidence known;
  known.close_received = {4000, longer};
  known.close_sent = {1000, fits};
  known.order = handshim::close_order::sent_then_received;
  const failure f(fault::closed, known);
  CHECK(f.evidence().close_received.code == 4000);
  CHECK(f.evidence().close_received.reason == longer.substr(0, 123));
  CHECK(f.evidence().close_sent.reason == fits);
  CHECK(f.evidence().order == handshim::close_order::sent_then_received);
}

TEST_CASE("at most 32 headers are kept, with 256 bytes of each name and value") {
  const std::string name = sample(257, 3), value = sample(300, 4);
  for (const std::size_t count : {0u, 1u, 32u, 33u, 100u}) {
    const std::vector<handshim::header_view> headers(count, {name, value});
    evidence known;
    known.headers = {headers.data(), headers.size()};
    const failure f(fault::upgrade_rejected, known);
    REQUIRE(f.evidence().headers.size() == (count < 32 ? count : 32));
    for (const handshim::header_view& kept : f.evidence().headers) {
      CHECK(kept.name == name.substr(0, 256));
      CHECK(kept.value == value.substr(0, 256));
    }
  }
}

TEST_CASE("a header whose name is cut keeps its value only if what is left of the name tells of a secret") {
  const auto value_kept = [](const std::string& name) {
    const handshim::header_view header{name, "value"};
    evidence known;
    known.headers = {&header, 1};
    return std::string(failure(fault::upgrade_rejected, known).evidence().headers[0].value);
  };
  const std::string filler = "x-" + std::string(300, 'a');
  CHECK(value_kept(filler) == "value");
  CHECK(value_kept("token-" + filler) == "value");  // whoever prints it sees that it is one
  CHECK(value_kept(filler + "-token") == "");
}

TEST_CASE("at most 16 attempts are kept, each with its error and time") {
  const std::string address = sample(65, 5);
  for (const std::size_t count : {1u, 16u, 17u}) {
    const std::vector<handshim::attempt_view> attempts(count, {address, refused(), std::chrono::milliseconds(7)});
    evidence known;
    known.attempts = {attempts.data(), attempts.size()};
    const failure f(fault::connection_refused, known);
    REQUIRE(f.evidence().attempts.size() == (count < 16 ? count : 16));
    for (const handshim::attempt_view& kept : f.evidence().attempts) {
      CHECK(kept.address == address.substr(0, 64));
      CHECK(kept.error == refused());
      CHECK(kept.elapsed == std::chrono::milliseconds(7));
    }
  }
}

TEST_CASE("numbers, times and the cause are kept as they are") {
  evidence known;
  known.http_status = 503;
  known.body_complete = true;
  known.bytes_in = 1;
  known.bytes_out = 0xffffffffffULL;
  known.elapsed = std::chrono::seconds(3);
  known.attempt = 2;
  known.redirects = 9;
  known.cause = std::make_exception_ptr(42);
  const failure f(fault::upgrade_rejected, known);
  const evidence& kept = f.evidence();
  CHECK(kept.http_status == 503);
  CHECK(kept.body_complete);
  CHECK(kept.bytes_in == 1);
  CHECK(kept.bytes_out == 0xffffffffffULL);
  CHECK(kept.elapsed == std::chrono::seconds(3));
  CHECK(kept.attempt == 2);
  CHECK(kept.redirects == 9);
  CHECK(kept.cause == known.cause);
}

TEST_CASE("a failure keeps copies of the texts, not views of the caller's") {
  failure f;
  {
    std::string text = "to be overwritten";
    f = failure(fault::unclassified, with_detail(text));
    text.assign(text.size(), '!');
  }
  CHECK(f.evidence().detail == "to be overwritten");
}

TEST_CASE("a copy shares the evidence, which lives as long as any copy") {
  failure last;
  const char* where = nullptr;
  {
    const failure first(fault::unclassified, with_detail("shared"));
    where = first.evidence().detail.data();
    const failure second = first;  // NOLINT: the copy is what is tested
    CHECK(second.evidence().detail.data() == where);
    last = second;
  }
  CHECK(last.evidence().detail.data() == where);
  CHECK(last.evidence().detail == "shared");
}

TEST_CASE("a failure may be assigned to itself, moved and swapped") {
  failure f(fault::closed, with_detail("mine"));
  failure& same = f;
  f = same;
  CHECK(f.evidence().detail == "mine");
  f = std::move(same);
  CHECK(f.evidence().detail == "mine");

  failure taken = std::move(f);
  CHECK(taken.fault() == fault::closed);
  CHECK_FALSE(f);  // NOLINT: a moved-from failure is none
  CHECK(f.evidence().detail.empty());

  failure other(fault::cancelled, refused());
  swap(taken, other);
  CHECK(taken.fault() == fault::cancelled);
  CHECK(taken.native_code() == refused());
  CHECK(other.evidence().detail == "mine");
  f = other;
  CHECK(f.evidence().detail == "mine");
}

TEST_CASE("many threads may copy and drop one failure") {
  const failure shared(fault::closed, with_detail("shared by threads"));
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&shared] {
      for (int round = 0; round < 20000; ++round) {
        failure copy = shared;
        failure another = std::move(copy);
      }
    });
  for (std::thread& t : threads) t.join();
  CHECK(shared.evidence().detail == "shared by threads");
}

TEST_CASE("a failure made from another's evidence keeps it as it is") {
  evidence known;
  known.endpoint = "ws://user:pw@host/a\\b\x01?token=1";
  known.detail = "see http://u:p@h/?q=1 for more";
  const failure first(fault::connection_refused, known);
  const failure second(fault::connect_timeout, first.evidence());
  CHECK(second.evidence().endpoint == first.evidence().endpoint);
  CHECK(second.evidence().detail == first.evidence().detail);
}

TEST_CASE("advice comes from the row, and from the status or close code where these decide") {
  const auto with_status = [](int status) {
    evidence known;
    known.http_status = status;
    return advice_for(failure(fault::upgrade_rejected, known));
  };
  CHECK(with_status(503) == handshim::advice::throttled);
  CHECK(with_status(429) == handshim::advice::throttled);
  CHECK(with_status(502) == handshim::advice::back_off);
  CHECK(with_status(408) == handshim::advice::back_off);
  CHECK(with_status(404) == handshim::advice::fix_first);
  CHECK(with_status(0) == handshim::advice::fix_first);
  const auto with_code = [](std::uint16_t code) {
    evidence known;
    known.close_received.code = code;
    return advice_for(failure(fault::closed_with_error, known));
  };
  CHECK(with_code(1013) == handshim::advice::throttled);
  CHECK(with_code(1001) == handshim::advice::back_off);
  CHECK(with_code(1012) == handshim::advice::back_off);
  CHECK(with_code(1008) == handshim::advice::fix_first);
  CHECK(advice_for(failure(fault::connection_refused)) == handshim::advice::back_off);
  CHECK(advice_for(failure(fault::uri_invalid)) == handshim::advice::fix_first);
  CHECK(advice_for(failure(fault::closed_normally)) == handshim::advice::never);
}

TEST_CASE("earlier failures are kept: the first and the newest, without earlier ones of their own") {
  std::vector<failure> all;
  for (std::uint32_t i = 1; i <= 20; ++i) {
    const std::string detail = sample(i * 40, i);
    evidence known = with_detail(detail);
    known.attempt = i;
    if (i > 1) known.earlier = {all.data(), 1};
    all.emplace_back(fault::connection_refused, known, refused());
  }
  CHECK(all[19].evidence().earlier.size() == 1);
  evidence known = with_detail("the last");
  known.earlier = {all.data(), all.size()};
  failure last(fault::connect_timeout, known);
  all.clear();  // they are copies
  const auto& earlier = last.evidence().earlier;
  REQUIRE(earlier.size() == 16);
  CHECK(earlier[0].evidence().attempt == 1);
  for (std::size_t i = 1; i < earlier.size(); ++i) {
    const auto number = static_cast<std::uint32_t>(i + 5);
    CHECK(earlier[i].evidence().attempt == number);
    CHECK((earlier[i].evidence().detail == sample(number * 40, number)));
    CHECK(earlier[i].evidence().earlier.empty());
    CHECK(earlier[i].native_code() == refused());
  }
  const failure one = earlier[3];
  last = failure();
  CHECK(one.evidence().attempt == 8);  // it outlives the one that it was kept by
}

TEST_CASE("advice is after where the server named the time") {
  const handshim::header_view header{"Retry-After", "7"};
  evidence known;
  known.http_status = 503;
  known.headers = {&header, 1};
  CHECK(advice_for(failure(fault::upgrade_rejected, known)) == handshim::advice::after);
  known.http_status = 404;
  CHECK(advice_for(failure(fault::upgrade_rejected, known)) == handshim::advice::fix_first);
}

TEST_CASE("no advice is a word of the table alone") {
  for (const handshim::fault_facts& row : handshim::all_faults()) {
    const handshim::advice given = advice_for(failure(row.id));
    CHECK(given != handshim::advice::by_status);
    CHECK(given != handshim::advice::by_close_code);
  }
}

TEST_CASE("a failure goes into a stream as its what()") {
  const failure f(fault::not_connected, with_detail("call connect()"));
  std::ostringstream out;
  out << f;
  CHECK(out.str() == f.what());
}
