#include <doctest/doctest.h>

#include <cerrno>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "golden.hpp"
#include "handshim/failure.hpp"
#include "handshim/impl/first_bytes.hpp"
#include "json_checker.hpp"

using handshim::evidence;
using handshim::failure;
using handshim::fault;
using handshim::header_view;
using handshim::phase;

namespace {

evidence at_endpoint(std::string_view endpoint) {
  evidence known;
  known.endpoint = endpoint;
  return known;
}

// All that a program may print of a failure.
std::string everything(const failure& f) {
  return std::string(f.evidence().endpoint) + "\n" + f.what() + "\n" + f.describe() + "\n" + f.to_json() + "\n" +
         f.fingerprint();
}

bool printable(std::string_view text, bool line_feeds) {
  for (const char c : text)
    if ((c < 0x20 || c > 0x7e) && !(line_feeds && c == '\n')) return false;
  return true;
}

bool contains(std::string_view text, std::string_view word) { return text.find(word) != std::string_view::npos; }

std::string shown(fault f, std::string_view endpoint) {
  return std::string(failure(f, at_endpoint(endpoint)).evidence().endpoint);
}

failure rejected_with(const header_view& header) {
  evidence known;
  known.http_status = 302;
  known.headers = {&header, 1};
  return failure(fault::upgrade_rejected, known);
}

// A category whose name is not made for logs.
class odd_category final : public std::error_category {
 public:
  const char* name() const noexcept override { return "odd\n\"\x80"; }
  std::string message(int) const override { return "odd"; }
};

// Random evidence, always the same for a seed. The texts live as long as the object.
class random_evidence {
 public:
  explicit random_evidence(std::mt19937& random) : random_(random) {
    for (std::string_view evidence::*member :
         {&evidence::backend, &evidence::endpoint, &evidence::detail, &evidence::native_domain, &evidence::native_text,
          &evidence::http_reason, &evidence::header, &evidence::body, &evidence::first_bytes})
      known_.*member = text();
    known_.native_value = static_cast<int>(random_());
    known_.http_status = below(3) == 0 ? 0 : static_cast<int>(below(2000)) - 500;
    known_.close_received = {static_cast<std::uint16_t>(random_()), text()};
    known_.close_sent = {static_cast<std::uint16_t>(below(2) == 0 ? 0 : random_()), text()};
    known_.order = static_cast<handshim::close_order>(below(4));
    known_.elapsed = std::chrono::nanoseconds(static_cast<std::int64_t>(random_()) * (below(2) == 0 ? 1 : -1000000));
    known_.bytes_in = random_();
    known_.bytes_out = ~std::uint64_t{0} >> below(64);
    known_.attempt = static_cast<std::uint32_t>(random_());
    known_.redirects = static_cast<std::uint32_t>(below(3));
    lists();
  }
  const evidence& get() const { return known_; }

 private:
  std::size_t below(std::size_t n) { return random_() % n; }
  std::string_view text() {
    constexpr std::size_t sizes[] = {0, 1, 5, 60, 64, 130, 600, 2000};
    std::string out;
    for (std::size_t left = sizes[below(8)]; left > 0; --left) out += static_cast<char>(random_());
    if (below(4) == 0) out.insert(below(out.size() + 1), below(2) == 0 ? "://" : "@");
    texts_.push_back(std::move(out));
    return texts_.back();
  }
  void lists() {
    static const odd_category odd;
    for (std::size_t left = below(40); left > 0; --left) headers_.push_back({text(), text()});
    for (std::size_t left = below(20); left > 0; --left)
      attempts_.push_back({text(), {static_cast<int>(below(3)), odd}, known_.elapsed});
    known_.headers = {headers_.data(), headers_.size()};
    known_.attempts = {attempts_.data(), attempts_.size()};
  }

  std::mt19937& random_;
  std::deque<std::string> texts_;
  std::vector<header_view> headers_;
  std::vector<handshim::attempt_view> attempts_;
  evidence known_;
};

fault random_fault(std::mt19937& random) {
  const handshim::fault_range all = handshim::all_faults();
  return all.first[random() % all.size()].id;
}

}  // namespace

