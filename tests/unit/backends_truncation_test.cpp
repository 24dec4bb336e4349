#include <doctest/doctest.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "../support/backends.hpp"
#include "../support/memory_stream.hpp"
#include "../support/truncation.hpp"

using namespace handshim;
using namespace client_test;
using namespace std::chrono_literals;

namespace {

const std::string anywhere = "ws://server.test/";

// How a conversation ends if no more than so many bytes come.
template <class B>
std::string end_of(const conversation& what, ending how, std::size_t most, options opts, std::size_t step) {
  auto peer = std::make_shared<memory_peer>(what.bytes, how, most);
  peer->step = step;
  opts.open_stream = opener_to(peer);
  client<B> c(opts);
  const auto begin = net::clock::now();
  std::string out = how_it_ends(c, anywhere);
  if (net::clock::now() - begin > 1500ms) out += " late";
  return out;
}

template <class B>
std::string sweep(const conversation& what, ending how, std::size_t step) {
  std::vector<std::string> ends;
  for (std::size_t most = 0; most <= length_of(what); ++most)
    ends.push_back(end_of<B>(what, how, most, short_of_words(), step));
  return profile(ends);
}

}  // namespace

TEST_CASE_TEMPLATE("cut at any byte by an end of stream, each conversation fails as its place says", B, EVERY_BACKEND) {
  for (const conversation& what : conversations()) {
    CAPTURE(what.name);
    CHECK(sweep<B>(what, ending::eof, std::string::npos) == profile(ends_by_eof(what)));
    CHECK(sweep<B>(what, ending::eof, 1) == profile(ends_by_eof(what)));
  }
}

TEST_CASE_TEMPLATE("cut at any byte by a reset, each conversation fails as its place says", B, EVERY_BACKEND) {
  for (const conversation& what : conversations()) {
    CAPTURE(what.name);
    CHECK(sweep<B>(what, ending::reset, std::string::npos) == profile(ends_by_reset(what)));
  }
}

TEST_CASE_TEMPLATE("cut at any byte by silence, each conversation fails by its deadline", B, EVERY_BACKEND) {
  options hasty = short_of_words();
  hasty.open_timeout = hasty.recv_timeout = hasty.close_timeout = 30ms;
  for (const conversation& what : conversations()) {
    CAPTURE(what.name);
    std::vector<std::future<std::string>> running;
    for (std::size_t most = 0; most <= length_of(what); ++most)
      running.push_back(std::async(std::launch::async, [&what, &hasty, most] {
        return end_of<B>(what, ending::stall, most, hasty, std::string::npos);
      }));
    std::vector<std::string> ends;
    for (auto& one : running) ends.push_back(one.get());
    CHECK(profile(ends) == profile(ends_by_silence(what)));
  }
}

TEST_CASE("the faults of a conversation do not depend on how its bytes are split") {
  const conversation& what = conversations().front();
  for (std::size_t step = 1; step < length_of(what); ++step)
    CHECK(end_of<raw_sockets>(what, ending::eof, length_of(what) - 1, short_of_words(), step) == "eof_in_message");
}
