// What the tests of the adapter for Beast share.
#pragma once

#include <doctest/doctest.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <string>

#include "../../support/backends.hpp"
#include "../../support/server.hpp"
#include "handshim/adapters/beast.hpp"

namespace beast_test {

using handshim::tool::scripted_server;
using peer = handshim::tool::connection;
using tcp = boost::asio::ip::tcp;
using boost::beast::error_code;
using socket_stream = handshim::adapters::beast::stream<tcp::socket>;

inline void connect(socket_stream& ws, const scripted_server& server) {
  ws.next_layer().connect({boost::asio::ip::address_v4::loopback(), server.port()});
}

/// A server that reads the request and answers with the bytes.
inline scripted_server answering(std::string bytes) {
  return scripted_server([bytes](peer& client) {
    client.read_request();
    client.send(bytes);
  });
}

inline const std::string refusal =
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 3\r\nContent-Length: 10\r\n\r\noverloaded";

}  // namespace beast_test
