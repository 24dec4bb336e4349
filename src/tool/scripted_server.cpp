#include "scripted_server.hpp"

#include <algorithm>
#include <cstring>
#include <system_error>
#include <utility>

#include "handshim/net/error.hpp"
#include "handshim/rfc6455/handshake.hpp"
#include "handshim/rfc6455/text.hpp"

namespace handshim::tool {
namespace {

using namespace std::chrono_literals;
using net::deadline;
using net::direction;

constexpr std::size_t most_connections = 64;
constexpr std::size_t largest_request = std::size_t{64} << 10;
constexpr std::size_t largest_frame = std::size_t{16} << 20;
constexpr std::size_t longest_control_payload = 125;  // RFC 6455, section 5.5
constexpr auto read_time = 60s;
constexpr auto leave_time = 10s;
constexpr auto retry_time = 20ms;
constexpr int not_listening = -1;

[[noreturn]] void throw_errno(const std::string& what) { throw std::system_error(net::detail::last_error(), what); }

// Where the blank line ends, npos if there is none from there on.
std::size_t end_of_head(std::string_view text, std::size_t from) noexcept {
  for (std::size_t at = text.find('\n', from); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    if (text.substr(at + 1, 1) == "\n") return at + 2;
    if (text.substr(at + 1, 2) == "\r\n") return at + 3;
  }
  return std::string_view::npos;
}

// A request begins with its method, a token; a TLS record with a control character.
bool may_be_request(std::string_view text) noexcept {
  return !text.empty() && rfc6455::detail::is_token(text.substr(0, 1));
}

std::string field_value(std::string_view head, std::string_view name) {
  while (!head.empty()) {
    const std::size_t end = head.find('\n');
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(end == std::string_view::npos ? head.size() : end + 1);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !rfc6455::detail::same_text(line.substr(0, colon), name)) continue;
    std::string_view value = line.substr(colon + 1);
    if (!value.empty() && value.back() == '\r') value.remove_suffix(1);
    return std::string(rfc6455::detail::trim(value));
  }
  return {};
}

// The head of a frame: where its parts lie, once `size` bytes of it are there.
struct frame_head {
  unsigned char first, second;

  bool masked() const noexcept { return (second & 0x80) != 0; }
  std::size_t length_size() const noexcept {
    const unsigned length = second & 0x7Fu;
    return length == 126 ? 2 : length == 127 ? 8 : 0;
  }
  std::size_t size() const noexcept { return 2 + length_size() + (masked() ? 4 : 0); }
  std::uint64_t payload_size(std::string_view bytes) const noexcept {
    if (length_size() == 0) return second & 0x7Fu;
    std::uint64_t size = 0;
    for (const char c : bytes.substr(2, length_size())) size = size << 8 | static_cast<unsigned char>(c);
    return size;
  }
};

void unmask(std::string& payload, std::string_view mask) {
  rfc6455::frame_mask key{};
  std::transform(mask.begin(), mask.end(), key.begin(), [](char c) { return static_cast<unsigned char>(c); });
  rfc6455::apply_mask(payload.data(), payload.size(), key);
}

bool run_step(connection& with, const server_step& step) {
  switch (step.action) {
    case server_action::read_request:
      with.read_request();
      return true;
    case server_action::send:
      return with.send(fill_in(step.bytes, with.port(), with.accept()));
    case server_action::fill:
      return with.fill(step.count, step.bytes.at(0));
    case server_action::drip:
      return with.drip(fill_in(step.bytes, with.port(), with.accept()), step.pause);
    case server_action::upgrade:
      return with.upgrade();
    case server_action::read_frame:
      with.read_frame();
      return true;
    case server_action::echo_close:
      return with.echo_close();
    case server_action::sleep:
      return with.sleep(step.pause);
    case server_action::close:
      with.close();
      return true;
    case server_action::reset:
      with.reset();
      return true;
    case server_action::stall:
      with.stall();
      return true;
    case server_action::refuse:
    case server_action::blackhole:
      return true;  // no connection gets as far
  }
  return true;
}

sockaddr_in loopback(std::uint16_t port) noexcept {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

net::descriptor new_socket() {
  std::error_code error;
  net::descriptor made = net::detail::open_socket(AF_INET, error);
  if (error) throw std::system_error(error, "socket");
  return made;
}

// Lets a later server have the port while connections of this one are still in TIME_WAIT.
void allow_reuse(int socket) noexcept {
  const int on = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, reinterpret_cast<const char*>(&on), sizeof on);
}

std::uint16_t port_of(int socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) throw_errno("getsockname");
  return ntohs(address.sin_port);
}

bool is_only(const std::vector<server_step>& script, server_action action) {
  return script.size() == 1 && script.front().action == action;
}

}  // namespace

connection::connection(net::descriptor socket, net::interrupter& stopping, std::uint16_t port)
    : socket_(std::move(socket)), stopping_(&stopping), port_(port) {
  net::detail::set_up(socket_.get());
}

