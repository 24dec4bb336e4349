// The server of a scenario, in memory: a byte stream whose other end plays the script (tests/corpus/README.md) at once,
// without its pauses, and can be cut after any byte.
#pragma once

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client_frames.hpp"
#include "frames.hpp"
#include "memory_stream.hpp"
#include "script.hpp"

namespace client_test {

// How the bytes reach the client.
struct delivery {
  bool joined = true;                     // else no read gives more than one step of the script has sent
  std::size_t most = std::string::npos;   // bytes that one read gives at the most
  std::size_t split = std::string::npos;  // a place in all that the server sends, which no read goes over
};

// After how many bytes the connection ends, whatever the script would do then, and how.
struct cut {
  std::size_t after = std::string::npos;
  ending how = ending::eof;
};

// What became of the newest connection.
struct script_record {
  std::string request;       // what came before the frames
  std::string frames;        // all that came behind it
  std::size_t response = 0;  // how many bytes the server had sent when the first step behind the upgrade began
  std::string sent;          // what the server has sent, as far as the script came
  bool drained = false;      // whether the client has read all that it could be given
};

// One connection of the server. One call at a time.
class scripted_stream final : public handshim::net::byte_stream {
 public:
  using script = std::vector<handshim::tool::server_step>;

  scripted_stream(const script& steps, delivery how, cut where, script_record& record, handshim::net::interrupter& stop)
      : steps_(steps), how_(how), cut_(where), record_(record), stop_(stop) {
    record_ = {};
  }

  std::size_t read_some(char* to, std::size_t size, handshim::net::deadline until, std::error_code& error) override {
    error.clear();
    if (shut_) return error = handshim::net::stream_errc::eof, 0;
    play();
    const std::size_t n = std::min(size, ready());
    record_.sent.copy(to, n, given_);
    given_ += n;
    record_.drained = given_ == end();
    if (n != 0) return n;
    if (size == 0) return 0;
    if (!ended()) return error = stop_.wait(-1, handshim::net::direction::read, until), 0;
    error = how_it_ended() == ending::eof ? make_error_code(handshim::net::stream_errc::eof)
                                          : std::error_code(ECONNRESET, std::system_category());
    return 0;
  }

  std::size_t write_some(const char* from, std::size_t size, handshim::net::deadline, std::error_code& error) override {
    error.clear();
    if (shut_) return error = handshim::net::stream_errc::eof, 0;
    unread_.append(from, size);
    record_.drained = false;
    if (upgraded_) record_.frames.append(from, size);
    return size;
  }

  void shutdown() noexcept override { shut_ = true; }
  void finish() noexcept override {}

 private:
  using action = handshim::tool::server_action;

  std::size_t end() const { return std::min(cut_.after, record_.sent.size()); }
  bool is_cut() const { return asked_ && given_ == cut_.after; }
  ending how_it_ended() const { return is_cut() ? cut_.how : ending_; }
  bool ended() const {
    if (is_cut()) return cut_.how != ending::stall;
    return over_ && ending_ != ending::stall && given_ == record_.sent.size();
  }

  std::size_t ready() const {
    std::size_t n = std::min(end() - given_, how_.most);
    if (given_ < how_.split) n = std::min(n, how_.split - given_);
    const auto next = std::upper_bound(ends_.begin(), ends_.end(), given_);
    return how_.joined || next == ends_.end() ? n : std::min(n, *next - given_);
  }

  void play() {
    while (!over_ && at_ < steps_.size() && take(steps_[at_])) ++at_;
    over_ = over_ || at_ == steps_.size();
  }

  // False if the step waits for the client.
  bool take(const handshim::tool::server_step& step) {
    switch (step.action) {
      case action::read_request:
        return read_request();
      case action::upgrade:
        if (!read_request()) return false;
        send(upgrade_response);
        record_.response = record_.sent.size();
        return true;
      case action::send:
      case action::drip:
        return send(step.bytes);
      case action::fill:
        record_.sent.append(step.count, step.bytes.front());
        ends_.push_back(record_.sent.size());
        return true;
      case action::read_frame:
        return read_frame().has_value();
      case action::echo_close:
        return echo_close();
      case action::reset:
        return end_by(ending::reset);
      case action::stall:
        return end_by(ending::stall);
      case action::close:
        return end_by(ending::eof);
      case action::sleep:
      case action::refuse:
      case action::blackhole:
        break;
    }
    return true;
  }

  bool end_by(ending how) {
    ending_ = how;
    return over_ = true;
  }

  bool send(std::string_view bytes) {
    if (bytes.find('{') == std::string_view::npos)
      record_.sent += bytes;
    else
      record_.sent += handshim::tool::fill_in(bytes, 80, handshim::rfc6455::accept_for(key_));
    ends_.push_back(record_.sent.size());
    return true;
  }

  bool read_request() {
    const std::size_t blank = unread_.find("\r\n\r\n");
    if (blank == std::string::npos) return false;
    record_.request = unread_.substr(0, blank + 4);
    unread_.erase(0, blank + 4);
    record_.frames = unread_;
    upgraded_ = asked_ = true;
    const std::string name = "Sec-WebSocket-Key: ";
    const std::size_t key = record_.request.find(name) + name.size();
    key_ = record_.request.substr(key, record_.request.find("\r\n", key) - key);
    return true;
  }

  std::optional<client_frame> read_frame() {
    std::string_view rest = unread_;
    std::optional<client_frame> out = take_frame(rest);
    unread_.erase(0, unread_.size() - rest.size());
    return out;
  }

  bool echo_close() {
    while (const std::optional<client_frame> frame = read_frame())
      if (frame->opcode() == 8)
        return send(std::string{'\x88', static_cast<char>(frame->payload.size())} + frame->payload);
    return false;
  }

  const script& steps_;
  const delivery how_;
  const cut cut_;
  script_record& record_;
  handshim::net::interrupter& stop_;
  std::size_t at_ = 0, given_ = 0;
  bool over_ = false, asked_ = false, upgraded_ = false, shut_ = false;
  ending ending_ = ending::eof;
  std::string unread_, key_;
  std::vector<std::size_t> ends_;  // of what each step has sent
};

// For options::open_stream; the script and the record must outlive the client.
inline handshim::stream_opener opener_to(const scripted_stream::script& steps, script_record& record, delivery how = {},
                                         cut where = {}) {
  return [&steps, &record, how, where](const handshim::rfc6455::uri&, handshim::net::deadline,
                                       handshim::net::interrupter& stop, std::error_code&) {
    return std::make_unique<scripted_stream>(steps, how, where, record, stop);
  };
}

}  // namespace client_test
