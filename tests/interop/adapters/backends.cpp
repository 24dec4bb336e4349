// The program that compares, on a client that must agree with itself: the backends over the adapters' interface.
#include "compare.hpp"

#include "handshim/backends/legacy_mode.hpp"
#include "handshim/backends/new_mode.hpp"
#include "handshim/client.hpp"

using namespace handshim;

namespace {

// Through the throwing overloads.
template <class Backend>
class throwing_player final : public tool::player {
 public:
  explicit throwing_player(const options& how) : client_(how) {}
  void connect(const std::string& uri, failure&) override { client_.connect(uri); }
  void recv(failure&) override { client_.recv(); }
  void send(const std::string& text, failure&) override { client_.send(text); }
  void close(failure&) override { client_.close(); }

 private:
  client<Backend> client_;
};

template <class Backend>
interop::way way_of() {
  return {Backend::name, [](const options& how) { return std::make_unique<throwing_player<Backend>>(how); }};
}

}  // namespace

int main(int count, char** words) {
  return interop::compare(count, words, {way_of<legacy_mode>(), way_of<new_mode>()});
}
