#include "log_line.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace handshim::tool {
namespace {

constexpr int least_status = 100, most_status = 999, least_close_code = 1000, most_close_code = 4999;

// The number at the start of the text, or 0 if there is none in that range.
int number_at(std::string_view text, int low, int high) {
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value >= low && value <= high ? value : 0;
}

// The number behind the first `mark` in the text.
int number_behind(std::string_view text, std::string_view mark, int low, int high) {
  const std::size_t at = text.find(mark);
  return at == std::string_view::npos ? 0 : number_at(text.substr(at + mark.size()), low, high);
}

failure with_evidence(fault f, phase p, int status, int close_code) {
  evidence known;
  known.http_status = status;
  known.close_received.code = static_cast<std::uint16_t>(close_code);
  return failure(f, known, {}, p);
}

// The text behind the last `[` that begins the name of a fault: "[eof_in_headers]".
fault bracketed_fault(std::string_view text) {
  for (std::size_t at = text.rfind('['); at != std::string_view::npos; at = at == 0 ? at : text.rfind('[', at - 1)) {
    const std::string_view rest = text.substr(at + 1);
    const fault f = find_fault(rest.substr(0, rest.find(']')));
    if (f != fault::none && rest.find(']') != std::string_view::npos) return f;
    if (at == 0) break;
  }
  return fault::none;
}

// The value of a text in JSON: "fault":"eof_in_headers".
std::string_view json_text(std::string_view text, std::string_view key) {
  const std::string mark = "\"" + std::string(key) + "\":";
  const std::size_t at = text.find(mark);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + mark.size());
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  if (text.empty() || text.front() != '"') return {};
  text.remove_prefix(1);
  return text.substr(0, text.find('"'));
}

failure from_json(std::string_view text) {
  const fault f = find_fault(json_text(text, "fault"));
  if (f == fault::none) return {};
  return with_evidence(f, find_phase(json_text(text, "phase")),
                       number_behind(text, "\"http_status\":", least_status, most_status),
                       number_behind(text, "\"close_received\":{\"code\":", least_close_code, most_close_code));
}

// The fault with the longest description that stands in the text.
fault described_fault(std::string_view text) {
  fault best = fault::none;
  std::size_t length = 0;
  for (const fault_facts& row : all_faults()) {
    if (row.description.size() <= length || text.find(row.description) == std::string_view::npos) continue;
    best = row.id;
    length = row.description.size();
  }
  return best;
}

// The phase that stands before the description: "handshake: the connection ended ...".
phase phase_before(std::string_view text) {
  if (text.size() < 2 || text.substr(text.size() - 2) != ": ") return phase::unknown;
  text.remove_suffix(2);
  return find_phase(text.substr(text.rfind(' ') + 1));
}

failure from_what(std::string_view text) {
  const fault named = bracketed_fault(text);
  const fault f = named != fault::none ? named : described_fault(text);
  if (f == fault::none) return {};
  const std::string_view description = facts(f).description;
  const std::size_t at = text.find(description);
  if (at == std::string_view::npos) return failure(f);
  const std::string_view rest = text.substr(at + description.size());
  const int status = rest.substr(0, 2) == ": " ? number_at(rest.substr(2), least_status, most_status) : 0;
  return with_evidence(f, phase_before(text.substr(0, at)), status,
                       number_behind(rest, "; received ", least_close_code, most_close_code));
}

// The first word that is a fingerprint.
failure from_words(std::string_view text) {
  constexpr std::string_view between = " \t\r\n=,;()\"'";
  while (!text.empty()) {
    text.remove_prefix(std::min(text.find_first_not_of(between), text.size()));
    const std::string_view word = text.substr(0, text.find_first_of(between));
    if (const failure found = from_fingerprint(word)) return found;
    text.remove_prefix(word.size());
  }
  return {};
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

failure from_fingerprint(std::string_view text) {
  for (const fault_facts& row : all_faults())
    if (row.fingerprint == text && row.id != fault::unclassified) return failure(row.id);
  const std::string_view none_known = facts(fault::unclassified).fingerprint;
  const std::size_t dot = text.find('.');
  if (dot != std::string_view::npos && text.substr(dot + 1) == none_known) {
    const phase p = find_phase(text.substr(0, dot));
    return p != phase::unknown || text.substr(0, dot) == name(phase::unknown) ? failure(fault::unclassified, {}, p)
                                                                              : failure();
  }
  const std::size_t slash = text.rfind('/');
  if (slash == std::string_view::npos || !is_number(text.substr(slash + 1))) return {};
  const std::string_view number = text.substr(slash + 1);
  for (const fault_facts& row : all_faults()) {
    if (row.fingerprint != text.substr(0, slash)) continue;
    const failure found = with_evidence(row.id, phase::unknown, number_at(number, least_status, most_status),
                                        number_at(number, least_close_code, most_close_code));
    if (found.fingerprint() == text) return found;
  }
  return {};
}

failure from_log_line(std::string_view text) {
  if (failure found = from_json(text)) return found;
  if (bracketed_fault(text) == fault::none)
    if (failure found = from_words(text)) return found;
  return from_what(text);
}

}  // namespace handshim::tool
