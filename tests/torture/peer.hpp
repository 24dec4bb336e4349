// The other end of one connection: reads what has come and does what its script says, whenever it is asked to.
#pragma once

#include <string>
#include <utility>

#include "kernel.hpp"

namespace torture {

class peer {
 public:
  peer(int fd, script its) : fd_(fd), script_(std::move(its)) {}
  peer(peer&& other) noexcept : fd_(std::exchange(other.fd_, -1)), script_(std::move(other.script_)) {}
  peer& operator=(peer&&) = delete;
  ~peer() { leave(); }

  void step();
  bool never_connected() const { return script_.then == script::never_connected; }

 private:
  void read();
  void answer_request();
  bool answer_frame();
  void send(const std::string& bytes);
  void leave();

  int fd_;
  script script_;
  std::string input_;
  bool answered_ = false;
};

}  // namespace torture
