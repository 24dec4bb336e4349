#include "handshim/rfc6455/response.hpp"

#include <doctest/doctest.h>

#include <functional>

using namespace handshim::rfc6455;
using handshim::fault;
using handshim::reading;

namespace {

// What came of some input: compared whole, so that no split of it may change anything.
struct result {
  std::string error, header_at_fault;
  part where = part::failed;
  int status = 0;
  std::string reason, headers, body;
  bool complete = false;
  std::size_t taken = 0;

  bool operator==(const result& o) const {
    return error == o.error && header_at_fault == o.header_at_fault && where == o.where && status == o.status &&
           reason == o.reason && headers == o.headers && body == o.body && complete == o.complete && taken == o.taken;
  }
};

result result_of(const response_reader& reader, std::size_t taken) {
  result out;
  out.error = name(reader.error());
  out.header_at_fault = reader.fault_header();
  out.where = reader.where();
  out.status = reader.get().status;
  out.reason = reader.get().reason;
  for (const header& h : reader.get().headers) out.headers += h.name + "=" + h.value + "|";
  out.body = reader.get().body;
  out.complete = reader.get().body_complete;
  out.taken = taken;
  return out;
}

std::size_t feed(response_reader& reader, std::string_view bytes, std::size_t step) {
  std::size_t taken = 0;
  while (taken < bytes.size()) {
    const std::size_t n = reader.consume(bytes.substr(taken, step));
    taken += n;
    if (n == 0) break;
  }
  return taken;
}

// At once, byte by byte, and split in two at every point (or at some, if it is long).
result read(std::string_view bytes, const reading& how = {}, const ending* end = nullptr) {
  const auto run = [&](const std::function<std::size_t(response_reader&)>& body) {
    response_reader reader(how);
    const std::size_t taken = body(reader);
    if (end != nullptr) reader.end(*end);
    return result_of(reader, taken);
  };
  const result whole = run([&](response_reader& r) { return r.consume(bytes); });
  CHECK(run([&](response_reader& r) { return feed(r, bytes, 1); }) == whole);
  for (std::size_t split = 0; split <= bytes.size(); split += 1 + bytes.size() / 400) {
    const result two = run([&](response_reader& r) {
      const std::size_t first = r.consume(bytes.substr(0, split));
      return first < split ? first : first + r.consume(bytes.substr(split));
    });
    if (!(two == whole)) FAIL("a split at ", split, " changes the result");
  }
  return whole;
}

result read_to(std::string_view bytes, ending end, const reading& how = {}) { return read(bytes, how, &end); }
std::string error_of(std::string_view bytes, const reading& how = {}) { return read(bytes, how).error; }
std::string eof_of(std::string_view bytes, const reading& how = {}) { return read_to(bytes, ending::eof, how).error; }

template <class Change>
reading with(Change change) {
  reading how;
  change(how);
  return how;
}

const std::string ok = "HTTP/1.1 200 OK\r\n";

}  // namespace

TEST_CASE("a 101 response is read and the frames behind it are left") {
  const std::string head =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nX-A: \t b c \t\r\nX-Empty:\r\n\r\n";
  const result r = read(head + "\x81\x02hi");
  CHECK(r.error == "none");
  CHECK(r.where == part::done);
  CHECK(r.status == 101);
  CHECK(r.reason == "Switching Protocols");
  CHECK(r.headers == "Upgrade=websocket|X-A=b c|X-Empty=|");
  CHECK(r.complete);
  CHECK(r.taken == head.size());
}

TEST_CASE("headers are found whatever their case") {
  response r;
  r.headers = {{"Set-Cookie", "a"}, {"set-cookie", "b"}, {"X", "c"}};
  REQUIRE(r.find("SET-COOKIE") != nullptr);
  CHECK(*r.find("SET-COOKIE") == "a");
  CHECK(r.count("set-Cookie") == 2);
  CHECK(r.find("Y") == nullptr);
  CHECK(r.count("Y") == 0);
}

