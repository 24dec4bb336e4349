#include <doctest/doctest.h>

#include <string>

#include "../support/backends.hpp"
#include "../support/server.hpp"

using namespace handshim;
using namespace client_test;

namespace {

// Redirects every request but the one for `end` to the location; {n} in it is the number of the request.
scripted_server::handler redirecting(record& seen, const std::string& status, const std::string& location,
                                     const std::string& end = "/end") {
  return [&seen, status, location, end](peer& client) {
    const std::string request = client.read_request();
    seen.add(request);
    if (request.rfind("GET " + end + " ", 0) == 0) {
      client.send(tool::fill_in(upgrade_response, client.port(), client.accept()));
      return echo(client);
    }
    std::string to = tool::fill_in(location, client.port());
    const std::size_t n = to.find("{n}");
    if (n != std::string::npos) to.replace(n, 3, std::to_string(seen.all().size()));
    client.send("HTTP/1.1 " + status + " Moved\r\nLocation: " + to + "\r\nContent-Length: 0\r\n\r\n");
  };
}

options following(follow which = follow::all) {
  options how = patient();
  how.reading.redirects = which;
  return how;
}

template <class B>
failure failure_of(const scripted_server& server, const options& how) {
  client<B> c(how);
  failure why;
  c.connect(uri_of(server), why);
  return why;
}

bool has(const std::string& request, const std::string& part) { return request.find(part) != std::string::npos; }

}  // namespace

TEST_CASE_TEMPLATE("a redirect is a refusal unless the reading follows it", B, EVERY_BACKEND) {
  record seen;
  scripted_server server(redirecting(seen, "302", "/end"));
  const failure why = failure_of<B>(server, patient());
  CHECK(why.fault() == fault::upgrade_rejected);
  CHECK(why.evidence().http_status == 302);
  CHECK(why.evidence().redirects == 0);
  CHECK(server.accepted() == 1);
}

TEST_CASE_TEMPLATE("redirects of each status are followed, relative ones too", B, EVERY_BACKEND) {
  for (const char* status : {"301", "302", "303", "307", "308"}) {
    record seen;
    scripted_server server(redirecting(seen, status, "/end"));
    auto c = connected<B>(uri_of(server, "/a/b"), following());
    c.send("arrived");
    CHECK(c.recv().data == "arrived");
    CHECK(seen.all().size() == 2);
  }
  record seen;
  scripted_server server(redirecting(seen, "302", "../end?x=1", "/end?x=1"));
  connected<B>(uri_of(server, "/a/b"), following());
}

TEST_CASE_TEMPLATE("absolute_only follows a location with a scheme, and no other", B, EVERY_BACKEND) {
  record seen;
  scripted_server relative(redirecting(seen, "302", "/end"));
  const failure why = failure_of<B>(relative, following(follow::absolute_only));
  CHECK(why.fault() == fault::redirect_location_invalid);
  scripted_server absolute(redirecting(seen, "302", "ws://127.0.0.1:{port}/end"));
  connected<B>(uri_of(absolute), following(follow::absolute_only));
}

TEST_CASE_TEMPLATE("ten redirects are followed and not eleven", B, EVERY_BACKEND) {
  record ten, more;
  scripted_server ends(redirecting(ten, "302", "/{n}", "/10"));
  connected<B>(uri_of(ends), following());
  CHECK(ten.all().size() == 11);
  scripted_server loops(redirecting(more, "302", "/{n}"));
  const failure why = failure_of<B>(loops, following());
  CHECK(why.fault() == fault::too_many_redirects);
  CHECK(why.evidence().redirects == 10);
  CHECK(more.all().size() == 11);
  CHECK(why.evidence().endpoint == uri_of(loops, "/10"));
  options few = following();
  few.reading.max_redirects = 2;
  CHECK(failure_of<B>(loops, few).evidence().redirects == 2);
}

TEST_CASE_TEMPLATE("a redirect that leads nowhere says what is wrong with it", B, EVERY_BACKEND) {
  record seen;
  const auto fault_of_location = [&](const std::string& location) {
    scripted_server server(redirecting(seen, "302", location));
    return failure_of<B>(server, following()).fault();
  };
  CHECK(fault_of_location("ftp://127.0.0.1/") == fault::redirect_location_invalid);
  CHECK(fault_of_location("ws://") == fault::redirect_location_invalid);
  CHECK(fault_of_location("wss://127.0.0.1/") == fault::tls_unsupported);
  scripted_server silent([](peer& client) {
    client.read_request();
    client.send("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n");
  });
  CHECK(failure_of<B>(silent, following()).fault() == fault::redirect_without_location);
}

TEST_CASE_TEMPLATE("what is secret stays with its origin, the rest goes along", B, EVERY_BACKEND) {
  record home, abroad;
  scripted_server other(redirecting(abroad, "302", "", "/end"));
  scripted_server first(
      redirecting(home, "302", "ws://127.0.0.1:" + std::to_string(other.port()) + "/end", "/nowhere"));
  options how = following();
  how.headers = {{"Authorization", "Bearer 1"}, {"Cookie", "id=2"},           {"X-Api-Key", "3"}, {"X-Auth-Token", "4"},
                 {"X-Session-Secret", "5"},     {"Proxy-Authorization", "6"}, {"X-Trace", "7"}};
  connected<B>(uri_of(first), how);
  const std::string there = abroad.wait_for(0);
  for (const rfc6455::header& h : how.headers) {
    CHECK(has(home.wait_for(0), "\r\n" + h.name + ": " + h.value + "\r\n"));
    CHECK(has(there, h.name + ":") == (h.name == "X-Trace"));
  }
}

TEST_CASE_TEMPLATE("secrets are kept on the same origin, and the URI's user info too", B, EVERY_BACKEND) {
  record seen;
  scripted_server server(redirecting(seen, "307", "/end"));
  options how = following();
  how.headers = {{"Cookie", "id=2"}, {"X-Api-Key", "3"}};
  connected<B>("ws://user:pass@127.0.0.1:" + std::to_string(server.port()) + "/", how);
  for (std::size_t i = 0; i < 2; ++i) {
    const std::string request = seen.wait_for(i);
    CHECK(has(request, "\r\nCookie: id=2\r\n"));
    CHECK(has(request, "\r\nX-Api-Key: 3\r\n"));
    CHECK(has(request, "\r\nAuthorization: Basic dXNlcjpwYXNz\r\n"));
  }
}

TEST_CASE_TEMPLATE("the URI's user info does not cross origins, and does not come back either", B, EVERY_BACKEND) {
  record home, abroad;
  std::string back;
  scripted_server other([&](peer& client) {
    abroad.add(client.read_request());
    client.send("HTTP/1.1 302 Found\r\nLocation: " + back + "\r\nContent-Length: 0\r\n\r\n");
  });
  scripted_server first(redirecting(home, "302", "ws://127.0.0.1:" + std::to_string(other.port()) + "/", "/end"));
  back = uri_of(first, "/end");
  connected<B>("ws://user:pass@127.0.0.1:" + std::to_string(first.port()) + "/", following());
  CHECK(has(home.wait_for(0), "Authorization"));
  CHECK_FALSE(has(abroad.wait_for(0), "Authorization"));
  CHECK_FALSE(has(home.wait_for(1), "Authorization"));
}
