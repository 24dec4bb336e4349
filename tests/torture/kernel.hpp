// A system of the test's own under the client: its sockets are ends of socketpair(), its peers a script that runs
// inside the client's calls, and its clock goes only when the client waits. So nothing depends on time, and every call
// can be made to fail. The linker puts it in the place of the system's calls (--wrap).
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace torture {

enum class outcome { fails, retried, ignored };

struct row {
  std::string_view function;
  int code;
  std::string_view name;  // of the code
  outcome expected;
};
const std::vector<row>& rows();

/// What a peer does with each connection, in the order in which they are made; the last one goes for all later ones.
/// It sends the head once the request has come, {accept} filled in, and what follows behind it. Then it sends every
/// text and binary message back, and answers a close frame and leaves.
struct script {
  std::string head;
  std::string behind;
  enum { serves, stalls, leaves, reads_nothing, never_connected } then = serves;
};

/// How the calls behave, beside the one that fails.
struct manners {
  bool one_byte = false;     ///< send and recv take and give one byte at a time
  bool interrupted = false;  ///< every other call that a signal can interrupt is interrupted
};

namespace kernel {

/// All as new; the clock goes on.
void reset(std::vector<script> peers, manners how = {});
/// The nth call of the function (the first is 1) reports the code. After a hard error of a socket it is dead.
void fail(const row& what, long nth);
/// No more; whether the call was made.
bool end() noexcept;
/// How often the function was called since reset().
long calls(std::string_view function);
/// Waits until every thread that the client began has ended.
void settle();
/// Descriptors that the client has open.
int open_descriptors();
/// What no client may do: close what is not its own, wait for ever. Empty if it did not.
const std::string& offence();
/// What the clock has gone on, all in all.
std::chrono::nanoseconds waited();

}  // namespace kernel
}  // namespace torture