TEST_CASE("the end of the input is told by the part in which it comes") {
  const std::string body = "HTTP/1.1 500 x\r\nContent-Length: 3\r\n\r\nab";
  const std::pair<std::string, std::string> parts[] = {
      {"", "before_status_line"},
      {"H", "in_status_line"},
      {"HTTP/1.1 101 Switching Protocols\r", "in_status_line"},
      {"HTTP/1.1 101 Switching Protocols\r\n", "in_headers"},
      {"HTTP/1.1 500 x\r\nContent-Length: 3", "in_headers"},
      {"HTTP/1.1 500 x\r\nContent-Length: 3\r\n\r", "in_headers"},
      {"HTTP/1.1 500 x\r\nContent-Length: 3\r\n\r\n", "in_body"},
      {body, "in_body"},
      {"HTTP/1.1 100 Continue\r\n\r\n", "before_status_line"},
      {"HTTP/1.1 100 Continue\r\n\r\nH", "in_status_line"},
  };
  for (const auto& [bytes, where] : parts) {
    CHECK(read_to(bytes, ending::eof).error == "eof_" + where);
    CHECK(read_to(bytes, ending::reset).error == "reset_" + where);
    CHECK(read_to(bytes, ending::timeout).error == "timeout_" + where);
  }
  CHECK(read_to(body, ending::eof).body == "ab");
  CHECK(read_to(body, ending::eof).status == 500);
  CHECK_FALSE(read_to(body, ending::eof).complete);
}

TEST_CASE("an ending after the response was done or failed changes nothing") {
  CHECK(eof_of("HTTP/1.1 204 x\r\n\r\n") == "none");
  CHECK(eof_of("nonsense\r\n") == "status_line_malformed");
  CHECK(fault_at(part::done, ending::eof) == fault::none);
  CHECK(fault_at(part::failed, ending::reset) == fault::none);
}

TEST_CASE("where() follows the reading") {
  response_reader reader{reading{}};
  CHECK(reader.where() == part::before_status_line);
  reader.consume("");
  CHECK(reader.where() == part::before_status_line);
  reader.consume("HTTP/1.1 500");
  CHECK(reader.where() == part::status_line);
  reader.consume(" x\r\nContent-Length: 1");
  CHECK(reader.where() == part::headers);
  reader.consume("\r\n\r\n");
  CHECK(reader.where() == part::body);
  CHECK_FALSE(reader.done());
  CHECK(reader.consume("ab") == 1);
  CHECK(reader.where() == part::done);
  CHECK(reader.done());
  CHECK(reader.consume("b") == 0);
}

TEST_CASE("what is no status line is malformed") {
  for (const std::string_view line :
       {"\r\n", "HTTP/1.1\r\n", "HTTP/1.1 200\r\n", "http/1.1 101 x\r\n", "SSH-2.0-OpenSSH_9.6\r\n",
        "220 mail.example.com ESMTP Postfix\r\n", "PRI * HTTP/2.0\r\n", "HTTP/ 101 x\r\n", "HTTP/x 101 x\r\n",
        " HTTP/1.1 101 x\r\n", "HTTP/2 101\r\n", "HTTP 1 1\r\n"})
    CHECK(error_of(line) == "status_line_malformed");
  CHECK(error_of("HTTP/1.1  200\r\n") == "status_code_malformed");
}

TEST_CASE("another version of HTTP is told as such") {
  for (const std::string_view line :
       {"HTTP/1.0 101 x\r\n", "HTTP/2 101 x\r\n", "HTTP/2.0 101 x\r\n", "HTTP/1.1x 101 x\r\n"})
    CHECK(error_of(line) == "http_version_unsupported");
}

TEST_CASE("the reason may be empty but its blank must be there") {
  const result r = read("HTTP/1.1 404 \r\n");
  CHECK(r.error == "none");
  CHECK(r.status == 404);
  CHECK(r.reason.empty());
}

TEST_CASE("the status is three digits from 100 to 599") {
  for (const std::string_view code : {"abc", "+101", "99", "099", "000", "1000", "10", "", "1_1", "-10", "1e2", "\t10"})
    CHECK(error_of("HTTP/1.1 " + std::string(code) + " x\r\n") == "status_code_malformed");
  for (const int code : {600, 999}) {
    const result r = read("HTTP/1.1 " + std::to_string(code) + " x\r\n");
    CHECK(r.error == "status_code_out_of_range");
    CHECK(r.status == code);
  }
}

