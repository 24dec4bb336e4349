// Input: three bytes that choose how it is read, how it ends and in which pieces it comes, then a response. However it
// is cut, the result is the same; what is kept of it is bounded; and each backend tells the same of it.
#include "handshim/rfc6455/response.hpp"

#include "conversation.hpp"

using handshim::fault;
namespace rfc6455 = handshim::rfc6455;

namespace {

constexpr rfc6455::ending endings[] = {rfc6455::ending::eof, rfc6455::ending::reset, rfc6455::ending::timeout};
constexpr client_test::ending peers[] = {client_test::ending::eof, client_test::ending::reset,
                                         client_test::ending::lapse};

rfc6455::response_reader read(std::string_view bytes, const handshim::reading& how, std::size_t step,
                              rfc6455::ending end, std::size_t& taken) {
  rfc6455::response_reader reader(how);
  taken = 0;
  while (taken < bytes.size()) {
    const std::size_t n = reader.consume(bytes.substr(taken, step));
    taken += n;
    if (reader.done() || reader.error() != fault::none) return reader;
    fuzz::expect(n == step || taken == bytes.size(), "bytes are left over though the response is not done");
  }
  reader.end(end);
  return reader;
}

bool is_documented(fault f) {
  for (const fault root : {fault::eof_in_response, fault::reset_in_response, fault::handshake_timeout,
                           fault::response_malformed, fault::response_too_large, fault::body_unreadable})
    if (is_a(f, root)) return true;
  return f == fault::none;
}

void check_bounds(const rfc6455::response& r, const handshim::reading& how) {
  fuzz::expect(r.headers.size() <= how.max_headers && r.body.size() <= how.max_body, "more is kept than is allowed");
  for (const rfc6455::header& h : r.headers)
    fuzz::expect(h.name.size() + h.value.size() < how.max_line, "a longer line is kept than is allowed");
}

void check_same(const rfc6455::response_reader& a, const rfc6455::response_reader& b) {
  const rfc6455::response &x = a.get(), &y = b.get();
  fuzz::expect(a.error() == b.error() && a.where() == b.where(), "another result of the same bytes in pieces");
  fuzz::expect(a.fault_header() == b.fault_header(), "another header at fault of the same bytes in pieces");
  fuzz::expect(x.status == y.status && x.reason == y.reason && x.body == y.body && x.body_complete == y.body_complete &&
                   x.headers.size() == y.headers.size(),
               "another response of the same bytes in pieces");
}

// The key is another one each time, so its echo may stand in the value of its header alone.
bool echoes_in_place(std::string_view bytes) {
  constexpr std::string_view echo = "{accept}", line = "\nSec-WebSocket-Accept: {accept}";
  const std::size_t at = bytes.find(echo);
  return at == std::string_view::npos || bytes.find(line) + line.size() == at + echo.size();
}

void run(std::string_view bytes) {
  fuzz::input in(bytes);
  fuzz::conversation told;
  told.how = fuzz::hasty();
  const unsigned leniencies = in.byte(), more = in.byte();
  fuzz::choose_reading(told.how.reading, leniencies | (more & 0x3c) << 6);
  told.ending = peers[more % 3];
  told.step = in.byte() + 1;
  told.bytes = in.rest();

  const handshim::reading& how = told.how.reading;
  std::size_t whole = 0, pieces = 0;
  const auto at_once = read(in.rest(), how, in.rest().size() + 1, endings[more % 3], whole);
  const auto in_pieces = read(in.rest(), how, told.step, endings[more % 3], pieces);
  fuzz::expect(is_documented(at_once.error()), "an undocumented fault of a response");
  check_bounds(at_once.get(), how);
  check_same(at_once, in_pieces);
  fuzz::expect(whole == pieces || at_once.error() != fault::none, "another length of the same bytes in pieces");

  if (!echoes_in_place(told.bytes)) return;
  const fuzz::course all = fuzz::play_on_all(told);
  fuzz::expect(!all.connecting || is_a(all.connecting.fault(), fault::handshake_failed), "an undocumented fault");
}

const fuzz::target of_responses("response", run);

}  // namespace
