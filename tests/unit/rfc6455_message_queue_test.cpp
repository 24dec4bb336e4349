#include "handshim/rfc6455/message_queue.hpp"

#include <doctest/doctest.h>

#include <string>

using handshim::rfc6455::message;
using handshim::rfc6455::message_queue;

namespace {

message numbered(int n) { return {n % 2 == 0, std::to_string(n)}; }

}  // namespace

TEST_CASE("messages are taken in the order in which they came, and an empty queue gives an empty one") {
  message_queue queue;
  CHECK(queue.empty());
  CHECK(queue.pop().data.empty());
  int in = 0, out = 0;
  // Never empty in between, and as long as not: what was taken must not pile up before what waits.
  for (int round = 0; round < 100; ++round) {
    for (int i = 0; i < 7; ++i) queue.push(numbered(in++));
    for (int i = 0; i < (round < 50 ? 3 : 11); ++i, ++out) {
      const message m = queue.pop();
      CHECK(m.data == std::to_string(out));
      CHECK(m.text == (out % 2 == 0));
    }
    CHECK(queue.empty() == (in == out));
  }
  CHECK(in == out);
  CHECK(queue.bytes() == 0);
}

TEST_CASE("the bytes that wait are counted, an empty message as one") {
  message_queue queue;
  queue.push({true, ""});
  queue.push({false, "1234"});
  CHECK(queue.bytes() == 5);
  CHECK(queue.pop().data.empty());
  CHECK(queue.bytes() == 4);
  queue.push({true, "12"});
  CHECK(queue.bytes() == 6);
  queue.clear();
  CHECK(queue.bytes() == 0);
  CHECK(queue.empty());
  queue.push({true, "new"});
  CHECK(queue.pop().data == "new");
}
