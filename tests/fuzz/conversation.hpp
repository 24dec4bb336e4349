// One conversation on each of the three backends, whose other end is in memory; and that they tell the same of it.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "../support/memory_stream.hpp"
#include "fuzz.hpp"
#include "handshim/backends/legacy_mode.hpp"
#include "handshim/backends/new_mode.hpp"
#include "handshim/backends/raw_sockets.hpp"
#include "handshim/client.hpp"

namespace fuzz {

/// What the client does between connect() and recv().
enum class opening_move { none, send, ping, close };

struct conversation {
  std::string bytes;  ///< the server's, with {accept}
  client_test::ending ending = client_test::ending::eof;
  std::size_t step = 1;  ///< how many of them one read gives
  opening_move move = opening_move::none;
  handshim::options how;
};

/// How it went: all that must be the same on each backend.
struct course {
  handshim::failure connecting, moving, receiving;
  std::vector<handshim::message> messages;
};

/// No byte is waited for: the peer in memory ends at once, as told.
inline handshim::options hasty() {
  handshim::options how;
  how.ping_interval = {};
  how.max_message_size = 100;
  how.subprotocols = {"chat", "superchat"};
  how.reading.max_line = 128;
  how.reading.max_headers = 8;
  how.reading.max_body = 200;
  how.reading.max_interim = 2;
  how.reading.max_redirects = 2;
  return how;
}

/// Leniencies of a reading by the bits of a number.
inline void choose_reading(handshim::reading& how, unsigned bits) {
  how.redirects = static_cast<handshim::follow>((bits & 3) % 3);
  how.follow_300 = (bits & 1) != 0;
  how.body = (bits & 4) == 0;
  how.body_until_eof = (bits & 8) == 0;
  how.chunked = (bits & 16) == 0;
  how.interim = (bits & 32) == 0;
  how.measure_at_end = (bits & 64) != 0;
  how.integer_status = how.high_status = (bits & 128) != 0;
  how.ascii_headers = how.utf8_reason = (bits & 256) != 0;
  how.any_length_form = (bits & 512) != 0;
  how.early_close_codes = (bits & 1024) != 0;
  how.report_at_end = (bits & 2048) != 0;
  how.deliver_after_close = (bits & 4096) == 0;
}

template <class Backend>
void make_move(handshim::client<Backend>& client, opening_move move, handshim::failure& why) {
  if (move == opening_move::send) client.send("hello", why);
  if (move == opening_move::ping) client.ping("p", why);
  if (move == opening_move::close) client.close(1000, "bye", why);
}

template <class Backend>
course play(const conversation& told) {
  const auto peer = std::make_shared<client_test::memory_peer>(told.bytes, told.ending);
  peer->step = told.step;
  handshim::options how = told.how;
  how.open_stream = client_test::opener_to(peer);
  // What never ends is given no time, so that nothing waits.
  if (told.ending == client_test::ending::lapse) how.recv_timeout = how.close_timeout = std::chrono::nanoseconds(1);
  handshim::client<Backend> client(std::move(how));
  course out;
  client.connect("ws://peer/", out.connecting);
  if (out.connecting) return out;
  make_move(client, told.move, out.moving);
  while (!out.receiving) {
    handshim::message m = client.recv(out.receiving);
    if (!out.receiving) out.messages.push_back(std::move(m));
    // A deadline that passes leaves the connection usable: there may be more.
    if (out.receiving.fault() == handshim::fault::recv_timeout && !peer->drained()) out.receiving = {};
    expect(out.messages.size() <= told.bytes.size(), "more messages than there are bytes");
  }
  return out;
}

/// Alike, where what the peer echoes of the key is another each time.
inline bool alike(std::string_view a, std::string_view b, bool echoes) noexcept {
  return echoes ? a.size() == b.size() : a == b;
}

inline void check_alike(const handshim::failure& a, const handshim::failure& b, bool echoes) {
  const handshim::evidence &x = a.evidence(), &y = b.evidence();
  expect(a.fault() == b.fault(), "another fault from another backend");
  expect(a.phase() == b.phase() && a.fingerprint() == b.fingerprint(), "another phase or fingerprint");
  expect(x.endpoint == y.endpoint && x.redirects == y.redirects, "another endpoint or other redirects");
  expect(x.http_status == y.http_status && alike(x.http_reason, y.http_reason, echoes), "another status or reason");
  expect(x.header == y.header && x.headers.size() == y.headers.size(), "another header, or other headers");
  expect(alike(x.body, y.body, echoes) && x.body_complete == y.body_complete, "another body");
  expect(x.bytes_in == y.bytes_in && x.bytes_out == y.bytes_out, "other counts of bytes");
  expect(alike(x.first_bytes, y.first_bytes, echoes), "other first bytes");
  expect(x.close_received.code == y.close_received.code && x.close_received.reason == y.close_received.reason,
         "another close frame received");
  expect(x.close_sent.code == y.close_sent.code && x.close_sent.reason == y.close_sent.reason && x.order == y.order,
         "another close frame sent, or another order");
}

inline void check_alike(const course& a, const course& b, bool echoes) {
  check_alike(a.connecting, b.connecting, echoes);
  check_alike(a.moving, b.moving, echoes);
  check_alike(a.receiving, b.receiving, echoes);
  expect(a.messages.size() == b.messages.size(), "another number of messages from another backend");
  for (std::size_t i = 0; i < a.messages.size(); ++i)
    expect(a.messages[i].data == b.messages[i].data && a.messages[i].text == b.messages[i].text, "another message");
}

/// That all backends take the same course, which is given back.
inline course play_on_all(const conversation& told) {
  course first = play<handshim::raw_sockets>(told);
  const bool echoes = told.bytes.find("{accept}") != std::string::npos;
  check_alike(first, play<handshim::legacy_mode>(told), echoes);
  check_alike(first, play<handshim::new_mode>(told), echoes);
  for (const handshim::failure* f : {&first.connecting, &first.moving, &first.receiving})
    if (*f) check_printed(*f);
  return first;
}

}  // namespace fuzz
