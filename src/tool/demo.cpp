// `handshim demo`: the incident that handshim exists for, on real sockets.
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "backends.hpp"
#include "commands.hpp"
#include "handshim/client.hpp"
#include "handshim/handshim.hpp"
#include "play.hpp"
#include "replay.hpp"
#include "scripted_server.hpp"
#include "tables.hpp"
#include "words.hpp"

namespace handshim::tool {
namespace {

constexpr std::string_view greeting = "hello";

// One client of any backend.
class demo_client {
 public:
  virtual ~demo_client() = default;
  virtual std::string_view name() const = 0;
  virtual failure connect(const std::string& uri) = 0;
  /// Connects, sends the greeting, waits for it to come back and closes.
  virtual failure converse(const std::string& uri, std::string& answer) = 0;
};

template <class Backend>
class demo_client_of final : public demo_client {
 public:
  std::string_view name() const override { return Backend::name; }
  failure connect(const std::string& uri) override {
    failure why;
    client_.connect(uri, why);
    return why;
  }
  failure converse(const std::string& uri, std::string& answer) override {
    failure why = connect(uri);
    if (!why) client_.send(greeting, why);
    if (!why) answer = client_.recv(why).data;
    if (!why) client_.close(why);
    return why;
  }

 private:
  static options patience() {
    options how;
    how.open_timeout = how.recv_timeout = how.send_timeout = how.close_timeout = std::chrono::seconds(1);
    return how;
  }
  client<Backend> client_{patience()};
};

std::vector<std::unique_ptr<demo_client>> make_clients() {
  std::vector<std::unique_ptr<demo_client>> out;
  for (const std::string_view name : backend_names())
    out.push_back(with_backend(name, [](auto type) -> std::unique_ptr<demo_client> {
      return std::make_unique<demo_client_of<typename decltype(type)::type>>();
    }));
  return out;
}

// A server that is ready: it sends back the first message and answers the close frame.
void echo(connection& with) {
  if (!with.upgrade()) return;
  const auto message = with.read_frame();
  if (!message) return;
  const std::string header{static_cast<char>(0x81), static_cast<char>(message->payload.size())};
  if (with.send(header + message->payload)) with.echo_close();
}

// What the client reported, without the namespace that all of its classes are in.
std::string native_name_of(const failure& f) {
  constexpr std::string_view own = "handshim::";
  const std::string text = native_text(f);
  return text.substr(text.find(own) == 0 ? own.size() : 0);
}

// The class and the loop's verdict, as a handler that caught the exception sees them.
struct caught {
  std::string raised, loop;
  bool operator==(const caught& other) const { return raised == other.raised && loop == other.loop; }
};

caught raise_and_catch(const failure& f, const policy& by) {
  try {
    raise(f, by);
  } catch (const error& e) {
    for (const kind k : by.kinds(f))
      if (!is_caught_as(name(k), f, by)) return {"not what the policy says", ""};
    return {std::string(name(e.kind())), std::string(loop_text(e.policy().release_retries(e.failure())))};
  }
}

class demonstration {
 public:
  int run() {
    scripted_server starting(parse_server("read-request; close"));
    uri_ = "ws://127.0.0.1:" + std::to_string(starting.port()) + "/";
    fail(starting.port());
    starting.stop();
    recover(starting.port());
    std::cout << "\n" << paragraph(verdict_text());
    std::cout << "\nNext:\n" << in_columns(next_steps(), 2);
    return good_ ? all_well : not_so;
  }

 private:
  void fail(std::uint16_t port) {
    std::cout << out_.bold("The server is starting: it accepts on port " + std::to_string(port) +
                           ", reads the request and closes.")
              << "\n\nWhat each client reports, in its own words:\n";
    for (const auto& one : clients_) failures_.push_back(one->connect(uri_));
    print_native();
    std::cout << "\nWhat handshim makes of all three:\n";
    print_fact();
    std::cout << "\nWhat a program catches, by the policy that it chose:\n";
    print_policies();
  }

