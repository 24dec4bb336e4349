#include "peer.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "../support/frames.hpp"
#include "handshim/rfc6455/handshake.hpp"

// The system's own: the client's are wrapped.
extern "C" {
ssize_t __real_send(int fd, const void* from, size_t size, int flags);
ssize_t __real_recv(int fd, void* to, size_t size, int flags);
int __real_close(int fd);
}

namespace torture {
namespace {

std::string accept_of(const std::string& request) {
  const std::string name = "Sec-WebSocket-Key: ";
  const std::size_t key = request.find(name) + name.size();
  return handshim::rfc6455::accept_for(request.substr(key, request.find("\r\n", key) - key));
}

}  // namespace

void peer::step() {
  if (fd_ < 0) return;
  const int kept = errno;
  if (!answered_ || script_.then != script::reads_nothing) read();
  if (!answered_) answer_request();
  while (answered_ && script_.then == script::serves && answer_frame()) {
  }
  errno = kept;
}

void peer::read() {
  char block[4096];
  for (;;) {
    const ssize_t n = __real_recv(fd_, block, sizeof block, MSG_DONTWAIT);
    if (n <= 0) return;
    input_.append(block, static_cast<std::size_t>(n));
  }
}

void peer::answer_request() {
  const std::size_t end = input_.find("\r\n\r\n");
  if (end == std::string::npos) return;
  answered_ = true;
  std::string head = script_.head;
  if (const std::size_t place = head.find("{accept}"); place != std::string::npos)
    head.replace(place, 8, accept_of(input_));
  input_.erase(0, end + 4);
  send(head + script_.behind);
  if (script_.then == script::leaves) leave();
}

// Whether there was a whole one. The client's are masked, and short here.
bool peer::answer_frame() {
  const auto byte = [this](std::size_t i) { return static_cast<unsigned char>(input_[i]); };
  if (fd_ < 0 || input_.size() < 6) return false;
  std::size_t length = byte(1) & 0x7f, at = 2;
  if (length == 126) length = static_cast<std::size_t>(byte(2) << 8 | byte(3)), at = 4;
  if (input_.size() < at + 4 + length) return false;
  std::string payload = input_.substr(at + 4, length);
  for (std::size_t i = 0; i < length; ++i) payload[i] = static_cast<char>(payload[i] ^ input_[at + i % 4]);
  const unsigned first = byte(0);
  input_.erase(0, at + 4 + length);
  const unsigned opcode = first & 0xf;
  if (opcode == 1 || opcode == 2 || opcode == 8) send(client_test::frame(first, payload));
  if (opcode == 9) send(client_test::frame(0x8a, payload));
  if (opcode == 8) leave();
  return true;
}

void peer::send(const std::string& bytes) { __real_send(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL); }

void peer::leave() {
  if (fd_ >= 0) __real_close(fd_);
  fd_ = -1;
}

}  // namespace torture
