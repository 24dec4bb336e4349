// libcurl through the adapter: whole conversations over curl_stream.hpp.
#include <functional>

#include "compare.hpp"
#include "handshim/adapters/curl_stream.hpp"
#include "handshim/backends/raw_sockets.hpp"
#include "handshim/client.hpp"

using namespace handshim;

namespace {

class stream_player final : public tool::player {
 public:
  explicit stream_player(options how) : client_(with_curl(std::move(how))) {}
  void connect(const std::string& uri, failure&) override { client_.connect(uri); }
  void recv(failure&) override { client_.recv(); }
  void send(const std::string& text, failure&) override { client_.send(text); }
  void close(failure&) override { client_.close(); }

 private:
  static options with_curl(options how) {
    how.open_stream = adapters::curl::open_stream();
    return how;
  }
  client<raw_sockets> client_;
};

}  // namespace

int main(int count, char** words) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
  return interop::compare(
      count, words,
      {{"libcurl-stream", [](const options& how) { return std::make_unique<stream_player>(how); }, true}});
}
