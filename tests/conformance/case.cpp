#include "case.hpp"

#include <stdexcept>
#include <utility>

#include "tsv.hpp"

namespace conformance {
namespace {

using handshim::rfc6455::message;
using handshim::tool::server_action;
using handshim::tool::server_step;

// The parts between "; " that is not within quotes.
std::vector<std::string> parts_of(const std::string& text) {
  std::vector<std::string> out(1);
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"' && (i == 0 || text[i - 1] != '\\')) quoted = !quoted;
    if (!quoted && text.compare(i, 2, "; ") == 0)
      out.emplace_back(), ++i;
    else
      out.back() += text[i];
  }
  return out;
}

// What stands behind the word: "bytes", or a count and one byte, as the language of scripts has them.
std::string bytes_of(const std::string& operands) {
  const bool counted = !operands.empty() && operands.front() != '"';
  const server_step step = handshim::tool::parse_server((counted ? "fill " : "send ") + operands).front();
  return counted ? std::string(step.count, step.bytes.front()) : step.bytes;
}

void take(expectation& out, const std::string& part) {
  const std::size_t blank = part.find(' ');
  const std::string word = part.substr(0, blank);
  const std::string operands = blank == std::string::npos ? "" : part.substr(blank + 1);
  if (word == "text" || word == "binary")
    out.messages.push_back(message{word == "text", bytes_of(operands)});
  else if (word == "pong")
    out.pongs.push_back(bytes_of(operands));
  else if (word == "close")
    out.close = operands.empty() ? 1005 : std::stoi(operands);
  else if (operands.empty() && out.fault.empty())
    out.fault = word;
  else
    throw std::runtime_error("unknown `" + part + "`; valid are text, binary and pong with bytes, close, and a fault");
}

expectation parse_expectation(const std::string& text) {
  expectation out;
  for (const std::string& part : parts_of(text)) take(out, part);
  if (out.fault.empty()) throw std::runtime_error("an expectation ends with a fault or `ok`");
  return out;
}

}  // namespace

test_case make_case(std::string group, std::string name, const std::string& client, const std::string& server,
                    const std::string& expect) {
  test_case out;
  try {
    out.script.client = handshim::tool::parse_client(client);
    out.script.server = handshim::tool::parse_server(server);
    out.expected = parse_expectation(expect);
  } catch (const std::exception& e) {
    throw std::runtime_error("case " + group + ", " + name + ": " + e.what());
  }
  out.script.texts = {client, server};
  out.group = std::move(group);
  out.name = std::move(name);
  return out;
}

std::string quote(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\')
      out += c;
    else
      out.append("\\x").append({digits[byte >> 4u], digits[byte & 15u]});
  }
  return out + '"';
}

std::vector<group> load_groups(const std::string& path) {
  const handshim::tool::tsv_table table = handshim::tool::read_tsv(path);
  std::vector<group> out;
  for (std::size_t i = 0; i < table.size(); ++i) out.push_back({table[i]["group"], table[i]["title"]});
  return out;
}

std::vector<test_case> load_cases(const std::string& path) {
  const handshim::tool::tsv_table table = handshim::tool::read_tsv(path);
  table.require({"group", "case", "client", "server", "expect"});
  std::vector<test_case> out;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto row = table[i];
    out.push_back(make_case(row["group"], row["case"], row["client"], row["server"], row["expect"]));
  }
  return out;
}

}  // namespace conformance
