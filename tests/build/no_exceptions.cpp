// Built without exceptions and RTTI: failures by value and codes are the whole API.
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <thread>

#include "check.hpp"
#include "handshim/backends/raw_sockets.hpp"
#include "handshim/bridge.hpp"
#include "handshim/client.hpp"
#include "handshim/handshim.hpp"
#include "handshim/observe.hpp"
#include "handshim/ready.hpp"
#include "handshim/retry.hpp"

#if HANDSHIM_HAS_EXCEPTIONS || HANDSHIM_HAS_RTTI
#error "this program must be built with -fno-exceptions -fno-rtti"
#endif

namespace {

// One connection: the upgrade, one frame back with what the first one said, then the close frame.
class echo_once {
 public:
  echo_once() : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    ::bind(listener_, reinterpret_cast<sockaddr*>(&at), size);
    ::listen(listener_, 1);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size);
    port_ = ntohs(at.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~echo_once() {
    thread_.join();
    ::close(listener_);
  }
  std::string uri() const { return "ws://127.0.0.1:" + std::to_string(port_) + "/"; }

 private:
  void serve() const {
    const int peer = ::accept(listener_, nullptr, nullptr);
    std::string request;
    char block[1024];
    for (ssize_t n = 1; n > 0 && request.find("\r\n\r\n") == std::string::npos;) {
      n = ::recv(peer, block, sizeof block, 0);
      if (n > 0) request.append(block, static_cast<std::size_t>(n));
    }
    const std::string name = "Sec-WebSocket-Key: ";
    const std::size_t start = request.find(name) + name.size();
    const std::string key = request.substr(start, request.find('\r', start) - start);
    const std::string answer =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
        handshim::rfc6455::accept_for(key) + "\r\n\r\n\x81\x02hi\x88\x02\x03\xe8";
    ::send(peer, answer.data(), answer.size(), MSG_NOSIGNAL);
    while (::recv(peer, block, sizeof block, 0) > 0) {
    }
    ::close(peer);
  }

  int listener_;
  unsigned port_ = 0;
  std::thread thread_;
};

void fails_by_code() {
  handshim::client<handshim::raw_sockets> client;
  std::error_code code;
  client.connect("ws://127.0.0.1:1/", code);
  CHECK(code == handshim::fault::connection_refused);
  CHECK(code == handshim::condition::network);
  CHECK(code == std::errc::connection_refused);
  CHECK(client.last_failure().native_code() == std::errc::connection_refused);
}

void fails_by_value() {
  handshim::client<handshim::raw_sockets> client;
  handshim::failure why;
  client.connect("http://127.0.0.1/", why);
  CHECK(why.fault() == handshim::fault::uri_scheme_unsupported);
  CHECK(why.describe().find("write ws:// or wss://") != std::string::npos);
  CHECK(handshim::kinds(why, handshim::policy()).is(handshim::kind::invalid_uri));
  handshim::find_policy("websockets-19", why);
  CHECK(why.fault() == handshim::fault::policy_too_new);
}

void judges() {
  handshim::failure why;
  const handshim::policy acme = handshim::define_policy("acme-2", "websockets-14.0,closed=error", why);
  CHECK(!why);
  const handshim::policy both = handshim::bridge(handshim::find_policy("websockets-13.1", why), acme, why);
  CHECK(!why);
  CHECK(both.name() == "bridge(websockets-13.1,acme-2)");
  CHECK(both.kinds(handshim::failure(handshim::fault::eof_in_headers)) ==
        handshim::kind_list(handshim::kind::eof_error, handshim::kind::invalid_message));
  handshim::find_policy("unified-1,closed=invalid_uri+eof_error", why);
  CHECK(why.fault() == handshim::fault::policy_combination);
}

void talks() {
  echo_once server;
  handshim::client<handshim::raw_sockets> client;
  handshim::failure why;
  client.connect(server.uri(), why);
  CHECK(!why);
  CHECK(client.recv(why).data == "hi");
  client.recv(why);
  CHECK(why.fault() == handshim::fault::closed_normally);
  CHECK(why.evidence().close_received.code == 1000);
}

void tries_again() {
  handshim::retry_options how;
  how.attempts = 3;
  how.backoff.first = how.backoff.base = std::chrono::milliseconds(1);
  handshim::failure why;
  handshim::client<handshim::raw_sockets> client;
  handshim::reconnect(client, "ws://127.0.0.1:1/", how, why);
  CHECK(why.fault() == handshim::fault::connection_refused);
  CHECK(why.evidence().earlier.size() == 2);
  const auto third = [](handshim::failure& f, const handshim::attempt_info& info) {
    if (info.number < 3) f = handshim::failure(handshim::fault::connect_timeout);
    return info.number;
  };
  CHECK(handshim::retry(third, how, why) == 3);
  CHECK(!why);
  handshim::wait_until_ready("ws://127.0.0.1/#x", std::chrono::seconds(9), why);
  CHECK(why.fault() == handshim::fault::uri_fragment);
  CHECK(handshim::advise(why).what == handshim::advice::fix_first);
}

void is_observed() {
  struct {
    int calls = 0;
    std::string last;
    void operator()(const handshim::event& e) noexcept {
      ++calls;
      last = e.difference();
    }
  } watch;
  handshim::set_observer(handshim::observer::of(watch));
  handshim::count_failures();
  handshim::failure why;
  handshim::set_candidate(handshim::find_policy("websockets-14.0", why));
  handshim::client<handshim::raw_sockets> client;
  client.connect("http://127.0.0.1/", why);
  handshim::observe(why);
  handshim::failure ended(handshim::fault::eof_before_status_line);
  handshim::observe(ended);
  handshim::reset_observer();
  CHECK(watch.calls == 2);
  CHECK(watch.last == "under websockets-14.0 this would have been eof_error");
  CHECK(handshim::take_counters().failures == 2);
  CHECK(ended.to_logfmt().find("fault=eof_before_status_line ") == 0);
}

}  // namespace

int main() {
  tries_again();
  fails_by_code();
  fails_by_value();
  judges();
  talks();
  is_observed();
  return failed_checks() == 0 ? 0 : 1;
}