bool connection::send(std::string_view bytes) {
  const deadline until = deadline::in(read_time);
  while (!bytes.empty()) {
    if (!is_open() || stopping_->wait(socket_.get(), direction::write, until)) return false;
    std::error_code error;
    bytes.remove_prefix(net::detail::transmit(socket_.get(), bytes.data(), bytes.size(), error));
    if (error && error != net::stream_errc::would_block) return false;
  }
  return is_open() && !stopping();
}

bool connection::drip(std::string_view bytes, std::chrono::milliseconds pause) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i > 0 && !sleep(pause)) return false;
    if (!send(bytes.substr(i, 1))) return false;
  }
  return true;
}

bool connection::fill(std::size_t count, char byte) {
  const std::string chunk(std::min(count, std::size_t{64} << 10), byte);
  while (count > 0) {
    const std::size_t n = std::min(count, chunk.size());
    if (!send(std::string_view(chunk).substr(0, n))) return false;
    count -= n;
  }
  return true;
}

std::string connection::recv(std::size_t most) { return receive(most, deadline::in(read_time)); }

// What is pending first.
std::string connection::receive(std::size_t most, deadline until) {
  if (!pending_.empty()) {
    std::string first = pending_.substr(0, most);
    pending_.erase(0, first.size());
    return first;
  }
  std::string bytes(most, '\0');
  std::error_code error = net::stream_errc::would_block;
  std::size_t n = 0;
  while (error == net::stream_errc::would_block) {
    if (!is_open() || stopping_->wait(socket_.get(), direction::read, until)) return {};
    n = net::detail::receive(socket_.get(), bytes.data(), bytes.size(), error);
  }
  bytes.resize(n);
  return bytes;
}

// Whether that many bytes are pending now.
bool connection::buffer(std::size_t size, deadline until) {
  while (pending_.size() < size) {
    std::string held;
    held.swap(pending_);
    const std::string more = receive(std::min(size - held.size(), std::size_t{64} << 10), until);
    pending_ = std::move(held) + more;
    if (more.empty()) return false;
  }
  return true;
}

std::string connection::read_request() {
  const deadline until = deadline::in(read_time);
  key_.clear();
  std::string head;
  while (head.size() < largest_request) {
    const std::size_t seen = head.size();
    head += receive(largest_request - seen, until);
    if (head.size() == seen || !may_be_request(head)) return head;
    const std::size_t end = end_of_head(head, seen < 3 ? 0 : seen - 3);
    if (end == std::string::npos) continue;
    pending_.insert(0, head, end);
    head.resize(end);
    key_ = field_value(head, "Sec-WebSocket-Key");
    return head;
  }
  return head;
}

std::string connection::accept() const { return rfc6455::accept_for(key_); }

bool connection::upgrade() {
  read_request();
  return send(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
      accept() + "\r\n\r\n");
}

std::optional<received_frame> connection::read_frame() {
  const deadline until = deadline::in(read_time);
  if (!buffer(2, until)) return std::nullopt;
  const frame_head head{static_cast<unsigned char>(pending_[0]), static_cast<unsigned char>(pending_[1])};
  if (!buffer(head.size(), until)) return std::nullopt;
  const std::uint64_t size = head.payload_size(pending_);
  if (size > largest_frame || !buffer(head.size() + static_cast<std::size_t>(size), until)) return std::nullopt;
  received_frame frame{static_cast<rfc6455::opcode>(head.first & 0x0F), (head.first & 0x80) != 0, {}};
  frame.payload = pending_.substr(head.size(), static_cast<std::size_t>(size));
  if (head.masked()) unmask(frame.payload, std::string_view(pending_).substr(head.size() - 4, 4));
  pending_.erase(0, head.size() + static_cast<std::size_t>(size));
  return frame;
}

bool connection::echo_close() {
  while (const std::optional<received_frame> frame = read_frame()) {
    if (frame->opcode != rfc6455::opcode::close) continue;
    const std::string payload = frame->payload.substr(0, longest_control_payload);
    return send(std::string{'\x88', static_cast<char>(payload.size())} + payload);
  }
  return true;
}

bool connection::sleep(std::chrono::milliseconds time) {
  return stopping_->wait(-1, direction::read, deadline::in(time)) == net::stream_errc::timed_out;
}

void connection::stall() {
  const deadline until = deadline::in(leave_time);
  while (!until.passed() && !receive(std::size_t{64} << 10, until).empty()) {
  }
}

void connection::close() {
  if (!is_open()) return;
  net::detail::end_sending(socket_.get());
  stall();
  socket_ = {};
}

void connection::reset() {
  if (!is_open()) return;
  const linger at_once{1, 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, reinterpret_cast<const char*>(&at_once), sizeof at_once);
  socket_ = {};
}

std::string run_script(connection& with, const std::vector<server_step>& script) {
  std::string done;
  for (const server_step& step : script) {
    done += (done.empty() ? "" : ", ") + describe(step);
    const bool went_on = run_step(with, step);
    if (with.stopping()) return done + " (stopped)";
    if (!went_on) return done + " (the client left)";
  }
  return done;
}