TEST_CASE("what() says what happened, to which endpoint, in which phase, and ends with the fault's name") {
  evidence known = at_endpoint("ws://example.org/chat");
  CHECK(failure(fault::eof_before_status_line, known).what() ==
        "ws://example.org/chat: handshake: the connection ended before the HTTP response began "
        "[eof_before_status_line]");
  known.http_status = 503;
  known.http_reason = "Service Unavailable";
  CHECK(failure(fault::upgrade_rejected, known).what() ==
        "ws://example.org/chat: handshake: the server answered with a status other than 101: 503 Service Unavailable "
        "[upgrade_rejected]");
  CHECK(failure(fault::connection_refused, {ECONNREFUSED, std::system_category()}).what() ==
        "connect: nothing listens at that address and port [connection_refused]");
}

TEST_CASE("what() has the close frame, the native error and the header at fault") {
  evidence known;
  known.close_received = {1011, "out of order"};
  CHECK(contains(failure(fault::closed_with_error, known).what(), "; received 1011 out of order"));
  known = {};
  known.native_domain = "my::error";
  known.native_value = 7;
  known.native_text = "no luck";
  CHECK(contains(failure(fault::unclassified, known).what(), "; native my::error:7 no luck"));
  known.native_domain = {};
  known.native_value = 0;
  CHECK(contains(failure(fault::unclassified, known).what(), "; native no luck ["));
  CHECK(contains(failure(fault::unclassified, known).describe(), "native:       no luck\n"));
  known = {};
  known.header = "Upgrade";
  CHECK(contains(failure(fault::upgrade_header_missing, known).what(), "no Upgrade header: Upgrade ["));
}

TEST_CASE("what() keeps the fault's name however long the evidence is") {
  const std::string longest(5000, '\x01');
  evidence known = at_endpoint(longest);
  known.http_status = 500;
  known.http_reason = known.detail = known.native_domain = known.native_text = longest;
  known.close_received = {1011, longest};
  const std::string line = failure(fault::closed_with_error, known).what();
  CHECK(line.size() == 1024);
  CHECK(line.substr(line.size() - 20) == " [closed_with_error]");
  CHECK(printable(line, false));
}

TEST_CASE("describe() and to_json() have the earlier failures, those alike in one line") {
  std::vector<failure> all;
  for (std::uint32_t i = 1; i <= 4; ++i) {
    evidence known;
    known.attempt = i;
    all.emplace_back(i == 4 ? fault::eof_before_status_line : fault::connection_refused, known);
  }
  evidence known;
  known.attempt = 5;
  known.spent = std::chrono::milliseconds(1234);
  known.earlier = {all.data(), all.size()};
  const failure f(fault::connect_timeout, known);
  CHECK(contains(f.describe(), "\n  attempt:      5\n"));
  CHECK(contains(f.describe(),
                 "\n  all attempts: 1234 ms\n  earlier:      attempt 1 to 3: connect.refused\n"
                 "  earlier:      attempt 4: handshake.eof/status_line/0B\n"));
  CHECK(contains(f.to_json(),
                 "\"attempt\":5,\"spent_ms\":1234,\"earlier\":[{\"attempt\":1,\"fault\":"
                 "\"connection_refused\",\"fingerprint\":\"connect.refused\"},"));
  const failure lost[] = {failure(fault::connection_reset), all[0]};
  known.earlier = {lost, 2};
  CHECK(contains(failure(fault::connect_timeout, known).describe(), "\n  earlier:      open.reset\n"));
}

TEST_CASE("describe() has the evidence, and what to do") {
  const header_view header{"Retry-After", "30"};
  const handshim::attempt_view attempts[] = {{"[::1]:80", {22, std::generic_category()}, {}},
                                             {"127.0.0.1:80", {}, std::chrono::milliseconds(3)}};
  evidence known = at_endpoint("ws://localhost/");
  known.backend = "raw_sockets";
  known.http_status = 503;
  known.http_reason = "Busy";
  known.headers = {&header, 1};
  known.attempts = {attempts, 2};
  known.body = "come back later";
  known.bytes_in = 120;
  known.elapsed = std::chrono::milliseconds(1500);
  const std::string text = failure(fault::upgrade_rejected, known).describe();
  for (const char* line :
       {"\n  phase:        handshake\n", "\n  conditions:   rejected, handshake\n",
        "\n  endpoint:     ws://localhost/\n", "\n  backend:      raw_sockets\n", "\n  elapsed:      1500 ms\n",
        "\n  status:       503 Busy\n", "\n  header:       Retry-After: 30\n", "\n  body so far:  come back later\n",
        "\n  bytes:        120 received, 0 sent\n", "\n  address:      [::1]:80 generic:22 after 0 ms\n",
        "\n  address:      127.0.0.1:80 connected after 3 ms\n", "\n  fingerprint:  handshake.rejected/503\n",
        "\n  advice:       after: the server said when",
        "\n  hint:         the status, its headers and its body say why\n"}) {
    CAPTURE(line);
    CAPTURE(text);
    CHECK(contains(text, line));
  }
  CHECK(text.back() == '\n');
}

