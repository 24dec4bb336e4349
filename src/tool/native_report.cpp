#include "native_report.hpp"

#include <charconv>
#include <optional>

#include "handshim/translate.hpp"
#include "native_names.hpp"
#include "terminal.hpp"

namespace handshim::tool {
namespace {

bool starts_with(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }

// The message is "call: text | key=value | key=value": what the recorder put together out of the client's answers.
std::string_view first_part(std::string_view message) { return message.substr(0, message.find(" | ")); }

std::optional<std::string_view> part(std::string_view message, std::string_view key) {
  const std::string lead = " | " + std::string(key) + "=";
  const std::size_t at = message.find(lead);
  if (at == std::string_view::npos) return std::nullopt;
  return first_part(message.substr(at + lead.size()));
}

std::string_view call_of(std::string_view message) {
  const std::string_view first = first_part(message);
  const std::size_t colon = first.find(": ");
  return colon == std::string_view::npos ? std::string_view() : first.substr(0, colon);
}

std::string_view text_of(std::string_view domain, std::string_view message) {
  if (domain == "disconnected()") return part(message, "closeReason").value_or("");
  std::string_view first = first_part(message);
  if (starts_with(first, "in=")) {
    first.remove_prefix(3);
    return first.substr(0, first.find("\\x00"));
  }
  const std::string_view call = call_of(message);
  return call.empty() ? first : first.substr(call.size() + 2);
}

// Whole numbers, also those over 2^31 that OpenSSL packs; none for anything else.
std::optional<int> number_in(std::string_view text) {
  long long value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (value < -(1LL << 31) || value >= (1LL << 32)) return std::nullopt;
  return static_cast<int>(static_cast<unsigned>(value));
}

int number_of(const tsv_table::row& row, std::string_view column, int most) {
  const std::string& text = row[column];
  if (text.empty()) return 0;
  const auto value = number_in(text);
  if (!value || *value < 0 || *value > most)
    throw tsv_error(row.place() + ": " + std::string(column) + " " + in_ticks(text) + " is not a number from 0 to " +
                    std::to_string(most) + ", or empty");
  return *value;
}

int value_of(const tsv_table::row& row) {
  const std::string& text = row["value"];
  if (text.empty() || text == "NULL") return 0;
  if (const auto value = number_in(text)) return *value;
  throw tsv_error(row.place() + ": value " + in_ticks(text) + " is not a whole number of 32 bits, NULL or empty");
}

// Which calls tell the phase, where a client has one for each; by the beginning of the name.
struct call_phase {
  std::string_view call;
  phase when;
};
constexpr call_phase calls[] = {
    {"net::connect", phase::connect},    {"tcp_stream.async_connect", phase::connect},
    {"asio::connect", phase::connect},   {"connect (", phase::connect},
    {"ssl async_handshake", phase::tls}, {"getaddrinfo", phase::resolve},
    {"resolver", phase::resolve},        {"get_connection", phase::local},
    {"Poco::URI", phase::local},         {"soup_message_new", phase::local},
};

struct step_phase {
  std::string_view verb;
  phase when;
};
constexpr step_phase steps[] = {
    {"connect", phase::handshake},  // as coarse as a client can tell whose one call does it all
    {"recv", phase::open},         {"recv-until-error", phase::open}, {"send", phase::open},
    {"sleep", phase::open},        {"close", phase::closing},
};

std::string_view verb_of(std::string_view step) { return step.substr(0, step.find(' ')); }

phase phase_of_step(const tsv_table::row& row) {
  std::string known;
  for (const step_phase& one : steps) {
    if (verb_of(row["step"]) == one.verb) return one.when;
    known += (known.empty() ? "" : ", ") + std::string(one.verb);
  }
  throw tsv_error(row.place() + ": step " + in_ticks(row["step"]) + " begins with none of " + known);
}

phase phase_of(const tsv_table::row& row, bool closing) {
  const phase step = phase_of_step(row);
  for (const call_phase& one : calls)
    if (step == phase::handshake && starts_with(call_of(row["message"]), one.call)) return one.when;
  return step == phase::open && closing ? phase::closing : step;
}

// With Beast error::closed, and a close() that succeeds, mean that a close frame came; reason() is `none` if it had no
// code.
bool was_closed_by_frame(const tsv_table::row& row) {
  if (!starts_with(row["client"], "beast")) return false;
  return (row["domain"] == "boost.beast.websocket" && row["value"] == "1") ||
         (row["kind"] == "ok" && verb_of(row["step"]) == "close");
}

// A code that stands for no frame: 1006 (RFC 6455, section 7.1.5) and 0. Qt says 1000 until something sets it: only
// disconnected() without an error signal tells of a frame, and after an own close not even that.
int frame_code(const tsv_table::row& row, bool closing) {
  const int code = number_of(row, "close_code", 65535);
  const std::string& domain = row["domain"];
  if (code == 0 && was_closed_by_frame(row)) return 1005;
  if (code == 1006) return 0;
  if (!starts_with(row["client"], "qt")) return code;
  return domain != "disconnected()" || (closing && code == 1000) ? 0 : code;
}

// Beast 1.81 makes up a 500 when no response was parsed; one that it refused is in its own category.
int status_of(const tsv_table::row& row) {
  const int status = number_of(row, "http_status", 65535);
  return starts_with(row["client"], "beast") && row["domain"] != "boost.beast.websocket" ? 0 : status;
}

// The code that a websocketpp client found itself, and what it told the peer: "1002 Invalid close code".
close_view sent_frame(std::string_view message) {
  const std::string_view text = part(message, "local_close").value_or("");
  const auto code = number_in(text.substr(0, text.find(' ')));
  if (!code || *code <= 0 || *code == 1006 || *code > 65535) return {};
  const std::size_t blank = text.find(' ');
  return {static_cast<std::uint16_t>(*code), blank == std::string_view::npos ? "" : text.substr(blank + 1)};
}

struct native_code {
  std::string domain;
  int value = 0;
};

// websocketpp hides an asio code behind pass_through; get_transport_ec() has it, where it is no EBADF of the cleanup.
native_code passed_through(const native_code& reported, std::string_view message) {
  constexpr int pass_through = 2, ebadf = 9;
  if (reported.domain != "websocketpp.transport" || reported.value != pass_through) return reported;
  const std::string_view told = part(message, "transport_ec").value_or("");
  const std::string_view code = told.substr(0, told.find(' '));
  const std::size_t colon = code.rfind(':');
  const auto value = colon == std::string_view::npos ? std::nullopt : number_in(code.substr(colon + 1));
  if (!value || *value == 0 || *value == ebadf) return reported;
  return {std::string(code.substr(0, colon)), *value};
}

// errno's numbers are those of the system that recorded the table; its names are the same everywhere.
native_code code_of(const tsv_table::row& row) {
  const std::string& message = row["message"];
  if (starts_with(message, "pong_timeout_handler")) return {"websocketpp.pong_timeout_handler", 0};
  const int recorded = value_of(row);
  const std::string& name = row["name"];  // "ECONNRESET", "fail_handler ECONNRESET"
  const int here = number_here(row["domain"], name.substr(name.rfind(' ') + 1)).value_or(recorded);
  return passed_through({row["domain"], here}, message);
}

}  // namespace

void require_native_columns(const tsv_table& table) {
  table.require({"scenario", "client", "client_version", "step", "kind", "domain", "value", "name", "message",
                 "close_code", "http_status"});
}

bool is_error(const tsv_table::row& row) {
  const std::string& kind = row["kind"];
  for (const std::string_view one : {"error_code", "exception", "callback", "eof", "errno"})
    if (kind == one) return true;
  for (const std::string_view one : {"ok", "hang", "n/a", "crash"})
    if (kind == one) return false;
  throw tsv_error(row.place() + ": kind " + in_ticks(kind) +
                  " is none of error_code, exception, callback, eof, errno, ok, hang, n/a, crash");
}

void native_reader::enter(const tsv_table::row& row) {
  const std::string run = row["scenario"] + "\t" + row["client"] + "\t" + row["client_version"];
  if (run != run_) {
    run_ = run;
    closing_ = false;
    received_ = 0;
  }
  closing_ = closing_ || verb_of(row["step"]) == "close";
  if (const int code = frame_code(row, closing_); code != 0) received_ = code;
}

failure native_reader::read(const tsv_table::row& row) {
  enter(row);
  if (!is_error(row)) return {};
  const phase when = phase_of(row, closing_);
  const native_code code = code_of(row);
  const std::string& message = row["message"];
  evidence known;
  known.backend = row["client"];
  known.http_status = status_of(row);
  known.close_received.code = static_cast<std::uint16_t>(received_);
  known.close_sent = sent_frame(message);
  return from_native(code.domain, code.value, text_of(row["domain"], message), when, known);
}

}  // namespace handshim::tool