TEST_CASE("with integer_status the status is what Python's int() takes") {
  const reading how = with([](reading& h) { h.integer_status = true; });
  for (const std::string_view code : {"+101", "0101", "1_01", "\t101"}) {
    const result r = read("HTTP/1.1 " + std::string(code) + " x\r\n\r\n", how);
    CHECK(r.error == "none");
    CHECK(r.status == 101);
  }
  for (const std::string_view code : {"abc", "99", "-101", "1__0", "", "0"})
    CHECK(error_of("HTTP/1.1 " + std::string(code) + " x\r\n", how) == "status_code_malformed");
  CHECK(error_of("HTTP/1.1 600 x\r\n", how) == "status_code_out_of_range");
  CHECK(read("HTTP/1.1 600 x\r\n", how).status == 600);
  for (const std::string_view code : {"1000", "99999999999999999999"})
    CHECK(error_of("HTTP/1.1 " + std::string(code) + " x\r\n", how) == "status_code_malformed");
}

TEST_CASE("with high_status a status to 999 is an ordinary one") {
  const reading how = with([](reading& h) { h.high_status = h.integer_status = true; });
  const result r = read("HTTP/1.1 999 Request denied\r\nContent-Length: 0\r\n\r\n", how);
  CHECK(r.error == "none");
  CHECK(r.status == 999);
  CHECK(error_of("HTTP/1.1 1000 x\r\n", how) == "status_code_malformed");
}

TEST_CASE("the reason has no control characters and, if asked, is UTF-8") {
  for (const std::string_view reason : {"a\x01", "\x7f", "a\rb"})
    CHECK(error_of("HTTP/1.1 200 " + std::string(reason) + "\r\n") == "reason_malformed");
  const std::string latin = "HTTP/1.1 403 f\xfcr Sie\tx\r\n";
  CHECK(read(latin).reason == "f\xfcr Sie\tx");
  const reading how = with([](reading& h) { h.utf8_reason = true; });
  CHECK(error_of(latin, how) == "reason_malformed");
  CHECK(error_of("HTTP/1.1 403 f\xc3\xbcr Sie\r\n", how) == "none");
}

TEST_CASE("a line that ends in LF alone is refused") {
  CHECK(error_of("HTTP/1.1 200 OK\n") == "bare_line_feed");
  CHECK(error_of("\n") == "bare_line_feed");
  CHECK(error_of(ok + "A: b\n") == "bare_line_feed");
  CHECK(error_of(ok + "\n") == "bare_line_feed");
  CHECK(read(ok + "A: b\n").header_at_fault == "A");
}

TEST_CASE("each thing wrong with a header is a fault of its own, and the header is named if it can be") {
  CHECK(error_of(ok + " folded\r\n") == "header_folded");
  CHECK(error_of(ok + "A: b\r\n\tfolded: x\r\n") == "header_folded");
  CHECK(error_of(ok + "no colon here\r\n") == "header_without_colon");
  for (const std::string_view line : {": v", "X Bad: v", "Upgrade : websocket", "\xc3\xbc: v", "a@b: v", "a\x01: v"})
    CHECK(error_of(ok + std::string(line) + "\r\n") == "header_name_invalid");
  for (const std::string_view value : {"a\x01b", "a\rb", "\x7f"})
    CHECK(error_of(ok + "X-Bad: " + std::string(value) + "\r\n") == "header_value_invalid");
  const result nul = read(ok + "X-Bad: a" + std::string(1, '\0') + "b\r\n");
  CHECK(nul.error == "header_value_invalid");
  CHECK(nul.header_at_fault == "X-Bad");
  CHECK(nul.status == 200);
  CHECK(read(ok + "X Bad: v\r\n").header_at_fault.empty());
}

TEST_CASE("bytes over 127 in a header are kept unless ascii_headers") {
  const std::string bytes = ok + "X-City: Z\xc3\xbcrich\r\n";
  CHECK(read(bytes).headers == "X-City=Z\xc3\xbcrich|");
  CHECK(error_of(bytes, with([](reading& h) { h.ascii_headers = true; })) == "header_value_invalid");
}

TEST_CASE("a line may have max_line bytes, its CRLF included") {
  const reading how = with([](reading& h) { h.max_line = 20; });
  CHECK(error_of("HTTP/1.1 200 " + std::string(5, 'a') + "\r\n", how) == "none");
  const result status = read("HTTP/1.1 200 " + std::string(6, 'a') + "\r\n", how);
  CHECK(status.error == "status_line_too_long");
  CHECK(status.taken == 20);
  CHECK(error_of("HTTP/1.1 200 " + std::string(7, 'a'), how) == "status_line_too_long");
  CHECK(error_of("HTTP/1.1 200 " + std::string(6, 'a'), how) == "none");
  CHECK(error_of(ok + "A: " + std::string(15, 'a') + "\r\n", how) == "none");
  const result header = read(ok + "A: " + std::string(16, 'a') + "\r\n", how);
  CHECK(header.error == "header_line_too_long");
  CHECK(header.header_at_fault == "A");
}

