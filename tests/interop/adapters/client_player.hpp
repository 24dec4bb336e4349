// handshim's own client as a player, through its throwing overloads: the backends over the adapters' interface.
#pragma once

#include <string>

#include "compare.hpp"
#include "handshim/client.hpp"

namespace interop {

template <class Backend>
class client_player final : public handshim::tool::player {
 public:
  explicit client_player(const handshim::options& how) : client_(how) {}
  void connect(const std::string& uri, handshim::failure&) override { client_.connect(uri); }
  void recv(handshim::failure&) override { client_.recv(); }
  void send(const std::string& text, handshim::failure&) override { client_.send(text); }
  void close(handshim::failure&) override { client_.close(); }

 private:
  handshim::client<Backend> client_;
};

}  // namespace interop
