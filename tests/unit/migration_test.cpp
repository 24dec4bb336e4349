// A program moved from one release's behaviour to another, over real connections, without editing a catch clause.
#include <doctest/doctest.h>

#include <string>

#include "../support/backends.hpp"
#include "../support/server.hpp"
#include "handshim/bridge.hpp"

using namespace handshim;
using namespace client_test;

namespace {

// Written for websockets 13.1: what is no response is tried again.
template <class B>
std::string written_for_13(const scripted_server& server) {
  client<B> c(patient());
  try {
    c.connect(uri_of(server));
  } catch (const invalid_message&) {
    return "again";
  } catch (const invalid_status_code& e) {
    return "gives up on " + std::to_string(e.http_status());
  } catch (const error&) {
    return "lost";
  }
  return "connected";
}

// Written for websockets 14.0.
template <class B>
std::string written_for_14(const scripted_server& server) {
  client<B> c(patient());
  try {
    c.connect(uri_of(server));
  } catch (const eof_error&) {
    return "again";
  } catch (const invalid_status& e) {
    return "gives up on " + std::to_string(e.http_status());
  } catch (const error&) {
    return "lost";
  }
  return "connected";
}

// Accepts and closes, as a proxy before a server that is starting does.
void not_ready(peer& c) { c.read_request(); }

void refuses(peer& c) {
  c.read_request();
  c.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
}

struct forget_choices {
  ~forget_choices() { reset_policy(); }
};

}  // namespace

TEST_CASE_TEMPLATE("pin, bridge, switch and back: each part of a program works in its steps, unedited", B,
                   EVERY_BACKEND) {
  const forget_choices at_the_end;
  scripted_server starting(not_ready), refusing(refuses);
  const auto old_part = written_for_13<B>, new_part = written_for_14<B>;
  struct step {
    const char* policy;
    bool old_works, new_works;
  };
  const step steps[] = {{"websockets-13.1", true, false},
                        {"bridge(websockets-13.1,websockets-14.0)", true, true},
                        {"websockets-14.0", false, true},
                        {"bridge(websockets-13.1,websockets-14.0)", true, true},
                        {"websockets-13.1", true, false}};
  for (const step& s : steps) {
    CAPTURE(s.policy);
    set_policy(find_policy(s.policy));
    CHECK(old_part(starting) == (s.old_works ? "again" : "lost"));
    CHECK(old_part(refusing) == (s.old_works ? "gives up on 403" : "lost"));
    CHECK(new_part(starting) == (s.new_works ? "again" : "lost"));
    CHECK(new_part(refusing) == (s.new_works ? "gives up on 403" : "lost"));
  }
}