TEST_CASE("a line's length is looked at before anything else") {
  const reading how = with([](reading& h) { h.max_line = 20; });
  CHECK(error_of(std::string(30, 'x') + "\n", how) == "status_line_too_long");
  CHECK(error_of(ok + " " + std::string(30, 'x') + "\n", how) == "header_line_too_long");
  const reading none = with([](reading& h) { h.max_line = 0; });
  CHECK(error_of("x", none) == "status_line_too_long");
  CHECK(error_of("\r\n", none) == "status_line_too_long");
}

TEST_CASE("with measure_at_end a line is measured when its end came, or at 1 MiB") {
  const reading how = with([](reading& h) { h.measure_at_end = true; });
  const std::string endless(200000, 'a');
  CHECK(read_to(endless, ending::timeout, how).error == "timeout_in_status_line");
  CHECK(read_to(endless, ending::eof, how).error == "status_line_too_long");
  CHECK(error_of(endless + "\r\n", how) == "status_line_too_long");
  response_reader reader(how);
  CHECK(reader.consume(std::string((1u << 20) - 1, 'a')) == (1u << 20) - 1);
  CHECK(reader.error() == fault::none);
  CHECK(reader.consume("aa") == 1);
  CHECK(reader.error() == fault::status_line_too_long);
}

TEST_CASE("a response may have max_headers header lines") {
  const reading how = with([](reading& h) { h.max_headers = 2; });
  const std::string two = ok + "A: b\r\nA: b\r\n";
  CHECK(error_of(two + "\r\n", how) == "none");
  CHECK(error_of(two + "A: b\r\n", how) == "too_many_headers");
  CHECK(error_of(two + "nonsense\r\n", how) == "too_many_headers");
  CHECK(error_of(two + "nonsense", how) == "none");
}

TEST_CASE("interim responses are skipped, but not too many and not without being asked") {
  const std::string hints = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";
  const std::string final = "HTTP/1.1 101 Switching Protocols\r\nA: b\r\n\r\n";
  const result skipped = read("HTTP/1.1 100 Continue\r\n\r\n" + hints + final);
  CHECK(skipped.status == 101);
  CHECK(skipped.headers == "A=b|");
  CHECK(read(hints + final, with([](reading& h) { h.interim = false; })).status == 103);
  const reading two = with([](reading& h) { h.max_interim = 2; });
  CHECK(read(hints + hints + final, two).status == 101);
  const result third = read(hints + hints + hints + final, two);
  CHECK(third.where == part::done);
  CHECK(third.status == 103);
  CHECK(third.complete);
  CHECK(third.taken == 3 * hints.size());
}

TEST_CASE("responses that have no body end with their headers") {
  for (const std::string_view status : {"101", "204", "304"}) {
    const std::string head =
        "HTTP/1.1 " + std::string(status) + " x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n";
    const result r = read(head + "12345");
    CHECK(r.where == part::done);
    CHECK(r.complete);
    CHECK(r.body.empty());
    CHECK(r.taken == head.size());
  }
}

TEST_CASE("where transfer codings are not known any of them is an error, in a 101 too") {
  reading how = with([](reading& h) { h.chunked = false; });
  for (const std::string_view status : {"101", "204", "404"}) {
    const result r = read("HTTP/1.1 " + std::string(status) + " x\r\nTransfer-Encoding: chunked\r\n\r\n", how);
    CHECK(r.error == "transfer_coding_unsupported");
    CHECK(r.header_at_fault == "Transfer-Encoding");
  }
  how.body = false;
  CHECK(error_of("HTTP/1.1 404 x\r\nTransfer-Encoding: chunked\r\n\r\n", how) == "none");
}

TEST_CASE("where bodies are not read the response ends with its headers") {
  const std::string head = "HTTP/1.1 500 x\r\nContent-Length: many\r\n\r\n";
  const result r = read(head + "oops", with([](reading& h) { h.body = false; }));
  CHECK(r.where == part::done);
  CHECK(r.body.empty());
  CHECK(r.complete);
  CHECK(r.taken == head.size());
}