scripted_server::scripted_server(std::vector<server_step> script, std::uint16_t port, observer seen)
    : seen_(std::move(seen)) {
  if (script.empty()) throw std::invalid_argument("a server needs a script with at least one step");
  // Bound without listening: the kernel refuses, and no other process can take the port meanwhile.
  if (is_only(script, server_action::refuse)) {
    open(port, not_listening);
  } else if (is_only(script, server_action::blackhole)) {
    open(port, 0);
    fill_queue();
  } else {
    serve_ = [script = std::move(script)](connection& with) { return run_script(with, script); };
    open(port, SOMAXCONN);
    start();
  }
}

scripted_server::scripted_server(handler serve, std::uint16_t port, observer seen) : seen_(std::move(seen)) {
  serve_ = [serve = std::move(serve)](connection& with) {
    serve(with);
    return std::string();
  };
  open(port, SOMAXCONN);
  start();
}

scripted_server::~scripted_server() { stop(); }

void scripted_server::open(std::uint16_t port, int backlog) {
  if (!stopping_.ok()) throw std::system_error(stopping_.error(), "pipe");
  listener_ = new_socket();
  const bool listens = backlog != not_listening;
  // On a port that is only held, another process that does the same could listen.
  if (port != 0 && listens) allow_reuse(listener_.get());
  const sockaddr_in address = loopback(port);
  if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw_errno("127.0.0.1:" + std::to_string(port));
  port_ = port_of(listener_.get());
  if (!listens) return;
  if (::listen(listener_.get(), backlog) != 0) throw_errno("listen");
  // Not before a port was found, as the kernel could give one twice.
  allow_reuse(listener_.get());
}

// Connects until no answer comes: then the queue of the listener, which accepts none, is full.
void scripted_server::fill_queue() {
  constexpr int most = 16;  // Linux takes one more than the backlog, other systems a few
  const sockaddr_in at = loopback(port_);
  net::address address;
  std::memcpy(&address.storage, &at, sizeof at);
  address.length = sizeof at;
  for (int i = 0; i < most; ++i) {
    net::descriptor one = new_socket();
    const std::error_code begun = net::detail::begin_connect(one.get(), address);
    if (begun && begun != std::errc::operation_in_progress) throw std::system_error(begun, "connect");
    const std::error_code waited = stopping_.wait(one.get(), direction::write, deadline::in(100ms));
    queued_.push_back(std::move(one));
    if (waited == net::stream_errc::timed_out) return;
  }
  throw std::runtime_error("the queue of a listener cannot be filled on this system");
}

void scripted_server::start() {
  acceptor_ = std::thread([this] { accept_all(); });
}

void scripted_server::accept_all() {
  while (wait_for_room() && !stopping_.wait(listener_.get(), direction::read, deadline::never())) {
    net::descriptor socket(static_cast<int>(::accept(listener_.get(), nullptr, nullptr)));
    reap();
    if (socket)
      begin(std::move(socket));
    else  // out of descriptors, mostly
      stopping_.wait(-1, direction::read, deadline::in(retry_time));
  }
}

bool scripted_server::wait_for_room() {
  std::unique_lock<std::mutex> lock(mutex_);
  finished_.wait(lock, [this] { return running_ < most_connections || stopping_.triggered(); });
  return !stopping_.triggered();
}

void scripted_server::reap() {
  std::list<worker> finished;
  const std::lock_guard<std::mutex> lock(mutex_);
  for (auto one = workers_.begin(); one != workers_.end();) {
    const auto next = std::next(one);
    if (one->finished) finished.splice(finished.end(), workers_, one);
    one = next;
  }
  for (worker& one : finished) one.thread.join();
}

void scripted_server::begin(net::descriptor socket) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const std::size_t number = ++accepted_;
  worker& self = workers_.emplace_back();
  try {
    self.thread = std::thread([this, &self, number, fd = socket.get()] { serve(self, net::descriptor(fd), number); });
    socket.release();
    ++running_;
  } catch (const std::system_error&) {
    workers_.pop_back();  // no thread can be had: the connection ends
  }
}

void scripted_server::serve(worker& self, net::descriptor socket, std::size_t number) {
  report({number, outcome(std::move(socket))});
  const std::lock_guard<std::mutex> lock(mutex_);
  self.finished = true;
  --running_;
  finished_.notify_all();
}

std::string scripted_server::outcome(net::descriptor socket) {
  try {
    connection with(std::move(socket), stopping_, port_);
    std::string done = serve_(with);
    with.close();
    return done;
  } catch (const std::exception& error) {
    return std::string("ended by ") + error.what();
  } catch (...) {
    return "ended by an exception";
  }
}

void scripted_server::report(connection_report what) {
  if (!seen_) return;
  const std::lock_guard<std::mutex> lock(observer_mutex_);
  seen_(what);
}

std::size_t scripted_server::accepted() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return accepted_;
}

void scripted_server::stop() {
  const std::lock_guard<std::mutex> one_at_a_time(stop_mutex_);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_.trigger();
    finished_.notify_all();
  }
  if (acceptor_.joinable()) acceptor_.join();
  // No worker is added any more, and each ends its own work with the mutex.
  for (worker& one : workers_) one.thread.join();
  workers_.clear();
  queued_.clear();
  listener_ = {};
}

}  // namespace handshim::tool
