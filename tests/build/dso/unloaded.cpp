// What a library threw outlives dlclose(): whole, if the library was linked with -z nodelete; else as text. Arguments:
// a library that was, and one that was not.
#include <dlfcn.h>

#include <exception>
#include <string>

#include "../check.hpp"
#include "handshim/handshim.hpp"

namespace {

using exception_maker = void (*)(int, void*);

struct library {
  explicit library(const char* path) : opened(::dlopen(path, RTLD_NOW | RTLD_LOCAL)) { CHECK(opened != nullptr); }
  std::exception_ptr exception(int which) const {
    std::exception_ptr out;
    reinterpret_cast<exception_maker>(::dlsym(opened, "exception_from_library"))(which, &out);
    return out;
  }
  void unload() const { CHECK(::dlclose(opened) == 0); }

  void* opened;
};

template <class Kind>
bool is_whole(const std::exception_ptr& kept) {
  try {
    std::rethrow_exception(kept);
  } catch (const Kind& e) {
    const handshim::error copy = dynamic_cast<const handshim::error&>(e);
    return std::string(copy.what()).find("ws://127.0.0.1/") != std::string::npos &&
           e.failure().to_json().find("\"endpoint\":\"ws://127.0.0.1/\"") != std::string::npos &&
           e.code() == e.fault() && std::string(e.code().category().name()) == "handshim";
  } catch (...) {
  }
  return false;
}

void stays_whole(const char* path) {
  const library from(path);
  const std::exception_ptr refused = from.exception(0), late = from.exception(1), closed = from.exception(2);
  from.unload();
  CHECK(is_whole<handshim::connection_refused>(refused));
  CHECK(is_whole<handshim::timeout_error>(late));
  CHECK(is_whole<handshim::invalid_handshake>(late));
  CHECK(is_whole<handshim::connection_closed_ok>(closed));
}

// The text and the numbers hold nothing of the library.
void stays_as_text(const char* path) {
  const library from(path);
  std::string json;
  handshim::fault what = handshim::fault::none;
  try {
    std::rethrow_exception(from.exception(0));
  } catch (const handshim::error& e) {
    json = e.failure().to_json();
    what = e.fault();
  }
  from.unload();
  CHECK(json.find("\"endpoint\":\"ws://127.0.0.1/\"") != std::string::npos);
  CHECK(what == handshim::fault::connection_refused);
}

}  // namespace

int main(int, char** words) {
  stays_whole(words[1]);
  stays_as_text(words[2]);
  return failed_checks() == 0 ? 0 : 1;
}
