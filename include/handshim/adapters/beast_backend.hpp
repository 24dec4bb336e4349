// client<beast_backend>: the calls of handshim's client over Boost.Beast. ws:// only; beast_tls.hpp has wss:// too.
#pragma once

#include "handshim/config.hpp"

#if HANDSHIM_HAS_EXCEPTIONS

#include <boost/asio/ip/tcp.hpp>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "handshim/adapters/impl/beast_session.hpp"
#include "handshim/backends/live.hpp"
#include "handshim/backends/opening.hpp"
#include "handshim/client.hpp"
#include "handshim/guard.hpp"
#include "handshim/impl/evidence_limits.hpp"
#include "handshim/net/connect.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace adapters::beast {
namespace detail {

/// ws:// alone.
struct plain_layers {
  static constexpr std::string_view name = "beast";
  static constexpr bool has_tls = false;

  static std::unique_ptr<transport> make(const rfc6455::uri&, const options& how, ::boost::asio::ip::tcp::socket socket,
                                         failure&) {
    return std::make_unique<transport_over<::boost::asio::ip::tcp::socket>>(how, std::move(socket));
  }
};

// Names are looked up and addresses tried as handshim's own clients do it: within the deadline.
inline ::boost::asio::ip::tcp::socket as_boost(net::tcp_stream& from, ::boost::asio::io_context& in) {
  using ::boost::asio::ip::tcp;
  const tcp family = from.peer().storage.ss_family == AF_INET6 ? tcp::v6() : tcp::v4();
  tcp::socket out(in);
  out.assign(family, from.release().release());
  return out;
}

/// A failure with what is known from before Beast had the connection.
inline failure with_trace(const failure& f, const backends::trace& known) {
  if (!f) return f;
  evidence all = f.evidence();
  std::array<attempt_view, handshim::detail::max_attempts_kept> attempts;
  std::size_t n = 0;
  for (; n < known.attempts.size() && n < attempts.size(); ++n)
    attempts[n] = {known.attempts[n].address, known.attempts[n].error, known.attempts[n].elapsed};
  all.attempts = {attempts.data(), n};
  all.backend = known.backend;
  all.endpoint = known.endpoint;
  all.redirects = known.redirects;
  return failure(f.fault(), all, f.native_code(), f.phase());
}

}  // namespace detail

/// A Backend for client<Backend>, whose calls and threads it has as raw_sockets. Each connection has a thread of its
/// own, in which Beast works. Beast reads the response first, in its own way and with its own limits, and
/// options::reading can refuse more than that but not less; open_stream is not for it. Messages that come while close()
/// waits are lost. Since 0.1.
template <class Layers>
class basic_backend {
 public:
  static constexpr std::string_view name = Layers::name;

  explicit basic_backend(options how) : slot_(std::move(how)) {}

  failure connect(std::string_view uri, net::deadline until) {
    const backends::connecting at(slot_, name);
    if (!at) return at.refused();
    failure result;
    const failure unforeseen =
        capture<translator>(phase::connect, [&] { result = detail::with_trace(open(*at, uri, until), at->note); });
    return unforeseen ? detail::with_trace(unforeseen, at->note) : result;
  }
  failure recv(message& out, net::deadline until) {
    return on_open([&](detail::session& s) { return s.recv(out, until); });
  }
  failure send(opcode type, std::string_view data, net::deadline until) {
    return on_open([&](detail::session& s) { return s.send(type, data, until); });
  }
  failure ping(std::string_view payload, net::deadline until) {
    return on_open([&](detail::session& s) { return s.ping(payload, until); });
  }
  failure close(std::uint16_t code, std::string_view reason, net::deadline until) {
    return on_open([&](detail::session& s) { return s.close(code, reason, until); });
  }
  void cancel() noexcept { slot_.cancel(); }
  std::string subprotocol() const { return slot_.subprotocol(); }
  void configure(options how) { slot_.configure(std::move(how)); }

 private:
  using live = backends::basic_live<detail::session>;

  template <class Operation>
  failure on_open(Operation operation) {
    fault why = fault::none;
    const std::shared_ptr<live> at = slot_.get(why);
    if (!at) return backends::failure_before(name, why);
    return detail::with_trace(operation(*at->open), at->note);
  }

  static failure open(live& at, std::string_view uri, net::deadline until) {
    backends::opening steps(*at.how, at.stop, at.note, until);
    if (const fault f = steps.begin(uri); f != fault::none) return failure_of(at.note, make_error_code(f));
    fault wrong = fault::none;
    failure why;
    std::unique_ptr<detail::session> made;
    do {
      if (!at.stop.ok()) return failure_of(at.note, at.stop.error());
      made.reset();
      why = attempt(at, steps, until, made);
      if (!why || why.fault() != fault::upgrade_rejected) break;
      at.note.response = made->of_notes([](const detail::notes& seen) { return seen.response(); });
    } while (steps.redirected(wrong));
    if (wrong != fault::none) return failure_of(at.note, make_error_code(wrong));
    if (why.is(fault::cancelled)) return failure_of(at.note, make_error_code(fault::cancelled));
    if (why) return why;
    made->open();
    at.open = std::move(made);
    return {};
  }

  // One connection, up to the 101.
  static failure attempt(live& at, const backends::opening& steps, net::deadline until,
                         std::unique_ptr<detail::session>& made) {
    const rfc6455::uri& to = steps.to();
    at.note.phase = phase::local;
    if (to.secure && !Layers::has_tls) return failure_of(at.note, make_error_code(fault::tls_unsupported));
    net::connect_result tcp = net::connect_tcp(to.host, to.port, until, at.stop);
    at.note.phase = tcp.step == net::connect_step::resolve ? phase::resolve : phase::connect;
    for (net::attempt& a : tcp.attempts) at.note.attempts.push_back(std::move(a));
    // It stood, and was reset: whether the system tells it now or with the first read is chance.
    if (tcp.error == std::errc::connection_reset) at.note.phase = to.secure ? phase::tls : phase::handshake;
    if (tcp.error) return failure_of(at.note, tcp.error);
    made = std::make_unique<detail::session>(at.how, at.stop);
    failure why;
    auto over = Layers::make(to, *at.how, detail::as_boost(*tcp.stream, made->context()), why);
    if (why) return why;
    made->start(std::move(over));
    at.note.phase = phase::tls;
    if ((why = made->secure(to, until))) return why;
    at.note.phase = phase::handshake;
    if ((why = made->upgrade(to, steps.request_parts(), until))) return why;
    return made->of_notes([&](detail::notes& seen) { return check(at, seen); });
  }

  // What Beast does not look at in a 101.
  static failure check(live& at, detail::notes& seen) {
    if (const fault wrong = seen.unreadable(); wrong != fault::none) return seen.settle(wrong, phase::handshake);
    const rfc6455::upgrade found = seen.check(at.how->subprotocols);
    at.note.phase = phase::open;
    at.subprotocol = found.subprotocol;
    return found.error == fault::none ? failure() : seen.settle(found.error, phase::handshake, found.header);
  }

  backends::basic_live_slot<detail::session> slot_;
};

}  // namespace adapters::beast
}  // namespace HANDSHIM_ABI
}  // namespace handshim

namespace handshim {
inline namespace HANDSHIM_ABI {

/// For client<beast_backend>: ws:// through Boost.Beast.
using beast_backend = adapters::beast::basic_backend<adapters::beast::detail::plain_layers>;

}  // namespace HANDSHIM_ABI
}  // namespace handshim

#endif  // HANDSHIM_HAS_EXCEPTIONS
