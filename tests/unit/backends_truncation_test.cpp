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

template <class B>
std::string end_with(const std::shared_ptr<memory_peer>& peer, options opts, net::clock::duration at_the_latest) {
  opts.open_stream = opener_to(peer);
  client<B> c(opts);
  const auto begin = net::clock::now();
  std::string out = how_it_ends(c, anywhere);
  if (net::clock::now() - begin > at_the_latest) out += " late";
  return out;
}

// How a conversation ends if no more than so many bytes come.
template <class B>
std::string end_of(const conversation& what, ending how, std::size_t most, const options& opts, std::size_t step) {
  auto peer = std::make_shared<memory_peer>(what.bytes, how, most);
  peer->step = step;
  return end_with<B>(peer, opts, 1500ms);
}

// The same by silence. A client that was kept from reading what there was until its deadline, because the machine was
// busy, shows nothing: it tries again with more time.
template <class B>
std::string end_by_silence(const conversation& what, std::size_t most) {
  options hasty = short_of_words();
  for (auto time = 30ms;; time *= 3) {
    hasty.open_timeout = hasty.recv_timeout = hasty.close_timeout = time;
    auto peer = std::make_shared<memory_peer>(what.bytes, ending::stall, most);
    std::string out = end_with<B>(peer, hasty, 3 * time + 1500ms);
    if (peer->drained()) return out;
    if (time > 5s) return out + " before all was read";
  }
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
  for (const conversation& what : conversations()) {
    CAPTURE(what.name);
    std::vector<std::future<std::string>> running;
    for (std::size_t most = 0; most <= length_of(what); ++most)
      running.push_back(std::async(std::launch::async, [&what, most] { return end_by_silence<B>(what, most); }));
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

TEST_CASE_TEMPLATE("with report_at_end the deadline is the fault of what cannot be read, unless the peer ends it", B,
                   EVERY_BACKEND) {
  const auto end = [](const std::string& response, ending how) {
    options opts;
    opts.reading.report_at_end = true;
    return end_with<B>(std::make_shared<memory_peer>(response, how), opts, 5s);
  };
  const std::string chunk = "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nWiki\r\nno size\r\n";
  CHECK(end(chunk, ending::eof) == "connect chunk_malformed");
  CHECK(end(chunk, ending::reset) == "connect chunk_malformed");
  CHECK(end(chunk, ending::lapse) == "connect handshake_timeout");
  CHECK(end("HTTP/2 200\r\n", ending::eof) == "connect status_line_malformed");
  CHECK(end("HTTP/2 200\r\n", ending::lapse) == "connect handshake_timeout");
}