  void print_native() {
    std::vector<std::vector<std::string>> rows;
    for (std::size_t i = 0; i < clients_.size(); ++i) {
      const failure& f = failures_[i];
      rows.push_back({std::string(clients_[i]->name()), f.evidence().cause ? "throws" : "returns",
                      out_.red(native_name_of(f)), "\"" + native_words(f) + "\""});
    }
    std::cout << in_columns(rows, 2) << std::flush;
  }

  void print_fact() {
    for (const failure& f : failures_) good_ = good_ && f.fault() == fault::eof_before_status_line;
    const failure& first = failures_.front();
    const advice word = advice_for(first);
    std::cout << labelled("  what()", 15, first.what()) << labelled("  fingerprint", 15, first.fingerprint())
              << labelled("  advice", 15, std::string(name(word)) + ": " + std::string(description(word)));
    for (std::size_t i = 1; i < failures_.size(); ++i)
      if (failures_[i].fault() != first.fault())
        std::cout << labelled("  but " + std::string(clients_[i]->name()), 15, out_.red(failures_[i].what()));
  }

  void print_policies() {
    table rows({{"policy"}, {"raised as"}, {"that release's retry loop"}});
    for (const std::string_view spec : story_policies()) {
      const caught first = raise_and_catch(failures_.front(), read_policy(spec));
      bool alike = true;
      for (const failure& f : failures_) alike = alike && raise_and_catch(f, read_policy(spec)) == first;
      good_ = good_ && alike && first.raised != "not what the policy says";
      rows.add({std::string(spec), alike ? out_.bold(first.raised) : out_.red("not alike"), first.loop});
    }
    std::cout << rows.text(table_style::plain, out_, 2) << std::flush;
  }

  void recover(std::uint16_t port) {
    const scripted_server ready(echo, port);
    std::cout << "\n" << out_.bold("The server is up, on the same port. The same client objects try again:") << "\n";
    std::vector<std::vector<std::string>> rows;
    for (const auto& one : clients_) rows.push_back({std::string(one->name()), conversation(*one)});
    std::cout << in_columns(rows, 2);
  }

  std::string conversation(demo_client& with) {
    std::string answer;
    const failure why = with.converse(uri_, answer);
    const bool echoed = !why && answer == greeting;
    good_ = good_ && echoed;
    if (echoed) return out_.green("ok") + "  connected, sent \"hello\", got \"" + answer + "\" back, closed";
    return out_.red("failed") + "  " + (why ? why.what() : "the echo was \"" + answer + "\"");
  }

  std::string verdict_text() const {
    if (!good_) return out_.red("Something above is not as it should be.");
    return "One fault, three reports of it, and one exception for each policy: the client makes no difference. A "
           "retry loop that catches invalid_handshake lives under 13.1 and 14.2, and dies of an eof_error under 14.0.";
  }

  static std::vector<std::vector<std::string>> next_steps() {
    return {{"handshim probe ws://your.server/", "the same for a server of yours"},
            {"handshim explain eof_before_status_line", "what it means and what to do"},
            {"handshim policies websockets-13.1 websockets-14.0", "all that this upgrade changed"}};
  }

  const terminal out_ = terminal::of(STDOUT_FILENO);
  const std::vector<std::unique_ptr<demo_client>> clients_ = make_clients();
  std::vector<failure> failures_;
  std::string uri_;
  bool good_ = true;
};

int run_demo(const arguments& given) {
  given.at_most(0);
  return demonstration().run();
}

}  // namespace

const command_description& describe_demo() {
  static const command_description described{
      "demo",
      "Shows one fault, what three clients report of it, and what each policy raises.",
      {""},
      {},
      "Everything runs on real sockets of the loopback interface and takes about a second. The exit code is 1 if\n"
      "anything is not as it should be."};
  return described;
}

int command_demo(const std::vector<std::string>& words) {
  return run_described(describe_demo(), words, std::cout, run_demo);
}

}  // namespace handshim::tool
