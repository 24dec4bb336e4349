#include "handshim/backends/legacy_mode.hpp"
#include "handshim/backends/new_mode.hpp"
#include "handshim/backends/raw_sockets.hpp"
#include "handshim/client.hpp"

#include "client.hpp"

namespace {

std::string uri(std::uint16_t port, const char* target) { return "ws://127.0.0.1:" + std::to_string(port) + target; }

template <class Backend>
class ours {
 public:
  ours(std::uint16_t port, const char* target) { of_.connect(uri(port, target)); }

  static bool fails(std::uint16_t port, const char* target) {
    handshim::client<Backend> of;
    try {
      of.connect(uri(port, target));
    } catch (const handshim::invalid_handshake&) {
      return true;
    }
    return false;
  }

  void echo(std::string_view data, std::size_t at_once) {
    for (std::size_t i = 0; i < at_once; ++i) of_.send_binary(data);
    for (std::size_t i = 0; i < at_once; ++i)
      if (of_.recv().data.size() != data.size()) std::abort();
  }

 private:
  handshim::client<Backend> of_;
};

const bench::contender<ours<handshim::raw_sockets>> raw("handshim, raw_sockets");
const bench::contender<ours<handshim::legacy_mode>> legacy("handshim, legacy_mode");
const bench::contender<ours<handshim::new_mode>> fresh("handshim, new_mode");

const bench::entry by_value("failing handshake", "handshim, raw_sockets, by value",
                            bench::always([](std::size_t times) {
                              for (std::size_t i = 0; i < times; ++i) {
                                handshim::client<handshim::raw_sockets> of;
                                handshim::failure why;
                                of.connect(uri(bench::server().port(), "/close"), why);
                                if (why.fault() != handshim::fault::eof_before_status_line) std::abort();
                              }
                            }),
                            0);

}  // namespace
