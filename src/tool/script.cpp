#include "script.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <iterator>

#include "arguments.hpp"
#include "terminal.hpp"
#include "tsv.hpp"

namespace handshim::tool {
namespace {

// What follows the name of a step.
enum class form { nothing, quoted, count_quoted, pause_quoted, pause, uri, setting };

template <class Action>
struct word {
  std::string_view usage;  // begins with the name
  Action action;
  form follows;

  constexpr std::string_view name() const { return usage.substr(0, usage.find(' ')); }
};

constexpr word<server_action> server_words[] = {
    {"refuse", server_action::refuse, form::nothing},
    {"blackhole", server_action::blackhole, form::nothing},
    {"read-request", server_action::read_request, form::nothing},
    {"send \"bytes\"", server_action::send, form::quoted},
    {"fill n \"byte\"", server_action::fill, form::count_quoted},
    {"drip ms \"bytes\"", server_action::drip, form::pause_quoted},
    {"upgrade", server_action::upgrade, form::nothing},
    {"read-frame", server_action::read_frame, form::nothing},
    {"echo-close", server_action::echo_close, form::nothing},
    {"sleep ms", server_action::sleep, form::pause},
    {"close", server_action::close, form::nothing},
    {"reset", server_action::reset, form::nothing},
    {"stall", server_action::stall, form::nothing},
};

constexpr word<client_action> client_words[] = {
    {"opt name=value", client_action::option, form::setting},
    {"connect [uri]", client_action::connect, form::uri},
    {"recv", client_action::receive, form::nothing},
    {"recv-until-error", client_action::receive_until_error, form::nothing},
    {"send \"text\"", client_action::send, form::quoted},
    {"sleep ms", client_action::sleep, form::pause},
    {"close", client_action::close, form::nothing},
};

enum class unit { seconds, bytes, list };

struct setting {
  std::string_view name;
  unit measured;
};

constexpr setting settings[] = {
    {"open_timeout", unit::seconds},  {"close_timeout", unit::seconds}, {"max_size", unit::bytes},
    {"ping_interval", unit::seconds}, {"ping_timeout", unit::seconds},  {"subprotocols", unit::list},
};

constexpr std::string_view separator = "; ";
constexpr std::string_view default_uri = "ws://127.0.0.1:{port}/";
constexpr std::size_t longest_pause = 600'000;  // ms
constexpr std::size_t largest_count = 1'000'000'000;

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// Reads a script from left to right.
class scanner {
 public:
  explicit scanner(std::string_view text) : text_(text) {}

  bool at_end() const noexcept { return at_ == text_.size(); }
  std::size_t position() const noexcept { return at_; }

  // Up to the next blank or the end of the step; may be empty.
  std::string_view next_word() {
    const std::size_t end = std::min(text_.find(' ', at_), text_.find(separator, at_));
    return take(end);
  }

  // What is left of the step.
  std::string_view rest() { return take(text_.find(separator, at_)); }

  // The blank before what follows a name; false at the end of the step.
  bool blank() {
    if (at_end() || text_[at_] != ' ') return false;
    ++at_;
    return true;
  }

  std::string quoted_bytes() {
    const std::size_t begin = at_;
    if (at_end() || text_[at_] != '"') fail(begin, "expected bytes in double quotes");
    for (std::string bytes;;) {
      if (++at_ >= text_.size()) fail(begin, "the closing quote is missing");
      if (text_[at_] == '"') return ++at_, bytes;
      bytes += text_[at_] == '\\' ? escape() : text_[at_];
    }
  }

  std::size_t number(std::string_view what, std::size_t most) {
    const std::size_t begin = at_;
    const std::string_view digits = next_word();
    std::size_t value = 0;
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits.empty() || error != std::errc() || stop != digits.data() + digits.size() || value > most)
      fail(begin, "expected " + std::string(what) + ", a number from 0 to " + std::to_string(most));
    return value;
  }

  // To the next step; false at the end of the script.
  bool next_step() {
    if (at_end()) return false;
    if (text_.substr(at_, separator.size()) != separator) fail(at_, "expected the end of the step");
    at_ += separator.size();
    return true;
  }

  [[noreturn]] void fail(std::size_t where, const std::string& why) const {
    constexpr std::size_t shown = 40;
    const std::string_view part = text_.substr(where);
    const std::string at = "character " + std::to_string(where + 1);
    const std::string near =
        part.empty() ? "at the end, " + at
                     : "at " + at + ", " + in_ticks(part.substr(0, shown)) + (part.size() > shown ? "..." : "");
    throw script_error(where + 1, near + ": " + why);
  }

 private:
  std::string_view take(std::size_t end) {
    const std::string_view part = text_.substr(at_, end == std::string_view::npos ? end : end - at_);
    at_ += part.size();
    return part;
  }