TEST_CASE("a body with a length is read exactly") {
  const std::string head = "HTTP/1.1 500 x\r\nContent-Length: ";
  const result r = read(head + "4\r\n\r\noops!");
  CHECK(r.where == part::done);
  CHECK(r.body == "oops");
  CHECK(r.complete);
  CHECK(r.taken == head.size() + 9);
  CHECK(read(head + "0\r\n\r\n").where == part::done);
}

TEST_CASE("a length that cannot be used is an error by its kind") {
  const std::string head = "HTTP/1.1 500 x\r\nContent-Length: ";
  CHECK(error_of(head + "many\r\n\r\n") == "content_length_malformed");
  CHECK(error_of(head + "\r\n\r\n") == "content_length_malformed");
  CHECK(error_of(head + "4, 4\r\n\r\n") == "content_length_malformed");
  for (const std::string_view odd : {"+4", "1_0", "4x", "-", "--1", "-+1"})
    CHECK(error_of(head + std::string(odd) + "\r\n\r\n") == "content_length_malformed");
  CHECK(error_of(head + "-1\r\n\r\n") == "content_length_negative");
  CHECK(error_of(head + "4\r\ncontent-length: 4\r\n\r\n") == "content_length_repeated");
  const result r = read(head + "1048577\r\n\r\n");
  CHECK(r.error == "body_too_large");
  CHECK(r.header_at_fault == "Content-Length");
  CHECK(r.status == 500);
  CHECK(r.headers == "Content-Length=1048577|");
  CHECK(error_of(head + "99999999999999999999999999\r\n\r\n") == "body_too_large");
  CHECK(error_of(head + "1048576\r\n\r\n") == "none");
}

TEST_CASE("a body without a length ends with the connection, if that is allowed") {
  const std::string bytes = "HTTP/1.1 400 x\r\nConnection: close\r\n\r\nto the end";
  const result r = read_to(bytes, ending::eof);
  CHECK(r.error == "none");
  CHECK(r.where == part::done);
  CHECK(r.body == "to the end");
  CHECK(r.complete);
  const result reset = read_to(bytes, ending::reset);
  CHECK(reset.error == "none");
  CHECK_FALSE(reset.complete);
  CHECK(read_to(bytes, ending::timeout).error == "timeout_in_body");
  const result refused = read_to(bytes, ending::eof, with([](reading& h) { h.body_until_eof = false; }));
  CHECK(refused.error == "eof_in_body");
  CHECK(refused.body == "to the end");
  const result cut = read_to(bytes, ending::reset, with([](reading& h) { h.body_until_eof = false; }));
  CHECK(cut.error == "reset_in_body");
}

TEST_CASE("a body without a length has a limit too") {
  const reading how = with([](reading& h) { h.max_body = 4; });
  CHECK(read_to("HTTP/1.1 400 x\r\n\r\nfour", ending::eof, how).where == part::done);
  const result r = read("HTTP/1.1 400 x\r\n\r\nfive!!", how);
  CHECK(r.error == "body_too_large");
  CHECK(r.body == "five");
  CHECK_FALSE(r.complete);
}

TEST_CASE("a chunked body is put together") {
  const std::string head = "HTTP/1.1 404 x\r\nTransfer-Encoding: Chunked\r\nContent-Length: 99\r\n\r\n";
  const std::string bytes =
      head + "4\r\nWiki\r\n00A;ext=\"1\"\r\n0123456789\r\n1 \r\n!\r\n0\r\nTrailer: x\r\nT: y\r\n\r\n";
  const result r = read(bytes + "more");
  CHECK(r.where == part::done);
  CHECK(r.body == "Wiki0123456789!");
  CHECK(r.complete);
  CHECK(r.headers == "Transfer-Encoding=Chunked|Content-Length=99|");
  CHECK(r.taken == bytes.size());
}

