// Input: a URI, then after a line feed each the Location of a redirect. What is parsed is sane, says the same when
// parsed again, and puts nothing into the request that is not meant to be there; no redirect takes credentials
// elsewhere.
#include "handshim/rfc6455/uri.hpp"

#include "fuzz.hpp"
#include "handshim/rfc6455/handshake.hpp"

using handshim::fault;
namespace rfc6455 = handshim::rfc6455;

namespace {

constexpr std::string_view other_place = "other.example";

bool is_uri_text(std::string_view text) {
  for (const char c : text)
    if (c <= 0x20 || c >= 0x7f) return false;
  return true;
}

bool same(const rfc6455::uri& a, const rfc6455::uri& b) {
  return a.same_origin(b) && a.target == b.target && a.has_user_info == b.has_user_info && a.user == b.user &&
         a.password == b.password;
}

// The lines that the client itself writes, and no other.
void check_request(const rfc6455::uri& to) {
  rfc6455::request_options parts;
  if (to.has_user_info) parts.authorization = rfc6455::basic_authorization(to.user, to.password);
  std::string wrong;
  fuzz::expect(rfc6455::check_request(parts, wrong) == fault::none, "the request of a parsed URI cannot be sent");
  const std::string request = rfc6455::build_request(to, parts, "key==");
  std::string_view left = request;
  int lines = 0;
  for (; !left.empty(); ++lines) {
    const std::size_t end = left.find("\r\n");
    fuzz::expect(end != std::string_view::npos && fuzz::is_one_line(left.substr(0, end)),
                 "a line with a control in it");
    left.remove_prefix(end + 2);
  }
  fuzz::expect(lines == (to.has_user_info ? 9 : 8), "the request has a line more");
  const std::string first = request.substr(0, request.find("\r\n"));
  fuzz::expect(first == "GET " + to.target + " HTTP/1.1" && first.find(' ', 4) == first.size() - 9,
               "the request line has more than three parts");
}

void check(const rfc6455::uri& found) {
  fuzz::expect(!found.host.empty() && is_uri_text(found.host), "a host that cannot be");
  fuzz::expect(!found.target.empty() && found.target[0] == '/' && is_uri_text(found.target), "a target that cannot be");
  fuzz::expect(found.has_user_info || (found.user.empty() && found.password.empty()), "credentials out of nowhere");
  fuzz::expect(found.host_header().find_first_of("@/?#\\") == std::string::npos, "a Host header that cannot be");
  rfc6455::uri bare = found, again;
  bare.has_user_info = false;
  bare.user.clear();
  bare.password.clear();
  fuzz::expect(is_uri_text(found.text()), "text() that cannot be");
  fuzz::expect(rfc6455::parse_uri(found.text(), again) == fault::none, "text() cannot be parsed");
  fuzz::expect(same(bare, again), "text() means something else");
  check_request(found);
}

void check_unchanged(const rfc6455::uri& out, const char* what) {
  fuzz::expect(out.host == other_place && out.target == "/" && !out.has_user_info, what);
}

void resolve(const rfc6455::uri& base, std::string_view location, handshim::follow how) {
  rfc6455::uri next;
  next.host = other_place;
  next.target = "/";
  const fault f = rfc6455::resolve_location(base, location, how, next);
  if (f == fault::none) {
    check(next);
    fuzz::expect(!base.secure || next.secure, "a redirect out of TLS");
    const bool may_have = base.same_origin(next) || location.find('@') != std::string_view::npos;
    fuzz::expect(!next.has_user_info || may_have, "credentials go to another origin");
    return;
  }
  fuzz::expect(f == fault::redirect_downgrade || handshim::is_a(f, fault::redirect_location_invalid),
               "an undocumented fault of a Location");
  check_unchanged(next, "a Location that is refused changes the result");
}

void run(std::string_view bytes) {
  fuzz::input in(bytes);
  rfc6455::uri found;
  found.host = other_place;
  found.target = "/";
  const fault f = rfc6455::parse_uri(in.up_to('\n'), found);
  if (f != fault::none) {
    fuzz::expect(handshim::is_a(f, fault::uri_invalid), "an undocumented fault of a URI");
    check_unchanged(found, "a URI that is refused changes the result");
  } else {
    check(found);
  }
  for (int hops = 0; hops < 4 && !in.rest().empty(); ++hops) {
    const std::string_view location = in.up_to('\n');
    resolve(found, location, handshim::follow::all);
    resolve(found, location, handshim::follow::absolute_only);
  }
}

const fuzz::target uri("uri", run);

}  // namespace