  // Stands on the backslash and then on the last character of the escape.
  char escape() {
    constexpr std::string_view names = "rnt\"\\", meanings = "\r\n\t\"\\";
    const std::size_t begin = at_++;
    if (at_end()) fail(begin, "the escape is cut off");
    if (const std::size_t found = names.find(text_[at_]); found != std::string_view::npos) return meanings[found];
    if (text_[at_] != 'x') fail(begin, R"(unknown escape; valid are \r \n \t \" \\ \xNN)");
    const int high = at_ + 1 < text_.size() ? hex_digit(text_[at_ + 1]) : -1;
    const int low = at_ + 2 < text_.size() ? hex_digit(text_[at_ + 2]) : -1;
    if (high < 0 || low < 0) fail(begin, R"(expected two hexadecimal digits after \x)");
    at_ += 2;
    return static_cast<char>(high * 16 + low);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

template <class Words>
std::string valid_steps(const Words& words) {
  std::string text = "valid steps, with `; ` between them:";
  for (const auto& one : words) text += (&one == std::begin(words) ? " " : ", ") + std::string(one.usage);
  return text;
}

template <class Words>
const auto& find_word(const scanner& in, std::size_t begin, std::string_view name, const Words& words) {
  const auto found = std::find_if(std::begin(words), std::end(words), [=](const auto& w) { return w.name() == name; });
  if (found == std::end(words))
    in.fail(begin, (name.empty() ? "expected a step; " : "unknown step " + in_ticks(name) + "; ") + valid_steps(words));
  return *found;
}

template <class Action>
void expect_blank(scanner& in, const word<Action>& expected) {
  if (!in.blank()) in.fail(in.position(), "expected " + in_ticks(expected.usage));
}

std::chrono::milliseconds read_pause(scanner& in) {
  return std::chrono::milliseconds(in.number("milliseconds", longest_pause));
}

void read_fill(scanner& in, const word<server_action>& which, server_step& step) {
  step.count = in.number("a count", largest_count);
  expect_blank(in, which);
  const std::size_t begin = in.position();
  step.bytes = in.quoted_bytes();
  if (step.bytes.size() != 1) in.fail(begin, "expected one byte");
}

void read_operands(scanner& in, const word<server_action>& which, server_step& step) {
  if (which.follows == form::nothing) return;
  expect_blank(in, which);
  if (which.follows == form::count_quoted) return read_fill(in, which, step);
  if (which.follows == form::pause || which.follows == form::pause_quoted) step.pause = read_pause(in);
  if (which.follows == form::pause) return;
  if (which.follows == form::pause_quoted) expect_blank(in, which);
  step.bytes = in.quoted_bytes();
}

// Digits with at most one point among them; std::from_chars for floating point is missing from libc++ 14.
bool read_decimal(std::string_view text, double& out) noexcept {
  double value = 0, scale = 1;
  bool point = false, digits = false;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit && (c != '.' || point)) return false;
    if (digit) value = value * 10 + (c - '0');
    if (digit && point) scale *= 10;
    digits = digits || digit;
    point = point || !digit;
  }
  out = value / scale;
  return digits && text.size() <= 15;
}

void read_setting(scanner& in, client_step& step) {
  const std::size_t begin = in.position();
  const std::string_view text = in.rest();
  const std::size_t equals = text.find('=');
  step.name = text.substr(0, equals);
  const auto found =
      std::find_if(std::begin(settings), std::end(settings), [&](const setting& s) { return s.name == step.name; });
  if (found == std::end(settings)) {
    std::vector<std::string_view> names;
    for (const setting& one : settings) names.push_back(one.name);
    in.fail(begin, unknown_text("option", step.name, names));
  }
  if (equals == std::string_view::npos || equals + 1 == text.size()) in.fail(begin, "expected `name=value`");
  step.text = text.substr(equals + 1);
  if (found->measured == unit::list) return;
  const bool whole = step.text.find('.') == std::string::npos;
  if (!read_decimal(step.text, step.number) || (found->measured == unit::bytes && !whole))
    in.fail(begin + equals + 1,
            found->measured == unit::bytes ? "expected bytes, such as 1000" : "expected seconds, such as 0.5");
}

void read_operands(scanner& in, const word<client_action>& which, client_step& step) {
  if (which.follows == form::nothing) return;
  if (which.follows == form::uri) {
    step.text = default_uri;
    if (!in.blank()) return;
    step.text = in.rest();
    if (step.text.empty()) in.fail(in.position(), "expected a URI");
    return;
  }
  expect_blank(in, which);
  if (which.follows == form::setting) return read_setting(in, step);
  if (which.follows == form::pause)
    step.pause = read_pause(in);
  else
    step.text = in.quoted_bytes();
}

template <class Step, class Words>
std::vector<Step> parse(scanner& in, const Words& words) {
  std::vector<Step> steps;
  do {
    const std::size_t begin = in.position();
    const auto& which = find_word(in, begin, in.next_word(), words);
    Step step;
    step.action = which.action;
    read_operands(in, which, step);
    steps.push_back(std::move(step));
  } while (in.next_step());
  return steps;
}

bool stands_alone(const server_step& step) {
  return step.action == server_action::refuse || step.action == server_action::blackhole;
}

std::string milliseconds(std::chrono::milliseconds pause) { return std::to_string(pause.count()) + " ms"; }
std::string bytes(std::size_t count) { return std::to_string(count) + (count == 1 ? " byte" : " bytes"); }

template <class Words, class Action>
std::string name_of(const Words& words, Action action) {
  for (const auto& one : words)
    if (one.action == action) return std::string(one.name());
  return "?";
}

template <class Parse>
auto parse_field(const tsv_table::row& row, std::string_view column, Parse parse_text) {
  try {
    return parse_text(row[column]);
  } catch (const script_error& error) {
    throw tsv_error(row.place() + ": " + std::string(column) + ": " + error.what());
  }
}

scenario read_scenario(const tsv_table::row& row) {
  return {row["id"],
          row["phase"],
          parse_field(row, "client", parse_client),
          parse_field(row, "server", parse_server),
          row["summary"],
          {row["client"], row["server"]}};
}

void replace_all(std::string& text, std::string_view name, std::string_view value) {
  for (std::size_t at = 0; (at = text.find(name, at)) != std::string::npos; at += value.size())
    text.replace(at, name.size(), value);
}

}  // namespace

