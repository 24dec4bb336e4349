// The cases that a rule makes: every value of the reserved bits, every cut of a text, sizes and counts.
#include <algorithm>

#include "../support/frames.hpp"
#include "case.hpp"

namespace conformance {
namespace {

using client_test::frame;

const std::string talk = "connect; recv; recv-until-error", listen = "connect; recv-until-error";
const std::string orderly = "; send \"\\x88\\x02\\x03\\xe8\"; read-frame; close", broken = "; read-frame; close";
const std::string closed = "close 1000; closed_normally", not_utf8 = "close 1007; message_not_utf8";

std::string sending(std::string_view bytes) { return "; send " + quote(bytes); }
std::string text_in(std::string_view bytes) { return "text " + quote(bytes) + "; "; }

class maker {
 public:
  std::vector<test_case> made;

  void add(const std::string& group, const std::string& name, const std::string& client, const std::string& server,
           const std::string& expect) {
    made.push_back(make_case(group, name, client, "upgrade" + server, expect));
    made.back().generated = true;
  }
};

// Each value of the reserved bits with each opcode that is known.
void add_reserved_bits(maker& to) {
  for (const unsigned op : {1u, 2u, 8u, 9u, 10u})
    for (unsigned bits = 1; bits < 8; ++bits)
      to.add("3", "bits " + std::to_string(bits) + ", opcode " + std::to_string(op), listen,
             sending(frame(0x80u | bits << 4u | op, op == 8 ? "\x03\xe8" : "Hello")) + broken,
             "close 1002; frame_reserved_bits");
  for (unsigned bits = 1; bits < 8; ++bits)
    to.add("3", "bits " + std::to_string(bits) + " in a continuation", listen,
           sending(frame(0x01, "He")) + sending(frame(0x80u | bits << 4u, "llo")) + broken,
           "close 1002; frame_reserved_bits");
}

// Each opcode that is not, with and without FIN, empty and not, first and within a message.
void add_reserved_opcodes(maker& to) {
  for (const unsigned op : {3u, 4u, 5u, 6u, 7u, 11u, 12u, 13u, 14u, 15u})
    for (const unsigned fin : {0u, 0x80u})
      for (const std::string& payload : {std::string(), std::string("Hello"), std::string(200, 'x')})
        for (const bool within : {false, true})
          to.add(op < 8 ? "4.1" : "4.2",
                 "opcode " + std::to_string(op) + (fin != 0 ? "" : " without FIN") + ", " +
                     std::to_string(payload.size()) + " bytes" + (within ? ", within a message" : ""),
                 listen, (within ? sending(frame(0x01, "a")) : "") + sending(frame(fin | op, payload)) + broken,
                 "close 1002; frame_opcode_reserved");
}

// A ping at each place between the fragments of a message that is one byte each.
void add_pings_between(maker& to) {
  const std::string data = "Hello";
  for (std::size_t at = 0; at <= data.size(); ++at) {
    std::string server;
    for (std::size_t i = 0; i < data.size(); ++i) {
      if (i == at) server += sending(frame(0x89, "p")) + "; read-frame";
      server += sending(frame((i == 0 ? 1u : 0u) | (i + 1 == data.size() ? 0x80u : 0u), data.substr(i, 1)));
    }
    if (at == data.size()) server += sending(frame(0x89, "p")) + "; read-frame";
    to.add("5", "a ping before fragment " + std::to_string(at + 1), talk, server + "; read-frame" + orderly,
           text_in(data) + "pong \"p\"; " + closed);
  }
}

// Each prefix of a text: a message where a character ends, else not UTF-8.
void add_prefixes(maker& to) {
  const std::string whole = "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xf0\x9f\x98\x80";
  for (std::size_t n = 1; n <= whole.size(); ++n) {
    const std::string part = whole.substr(0, n);
    const bool ends = n == whole.size() || (static_cast<unsigned char>(whole[n]) & 0xc0u) != 0x80u;
    to.add("6.6", "the first " + std::to_string(n) + " bytes", ends ? talk : listen,
           sending(frame(0x81, part)) + (ends ? "; read-frame" + orderly : broken),
           ends ? text_in(part) + closed : not_utf8);
  }
}

// The payload of the one frame that a sample sends.
std::string payload_of(const test_case& sample) {
  for (const handshim::tool::server_step& step : sample.script.server)
    if (step.action == handshim::tool::server_action::send) return step.bytes.substr(2);
  return {};
}

std::string in_two(std::string_view data, std::size_t at) {
  return sending(frame(0x01, data.substr(0, at))) + sending(frame(0x80, data.substr(at)));
}

std::string in_octets(std::string_view data) {
  std::string out;
  for (std::size_t i = 0; i < data.size(); ++i)
    out += sending(frame((i == 0 ? 1u : 0u) | (i + 1 == data.size() ? 0x80u : 0u), data.substr(i, 1)));
  return out;
}

// Each sample again, in two frames cut at each place, and in a frame for each byte: the outcome is the sample's.
void add_fragments(maker& to, const test_case& sample) {
  const std::string data = payload_of(sample);
  const bool valid = sample.expected.fault == "closed_normally";
  const std::string end = valid ? "; read-frame" + orderly : broken;
  const std::string expect = valid ? text_in(data) + closed : not_utf8;
  for (std::size_t at = 0; at <= data.size(); ++at)
    to.add(sample.group, sample.name + ", in two frames, the first of " + std::to_string(at) + " bytes",
           valid ? talk : listen, in_two(data, at) + end, expect);
  to.add(sample.group, sample.name + ", in a frame for each byte", valid ? talk : listen, in_octets(data) + end,
         expect);
}

// The codes round each border, as RFC 6455 (section 7.4) and IANA's registry draw them.
void add_close_codes(maker& to) {
  const auto allowed = [](unsigned code) {
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
  };
  for (const auto& [from, last] : {std::pair(0u, 5u),
                                   {250u, 260u},
                                   {990u, 1030u},
                                   {1090u, 1110u},
                                   {1990u, 2010u},
                                   {2990u, 3010u},
                                   {3990u, 4010u},
                                   {4990u, 5010u},
                                   {32760u, 32775u},
                                   {65530u, 65535u}})
    for (unsigned code = from; code <= last; ++code) {
      const std::string number = std::to_string(code);
      const bool normal = code == 1000 || code == 1001;
      to.add(allowed(code) ? "7.7" : "7.9", "code " + number + " with a reason", listen,
             sending(client_test::close_frame(code, "why")) + broken,
             allowed(code) ? "close " + number + (normal ? "; closed_normally" : "; closed_with_error")
                           : "close 1002; close_code_not_allowed");
    }
}

std::string name_of(std::size_t bytes) {
  if (bytes >= 1u << 20) return std::to_string(bytes >> 20u) + " MiB";
  return bytes >= 1024 ? std::to_string(bytes >> 10u) + " KiB" : std::to_string(bytes) + " bytes";
}

// A large message in fragments of each size.
std::string large_in_fragments(bool text, std::size_t size, std::size_t each) {
  std::string out;
  for (std::size_t at = 0; at < size; at += each) {
    const std::size_t n = std::min(each, size - at);
    const unsigned first = (at == 0 ? (text ? 1u : 2u) : 0u) | (at + n == size ? 0x80u : 0u);
    const std::string head = frame(first, std::string(n, '*'));
    out += sending(std::string_view(head).substr(0, head.size() - n)) + "; fill " + std::to_string(n) + " \"*\"";
  }
  return out;
}

void add_large(maker& to) {
  constexpr std::size_t whole = std::size_t{4} << 20;
  const std::string room = "opt max_size=" + std::to_string(whole) + "; ";
  for (const bool text : {true, false}) {
    const std::string type = text ? "text " : "binary ";
    for (std::size_t each = 64; each <= whole; each *= 4)
      to.add(text ? "9.3" : "9.4", "4 MiB in fragments of " + name_of(each), room + talk,
             large_in_fragments(text, whole, each) + "; read-frame" + orderly,
             type + std::to_string(whole) + " \"*\"; " + closed);
    to.add("10.1", type + "of 65536 bytes in fragments of 1300", talk,
           large_in_fragments(text, 65536, 1300) + "; read-frame" + orderly, type + "65536 \"*\"; " + closed);
  }
}

// A large message that comes in pieces of each size.
void add_pieces(maker& to) {
  constexpr std::size_t whole = std::size_t{1} << 20;
  for (const bool text : {true, false})
    for (std::size_t piece = 64; piece <= 2048; piece *= 2) {
      to.add(text ? "9.5" : "9.6", "1 MiB in pieces of " + name_of(piece), talk,
             large_in_fragments(text, whole, whole) + "; read-frame" + orderly,
             (text ? "text " : "binary ") + std::to_string(whole) + " \"*\"; " + closed);
      to.made.back().piece = piece;
    }
}

// A thousand messages, each sent back before the next comes.
void add_round_trips(maker& to) {
  for (const bool text : {true, false})
    for (const std::size_t size : {0u, 16u, 64u, 256u, 1024u, 4096u, 16384u}) {
      const std::string one = sending(frame(text ? 0x81 : 0x82, std::string(size, '*'))) + "; read-frame";
      std::string client = "connect", server, expect;
      for (int i = 0; i < 1000; ++i) {
        client += "; recv";
        server += one;
        expect += (text ? "text " : "binary ") + std::to_string(size) + " \"*\"; ";
      }
      to.add(text ? "9.7" : "9.8", "1000 messages of " + name_of(size), client + "; recv-until-error", server + orderly,
             expect + closed);
    }
}

}  // namespace

std::vector<test_case> generated_cases(const std::vector<test_case>& samples) {
  maker to;
  add_reserved_bits(to);
  add_reserved_opcodes(to);
  add_pings_between(to);
  add_prefixes(to);
  for (const test_case& sample : samples) add_fragments(to, sample);
  add_close_codes(to);
  add_large(to);
  add_pieces(to);
  add_round_trips(to);
  return std::move(to.made);
}

}  // namespace conformance
