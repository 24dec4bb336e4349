// Standalone Asio's codes, handlers and tokens, on real sockets of 127.0.0.1.
#include <doctest/doctest.h>

#include "handshim/adapters/asio.hpp"

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include <asio.hpp>

namespace adapter = handshim::adapters::asio;
using asio::ip::tcp;
using handshim::condition;
using handshim::failure;
using handshim::fault;
using handshim::phase;

namespace {

// Nobody listens there: the port is bound and not open.
struct closed_port {
  asio::io_context context;
  tcp::socket holder{context};
  tcp::endpoint where;
  closed_port() {
    holder.open(tcp::v4());
    holder.bind({asio::ip::address_v4::loopback(), 0});
    where = holder.local_endpoint();
  }
};

struct connected_pair {
  asio::io_context context;
  tcp::socket near{context}, far{context};
  connected_pair() {
    tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
    near.connect(acceptor.local_endpoint());
    acceptor.accept(far);
  }
};

// A handler whose executor, allocator and slot are told by traits alone: it has no members for them.
struct marked {
  int executor_id, allocator_id;
  asio::cancellation_slot slot;
  void operator()(const failure&) const {}
  template <class... Args>
  void operator()(std::exception_ptr, Args&&...) const {}
};

template <class T>
struct marked_allocator {
  using value_type = T;
  int id;
  explicit marked_allocator(int i) : id(i) {}
  template <class U>
  marked_allocator(const marked_allocator<U>& other) : id(other.id) {}
  T* allocate(std::size_t n) { return std::allocator<T>().allocate(n); }
  void deallocate(T* p, std::size_t n) { std::allocator<T>().deallocate(p, n); }
  friend bool operator==(const marked_allocator& a, const marked_allocator& b) { return a.id == b.id; }
  friend bool operator!=(const marked_allocator& a, const marked_allocator& b) { return a.id != b.id; }
};

asio::io_context& context_of(int id) {
  static std::array<asio::io_context, 3> all;
  return all[std::size_t(id)];
}

}  // namespace

template <class Executor>
struct asio::associated_executor<marked, Executor> {
  using type = asio::io_context::executor_type;
  static type get(const marked& m, const Executor& = Executor()) noexcept {
    return context_of(m.executor_id).get_executor();
  }
};
template <class Allocator>
struct asio::associated_allocator<marked, Allocator> {
  using type = marked_allocator<char>;
  static type get(const marked& m, const Allocator& = Allocator()) noexcept { return type(m.allocator_id); }
};
template <class Slot>
struct asio::associated_cancellation_slot<marked, Slot> {
  using type = asio::cancellation_slot;
  static type get(const marked& m, const Slot& = Slot()) noexcept { return m.slot; }
};

TEST_CASE("asio.system is errno, though no std::errc compares equal to it") {
  const asio::error_code code(asio::error::connection_refused);
  CHECK(std::string(code.category().name()) == "asio.system");
  CHECK(code == condition::network);
  const failure f = adapter::failure_of(code, phase::connect);
  CHECK(f.fault() == fault::connection_refused);
  CHECK(f.native_code() == code);
  CHECK(f.evidence().backend == "asio");
  CHECK(f.code() == std::errc::connection_refused);
}

TEST_CASE("A real refusal, by code, by exception and natively") {
  closed_port nobody;
  asio::io_context context;
  const auto connect = [&](asio::error_code& ec) { tcp::socket(context).connect(nobody.where, ec); };
  failure why;
  adapter::call(phase::connect, connect, why);
  CHECK(why.fault() == fault::connection_refused);
  CHECK_THROWS_AS(adapter::call(phase::connect, connect), const handshim::network_error&);
  CHECK_THROWS_AS(adapter::call(phase::connect, connect, handshim::find_policy("native")), const asio::system_error&);
  // A throwing overload needs no adapter but the guard.
  CHECK_THROWS_AS(handshim::guard(phase::connect, [&] { tcp::socket(context).connect(nobody.where); }),
                  const handshim::connection_refused&);
}

TEST_CASE("A call that goes well hands back its result") {
  connected_pair two;
  asio::write(two.far, asio::buffer("hello", 5));
  std::array<char, 5> data{};
  failure why(fault::cancelled);
  const auto read = [&](asio::error_code& ec) { return asio::read(two.near, asio::buffer(data), ec); };
  CHECK(adapter::call(phase::open, read, why) == 5);
  CHECK_FALSE(why);
  two.far.close();
  CHECK(adapter::call(phase::open, read, why) == 0);
  CHECK(why.evidence().native_domain == "asio.misc");
  CHECK(why.evidence().native_value == asio::error::eof);
}

TEST_CASE("A timer of the program's own is a timeout, a cancellation without one is not") {
  const asio::error_code aborted = asio::error::operation_aborted;
  CHECK(adapter::failure_of(aborted, phase::open).fault() == fault::cancelled);
  CHECK(adapter::failure_of(aborted, phase::open, true).fault() == fault::recv_timeout);
  CHECK(adapter::failure_of(aborted, phase::handshake, true).fault() == fault::handshake_timeout);
  CHECK(adapter::failure_of(aborted, phase::connect, true).fault() == fault::connect_timeout);
  CHECK(adapter::failure_of(aborted, phase::connect, true).native_code() == aborted);
}

