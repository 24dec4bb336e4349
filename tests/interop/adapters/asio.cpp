// Standalone Asio through every scenario: it has no WebSocket, so the program brings rfc6455/, and Asio its codes.
#include "handshim/adapters/asio.hpp"

#include <array>
#include <functional>
#include <optional>

#include <asio.hpp>

#include "compare.hpp"
#include "handshim/adapters/impl/response_seen.hpp"
#include "handshim/rfc6455/connection.hpp"

using namespace handshim;
using asio::ip::tcp;
namespace adapter = adapters::asio;

namespace {

using clock_type = std::chrono::steady_clock;

// Every operation is asynchronous and ends with a failure; who is late is cancelled.
class asio_player : public tool::player {
 public:
  explicit asio_player(const options& how) : how_(how) {}

  void connect(const std::string& uri, failure& why) override {
    until_ = clock_type::now() + how_.open_timeout;
    rfc6455::uri to;
    if (const fault f = rfc6455::parse_uri(uri, to); f != fault::none) return void(why = failure(f));
    if (to.secure) return void(why = failure(fault::tls_unsupported));
    reach(to, why);
    if (!why) shake_hands(to, why);
  }
  void recv(failure& why) override {
    until_ = clock_type::now() + how_.recv_timeout;
    while (!why && !talk_->has_message()) step(why);
    if (talk_->has_message()) why = (talk_->take_message(), failure());
  }
  void send(const std::string& text, failure& why) override {
    take_what_is_there();
    if (!talk_->send(rfc6455::opcode::text, text)) return void(why = ended());
    flush(why);
  }
  void close(failure& why) override {
    until_ = clock_type::now() + how_.close_timeout;
    take_what_is_there();
    talk_->close(1000, {});
    failure end;
    flush(end);
    while (!end) step(end);
    if (end.is(fault::recv_timeout)) {
      talk_->fail(fault::close_timeout, 0);
      why = ended();
    }
  }

 protected:
  // How the program waits for one operation: start(handler) begins it.
  using handler = std::function<void(const asio::error_code&, std::size_t)>;
  virtual void wait(phase when, const std::function<void(handler)>& start, std::size_t& count, failure& why) = 0;

  // Runs until the operation is over; true if it had to be cancelled.
  bool run_until_deadline(const std::function<bool()>& done) {
    context_.poll();
    while (!done() && context_.run_one_until(until_) != 0) {
    }
    if (done()) return false;
    resolver_.cancel();
    socket_.cancel();
    while (!done()) context_.run_one();
    return true;
  }
  asio::io_context context_;

 private:
  void reach(const rfc6455::uri& to, failure& why) {
    std::size_t count = 0;
    tcp::resolver::results_type found;
    wait(
        phase::resolve,
        [&](handler h) {
          resolver_.async_resolve(to.host, std::to_string(to.port), [&found, h](const asio::error_code& ec, auto all) {
            found = all;
            h(ec, 0);
          });
        },
        count, why);
    if (why) return;
    wait(
        phase::connect,
        [&](handler h) {
          asio::async_connect(socket_, found, [h](const asio::error_code& ec, const tcp::endpoint&) { h(ec, 0); });
        },
        count, why);
  }

