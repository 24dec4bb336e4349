// Input: four bytes that choose how the client reads, what it does first, how the peer ends and in which pieces it
// sends, then what comes behind a good upgrade. What is delivered is valid and bounded, the end is one that is
// documented, and each backend tells the same.
#include "../support/frames.hpp"

#include "conversation.hpp"
#include "handshim/rfc6455/connection.hpp"

using handshim::fault;
namespace rfc6455 = handshim::rfc6455;

namespace {

constexpr client_test::ending peers[] = {client_test::ending::eof, client_test::ending::reset,
                                         client_test::ending::lapse};

void check_message(const handshim::message& m, const handshim::options& how) {
  fuzz::expect(!m.text || fuzz::is_utf8(m.data), "a text that is not UTF-8 is delivered");
  fuzz::expect(m.data.size() <= how.max_message_size, "a message larger than allowed is delivered");
}

// Without a client round it: however the frames are cut, they mean the same.
void check_cuts(const fuzz::conversation& told, std::string_view frames) {
  rfc6455::connection whole(told.how.reading, told.how.max_message_size);
  rfc6455::connection pieces(told.how.reading, told.how.max_message_size);
  whole.receive(frames);
  for (std::string_view left = frames; !left.empty(); left.remove_prefix(std::min(told.step, left.size())))
    pieces.receive(left.substr(0, told.step));
  fuzz::expect(whole.outcome() == pieces.outcome(), "another outcome of the same frames in pieces");
  fuzz::expect(whole.queued_bytes() == pieces.queued_bytes(), "other messages of the same frames in pieces");
  fuzz::expect(whole.received().has_value() == pieces.received().has_value(), "another close frame in pieces");
  fuzz::expect(whole.take_output().size() <= 2 * frames.size() + 140, "answers that are longer than what was said");
}

bool is_documented(fault f, const fuzz::conversation& told) {
  if (f == fault::recv_timeout) return told.ending == client_test::ending::lapse;
  return is_a(f, fault::closed) || is_a(f, fault::connection_lost) || is_a(f, fault::protocol_violated);
}

void run(std::string_view bytes) {
  fuzz::input in(bytes);
  fuzz::conversation told;
  told.how = fuzz::hasty();
  const unsigned leniencies = in.byte(), choice = in.byte();
  told.how.reading.any_length_form = (leniencies & 1) != 0;
  told.how.reading.early_close_codes = (leniencies & 2) != 0;
  told.how.reading.deliver_after_close = (leniencies & 4) == 0;
  told.ending = peers[choice % 3];
  told.move = static_cast<fuzz::opening_move>(choice / 3 % 4);
  told.step = in.byte() + 1;
  told.bytes = client_test::upgrade_response;
  told.bytes += in.rest();

  check_cuts(told, in.rest());
  const fuzz::course all = fuzz::play_on_all(told);
  fuzz::expect(!all.connecting, "a good upgrade fails");
  for (const handshim::message& m : all.messages) check_message(m, told.how);
  fuzz::expect(is_documented(all.receiving.fault(), told), "an undocumented end of a connection");
}

const fuzz::target of_frames("frames", run);

}  // namespace
