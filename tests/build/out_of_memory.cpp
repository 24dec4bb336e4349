// When memory runs out evidence is dropped, never the fault. A program of its own, as it replaces operator new.
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>

#include "check.hpp"
#include "handshim/handshim.hpp"

namespace {

bool memory_is_out = false;

void* allocate(std::size_t size) noexcept { return memory_is_out ? nullptr : std::malloc(size == 0 ? 1 : size); }

void* allocate_or_throw(std::size_t size) {
  if (void* memory = allocate(size)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) { return allocate_or_throw(size); }
void* operator new[](std::size_t size) { return allocate_or_throw(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }

namespace {

using handshim::failure;
using handshim::fault;

// Memory is out while it lives.
struct no_memory {
  no_memory() noexcept { memory_is_out = true; }
  ~no_memory() { memory_is_out = false; }
};

failure with_evidence() noexcept {
  handshim::evidence known;
  known.endpoint = "ws://host/";
  known.detail = "a detail that is longer than any small buffer of a string";
  return failure(fault::connection_refused, known, {ECONNREFUSED, std::system_category()});
}

// The first use of anything of the library: nothing was made before memory ran out.
void keeps_the_fault() {
  failure f, copy;
  bool refused = false, network = false, found = false;
  {
    const no_memory now;
    f = with_evidence();
    copy = f;
    refused = f.code() == fault::connection_refused && f.code() == std::errc::connection_refused;
    network = f.native_code() == handshim::condition::network;
    found = f.evidence().endpoint.empty();
  }
  CHECK(copy.fault() == fault::connection_refused);
  CHECK(copy.phase() == handshim::phase::connect);
  CHECK(copy.native_code() == std::error_code(ECONNREFUSED, std::system_category()));
  CHECK(refused);
  CHECK(network);
  CHECK(found);
  CHECK(copy.what() == "connect: nothing listens at that address and port [connection_refused]");
  CHECK(with_evidence().evidence().endpoint == "ws://host/");
}

// libstdc++ makes an exception and its base without the heap if need be; libc++ cannot.
#if defined(__GLIBCXX__)
struct seen {
  bool by_class = false, code = false, condition = false, text = false;
};

template <class Throw>
seen catch_from(Throw thrower) {
  seen out;
  const no_memory now;
  try {
    thrower();
  } catch (const handshim::connection_refused& e) {
    out.by_class = e.kind() == handshim::kind::connection_refused;
    out.code = e.fault() == fault::connection_refused && e.code() == fault::connection_refused &&
               e.code() == std::errc::connection_refused;
    out.condition = e.code() == handshim::condition::network;
    out.text = std::string_view(e.what()) == "connect: nothing listens at that address and port [connection_refused]";
  } catch (const std::bad_alloc&) {
  }
  return out;
}

void check_all(const seen& what) {
  CHECK(what.by_class);
  CHECK(what.code);
  CHECK(what.condition);
  CHECK(what.text);
}

void raises() {
  check_all(catch_from([] { handshim::raise(with_evidence(), handshim::policy()); }));
  check_all(catch_from([] { std::rethrow_exception(to_exception_ptr(with_evidence(), handshim::policy())); }));
  const std::error_code refused(ECONNREFUSED, std::system_category());
  check_all(catch_from([&] { handshim::raise(from(refused, handshim::phase::connect), handshim::policy()); }));
}

void raises_natively() {
  const handshim::policy native = handshim::find_policy("native");
  std::error_code caught;
  {
    const no_memory now;
    try {
      handshim::raise(with_evidence(), native);
    } catch (const std::system_error& e) {
      caught = e.code();
    }
  }
  CHECK(caught == fault::connection_refused);
}

void lets_bad_alloc_pass() {
  bool passed = false;
  {
    const no_memory now;
    try {
      handshim::guard(handshim::phase::open, [] { throw std::bad_alloc(); });
    } catch (const std::bad_alloc&) {
      passed = true;
    }
  }
  CHECK(passed);
}
#endif

}  // namespace

int main() {
  keeps_the_fault();
#if defined(__GLIBCXX__)
  raises();
  raises_natively();
  lets_bad_alloc_pass();
#endif
  return failed_checks() == 0 ? 0 : 1;
}
