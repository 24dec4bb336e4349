// client::recv() and send() over a stream in memory, beside the backend's own calls; and what is thrown once the
// connection is lost.
#include <cstdlib>
#include <memory>
#include <string>

#include "handshim/backends/legacy_mode.hpp"
#include "handshim/backends/raw_sockets.hpp"
#include "handshim/client.hpp"

#include "endless_stream.hpp"
#include "harness.hpp"
#include "stack.hpp"

namespace {

constexpr const char* uri = "ws://127.0.0.1/";

std::string row(const char* what, std::size_t size) { return what + std::to_string(size) + " B in memory"; }

template <class T>
std::shared_ptr<T> or_exit(std::shared_ptr<T> made, const handshim::failure& why) {
  if (why) std::abort();
  return made;
}

template <class Backend>
std::shared_ptr<Backend> backend_at(handshim::options how) {
  auto out = std::make_shared<Backend>(std::move(how));
  return or_exit(out, out->connect(uri, handshim::net::deadline::never()));
}

template <class Backend>
std::shared_ptr<handshim::client<Backend>> client_at(handshim::options how) {
  auto out = std::make_shared<handshim::client<Backend>>(std::move(how));
  handshim::failure why;
  out->connect(uri, why);
  return or_exit(out, why);
}

handshim::options messages_of(std::size_t size) {
  return bench::endless(client_test::binary_frame(std::string(size, 'x')));
}

bench::body bare_recv(std::size_t size) {
  return [of = backend_at<handshim::raw_sockets>(messages_of(size))](std::size_t times) {
    for (std::size_t i = 0; i < times; ++i) {
      handshim::message out;
      if (of->recv(out, handshim::net::deadline::never())) std::abort();
      bench::keep(out);
    }
  };
}

bench::body recv_by_value(std::size_t size) {
  return [of = client_at<handshim::raw_sockets>(messages_of(size))](std::size_t times) {
    for (std::size_t i = 0; i < times; ++i) {
      handshim::failure why;
      bench::keep(of->recv(why));
      if (why) std::abort();
    }
  };
}

bench::body recv_or_throw(std::size_t size) {
  return [of = client_at<handshim::raw_sockets>(messages_of(size))](std::size_t times) {
    for (std::size_t i = 0; i < times; ++i) bench::keep(of->recv());
  };
}

bench::body bare_send(std::size_t size) {
  return
      [of = backend_at<handshim::raw_sockets>(bench::endless("")), data = std::string(size, 'x')](std::size_t times) {
        for (std::size_t i = 0; i < times; ++i)
          if (of->send(handshim::opcode::binary, data, handshim::net::deadline::never())) std::abort();
      };
}

bench::body send_or_throw(std::size_t size, bool text) {
  handshim::options how = bench::endless("");
  how.send_timeout = {};
  return [of = client_at<handshim::raw_sockets>(how), data = std::string(size, 'x'), text](std::size_t times) {
    for (std::size_t i = 0; i < times; ++i) text ? of->send(data) : of->send_binary(data);
  };
}

template <class Backend>
bench::body recv_when_lost() {
  auto of = client_at<Backend>(bench::endless("", 0));
  return [of](std::size_t times) { bench::caught<handshim::connection_closed>(times, [&of] { of->recv(); }); };
}

template <class Backend>
bench::body recv_when_lost_by_value() {
  auto of = client_at<Backend>(bench::endless("", 0));
  return [of](std::size_t times) {
    for (std::size_t i = 0; i < times; ++i) {
      handshim::failure why;
      of->recv(why);
      if (!why) std::abort();
    }
  };
}

struct entries {
  explicit entries(std::size_t size)
      : bare(row("recv ", size), "the backend's recv()", [size] { return bare_recv(size); }),
        by_value(row("recv ", size), "client::recv(failure&)", [size] { return recv_by_value(size); }),
        thrown(row("recv ", size), "client::recv()", [size] { return recv_or_throw(size); }) {}
  bench::entry bare, by_value, thrown;
};
const entries small(16), middle(1024), large(65536);

const bench::entry sent(row("send ", 1024), "the backend's send()", [] { return bare_send(1024); });
const bench::entry binary(row("send ", 1024), "client::send_binary()", [] { return send_or_throw(1024, false); });
const bench::entry text(row("send ", 1024), "client::send()", [] { return send_or_throw(1024, true); });

constexpr const char* lost_row = "recv on a lost connection";
const bench::entry lost(lost_row, "raw_sockets, by value",
                        [] { return recv_when_lost_by_value<handshim::raw_sockets>(); });
const bench::entry lost_raw(lost_row, "raw_sockets, thrown", [] { return recv_when_lost<handshim::raw_sockets>(); });
const bench::entry lost_legacy(lost_row, "legacy_mode, thrown", [] { return recv_when_lost<handshim::legacy_mode>(); });

}  // namespace