TEST_CASE("describe() names protocols by their first bytes, and shows these escaped") {
  const auto with = [](std::string_view bytes) {
    evidence known;
    known.first_bytes = bytes;
    return failure(fault::status_line_malformed, known);
  };
  const std::string ssh = with("SSH-2.0-OpenSSH_9\r\n").describe();
  CHECK(contains(ssh, "\n  looks like:   an SSH server: the port is the wrong one\n"));
  CHECK(contains(ssh, "\n  first bytes:  \"SSH-2.0-OpenSSH_9\\x0d\\x0a\"\n"));
  CHECK(contains(with("\x15\x03\x01").describe(handshim::disclosure::opaque), "  looks like:   a TLS alert"));
  CHECK(contains(with("\x15\x03\x01").to_json(), "\"looks_like\":\"tls_alert\""));
  CHECK(contains(with("hello").describe(), "first bytes:  \"hello\"\n"));
  CHECK_FALSE(contains(with("hello").describe(), "looks like"));
}

TEST_CASE("the first bytes of a peer that answered in HTTP tell nothing: they are not shown") {
  evidence known;
  known.first_bytes = "HTTP/1.1 101 Switching Protocols\r\n";
  for (const handshim::phase open : {handshim::phase::open, handshim::phase::closing}) {
    const failure f(fault::eof_without_close, known, {}, open);
    CHECK_FALSE(contains(everything(f), "looks"));
    CHECK_FALSE(contains(everything(f), "first"));
    CHECK(f.evidence().first_bytes == known.first_bytes);
  }
  CHECK(contains(failure(fault::status_line_malformed, known).to_json(), "\"looks_like\":\"http_status\""));
}

TEST_CASE("what() does not say twice what the native error says in the same words") {
  evidence known;
  known.native_domain = "acme";
  known.native_text = handshim::facts(fault::connection_refused).description;
  const failure f(fault::connection_refused, known);
  CHECK(f.what() == "connect: nothing listens at that address and port; native acme [connection_refused]");
  CHECK(contains(f.describe(), "\n  native:       acme nothing listens at that address and port\n"));
}

TEST_CASE("no line of describe() ends in a blank") {
  evidence known;
  known.http_status = 403;
  known.close_received = {1011, ""};
  known.close_sent = {1000, ""};
  known.native_domain = "acme";
  const std::string text = failure(fault::closed_with_error, known).describe();
  CHECK(contains(text, "\n  status:       403\n"));
  CHECK(contains(text, "\n  received:     close 1011\n"));
  CHECK(contains(text, "\n  native:       acme\n"));
  CHECK_FALSE(contains(text, " \n"));
}

