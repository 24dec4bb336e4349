// A program moved from one release's behaviour to another, over real connections, without editing a catch clause.
#include <doctest/doctest.h>

#include <string>

#include "../support/backends.hpp"
#include "../support/server.hpp"
#include "handshim/bridge.hpp"
#include "handshim/observe.hpp"

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

// What an observer was told that the candidate would have raised otherwise.
struct differences {
  int count = 0;
  std::string last;
  void operator()(const event& e) noexcept {
    if (!e.would_differ) return;
    ++count;
    last = e.difference();
  }
};

struct forget_choices {
  ~forget_choices() {
    reset_policy();
    reset_candidate();
    reset_observer();
  }
};

}  // namespace

TEST_CASE_TEMPLATE("pin, shadow, bridge, switch and back: each part of a program works in its steps, unedited", B,
                   EVERY_BACKEND) {
  differences seen;
  const forget_choices at_the_end;
  scripted_server starting(not_ready), refusing(refuses);
  const auto old_part = written_for_13<B>, new_part = written_for_14<B>;
  set_observer(observer::of(seen));
  struct step {
    const char *policy, *candidate;
    bool old_works, new_works;
    int differences;
  };
  const step steps[] = {{"websockets-13.1", "websockets-13.1", true, false, 0},
                        {"websockets-13.1", "websockets-14.0", true, false, 4},
                        {"bridge(websockets-13.1,websockets-14.0)", "websockets-14.0", true, true, 4},
                        {"websockets-14.0", "websockets-14.0", false, true, 0},
                        {"bridge(websockets-13.1,websockets-14.0)", "websockets-13.1", true, true, 4},
                        {"websockets-13.1", "websockets-13.1", true, false, 0}};
  for (const step& s : steps) {
    CAPTURE(s.policy);
    set_policy(find_policy(s.policy));
    set_candidate(find_policy(s.candidate));
    seen = {};
    CHECK(old_part(starting) == (s.old_works ? "again" : "lost"));
    CHECK(old_part(refusing) == (s.old_works ? "gives up on 403" : "lost"));
    CHECK(new_part(starting) == (s.new_works ? "again" : "lost"));
    CHECK(new_part(refusing) == (s.new_works ? "gives up on 403" : "lost"));
    CHECK(seen.count == s.differences);
    if (s.differences != 0)
      CHECK(seen.last ==
            std::string("under ") + s.candidate + " this would have been " +
                (s.candidate == std::string("websockets-14.0") ? "invalid_status" : "invalid_status_code"));
  }
}
