#include "scenario.hpp"

namespace torture {
namespace {

using handshim::fault;

const std::string upgrade =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Protocol: a-subprotocol-that-is-longer-than-a-small-string\r\n"
    "Sec-WebSocket-Accept: {accept}\r\n\r\n";
const std::string first_message = client_test::text_frame(greeting);
const std::string moved =
    "HTTP/1.1 302 Found\r\nLocation: ws://a-name-that-is-longer-than-a-small-string.test/\r\nContent-Length: 0\r\n\r\n";
const std::string refusal =
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Type: text/plain; charset=utf-8\r\n"
    "Content-Length: 27\r\n\r\nthe service is unavailable\n";

script upgrades(const std::string& behind) { return {upgrade, behind, script::serves}; }

}  // namespace

const std::vector<scenario>& scenarios() {
  static const std::vector<scenario> all = {
      {"serves", {upgrades(first_message)}, "", fault::none},
      {"moved to a name", {{moved, "", script::leaves}, upgrades(first_message)}, "", fault::none},
      {"in fragments, with pings",
       {upgrades(client_test::ping_frame("ping") + client_test::frame(0x01, greeting.substr(0, 30)) +
                 client_test::ping_frame("more") + client_test::frame(0x80, greeting.substr(30)))},
       "",
       fault::none},
      {"nobody answers", {{"", "", script::leaves}}, "connect", fault::eof_before_status_line},
      {"no HTTP", {{"SSH-2.0-OpenSSH_9.2\r\n", "", script::leaves}}, "connect", fault::status_line_malformed},
      {"no header",
       {{"HTTP/1.1 101 Switching Protocols\r\nno header\r\n\r\n", "", script::leaves}},
       "connect",
       fault::header_without_colon},
      {"cut", {{"HTTP/1.1 101 Switching Protocols\r\nUpgr", "", script::leaves}}, "connect", fault::eof_in_headers},
      {"refused", {{refusal, "", script::leaves}}, "connect", fault::upgrade_rejected},
      {"wrong accept",
       {{"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Accept: wrong\r\n\r\n",
         "", script::leaves}},
       "connect",
       fault::accept_wrong},
      {"no opcode", {upgrades("\x83\x01x")}, "recv", fault::frame_opcode_reserved},
      {"no UTF-8", {upgrades(client_test::text_frame("\xff"))}, "recv", fault::message_not_utf8},
      {"goes away",
       {upgrades(client_test::close_frame(1001, "a reason that is longer than a small string"))},
       "recv",
       fault::closed_normally},
      {"fails",
       {upgrades(client_test::close_frame(1011, "a reason that is longer than a small string"))},
       "recv",
       fault::closed_with_error},
      {"ends", {{upgrade, "", script::leaves}}, "recv", fault::eof_without_close},
  };
  return all;
}

}  // namespace torture