TEST_CASE("what a peer looks like is told by the table of first bytes") {
  using handshim::detail::recognise;
  const auto name = [](std::string_view bytes) {
    const auto* const row = recognise(bytes);
    return row ? row->name : std::string_view();
  };
  CHECK(name("SSH-2.0-x") == "ssh");
  CHECK(name("\x15\x03\x01\x00\x02\x02\x28") == "tls_alert");
  CHECK(name("\x16\x03\x03") == "tls_handshake");
  CHECK(name("PRI * HTTP/2.0\r\n\r\nSM") == "http2_preface");
  CHECK(name(std::string_view("\0\0\x12\x04\0\0\0\0\0", 9)) == "http2_settings");
  CHECK(name("<!doctype HTML><title>") == "html");
  CHECK(name("GET / HTTP/1.1") == "http_request");
  CHECK(name("HTTP/1.1 2x") == "http_status");
  CHECK(name("RTSP/1.0 400") == "rtsp");
  CHECK(name("220 mail ESMTP Postfix\r\n") == "smtp");
  CHECK(name("220 (vsFTPd 3.0)\r\n") == "ftp");
  CHECK(name("220 hello\r\n") == "smtp_or_ftp");
  CHECK(name("-ERR unknown command 'GET'") == "redis");
  CHECK(name("-ERR") == "redis_or_pop3");
  CHECK(name(std::string_view("J\0\0\0\x0a"
                              "8.0.36",
                              11)) == "mysql");
  CHECK(name("") == "");
  CHECK(name("hello") == "");
  CHECK(name("S") == "");
  for (const auto& row : handshim::detail::first_bytes_rows) {
    const std::string bytes = std::string(row.at, 'x') + std::string(row.start) + std::string(row.also);
    CAPTURE(row.name);
    REQUIRE(recognise(bytes) != nullptr);
    CHECK(recognise(bytes)->name == row.name);
    CHECK_FALSE(row.meaning.empty());
  }
}

TEST_CASE("logfmt has the fields of JSON on one line, with quotes where they are needed") {
  evidence known = at_endpoint("ws://localhost/");
  known.detail = "say \"hi\"=\\\n\xff";
  known.close_received = {1011, "out of order"};
  const handshim::header_view headers[] = {{"A", "b"}, {"C", "d"}};
  known.headers = {headers, 2};
  known.elapsed = std::chrono::milliseconds(12);
  const std::string line = failure(fault::closed_with_error, known).to_logfmt();
  CHECK(line.substr(0, 46) == "fault=closed_with_error number=723 condition=c");
  CHECK(contains(line, " endpoint=ws://localhost/ detail=\"say \\\"hi\\\"=\\\\\\u000a\\u00ff\" "));
  CHECK(contains(line, " close_received=1011 close_received_reason=\"out of order\" elapsed_ms=12 headers=2"));
  CHECK(failure().to_logfmt().substr(0, 21) == "fault=none number=0 c");
}

TEST_CASE("JSON has the evidence, and can be read back exactly") {
  evidence known = at_endpoint("ws://localhost/");
  known.detail = "quote \" backslash \\ line\nfeed byte \xff end";
  known.body = std::string_view("\0\x7f{}", 4);
  const failure f(fault::unclassified, known);
  const json_test::checker read(f.to_json());
  REQUIRE(read.valid());
  const auto has = [&read](std::string_view text) {
    for (const std::string& one : read.strings())
      if (one == text) return true;
    return false;
  };
  CHECK(has(known.detail));
  CHECK(has(known.body));
  CHECK(has("ws://localhost/"));
  CHECK(has("unclassified"));
  CHECK(has(f.what()));
  CHECK(json_test::is_json(failure().to_json()));
}

TEST_CASE("the checker of JSON refuses what is not JSON") {
  for (const char* good : {"{}", "[]", "{\"a\":[1,-2.5e+3,true,null,\"\\u00ff\\n\"]}", "0"})
    CHECK(json_test::is_json(good));
  for (const char* bad : {"", "{", "{}}", "{\"a\"}", "{\"a\":1,}", "[1,]", "01", "1.", "\"\\x\"", "\"a", "tru",
                          "{\"a\":1,\"a\":2}", "\"\\u12\"", "\"\n\"", "\"\x80\"", "[1 2]"})
    CHECK_FALSE(json_test::is_json(bad));
}

TEST_CASE("the endpoint is kept without user info and query") {
  CHECK(shown(fault::connection_refused, "ws://host:80/path") == "ws://host:80/path");
  CHECK(shown(fault::connection_refused, "ws://user:hunter2@host/path") == "ws://host/path");
  CHECK(shown(fault::connection_refused, "wss://hunter2@host") == "wss://host");
  CHECK(shown(fault::connection_refused, "ws://u:hunter2@x@host/") == "ws://host/");
  CHECK(shown(fault::connection_refused, "ws://host/p?token=hunter2") == "ws://host/p?...");
  CHECK(shown(fault::connection_refused, "ws://host?hunter2") == "ws://host?...");
  CHECK(shown(fault::connection_refused, "ws://host/p#hunter2") == "ws://host/p?...");
  CHECK(shown(fault::connection_refused, "ws://u:p@host/p?a=b@c&t=hunter2") == "ws://host/p?...");
  CHECK(shown(fault::connection_refused, "ws://host/@user") == "ws://host/@user");
  CHECK(shown(fault::connection_refused, "user:hunter2@host:80") == "host:80");
  CHECK(shown(fault::connection_refused, "//user:hunter2@host/") == "//host/");
  CHECK(shown(fault::connection_refused, "[::1]:80") == "[::1]:80");
  CHECK(shown(fault::connection_refused, "ws://[::1]/x@y") == "ws://[::1]/x@y");
  CHECK(shown(fault::connection_refused, "/path?t=hunter2&next=http://x/") == "/path?...");
}