std::vector<server_step> parse_server(std::string_view text) {
  scanner in(text);
  std::vector<server_step> steps = parse<server_step>(in, server_words);
  if (steps.size() > 1)
    for (const server_step& step : steps)
      if (stands_alone(step)) in.fail(0, in_ticks(describe(step)) + " must be the only step");
  return steps;
}

std::vector<client_step> parse_client(std::string_view text) {
  scanner in(text);
  return parse<client_step>(in, client_words);
}

std::string describe(const server_step& step) {
  const std::string name = name_of(server_words, step.action);
  switch (step.action) {
    case server_action::send:
      return name + " " + bytes(step.bytes.size());
    case server_action::fill:
      return name + " " + bytes(step.count);
    case server_action::drip:
      return name + " " + bytes(step.bytes.size()) + ", " + milliseconds(step.pause) + " each";
    case server_action::sleep:
      return name + " " + milliseconds(step.pause);
    case server_action::refuse:
    case server_action::blackhole:
    case server_action::read_request:
    case server_action::upgrade:
    case server_action::read_frame:
    case server_action::echo_close:
    case server_action::close:
    case server_action::reset:
    case server_action::stall:
      return name;
  }
  return name;
}

std::string describe(const client_step& step) {
  const std::string name = name_of(client_words, step.action);
  switch (step.action) {
    case client_action::option:
      return name + " " + step.name + "=" + shown(step.text);
    case client_action::connect:
      return step.text == default_uri ? name : name + " " + shown(step.text);
    case client_action::send:
      return name + " " + bytes(step.text.size());
    case client_action::sleep:
      return name + " " + milliseconds(step.pause);
    case client_action::receive:
    case client_action::receive_until_error:
    case client_action::close:
      return name;
  }
  return name;
}

std::string fill_in(std::string_view text, std::uint16_t port, std::string_view accept) {
  std::string filled(text);
  replace_all(filled, "{accept}", accept);
  replace_all(filled, "{port}", std::to_string(port));
  return filled;
}

std::vector<scenario> load_scenarios(const std::string& path) {
  const tsv_table table = read_tsv(path);
  table.require({"id", "phase", "client", "server", "summary"});
  std::vector<scenario> scenarios;
  for (std::size_t i = 0; i < table.size(); ++i) {
    scenario one = read_scenario(table[i]);
    for (const scenario& other : scenarios)
      if (other.id == one.id) throw tsv_error(table[i].place() + ": a second scenario " + in_ticks(one.id));
    scenarios.push_back(std::move(one));
  }
  return scenarios;
}

std::string scenarios_path() {
  constexpr const char* places[] = {
#if defined(HANDSHIM_SCENARIOS_INSTALLED)
    HANDSHIM_SCENARIOS_INSTALLED,
#endif
#if defined(HANDSHIM_SCENARIOS)
    HANDSHIM_SCENARIOS,
#endif
    nullptr
  };
  std::string tried;
  for (const char* const place : places) {
    if (place == nullptr) break;
    if (::access(place, R_OK) == 0) return place;
    tried += (tried.empty() ? "; tried " : ", ") + in_ticks(place);
  }
  throw std::runtime_error("the table of scenarios is not there, name one with `--scenarios FILE`" + tried);
}

const scenario& find_scenario(const std::vector<scenario>& scenarios, std::string_view id) {
  std::vector<std::string_view> ids;
  for (const scenario& one : scenarios) {
    if (one.id == id) return one;
    ids.push_back(one.id);
  }
  const std::string_view meant = nearest(id, ids);
  const std::string hint = meant.empty() ? "; " : "; did you mean " + in_ticks(meant) + "? ";
  throw usage_error("unknown scenario " + in_ticks(id) + hint + "`handshim serve --list` lists the valid ones");
}

}  // namespace handshim::tool
