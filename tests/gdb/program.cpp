// What GDB is asked to show: a failure of the three kinds, one whose text was not asked for, and an exception.
#include "handshim/handshim.hpp"

namespace {

void look(const handshim::failure& none, const handshim::failure& bare, const handshim::failure& known,
          const handshim::failure& unasked, const handshim::error& thrown) {
  static_cast<void>(none.fault() == bare.fault());
  static_cast<void>(known.fault() == thrown.failure().fault() && known.fault() == unasked.fault());
}

}  // namespace

int main() {
  handshim::evidence evidence;
  evidence.endpoint = "ws://user:secret@127.0.0.1:9001/chat?token=secret";
  evidence.backend = "raw_sockets";
  evidence.bytes_out = 234;
  const handshim::failure known(handshim::fault::eof_before_status_line, evidence);
  evidence.bytes_out = 235;
  const handshim::failure unasked(handshim::fault::eof_before_status_line, evidence);
  try {
    handshim::raise(known, handshim::policy_choice(handshim::find_policy("unified-1")));
  } catch (const handshim::error& thrown) {
    if (*thrown.what() == '\0') return 1;
    look(handshim::failure(), handshim::failure(handshim::fault::connection_refused), known, unasked, thrown);
  }
}
