#include "failure_log.hpp"

#include <charconv>
#include <istream>
#include <map>
#include <optional>

namespace handshim::tool {
namespace {

// The fields of a line that are needed here; all empty if it is no failure.
struct fields {
  std::string fault, fingerprint, phase, status, policy;
  bool complete() const { return !fault.empty() && !fingerprint.empty(); }
};

std::size_t skip_blanks(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  return at;
}

// The text in quotes that begins there, its escapes undone as far as handshim writes them in names; moves behind it.
std::optional<std::string> quoted_text(std::string_view text, std::size_t& at) {
  std::string out;
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '"') return at = i + 1, out;
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    out += text[i];
  }
  return std::nullopt;
}

// The text or number of a key in JSON.
std::string json_value(std::string_view text, std::string_view key) {
  const std::string mark = "\"" + std::string(key) + "\"";
  const std::size_t found = text.find(mark);
  if (found == std::string_view::npos) return {};
  std::size_t at = skip_blanks(text, found + mark.size());
  if (at >= text.size() || text[at] != ':') return {};
  at = skip_blanks(text, at + 1);
  if (at < text.size() && text[at] == '"') return quoted_text(text, at).value_or("");
  return std::string(text.substr(at, text.find_first_of(",}] ", at) - at));
}

// Only what stands behind the fault is the failure's: a log's own fields may have the same names.
fields json_fields(std::string_view text) {
  const std::size_t start = text.find("\"fault\"");
  if (start == std::string_view::npos) return {};
  text.remove_prefix(start);
  return {json_value(text, "fault"), json_value(text, "fingerprint"), json_value(text, "phase"),
          json_value(text, "http_status"), json_value(text, "policy")};
}

// JSON that stands in a JSON text: {"msg":"{\"fault\":..."}.
std::string once_unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    out += text[i];
  }
  return out;
}

fields logfmt_fields(std::string_view text) {
  std::map<std::string, std::string, std::less<>> pairs;
  for (std::size_t at = skip_blanks(text, 0); at < text.size(); at = skip_blanks(text, at)) {
    const std::size_t end = std::min(text.find_first_of(" \t=", at), text.size());
    const std::string key(text.substr(at, end - at));
    at = end + 1;
    if (end >= text.size() || text[end] != '=') continue;
    if (key == "fault") pairs.clear();
    if (at < text.size() && text[at] == '"') {
      std::optional<std::string> value = quoted_text(text, at);
      if (!value) break;
      pairs.emplace(key, std::move(*value));
      continue;
    }
    const std::size_t stop = std::min(text.find_first_of(" \t", at), text.size());
    pairs.emplace(key, std::string(text.substr(at, stop - at)));
    at = stop;
  }
  const auto value = [&pairs](std::string_view key) {
    const auto found = pairs.find(key);
    return found == pairs.end() ? std::string() : found->second;
  };
  return {value("fault"), value("fingerprint"), value("phase"), value("http_status"), value("policy")};
}

fields fields_of(std::string_view line) {
  if (line.find("fault") == std::string_view::npos) return {};
  if (fields found = json_fields(line); found.complete()) return found;
  if (line.find("\\\"fault\\\"") != std::string_view::npos)
    if (fields found = json_fields(once_unescaped(line)); found.complete()) return found;
  return logfmt_fields(line);
}

failure failure_of(const fields& found, fault f) {
  evidence known;
  const char* const end = found.status.data() + found.status.size();
  std::from_chars(found.status.data(), end, known.http_status);
  return failure(f, known, {}, find_phase(found.phase));
}

// The next line, without its end; nothing if it is too long.
std::optional<std::string> next_line(std::istream& in) {
  std::string out;
  bool fits = true;
  for (int c = in.get(); c != std::istream::traits_type::eof() && c != '\n'; c = in.get()) {
    fits = fits && out.size() < max_log_line;
    if (fits) out += static_cast<char>(c);
  }
  return fits ? std::optional<std::string>(std::move(out)) : std::nullopt;
}

}  // namespace

log_summary read_failures(std::istream& in, const std::function<void(const logged_failure&)>& each) {
  log_summary all;
  while (in.peek() != std::istream::traits_type::eof()) {
    const std::optional<std::string> line = next_line(in);
    ++all.lines;
    if (!line) {
      ++all.too_long;
      continue;
    }
    const fields found = fields_of(*line);
    if (!found.complete()) continue;
    const fault f = find_fault(found.fault);
    if (f == fault::none) {
      if (found.fault == name(fault::none)) continue;
      if (all.unknown++ == 0) all.first_unknown = found.fault, all.first_unknown_line = all.lines;
      continue;
    }
    ++all.failures;
    each({failure_of(found, f), found.policy, all.lines, *line});
  }
  return all;
}

}  // namespace handshim::tool
