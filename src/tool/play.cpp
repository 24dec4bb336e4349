#include "play.hpp"

#include <thread>

#include "arguments.hpp"
#include "backends.hpp"
#include "handshim/client.hpp"
#include "scripted_server.hpp"

namespace handshim::tool {
namespace {

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> out;
  std::size_t start = 0;
  while (start <= text.size()) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    out.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return out;
}

options::duration seconds(double number) {
  return std::chrono::duration_cast<options::duration>(std::chrono::duration<double>(number));
}

void apply(options& how, const client_step& step) {
  if (step.name == "open_timeout") how.open_timeout = seconds(step.number);
  if (step.name == "close_timeout") how.close_timeout = seconds(step.number);
  if (step.name == "ping_interval") how.ping_interval = seconds(step.number);
  if (step.name == "ping_timeout") how.ping_timeout = seconds(step.number);
  if (step.name == "max_size") how.max_message_size = static_cast<std::size_t>(step.number);
  if (step.name == "subprotocols") how.subprotocols = split(step.text);
}

std::string_view step_name(client_action action) {
  switch (action) {
    case client_action::connect:
      return "connect";
    case client_action::receive:
    case client_action::receive_until_error:
      return "recv";
    case client_action::send:
      return "send";
    case client_action::close:
      return "close";
    case client_action::option:
    case client_action::sleep:
      break;
  }
  return "-";
}

template <class Backend>
class client_player final : public player {
 public:
  explicit client_player(options how) : client_(std::move(how)) {}
  void connect(const std::string& uri, failure& why) override { client_.connect(uri, why); }
  void recv(failure& why) override { client_.recv(why); }
  void send(const std::string& text, failure& why) override { client_.send(text, why); }
  void close(failure& why) override { client_.close(why); }

 private:
  client<Backend> client_;
};

void take(player& with, const client_step& step, std::uint16_t port, failure& why) {
  switch (step.action) {
    case client_action::connect:
      return with.connect(fill_in(step.text, port), why);
    case client_action::receive:
      return with.recv(why);
    case client_action::receive_until_error:
      while (!why) with.recv(why);
      return;
    case client_action::send:
      return with.send(step.text, why);
    case client_action::close:
      return with.close(why);
    case client_action::sleep:
      return std::this_thread::sleep_for(step.pause);
    case client_action::option:
      return;
  }
}

outcome take_all(const scenario& what, player& with, std::uint16_t port) {
  outcome out;
  for (const client_step& step : what.client) {
    take(with, step, port, out.failure);
    if (!out.failure) continue;
    out.step = step_name(step.action);
    break;
  }
  return out;
}

}  // namespace

options options_of(const scenario& what, const reading& how) {
  options out;
  out.open_timeout = std::chrono::seconds(2);
  out.close_timeout = std::chrono::seconds(1);
  out.recv_timeout = std::chrono::seconds(9);
  out.ping_interval = out.ping_timeout = {};
  out.reading = how;
  for (const client_step& step : what.client)
    if (step.action == client_action::option) apply(out, step);
  return out;
}

outcome play(const scenario& what, player& with) {
  scripted_server server(what.server);
  return take_all(what, with, server.port());
}

outcome play(const scenario& what, std::string_view backend, options how, std::uint16_t port) {
  return with_backend(backend, [&](auto type) {
    client_player<typename decltype(type)::type> with(std::move(how));
    return take_all(what, with, port);
  });
}

outcome play(const scenario& what, std::string_view backend, const reading& how) {
  scripted_server server(what.server);
  return play(what, backend, options_of(what, how), server.port());
}

const std::vector<std::string_view>& backend_names() {
  static const std::vector<std::string_view> names{raw_sockets::name, legacy_mode::name, new_mode::name};
  return names;
}

std::vector<std::string_view> backends_of(std::string_view option) {
  if (option == "all") return backend_names();
  for (std::string_view name : backend_names())
    if (name == option) return {name};
  std::vector<std::string_view> valid = backend_names();
  valid.push_back("all");
  throw usage_error(unknown_text("backend", option, valid));
}

}  // namespace handshim::tool
