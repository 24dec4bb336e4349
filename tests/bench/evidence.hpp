// All that a failure can tell of a rejected handshake.
#pragma once

#include <array>
#include <chrono>

#include "handshim/failure.hpp"

namespace bench {

struct full_evidence {
  std::array<handshim::header_view, 6> headers{{{"Date", "Tue, 01 Jul 2025 10:00:00 GMT"},
                                                {"Server", "nginx/1.22.1"},
                                                {"Content-Type", "text/html"},
                                                {"Content-Length", "197"},
                                                {"Connection", "close"},
                                                {"Retry-After", "5"}}};
  std::array<handshim::attempt_view, 2> attempts{
      {{"[::1]:9001", std::make_error_code(std::errc::connection_refused), std::chrono::microseconds(80)},
       {"127.0.0.1:9001", {}, std::chrono::microseconds(90)}}};
  handshim::evidence known;

  full_evidence() { fill(); }
  full_evidence(const full_evidence& other) : headers(other.headers), attempts(other.attempts) { fill(); }

 private:
  void fill() {
    known.backend = "raw_sockets";
    known.endpoint = "ws://127.0.0.1:9001/chat";
    known.native_text = "Connection reset by peer";
    known.http_status = 503;
    known.http_reason = "Service Unavailable";
    known.headers = {headers.data(), headers.size()};
    known.body = "<html><head><title>503 Service Temporarily Unavailable</title></head></html>";
    known.bytes_in = 348;
    known.bytes_out = 234;
    known.first_bytes = "HTTP/1.1 503 Service Unavailable\r\nDate: Tue, 01 Jul 2025 10:00:0";
    known.close_received = {1001, "going away"};
    known.close_sent = {1000, ""};
    known.order = handshim::close_order::received_then_sent;
    known.elapsed = std::chrono::milliseconds(12);
    known.attempts = {attempts.data(), attempts.size()};
    known.attempt = 1;
  }
};

}  // namespace bench
