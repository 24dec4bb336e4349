// Conversations to be cut short anywhere: what the server sends, and what the client does until it fails.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "backends.hpp"
#include "frames.hpp"
#include "handshim/client.hpp"

namespace client_test {

struct conversation {
  std::string_view name;
  std::string bytes;  // the server's, {accept} to be filled in
  std::string_view
      eof;  // how it ends if the bytes are cut at each length, from none to all of them, by an end of stream
};

inline std::string head(std::string_view status, std::string_view headers) {
  return "HTTP/1.1 " + std::string(status) + "\r\n" + std::string(headers) + "\r\n";
}

// With {accept} filled in.
inline std::size_t length_of(const conversation& c) {
  return c.bytes.size() + (c.bytes.find("{accept}") == std::string::npos ? 0 : 28 - 8);
}

// What the call failed with, by the class that was thrown: "connect eof_in_headers".
template <class Backend>
std::string how_it_ends(handshim::client<Backend>& c, const std::string& uri) {
  std::string step = "connect ";
  try {
    c.connect(uri);
    step.clear();
    for (;;) c.recv();
  } catch (const handshim::error& e) {
    return step + std::string(name(e.fault()));
  } catch (const std::exception& e) {
    return step + "leaked " + e.what();
  } catch (...) {
    return step + "leaked";
  }
}

// Equal neighbours counted: "a*2 b*1".
inline std::string profile(const std::vector<std::string>& all) {
  std::string out;
  for (auto from = all.begin(); from != all.end();) {
    const auto to = std::find_if(from, all.end(), [&](const std::string& s) { return s != *from; });
    out += (out.empty() ? "" : ", ") + *from + "*" + std::to_string(to - from);
    from = to;
  }
  return out;
}

inline handshim::options short_of_words() {
  handshim::options how = patient();
  how.max_message_size = 100;
  how.reading.redirects = handshim::follow::all;
  how.ping_interval = {};
  return how;
}

// The response of a good upgrade, cut.
#define CUT_UPGRADE \
  "connect eof_before_status_line*1, connect eof_in_status_line*33, connect eof_in_headers*95, eof_without_close*1, "

inline const std::vector<conversation>& conversations() {
  static const std::vector<conversation> all = {
      {"a message", upgrade_response + text_frame("hello"), CUT_UPGRADE "eof_in_message*6, eof_without_close*1"},
      {"fragments with a ping between", upgrade_response + frame(0x01, "one ") + ping_frame("p") + frame(0x80, "two"),
       CUT_UPGRADE "eof_in_message*13, eof_without_close*1"},
      {"a close with a reason", upgrade_response + close_frame(1011, "sorry"),
       CUT_UPGRADE "eof_in_message*8, closed_with_error*1"},
      {"a close without a code", upgrade_response + frame(0x88, ""),
       CUT_UPGRADE "eof_in_message*1, closed_without_code*1"},
      {"a text that is not UTF-8", upgrade_response + text_frame("ab\xff") + close_frame(1000),
       CUT_UPGRADE "eof_in_message*4, message_not_utf8*5"},
      {"a message too big", upgrade_response + binary_frame(std::string(130, 'x')),
       CUT_UPGRADE "eof_in_message*3, message_too_big*131"},
      {"a masked frame", upgrade_response + "\x81\x81mask!", CUT_UPGRADE "eof_in_message*1, frame_masked*6"},
      {"an interim response", head("103 Early Hints", "Link: x\r\n") + upgrade_response + close_frame(1000),
       "connect eof_before_status_line*1, connect eof_in_status_line*25, connect eof_in_headers*11, " CUT_UPGRADE
       "eof_in_message*3, closed_normally*1"},
      {"a refusal", head("503 Service Unavailable", "Content-Length: 4\r\n") + "busy",
       "connect eof_before_status_line*1, connect eof_in_status_line*33, connect eof_in_headers*21, "
       "connect eof_in_body*4, connect upgrade_rejected*1"},
      {"a chunked refusal", head("404 Not Found", "Transfer-Encoding: chunked\r\n") + "3\r\nabc\r\n0\r\nT: 1\r\n\r\n",
       "connect eof_before_status_line*1, connect eof_in_status_line*23, connect eof_in_headers*30, "
       "connect eof_in_body*19, connect upgrade_rejected*1"},
      {"a redirect to nowhere", head("302 Found", "Location: http://\r\nContent-Length: 1\r\n") + "x",
       "connect eof_before_status_line*1, connect eof_in_status_line*19, connect eof_in_headers*40, "
       "connect eof_in_body*1, connect redirect_location_invalid*1"},
      {"a bad upgrade", head("101 Switching Protocols", "Upgrade: websocket\r\nConnection: close\r\n"),
       "connect eof_before_status_line*1, connect eof_in_status_line*33, connect eof_in_headers*41, "
       "connect connection_header_invalid*1"},
      {"a folded header", head("200 OK", "A: 1\r\n 2\r\n"),
       "connect eof_before_status_line*1, connect eof_in_status_line*16, connect eof_in_headers*10, "
       "connect header_folded*3"},
      {"another protocol", "SSH-2.0-x\r\nHTTP/1.1 101 \r\n\r\n",
       "connect eof_before_status_line*1, connect eof_in_status_line*10, connect status_line_malformed*18"},
  };
  return all;
}

#undef CUT_UPGRADE

// The ends that a profile stands for, one for each length, if it is not an end of stream that cuts: only the faults of
// an end that came too early change.
inline std::vector<std::string> ends_of(std::string_view eof_profile, std::string_view ending,
                                        std::string_view when_open) {
  std::vector<std::string> all;
  while (!eof_profile.empty()) {
    const std::size_t star = eof_profile.find('*');
    const std::size_t comma = std::min(eof_profile.find(", ", star), eof_profile.size());
    std::string word(eof_profile.substr(0, star));
    if (word.rfind("connect eof_", 0) == 0) word.replace(8, 3, ending);
    if (!when_open.empty() && word.rfind("eof_", 0) == 0) word = when_open;
    all.insert(all.end(), std::stoul(std::string(eof_profile.substr(star + 1, comma - star - 1))), word);
    eof_profile.remove_prefix(std::min(comma + 2, eof_profile.size()));
  }
  return all;
}

inline std::vector<std::string> ends_by_eof(const conversation& c) { return ends_of(c.eof, "eof", ""); }

inline std::vector<std::string> ends_by_reset(const conversation& c) {
  return ends_of(c.eof, "reset", "connection_reset");
}

inline std::vector<std::string> ends_by_silence(const conversation& c) {
  return ends_of(c.eof, "timeout", "recv_timeout");
}

}  // namespace client_test
