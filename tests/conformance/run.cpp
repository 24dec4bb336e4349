#include "run.hpp"

#include <memory>
#include <utility>

#include "../support/scripted_stream.hpp"
#include "backends.hpp"
#include "handshim/net/connect.hpp"
#include "observed.hpp"
#include "play.hpp"
#include "scripted_server.hpp"

namespace conformance {
namespace {

using namespace handshim;
using client_test::delivery;
using client_test::script_record;
using tool::client_action;
using tool::client_step;

constexpr std::size_t largest_by_byte = 8192, largest_split = 400;

template <class Backend>
void take(client<Backend>& with, const client_step& step, std::uint16_t port, observation& out, failure& why) {
  switch (step.action) {
    case client_action::connect:
      return with.connect(tool::fill_in(step.text, port), why);
    case client_action::receive:
      out.received.push_back(with.recv(why));
      if (why) return out.received.pop_back();
      out.sent.push_back(out.received.back());
      if (out.sent.back().text) return with.send(out.sent.back().data, why);
      return with.send_binary(out.sent.back().data, why);
    case client_action::receive_until_error:
      while (!why) out.received.push_back(with.recv(why));
      return out.received.pop_back();
    case client_action::send:
      out.sent.push_back({true, step.text});
      return with.send(step.text, why);
    case client_action::close:
      return with.close(why);
    case client_action::option:
    case client_action::sleep:
      return;
  }
}

observation converse(const test_case& what, std::string_view backend, std::uint16_t port, options how) {
  return tool::with_backend(backend, [&](auto type) {
    client<typename decltype(type)::type> with(std::move(how));
    observation out;
    failure why;
    for (const client_step& step : what.script.client)
      if (!why) take(with, step, port, out, why);
    if (why) out.fault = name(why.fault());
    return out;
  });
}

class memory_run {
 public:
  memory_run(const test_case& what, std::string_view backend) : what_(what), backend_(backend) {}

  // How many bytes the server sent, and how many of them are its response.
  std::size_t sent() const { return record_.sent.size(); }
  std::size_t response() const { return record_.response; }

  void with(delivery how, const std::string& told) {
    if (!out.wrong.empty()) return;
    ++out.runs;
    options opts = tool::options_of(what_.script, reading());
    opts.open_stream = client_test::opener_to(what_.script.server, record_, how);
    observation got = converse(what_, backend_, 80, std::move(opts));
    got.frames = record_.frames;
    const bool one_by_one = !how.joined && how.most == std::string::npos;
    const std::string wrong = difference(what_.expected, got, one_by_one);
    if (!wrong.empty()) out.wrong = told + ": " + wrong;
  }

  verdict out;

 private:
  const test_case& what_;
  const std::string_view backend_;
  script_record record_;
};

// A stream that keeps what was written to it.
class recorded_stream final : public net::byte_stream {
 public:
  recorded_stream(std::unique_ptr<net::byte_stream> inner, std::string& to) : inner_(std::move(inner)), to_(to) {}

  std::size_t read_some(char* to, std::size_t size, net::deadline until, std::error_code& error) override {
    return inner_->read_some(to, size, until, error);
  }
  std::size_t write_some(const char* from, std::size_t size, net::deadline until, std::error_code& error) override {
    const std::size_t n = inner_->write_some(from, size, until, error);
    to_.append(from, n);
    return n;
  }
  void shutdown() noexcept override { inner_->shutdown(); }
  void finish() noexcept override { inner_->finish(); }

 private:
  std::unique_ptr<net::byte_stream> inner_;
  std::string& to_;
};

stream_opener recording(std::string& to) {
  return [&to](const rfc6455::uri& at, net::deadline until, net::interrupter& stop, std::error_code& error) {
    net::connect_result made = net::connect_tcp(at.host, at.port, until, stop);
    error = made.error;
    return made.stream ? std::make_unique<recorded_stream>(std::move(made.stream), to) : nullptr;
  };
}

}  // namespace

verdict play_in_memory(const test_case& what, std::string_view backend) {
  memory_run run(what, backend);
  delivery pieces, steps;
  if (what.piece != 0) {
    pieces.most = what.piece;
    run.with(pieces, "in its pieces");
    return run.out;
  }
  steps.joined = false;
  run.with(steps, "step by step");
  run.with({}, "at once");
  const std::size_t response = run.response(), sent = run.sent();
  pieces.most = 997;
  run.with(pieces, "in pieces of 997 bytes");
  pieces.most = 1;
  if (sent <= largest_by_byte) run.with(pieces, "byte by byte");
  if (what.generated || sent - response > largest_split) return run.out;
  for (std::size_t at = response + 1; at < sent; ++at) {
    delivery two;
    two.split = at;
    run.with(two, "split behind byte " + std::to_string(at - response));
  }
  return run.out;
}

verdict play_live(const test_case& what, std::string_view backend) {
  tool::scripted_server server(what.script.server);
  std::string written;
  options opts = tool::options_of(what.script, reading());
  opts.open_stream = recording(written);
  observation got = converse(what, backend, server.port(), std::move(opts));
  const std::size_t request = written.find("\r\n\r\n");
  got.frames = request == std::string::npos ? "" : written.substr(request + 4);
  return {1, difference(what.expected, got, false)};
}

}  // namespace conformance