TEST_CASE("of a URI that cannot be parsed everything before the last @ is secret, and all if that may be the query") {
  for (const fault f : {fault::uri_invalid, fault::uri_port_invalid, fault::uri_user_info_incomplete}) {
    CHECK(shown(f, "ws://user:hunter2/x@host/") == "ws://host/");
    CHECK(shown(f, "ws://u:a/hunter2@b/c@host/p") == "ws://host/p");
    CHECK(shown(f, "http://user:hunter2@host") == "http://host");
    CHECK(shown(f, "ws:/u:hunter2@host/") == "host/");
    CHECK(shown(f, "ws://u:hunter2?x@host/p?token=hunter2") == "ws://?...");
    CHECK(shown(f, "ws://host/p?a=x@y&token=hunter2") == "ws://?...");
    CHECK(shown(f, "ws://host:8o80/p") == "ws://host:8o80/p");
    CHECK(shown(f, "ws://host/a b?token=hunter2") == "ws://host/a b?...");
  }
}

TEST_CASE("a URI that only looks parsable hides its password under every fault") {
  CHECK(shown(fault::connection_refused, "ws://user:hunter/2@host/") == "ws://host/");
  CHECK(shown(fault::connection_refused, "user:hunter/2@host/") == "host/");
}

TEST_CASE("no secret of an endpoint reaches any text") {
  for (const char* endpoint :
       {"ws://user:hunter2@host/", "ws://host/?token=hunter2", "ws://u:hunter2?@host/?hunter2", "hunter2@host",
        "ws://u:hunter2/2@host/?a@hunter2", "/p?hunter2&r=http://x", "//u:hunter2@h"})
    for (const handshim::fault_facts& row : handshim::all_faults()) {
      CAPTURE(endpoint);
      CAPTURE(row.name);
      CHECK_FALSE(contains(everything(failure(row.id, at_endpoint(endpoint))), "hunter2"));
    }
}

TEST_CASE("URIs in the client's own words are shown as endpoints are") {
  evidence known;
  known.native_text = "cannot reach \"ws://user:hunter2@host/x?token=hunter2\": refused";
  known.detail = "tried http://a/?k=hunter2 and (https://hunter2@b/), then gave up";
  const failure f(fault::unclassified, known);
  CHECK(f.evidence().native_text == "cannot reach \"ws://host/x?...\": refused");
  CHECK(f.evidence().detail == "tried http://a/?... and (https://b/), then gave up");
  CHECK_FALSE(contains(everything(f), "hunter2"));
}

TEST_CASE("headers that hold secrets are named but not shown") {
  for (const char* name : {"Set-Cookie", "set-cookie2", "Authorization", "Proxy-Authorization", "X-Auth-Token",
                           "X-Api-Key", "Authentication-Info", "X-Amz-Security-Token", "Client-Secret"}) {
    const failure f = rejected_with({name, "hunter2; Path=/"});
    CAPTURE(name);
    CHECK_FALSE(contains(everything(f), "hunter2"));
    CHECK(contains(f.describe(), std::string(name) + ": (not shown)"));
    CHECK(contains(f.to_json(), "(not shown)"));
    CHECK(f.evidence().headers[0].value == "hunter2; Path=/");
  }
  CHECK(contains(rejected_with({"Retry-After", "120"}).describe(), "Retry-After: 120"));
}

