#include "observed.hpp"

#include <algorithm>

#include "handshim/rfc6455/utf8.hpp"

namespace conformance {
namespace {

using client_test::client_frame;
using handshim::message;

std::string shown(std::string_view bytes) {
  return quote(bytes.substr(0, 40)) + " (" + std::to_string(bytes.size()) + " bytes)";
}

template <class Message>
std::string shown_message(const Message& m) {
  return (m.text ? "text " : "binary ") + shown(m.data);
}

template <class Expected, class Got>
std::string compare_messages(const char* what, const Expected& expected, const Got& got) {
  const std::string name(what);
  for (std::size_t i = 0; i < std::max(expected.size(), got.size()); ++i) {
    if (i >= got.size()) return name + ": " + shown_message(expected[i]) + " is missing";
    if (i >= expected.size()) return name + ": " + shown_message(got[i]) + " is not expected";
    if (expected[i].text != got[i].text || expected[i].data != got[i].data)
      return name + ": " + shown_message(got[i]) + " instead of " + shown_message(expected[i]);
  }
  return "";
}

// Whether the newest ping was answered, and nothing that did not come or was answered before.
bool answers_newest(const std::vector<std::string>& pings, const std::vector<std::string>& pongs) {
  auto at = pings.begin();
  for (const std::string& pong : pongs) {
    at = std::find(at, pings.end(), pong);
    if (at == pings.end()) return false;
    ++at;
  }
  return at == pings.end();
}

std::string compare_pongs(const std::vector<std::string>& pings, const std::vector<std::string>& pongs, bool all) {
  if (all ? pings == pongs : answers_newest(pings, pongs)) return "";
  std::string out = "pongs:";
  for (const std::string& pong : pongs) out += " " + shown(pong);
  return out + (pongs.empty() ? " none" : "");
}

std::string compare_close(const std::optional<int>& expected, const client_frame* got) {
  if (!expected != (got == nullptr)) return expected ? "close: none was sent" : "close: one was sent";
  if (!expected) return "";
  const std::string& p = got->payload;
  const int code = p.size() < 2 ? 1005 : static_cast<unsigned char>(p[0]) << 8 | static_cast<unsigned char>(p[1]);
  if (p.size() == 1 || (p.size() > 2 && !handshim::rfc6455::is_utf8(p.substr(2)))) return "close: malformed";
  return code == *expected ? "" : "close: " + std::to_string(code);
}

}  // namespace

std::string read_frames(std::string_view bytes, std::vector<client_frame>& out) {
  while (std::optional<client_frame> one = client_test::take_frame(bytes)) {
    if (const std::string wrong = one->complaint(); !wrong.empty()) return "sent: " + wrong;
    if (!out.empty() && out.back().opcode() == 8) return "sent: a frame behind the close frame";
    if (!out.empty() && out.back().mask == one->mask) return "sent: the same mask twice";
    out.push_back(std::move(*one));
  }
  return bytes.empty() ? "" : "sent: half a frame";
}

std::string difference(const expectation& expected, const observation& got, bool all_pongs) {
  std::vector<client_frame> frames;
  if (std::string wrong = read_frames(got.frames, frames); !wrong.empty()) return wrong;
  std::vector<message> data;
  std::vector<std::string> pongs;
  const client_frame* close = nullptr;
  for (const client_frame& one : frames) {
    if (one.opcode() <= 2) data.push_back({one.opcode() == 1, one.payload});
    if (one.opcode() == 10) pongs.push_back(one.payload);
    if (one.opcode() == 8) close = &one;
  }
  for (const message& m : got.received)
    if (m.text && !handshim::rfc6455::is_utf8(m.data)) return "received: text that is not UTF-8";
  if (std::string wrong = compare_messages("received", expected.messages, got.received); !wrong.empty()) return wrong;
  if (std::string wrong = compare_messages("sent", got.sent, data); !wrong.empty()) return wrong;
  if (std::string wrong = compare_pongs(expected.pongs, pongs, all_pongs); !wrong.empty()) return wrong;
  if (std::string wrong = compare_close(expected.close, close); !wrong.empty()) return wrong;
  return got.fault == expected.fault ? "" : "fault: " + got.fault + " instead of " + expected.fault;
}

}  // namespace conformance