TEST_CASE("A completion handler gets the failure, on its own executor") {
  closed_port nobody;
  asio::io_context io, elsewhere;
  tcp::socket socket(io);
  std::optional<failure> got;
  bool on_elsewhere = false;
  socket.async_connect(nobody.where,
                       handshim::completion(phase::connect, asio::bind_executor(elsewhere, [&](const failure& f) {
                                              got = f;
                                              on_elsewhere = elsewhere.get_executor().running_in_this_thread();
                                            })));
  io.run();
  CHECK_FALSE(got);
  elsewhere.run();
  REQUIRE(got);
  CHECK(got->fault() == fault::connection_refused);
  CHECK(on_elsewhere);
}

TEST_CASE("What traits alone associate with a handler is kept") {
  asio::cancellation_signal signal;
  const marked handler{1, 7, signal.slot()};
  const auto wrapped = handshim::completion(phase::open, handler);
  CHECK(asio::get_associated_executor(wrapped) == context_of(1).get_executor());
  CHECK(asio::get_associated_allocator(wrapped).id == 7);
  CHECK(asio::get_associated_cancellation_slot(wrapped).is_connected());
  CHECK(asio::get_associated_cancellation_slot(wrapped) == signal.slot());

  const adapter::detail::raising_handler<marked> raising(handler, phase::open, handshim::current_policy());
  CHECK(asio::get_associated_executor(raising) == context_of(1).get_executor());
  CHECK(asio::get_associated_allocator(raising).id == 7);
  CHECK(asio::get_associated_cancellation_slot(raising) == signal.slot());
}

TEST_CASE("A handler without any association gets the default") {
  asio::io_context io;
  const auto plain = handshim::completion(phase::open, [](const failure&) {});
  CHECK(asio::get_associated_executor(plain, io.get_executor()) == io.get_executor());
  CHECK_FALSE(asio::get_associated_cancellation_slot(plain).is_connected());
}

TEST_CASE("A cancellation through the slot of the handler inside ends the read") {
  connected_pair two;
  asio::cancellation_signal signal;
  std::array<char, 8> data{};
  std::optional<failure> got;
  const auto heard = [&](const failure& f, std::size_t) { got = f; };
  two.near.async_read_some(asio::buffer(data),
                           handshim::completion(phase::open, asio::bind_cancellation_slot(signal.slot(), heard)));
  asio::post(two.context, [&] { signal.emit(asio::cancellation_type::all); });
  two.context.run();
  REQUIRE(got);
  CHECK(got->fault() == fault::cancelled);
}

TEST_CASE("raising(use_future) completes with what the policy makes of it") {
  closed_port nobody;
  asio::io_context io;
  tcp::socket socket(io), other(io);
  auto done = socket.async_connect(nobody.where, adapter::raising(phase::connect, asio::use_future));
  auto native = other.async_connect(
      nobody.where, adapter::raising(phase::connect, asio::use_future, handshim::find_policy("native")));
  io.run();
  CHECK_THROWS_AS(done.get(), const handshim::connection_refused&);
  try {
    native.get();
    FAIL("no exception");
  } catch (const handshim::error&) {
    FAIL("not the native one");
  } catch (const asio::system_error& e) {
    CHECK(e.code() == asio::error::connection_refused);
  }
}

TEST_CASE("raising(use_future) hands over the results of what went well") {
  connected_pair two;
  asio::write(two.far, asio::buffer("hello", 5));
  std::array<char, 5> data{};
  auto count = asio::async_read(two.near, asio::buffer(data), adapter::raising(phase::open, asio::use_future));
  two.context.run();
  CHECK(count.get() == 5);
}

TEST_CASE("raising() takes a handler too, with the executor that is bound to it") {
  closed_port nobody;
  asio::io_context io, elsewhere;
  tcp::socket socket(io);
  std::exception_ptr got;
  socket.async_connect(
      nobody.where,
      adapter::raising(phase::connect, asio::bind_executor(elsewhere, [&](std::exception_ptr e) { got = e; })));
  io.run();
  CHECK_FALSE(got);
  elsewhere.run();
  REQUIRE(got);
  CHECK_THROWS_AS(std::rethrow_exception(got), const handshim::connection_refused&);
}

#if defined(ASIO_HAS_CO_AWAIT)
TEST_CASE("co_await with raising(use_awaitable)") {
  closed_port nobody;
  asio::io_context io;
  bool refused = false;
  const auto talk = [&]() -> asio::awaitable<void> {
    tcp::socket socket(io);
    try {
      co_await socket.async_connect(nobody.where, adapter::raising(phase::connect, asio::use_awaitable));
    } catch (const handshim::connection_refused&) {
      refused = true;
    }
  };
  asio::co_spawn(io, talk(), asio::detached);
  io.run();
  CHECK(refused);
}
#endif