TEST_CASE("the query and user info of a Location, and of any URI in a header, are not shown") {
  CHECK(contains(rejected_with({"Location", "https://host/login?t=hunter2"}).describe(),
                 "Location: https://host/login?...\n"));
  for (const header_view header :
       {header_view{"Location", "/login?t=hunter2&next=https://x/"}, header_view{"location", "//u:hunter2@host/"},
        header_view{"Content-Location", "?hunter2"}, header_view{"Link", "<https://u:hunter2@h/?hunter2>; rel=next"},
        header_view{"Refresh", "0; url=https://h/?hunter2"}}) {
    CAPTURE(header.value);
    CHECK_FALSE(contains(everything(rejected_with(header)), "hunter2"));
  }
}

TEST_CASE("secrets in the first bytes of a malformed response are not shown") {
  evidence known;
  known.first_bytes = "HTTP/1.1 abc\r\nSet-Cookie: id=hunter2\r\n";
  const failure f(fault::status_code_malformed, known);
  CHECK_FALSE(contains(everything(f), "hunter2"));
  CHECK(contains(f.describe(), "first bytes:  \"HTTP/1.1 abc\\x0d\\x0aSet-Cookie: ...\\x0d\\x0a\""));
}

TEST_CASE("control characters and bytes over 127 are escaped in every text, and can be told apart") {
  evidence known = at_endpoint("ws://h\xc3\xb6st/\r\nX: y");
  known.detail = "tab\there \x1b[31mred\x7f back\\slash";
  const failure f(fault::unclassified, known);
  CHECK(f.evidence().endpoint == "ws://h\\xc3\\xb6st/\\x0d\\x0aX: y");
  CHECK(contains(f.what(), "tab\\x09here \\x1b[31mred\\x7f back\\x5cslash"));
  CHECK(printable(f.what(), false));
  CHECK(printable(f.describe(), true));
  CHECK(printable(f.to_json(), false));
}

TEST_CASE("whatever bytes a field holds, all texts are printable and JSON is valid") {
  std::mt19937 random(20240817);
  for (int round = 0; round < 1000; ++round) {
    CAPTURE(round);
    const random_evidence known(random);
    const failure f(random_fault(random), known.get(), {}, static_cast<phase>(random() % 12));
    const auto level = static_cast<handshim::disclosure>(round % 3);
    const std::string what = f.what(), described = f.describe(level), json = f.to_json(level);
    CHECK(printable(f.to_logfmt(level), false));
    CHECK(printable(what, false));
    CHECK(what.size() <= 1024);
    CHECK(printable(described, true));
    CHECK(printable(f.evidence().endpoint, false));
    CHECK(printable(f.fingerprint(), false));
    CHECK(json_test::is_json(json));
  }
}

TEST_CASE("the fingerprint is the row's, with the status or close code where these tell more") {
  evidence known;
  known.http_status = 503;
  CHECK(failure(fault::upgrade_rejected, known).fingerprint() == "handshake.rejected/503");
  known.http_status = 1503;
  CHECK(failure(fault::upgrade_rejected, known).fingerprint() == "handshake.rejected");
  known = {};
  known.close_received.code = 4321;
  CHECK(failure(fault::closed_with_error, known).fingerprint() == "open.closed/error/4321");
  known.close_received.code = 65535;
  CHECK(failure(fault::closed_with_error, known).fingerprint() == "open.closed/error");
  CHECK(failure(fault::unclassified, {}, phase::tls).fingerprint() == "tls.unclassified");
}

TEST_CASE("fingerprints depend on nothing that a peer chooses freely") {
  std::mt19937 random(7);
  for (int round = 0; round < 500; ++round) {
    const random_evidence known(random);
    const fault f = random_fault(random);
    const std::string plain = failure(f).fingerprint(), full = failure(f, known.get()).fingerprint();
    CAPTURE(full);
    CHECK(full.substr(0, plain.size()) == plain);
    CHECK(full.size() <= plain.size() + 5);
  }
}

TEST_CASE("the number, name and fingerprint of a shipped fault never change") {
  std::string table = "number\tfault\tparent\tfingerprint\n";
  for (const handshim::fault_facts& row : handshim::all_faults())
    table += std::to_string(static_cast<int>(row.id)) + "\t" + std::string(row.name) + "\t" +
             std::string(name(row.parent)) + "\t" + failure(row.id).fingerprint() + "\n";
  golden::compare("faults.tsv", table);
}