  void shake_hands(const rfc6455::uri& to, failure& why) {
    const adapters::detail::request_seen sent{rfc6455::make_key(), how_.subprotocols};
    rfc6455::request_options request;
    request.subprotocols = how_.subprotocols;
    write(phase::handshake, rfc6455::build_request(to, request, sent.key), why);
    rfc6455::response_reader reader((reading()));
    std::string seen, rest;
    while (!why && !reader.done() && reader.error() == fault::none) {
      const std::size_t count = read(phase::handshake, why);
      const std::size_t taken = reader.consume({buffer_.data(), count});
      seen.append(buffer_.data(), count);
      rest.assign(buffer_.data() + taken, count - taken);
    }
    judge(seen, sent, reader, why);
    if (why) return;
    talk_.emplace(reading(), how_.max_message_size);
    talk_->receive(rest);
    flush(why);
  }
  // As an application that parses: the response says what Asio's code does not.
  static void judge(const std::string& bytes, const adapters::detail::request_seen& sent,
                    rfc6455::response_reader& reader, failure& why) {
    adapters::detail::response_seen seen(bytes, reading());
    const fault end = why ? why.fault() : fault::none;
    if (why && is_a(end, fault::eof_in_response) && reader.end(rfc6455::ending::eof) == fault::none && reader.done())
      why = failure();  // it ended a body as it may
    const fault found = seen.behind(why ? end : fault::none, sent);
    if (found == fault::none) return;
    evidence known = why.evidence();
    seen.tell(known);
    why = failure(found, known, why.native_code());
  }

  std::size_t read(phase when, failure& why) {
    std::size_t count = 0;
    wait(
        when, [&](handler h) { socket_.async_read_some(asio::buffer(buffer_), std::move(h)); }, count, why);
    return count;
  }
  void write(phase when, const std::string& bytes, failure& why) {
    std::size_t count = 0;
    wait(
        when, [&](handler h) { asio::async_write(socket_, asio::buffer(bytes), std::move(h)); }, count, why);
  }
  void flush(failure& why) {
    if (talk_->has_output()) write(phase::open, talk_->take_output(), why);
  }

  failure ended() const { return failure(talk_->outcome()); }
  // Reads once and answers what has to be.
  void step(failure& why) {
    if (talk_->is_over()) return void(why = ended());
    const std::size_t count = read(phase::open, why);
    if (why && why.is(fault::recv_timeout)) return;
    if (why) talk_->receive_end(why.is(fault::connection_reset) ? rfc6455::ending::reset : rfc6455::ending::eof);
    talk_->receive({buffer_.data(), count});
    failure lost;
    flush(lost);
    if (talk_->is_over() && why) why = failure(talk_->outcome(), why.evidence(), why.native_code());
    if (talk_->is_over() && !why && !talk_->has_message()) why = ended();
  }
  void take_what_is_there() {
    const auto until = until_;
    until_ = clock_type::now();
    for (failure end; !end && !talk_->has_message();) step(end);
    until_ = until;
  }

  options how_;
  tcp::resolver resolver_{context_};
  tcp::socket socket_{context_};
  std::optional<rfc6455::connection> talk_;
  std::array<char, 4096> buffer_{};
  clock_type::time_point until_;
};

// With handlers for Asio's code.
class code_player final : public asio_player {
  using asio_player::asio_player;
  void wait(phase when, const std::function<void(handler)>& start, std::size_t& count, failure& why) override {
    std::optional<asio::error_code> code;
    start([&](const asio::error_code& ec, std::size_t n) {
      code = ec;
      count = n;
    });
    const bool late = run_until_deadline([&] { return code.has_value(); });
    if (*code) why = adapter::failure_of(*code, when, late);
    context_.restart();
  }
};

// With handlers for a failure, made by completion().
class completion_player final : public asio_player {
  using asio_player::asio_player;
  void wait(phase when, const std::function<void(handler)>& start, std::size_t& count, failure& why) override {
    bool done = false;
    failure told;
    start(completion(when, [&](const failure& f, std::size_t n) {
      told = f;
      count = n;
      done = true;
    }));
    const bool late = run_until_deadline([&] { return done; });
    if (told) why = late ? adapter::failure_of(told.native_code(), when, late) : told;
    context_.restart();
  }
};

template <class Player>
interop::way way_of(std::string_view name) {
  return {name, [](const options& how) { return std::make_unique<Player>(how); }};
}

}  // namespace

int main(int count, char** words) {
  return interop::compare(count, words,
                          {way_of<code_player>("asio-code"), way_of<completion_player>("asio-completion")});
}
