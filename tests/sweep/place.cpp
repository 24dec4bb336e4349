#include "place.hpp"

#include <cstddef>
#include <cstdint>

namespace sweep {
namespace {

// Behind the response's head: whole frames, and whole messages, or not.
place place_in_frames(std::string_view bytes) {
  bool in_message = false;
  while (!bytes.empty()) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(bytes[i])); };
    if (bytes.size() < 2) return place::in_message;
    const unsigned form = byte(1) & 0x7fu;
    const std::size_t more = form == 126 ? 2 : form == 127 ? 8 : 0, mask = (byte(1) & 0x80u) != 0 ? 4 : 0;
    if (bytes.size() < 2 + more) return place::in_message;
    std::uint64_t length = more == 0 ? form : 0;
    for (std::size_t i = 0; i < more; ++i) length = length << 8 | byte(2 + i);
    if (bytes.size() - 2 - more < mask || bytes.size() - 2 - more - mask < length) return place::in_message;
    if ((byte(0) & 8u) == 0) in_message = (byte(0) & 0x80u) == 0;
    bytes.remove_prefix(2 + more + mask + static_cast<std::size_t>(length));
  }
  return in_message ? place::in_message : place::between_frames;
}

std::string in_response(std::string_view how, place where) {
  constexpr std::string_view names[] = {"before_status_line", "in_status_line", "in_headers", "in_body"};
  return std::string(how) + "_" + std::string(names[static_cast<std::size_t>(where)]);
}

bool is_open(place where) { return where == place::between_frames || where == place::in_message; }

std::string joined(std::string_view step, const std::string& fault) { return std::string(step) + " " + fault; }

}  // namespace

place place_of(std::string_view bytes) {
  for (;;) {
    if (bytes.empty()) return place::before_status_line;
    if (bytes.find("\r\n") == std::string_view::npos) return place::in_status_line;
    const std::size_t blank = bytes.find("\r\n\r\n");
    if (blank == std::string_view::npos) return place::in_headers;
    const std::size_t space = bytes.find(' ');
    const std::string_view status = bytes.substr(space + 1, 3);
    bytes.remove_prefix(blank + 4);
    if (status == "101") return place_in_frames(bytes);
    if (status.substr(0, 1) != "1") return place::in_body;
  }
}

std::string end_of_stream_at(place where, std::string_view step, bool closing) {
  if (!is_open(where)) return joined(step, in_response("eof", where));
  if (closing) return joined(step, "eof_before_close_answer");
  return joined(step, where == place::in_message ? "eof_in_message" : "eof_without_close");
}

std::string reset_at(place where, std::string_view step) {
  return joined(step, is_open(where) ? "connection_reset" : in_response("reset", where));
}

std::string silence_at(place where, std::string_view step, bool closing) {
  if (!is_open(where)) return joined(step, in_response("timeout", where));
  if (step == "-") return "- ok";  // what it sent went out, and it waits for nothing
  return joined(step, closing ? "close_timeout" : "recv_timeout");
}

}  // namespace sweep
