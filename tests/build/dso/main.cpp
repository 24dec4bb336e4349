// An exception of a shared library with hidden visibility, caught by class in the program; its codes compare equal to
// faults and conditions. Linked, or opened at run time if the library's path is given.
#include <dlfcn.h>

#include <string>

#include "../check.hpp"
#include "handshim/handshim.hpp"
#if !defined(OPENED)
#include "thrower.hpp"
#endif

namespace {

struct library {
  void (*raise)(int);
  void (*code)(std::error_code*);
  void (*bridge)(void*);
};

library load([[maybe_unused]] const char* path) {
#if defined(OPENED)
  void* opened = ::dlopen(path, RTLD_NOW | RTLD_LOCAL);
  CHECK(opened != nullptr);
  return {reinterpret_cast<void (*)(int)>(::dlsym(opened, "throw_from_library")),
          reinterpret_cast<void (*)(std::error_code*)>(::dlsym(opened, "code_from_library")),
          reinterpret_cast<void (*)(void*)>(::dlsym(opened, "bridge_from_library"))};
#else
  return {&throw_from_library, &code_from_library, &bridge_from_library};
#endif
}

// The program has no class for it, and raises with the library's.
template <class Kind>
bool caught_under(const handshim::policy& bridge) {
  try {
    handshim::raise(handshim::failure(handshim::fault::eof_before_status_line), bridge);
  } catch (const Kind&) {
    return true;
  } catch (...) {
  }
  return false;
}

template <class Kind>
bool caught_as(const library& from, int which) {
  try {
    from.raise(which);
  } catch (const Kind& e) {
    return std::string(e.what()).find("ws://127.0.0.1/") != std::string::npos;
  } catch (...) {
  }
  return false;
}

}  // namespace

int main(int, char** words) {
  const library from = load(words[1]);
  CHECK(caught_as<handshim::connection_refused>(from, 0));
  CHECK(caught_as<handshim::network_error>(from, 0));
  CHECK(caught_as<handshim::timeout_error>(from, 1));
  CHECK(caught_as<handshim::invalid_handshake>(from, 1));
  CHECK(caught_as<handshim::connection_closed_ok>(from, 2));
  CHECK(caught_as<handshim::error>(from, 2));
  CHECK(caught_as<std::system_error>(from, 2));
  CHECK(!caught_as<handshim::connection_closed_error>(from, 2));

  CHECK(caught_as<handshim::invalid_message>(from, 3));
  CHECK(caught_as<handshim::eof_error>(from, 3));
  CHECK(caught_as<handshim::error>(from, 3));
  CHECK(caught_as<std::exception>(from, 3));
  handshim::policy bridge;
  from.bridge(&bridge);
  CHECK(caught_under<handshim::invalid_message>(bridge));
  CHECK(caught_under<handshim::eof_error>(bridge));

  std::error_code code;
  from.code(&code);
  CHECK(code == handshim::fault::eof_in_headers);
  CHECK(code == handshim::fault::eof_in_response);
  CHECK(code == handshim::condition::handshake);
  CHECK(!(code == handshim::condition::closed));
  CHECK(code == std::errc::connection_aborted);
  return failed_checks() == 0 ? 0 : 1;
}
