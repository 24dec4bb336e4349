#include "handshim/retry/reconnect.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <string>
#include <vector>

#include "../support/virtual_time.hpp"

using namespace handshim;
using namespace std::chrono_literals;
using retry_test::virtual_time;

namespace {

// What reconnector uses of a client<Backend>.
class fake_client {
 public:
  void connect_within(std::string_view uri, std::chrono::nanoseconds most, failure& why) {
    uris.emplace_back(uri);
    times.push_back(most);
    why = failure();
    if (answers.empty()) return;
    why = answers.front();
    answers.pop_front();
    if (why) last_ = why;
  }
  void cancel() noexcept {}
  failure last_failure() const { return last_; }
  policy_choice choice() const { return policy_choice(find_policy("websockets-14.0")); }

  void lose(fault f, int code = 0) {
    evidence known;
    known.close_received.code = static_cast<std::uint16_t>(code);
    last_ = failure(f, known);
  }

  std::deque<failure> answers;
  std::vector<std::string> uris;
  std::vector<std::chrono::nanoseconds> times;

 private:
  failure last_;
};

retry_options on(virtual_time& time) {
  retry_options how;
  how.backoff.seed = 1;
  how.clock = time.clock();
  return how;
}

failure refused() { return failure(fault::connection_refused, evidence()); }

}  // namespace

TEST_CASE("the first connect() begins at once and goes on as retry() does") {
  virtual_time time;
  fake_client client;
  client.answers = {refused(), refused()};
  failure why;
  reconnect(client, "ws://host/", on(time), why);
  CHECK_FALSE(why);
  CHECK(client.uris == std::vector<std::string>(3, "ws://host/"));
  CHECK(time.pauses.size() == 2);
}

TEST_CASE("no attempt outlives the total") {
  virtual_time time;
  fake_client client;
  retry_options how = on(time);
  how.total = 20s;
  failure why;
  reconnect(client, "ws://host/", how, why);
  CHECK(client.times == std::vector<std::chrono::nanoseconds>{20s});
  reconnect(client, "ws://host/", on(time), why);
  CHECK(client.times.back() == std::chrono::nanoseconds::max());
}

TEST_CASE("the last failure is raised under the client's policy") {
  virtual_time time;
  fake_client client;
  retry_options how = on(time);
  how.attempts = 1;
  client.answers = {failure(fault::eof_before_status_line, evidence())};
  CHECK_THROWS_AS(reconnect(client, "ws://host/", how), eof_error);
}

TEST_CASE("a connection that stood begins anew: a random pause before it is made again") {
  virtual_time time;
  fake_client client;
  reconnector<fake_client> keep(client, "ws://host/", on(time));
  keep.connect();
  for (int i = 0; i < 5; ++i) {
    time.pass(10s);
    client.lose(fault::eof_without_close);
    keep.connect();
    CHECK(keep.pace().taken() == 1);
  }
  CHECK(time.pauses.size() == 5);
  for (const auto pause : time.pauses) CHECK(pause < 5s);
}

TEST_CASE("a connection that opens and closes at once is made again less and less often") {
  virtual_time time;
  fake_client client;
  retry_options how = on(time);
  how.backoff.jitter = false;
  reconnector<fake_client> keep(client, "ws://host/", how);
  keep.connect();
  for (int i = 0; i < 8; ++i) {
    time.pass(100ms);
    client.lose(fault::closed_normally, 1000);  // an orderly end, again and again, is a flap too
    keep.connect();
  }
  const std::vector<std::chrono::nanoseconds> grown(time.pauses.begin() + 1, time.pauses.end());
  CHECK(grown == std::vector<std::chrono::nanoseconds>{5s, 10s, 20s, 40s, 60s, 60s, 60s});
}

TEST_CASE("a loss that will come again is handed back at once") {
  virtual_time time;
  fake_client client;
  reconnector<fake_client> keep(client, "ws://host/", on(time));
  keep.connect();
  client.lose(fault::closed_with_error, 1008);
  failure why;
  keep.connect(why);
  CHECK((why.fault() == fault::closed_with_error));
  CHECK(why.what().find("trying again is no use: the server will close for the same reason again") !=
        std::string::npos);
  CHECK(client.uris.size() == 1);
  // The program was told; if it insists, it is a first connect() again.
  keep.connect(why);
  CHECK_FALSE(why);
}

TEST_CASE("a failure from before the connection is not its loss") {
  virtual_time time;
  fake_client client;
  client.lose(fault::closed_with_error, 1008);
  reconnector<fake_client> keep(client, "ws://host/", on(time));
  keep.connect();
  time.pass(1min);
  keep.connect();  // closed here, by the program
  CHECK(client.uris.size() == 2);
  CHECK(time.pauses.size() == 1);
}

TEST_CASE("the loss is the first of the earlier failures") {
  virtual_time time;
  fake_client client;
  retry_options how = on(time);
  how.attempts = 2;
  reconnector<fake_client> keep(client, "ws://host/", how);
  keep.connect();
  client.lose(fault::connection_reset);
  client.answers = {refused(), refused()};
  failure why;
  keep.connect(why);
  CHECK((why.fault() == fault::connection_refused));
  REQUIRE(why.evidence().earlier.size() == 2);
  CHECK((why.evidence().earlier[0].fault() == fault::connection_reset));
  CHECK(why.evidence().attempt == 2);
}

TEST_CASE("once stopped, nothing is tried") {
  virtual_time time;
  stop_signal stop;
  stop.request();
  retry_options how = on(time);
  how.stop = &stop;
  fake_client client;
  failure why;
  reconnect(client, "ws://host/", how, why);
  CHECK((why.fault() == fault::cancelled));
  CHECK(client.uris.empty());
}

TEST_CASE("a stop that nobody asks for is in nobody's way; after a loss it is heeded before anything is tried") {
  virtual_time time;
  stop_signal stop;
  retry_options how = on(time);
  how.stop = &stop;
  fake_client client;
  reconnector<fake_client> keep(client, "ws://host/", how);
  keep.connect();
  CHECK(client.uris.size() == 1);
  client.lose(fault::connection_reset);
  stop.request();
  failure why;
  keep.connect(why);
  CHECK((why.fault() == fault::cancelled));
  CHECK(client.uris.size() == 1);
}

TEST_CASE("the program may give up a connection that was lost") {
  virtual_time time;
  retry_options how = on(time);
  how.give_up = [](const failure& f) { return f.is(fault::keepalive_timeout); };
  fake_client client;
  reconnector<fake_client> keep(client, "ws://host/", how);
  keep.connect();
  client.lose(fault::connection_reset);
  keep.connect();
  CHECK(client.uris.size() == 2);
  client.lose(fault::keepalive_timeout);
  failure why;
  keep.connect(why);
  CHECK((why.fault() == fault::keepalive_timeout));
  CHECK(why.what().find("given up by the program") != std::string::npos);
  CHECK(client.uris.size() == 2);
}

TEST_CASE("what did not end the connection is not its loss; a broken protocol did") {
  virtual_time time;
  retry_options how = on(time);
  std::vector<fault> lost;
  how.on_retry = [&](const failure& f, std::chrono::nanoseconds) { lost.push_back(f.fault()); };
  fake_client client;
  reconnector<fake_client> keep(client, "ws://host/", how);
  keep.connect();
  client.lose(fault::recv_timeout);  // and then closed by the program
  keep.connect();
  CHECK(lost == std::vector<fault>{fault::closed_normally});
  client.lose(fault::frame_reserved_bits);
  failure why;
  keep.connect(why);
  CHECK((why.fault() == fault::frame_reserved_bits));
}
