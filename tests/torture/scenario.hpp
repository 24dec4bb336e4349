// What a client is put through: the calls in their order, on each backend, under each policy; and what came of it.
#pragma once

#include <cerrno>
#include <new>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "../support/backends.hpp"
#include "../support/frames.hpp"
#include "kernel.hpp"
#include "memory.hpp"

namespace torture {

/// What came of a run: the first call that failed, and how. Nothing in it needs memory.
struct report {
  std::string_view during;  ///< "" if no call failed
  handshim::fault what = handshim::fault::none;
  std::error_code native;
  bool memory = false;            ///< it was std::bad_alloc
  std::string_view undocumented;  ///< what should not be
};

/// One connection, or two, and how it goes if nothing fails that should not.
struct scenario {
  std::string_view name;
  std::vector<script> peers;
  std::string_view during;  ///< the call that fails; "" for none
  handshim::fault what;
};

const std::vector<scenario>& scenarios();

/// Short enough to tell the deadlines apart.
inline handshim::options in_seconds(handshim::policy by = {}) {
  handshim::options how;
  how.open_timeout = std::chrono::seconds(5);
  how.send_timeout = std::chrono::seconds(4);
  how.close_timeout = std::chrono::seconds(3);
  how.recv_timeout = std::chrono::seconds(20);
  how.policy = by;
  how.reading.redirects = handshim::follow::all;
  how.subprotocols = {"a-subprotocol-that-is-longer-than-a-small-string"};
  return how;
}

template <class B>
struct operation {
  std::string_view name;
  void (*call)(handshim::client<B>& on);
};

// Longer than what a string holds without the heap.
inline constexpr std::string_view greeting = "a greeting that is longer than any small string can hold";
inline constexpr std::string_view text = "a text that is longer than any small string can hold";
inline constexpr std::string_view uri = "ws://user:password@127.0.0.1/path?query";

template <class B>
void expect(handshim::client<B>& on, std::string_view data) {
  if (on.recv().data != data) throw "another message than was sent";
}

template <class B>
void expect(handshim::client<B>& on, const handshim::failure& came, handshim::fault what) {
  if (!came) throw "a call succeeded that cannot";
  if (came.fault() != what) handshim::raise(came, on.choice());
}

template <class B>
inline constexpr operation<B> operations[] = {
    {"connect", [](handshim::client<B>& c) { c.connect(uri); }},
    {"recv", [](handshim::client<B>& c) { expect(c, greeting); }},
    {"send", [](handshim::client<B>& c) { c.send(text); }},
    {"send", [](handshim::client<B>& c) { c.send_binary(text); }},
    {"recv", [](handshim::client<B>& c) { expect(c, text); }},
    {"recv", [](handshim::client<B>& c) { expect(c, text); }},
    {"ping", [](handshim::client<B>& c) { c.ping("a payload"); }},
    {"recv",
     [](handshim::client<B>& c) {
       handshim::failure why;
       c.recv(std::chrono::milliseconds(30), why);
       expect(c, why, handshim::fault::recv_timeout);
     }},
    {"close", [](handshim::client<B>& c) { c.close(1000, "a reason that is longer than a small string"); }},
    {"recv",
     [](handshim::client<B>& c) {
       handshim::failure why;
       c.recv(why);
       expect(c, why, handshim::fault::closed_normally);
     }},
    {"connect", [](handshim::client<B>& c) { c.connect("ws://127.0.0.1/"); }},
    {"recv",
     [](handshim::client<B>& c) {
       handshim::failure why;
       c.cancel();
       c.recv(why);
       expect(c, why, handshim::fault::cancelled);
     }},
};

inline void note(report& out, const handshim::failure& f) {
  out.what = f.fault();
  out.native = f.native_code();
  if (f.fault() == handshim::fault::none || f.fault() == handshim::fault::unclassified) out.undocumented = "no fault";
}

// What the client threw, looked into. Under native it is the client's own exception.
template <class B>
void look_at(report& out, const handshim::client<B>& of) {
  const bool native = of.choice().policy.is_native();
  try {
    throw;
  } catch (const handshim::error& e) {
    note(out, e.failure());
    if (native) out.undocumented = "handshim::error under native";
  } catch (const std::bad_alloc&) {
    out.memory = true;
  } catch (const std::exception&) {
    note(out, of.last_failure());
    if (!native) out.undocumented = "an exception that is no handshim::error";
  } catch (const char* message) {
    out.undocumented = message;
  } catch (...) {
    out.undocumented = "an exception that is not std::exception";
  }
}

// The call is made again: it may fail, but not do something else.
template <class B>
void retry(report& out, handshim::client<B>& c, const operation<B>& step) {
  const memory::own unharmed;
  try {
    step.call(c);
  } catch (const handshim::usage_error&) {
    if (step.name == "connect") out.undocumented = "connect() failed and is connected";
  } catch (const handshim::timeout_error&) {
    out.undocumented = "a message was lost, and nobody was told";
  } catch (const char* message) {
    out.undocumented = message;
  } catch (const std::exception&) {
  }
}

// Whether the client can make another connection, or is refused as before.
template <class B>
bool is_usable(handshim::client<B>& c, const scenario& which) {
  const memory::own unharmed;
  handshim::failure why;
  c.close(why);
  c.connect(uri, why);
  if (which.during == "connect") return why.fault() == which.what;
  if (!why) c.close(why);
  return !why;
}

/// Goes through the calls up to the first that fails. Then, unless everything goes on failing, the same client has to
/// be able to make a new connection.
template <class B>
report run(const scenario& which, const handshim::options& how, bool goes_on_failing = false) {
  report out;
  out.during = "make";
  try {
    handshim::client<B> c(how);
    for (const operation<B>& step : operations<B>) {
      out.during = step.name;
      try {
        step.call(c);
        continue;
      } catch (...) {
        look_at(out, c);
      }
      if (out.memory && !goes_on_failing) retry(out, c, step);
      if (!goes_on_failing && !is_usable(c, which)) out.undocumented = "no new connection can be made";
      return out;
    }
    out.during = "";
  } catch (const std::bad_alloc&) {
    out.memory = true;
  }
  return out;
}

}  // namespace torture
