// Group S: what a client sends is what RFC 6455 asks of a client (sections 5 and 7).
#include <utility>

#include "../support/scripted_stream.hpp"
#include "backends.hpp"
#include "handshim/client.hpp"
#include "observed.hpp"
#include "run.hpp"

namespace conformance {
namespace {

using namespace handshim;
using client_test::client_frame;

// A server that says nothing, and one that answers the close frame.
const std::vector<tool::server_step> silent = tool::parse_server("upgrade; stall");
const std::vector<tool::server_step> answering = tool::parse_server("upgrade; echo-close; close");

// What one call put on the wire, and how it failed.
struct sent {
  std::vector<client_frame> frames;
  std::string wrong;
  failure why;
};

template <class Backend, class Call>
sent sent_by(const std::vector<tool::server_step>& server, Call call) {
  client_test::script_record record;
  options how;
  how.open_stream = client_test::opener_to(server, record);
  client<Backend> with(std::move(how));
  sent out;
  with.connect("ws://server.test/", out.why);
  if (!out.why) call(with, out.why);
  out.wrong = read_frames(record.frames, out.frames);
  return out;
}

std::string is_one(const sent& got, unsigned first, std::string_view payload) {
  if (!got.wrong.empty()) return got.wrong;
  if (got.why) return "it failed: " + std::string(name(got.why.fault()));
  if (got.frames.size() != 1) return std::to_string(got.frames.size()) + " frames";
  if (got.frames[0].first != first) return "its first byte is " + std::to_string(got.frames[0].first);
  return got.frames[0].payload == payload ? "" : "another payload";
}

std::string is_refused(const sent& got, fault why) {
  if (!got.frames.empty() || !got.wrong.empty()) return "something was sent";
  return got.why.fault() == why ? "" : "the fault is " + std::string(name(got.why.fault()));
}

template <class Backend>
class sender {
 public:
  std::vector<sending_case> all;

  void messages() {
    for (const std::size_t size : {0u, 1u, 125u, 126u, 127u, 128u, 65535u, 65536u, 1u << 20u, 16u << 20u}) {
      const std::string data(size, '*'), bytes(size, '\xfe'), of = std::to_string(size) + " bytes";
      add("text of " + of, is_one(sent_by<Backend>(silent, [&](auto& c, failure& w) { c.send(data, w); }), 0x81, data));
      add("binary of " + of,
          is_one(sent_by<Backend>(silent, [&](auto& c, failure& w) { c.send_binary(bytes, w); }), 0x82, bytes));
    }
    add("text that is not UTF-8",
        is_refused(sent_by<Backend>(silent, [](auto& c, failure& w) { c.send("\xed\xa0\x80", w); }),
                   fault::text_not_utf8));
  }

  void pings() {
    for (const std::size_t size : {0u, 1u, 125u, 126u, 1000u}) {
      const std::string payload(size, '\xfe');
      const sent got = sent_by<Backend>(silent, [&](auto& c, failure& w) { c.ping(payload, w); });
      add("ping of " + std::to_string(size) + " bytes",
          size <= 125 ? is_one(got, 0x89, payload) : is_refused(got, fault::control_payload_too_long));
    }
  }

  void closes() {
    for (unsigned code = 0; code <= 5100; code += code < 990 || (code > 1120 && code < 2990) ? 10 : 1) close(code, "");
    for (const unsigned code : {32768u, 65535u}) close(code, "");
    close(1000, "why");
    close(4000, std::string(123, 'x'));
    const auto with_reason = [](std::string_view reason) {
      return sent_by<Backend>(answering, [=](auto& c, failure& w) { c.close(1000, reason, w); });
    };
    add("reason of 124 bytes", is_refused(with_reason(std::string(124, 'x')), fault::close_reason_invalid));
    add("reason that is not UTF-8", is_refused(with_reason("\xff"), fault::close_reason_invalid));
  }

  void after_the_close() {
    const auto after = [](auto call) {
      return sent_by<Backend>(answering, [=](auto& c, failure& w) {
        c.close(w);
        call(c, w);
      });
    };
    const auto only_close = [](const sent& got) {
      if (!got.wrong.empty() || got.frames.size() != 1) return got.wrong + ": not the close frame alone";
      return std::string(got.why.fault() == fault::closed_normally ? "" : "another fault");
    };
    add("text after close", only_close(after([](auto& c, failure& w) { c.send("late", w); })));
    add("ping after close", only_close(after([](auto& c, failure& w) { c.ping("late", w); })));
    add("close after close", is_one(after([](auto& c, failure& w) { c.close(1001, "again", w); }), 0x88, "\x03\xe8"));
  }

 private:
  // Those that RFC 6455 (section 7.4) and IANA's registry let an endpoint send.
  static bool may_be_sent(unsigned code) {
    return (code >= 1000 && code < 1004) || (code > 1006 && code < 1015) || (code >= 3000 && code < 5000);
  }

  void add(const std::string& what, std::string wrong) { all.push_back({what, std::move(wrong)}); }

  void close(unsigned code, const std::string& reason) {
    const sent got =
        sent_by<Backend>(answering, [&](auto& c, failure& w) { c.close(static_cast<std::uint16_t>(code), reason, w); });
    const std::string payload{static_cast<char>(code >> 8u), static_cast<char>(code & 255u)};
    add("close with " + std::to_string(code) + (reason.empty() ? "" : " and a reason"),
        may_be_sent(code) ? is_one(got, 0x88, payload + reason) : is_refused(got, fault::close_code_not_sendable));
  }
};

}  // namespace

std::vector<sending_case> play_sending(std::string_view backend) {
  return tool::with_backend(backend, [](auto type) {
    sender<typename decltype(type)::type> to;
    to.messages();
    to.pings();
    to.closes();
    to.after_the_close();
    return std::move(to.all);
  });
}

}  // namespace conformance