TEST_CASE("what is wrong with a chunk is one fault, and the body so far is kept") {
  const std::string head = "HTTP/1.1 404 x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string_view rest : {"zz\r\n", "\r\n", ";x\r\n", " 4\r\n", "+4\r\n", "-4\r\n", "0x4\r\n", "4\n",
                                      "1234567890123456\r\n", "0000000000000004\r\n", "4\r\nWikix", "4\r\nWiki\rx",
                                      "0\r\nno colon\r\n", "0\r\n: x\r\n", "0\r\nA: b\n", "4 4\r\n"})
    CHECK(error_of(head + std::string(rest)) == "chunk_malformed");
  CHECK(error_of(head + std::string(8192, '0')) == "chunk_malformed");
  std::string trailers = "0\r\n";
  for (int i = 0; i < 129; ++i) trailers += "A: b\r\n";
  CHECK(error_of(head + trailers) == "chunk_malformed");
  CHECK(read(head + "4\r\nWiki\r\nzz\r\n").body == "Wiki");
  for (const std::string_view cut :
       {"", "4", "4\r\nWi", "4\r\nWiki", "4\r\nWiki\r", "4\r\nWiki\r\n", "0\r\n", "0\r\nA:"})
    CHECK(eof_of(head + std::string(cut)) == "eof_in_body");
}

TEST_CASE("chunks are held against the limit by their size lines") {
  const reading how = with([](reading& h) { h.max_body = 6; });
  const std::string head = "HTTP/1.1 404 x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nWiki\r\n";
  CHECK(error_of(head + "2\r\n", how) == "none");
  const result r = read(head + "3\r\n", how);
  CHECK(r.error == "body_too_large");
  CHECK(r.body == "Wiki");
  CHECK(error_of(head + "fffffffffffffff\r\n", how) == "body_too_large");
}

TEST_CASE("a transfer coding other than chunked is not supported") {
  for (const std::string_view value :
       {"gzip", "gzip, chunked", "", "chunked, chunked", "chunked\r\nTransfer-Encoding: chunked"})
    CHECK(error_of("HTTP/1.1 404 x\r\nTransfer-Encoding: " + std::string(value) + "\r\n\r\n") ==
          "transfer_coding_unsupported");
}

TEST_CASE("with integer_status a length may be any integer, too") {
  const reading how = with([](reading& h) { h.integer_status = true; });
  const std::string head = "HTTP/1.1 500 x\r\nContent-Length: ";
  CHECK(read(head + "+4\r\n\r\noops", how).body == "oops");
  CHECK(error_of(head + "-0x4\r\n\r\n", how) == "content_length_malformed");
}

TEST_CASE("chunked has no case, unless lower_case_coding") {
  const std::string bytes = "HTTP/1.1 404 x\r\nTransfer-Encoding: Chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n";
  CHECK(read(bytes).body == "no");
  const reading how = with([](reading& h) { h.lower_case_coding = true; });
  CHECK(error_of(bytes, how) == "transfer_coding_unsupported");
  CHECK(error_of("HTTP/1.1 404 x\r\nTransfer-Encoding: chunked\r\n\r\n", how) == "none");
}

TEST_CASE("the line functions serve those who read line by line") {
  response r;
  CHECK(parse_status_line("HTTP/1.1 503 Busy", {}, r) == fault::none);
  CHECK(r.status == 503);
  CHECK(r.reason == "Busy");
  CHECK(parse_header_line("Retry-After:3", {}, r) == fault::none);
  CHECK(*r.find("retry-after") == "3");
  CHECK(parse_header_line("", {}, r) == fault::header_without_colon);
  CHECK(r.headers.size() == 1);
}

TEST_CASE("a reader that is given the head reads the body alone") {
  const auto started = [](std::vector<header> headers, int status = 500) {
    response head;
    head.status = status;
    head.headers = std::move(headers);
    head.body = "not yet";
    return response_reader(reading{}, std::move(head));
  };
  response_reader sized = started({{"Content-Length", "4"}});
  CHECK(sized.where() == part::body);
  CHECK(sized.consume("oops!") == 4);
  CHECK(sized.done());
  CHECK(sized.get().body == "oops");
  CHECK(sized.get().status == 500);
  response_reader chunked = started({{"Transfer-Encoding", "chunked"}});
  CHECK(feed(chunked, "4\r\nWiki\r\n0\r\n\r\n", 1) == 14);
  CHECK(chunked.get().body == "Wiki");
  response_reader open = started({});
  open.consume("ab");
  CHECK(open.end(ending::eof) == fault::none);
  CHECK(open.get().body == "ab");
  CHECK(started({}, 101).done());
  CHECK(started({{"Content-Length", "x"}}).error() == fault::content_length_malformed);
  CHECK(started({{"Content-Length", "4"}}).end(ending::timeout) == fault::timeout_in_body);
}
