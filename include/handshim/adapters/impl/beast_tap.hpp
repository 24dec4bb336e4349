// The layer between Beast's WebSocket and the caller's stream: it notes what passes and changes nothing.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/websocket/teardown.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

#include "handshim/adapters/impl/beast_notes.hpp"
#include "handshim/adapters/impl/boost_handler.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace adapters::beast::detail {

// Calls to(bytes) with the first n bytes of the buffers, piece by piece.
template <class Buffers, class To>
void for_bytes(const Buffers& buffers, std::size_t n, To to) {
  for (const ::boost::asio::const_buffer piece : ::boost::beast::buffers_range_ref(buffers)) {
    const std::size_t size = (std::min)(n, piece.size());
    if (size != 0) to(std::string_view(static_cast<const char*>(piece.data()), size));
    n -= size;
  }
}

/// Next: a stream as Beast asks for one, or a reference to it.
template <class Next>
class tap {
 public:
  using next_layer_type = std::remove_reference_t<Next>;
  using executor_type = ::boost::beast::executor_type<next_layer_type>;

  template <class... Args>
  explicit tap(const policy_choice& by, Args&&... args)
      : notes_(std::make_shared<detail::notes>(by)), next_(std::forward<Args>(args)...) {}

  next_layer_type& next_layer() noexcept { return next_; }
  const next_layer_type& next_layer() const noexcept { return next_; }
  executor_type get_executor() noexcept { return next_.get_executor(); }
  const std::shared_ptr<detail::notes>& notes() const noexcept { return notes_; }

  template <class Buffers>
  std::size_t read_some(const Buffers& to) {
    const std::size_t n = next_.read_some(to);
    note_in(*notes_, to, n);
    return n;
  }
  template <class Buffers>
  std::size_t read_some(const Buffers& to, error_code& ec) {
    const std::size_t n = next_.read_some(to, ec);
    note_in(*notes_, to, n);
    return n;
  }
  template <class Buffers>
  std::size_t write_some(const Buffers& from) {
    const std::size_t n = next_.write_some(from);
    note_out(*notes_, from, n);
    return n;
  }
  template <class Buffers>
  std::size_t write_some(const Buffers& from, error_code& ec) {
    const std::size_t n = next_.write_some(from, ec);
    note_out(*notes_, from, n);
    notes_->write_failed(ec);
    return n;
  }
  /// Handlers only, no other completion tokens: Beast hands over nothing else.
  template <class Buffers, class Handler>
  void async_read_some(const Buffers& to, Handler&& handler) {
    next_.async_read_some(to, boost_asio::wrap(std::forward<Handler>(handler),
                                               [to, notes = notes_](auto& inner, const error_code& ec, std::size_t n) {
                                                 note_in(*notes, to, n);
                                                 std::move(inner)(ec, n);
                                               }));
  }
  template <class Buffers, class Handler>
  void async_write_some(const Buffers& from, Handler&& handler) {
    next_.async_write_some(from,
                           boost_asio::wrap(std::forward<Handler>(handler),
                                            [from, notes = notes_](auto& inner, const error_code& ec, std::size_t n) {
                                              note_out(*notes, from, n);
                                              notes->write_failed(ec);
                                              std::move(inner)(ec, n);
                                            }));
  }

 private:
  template <class Buffers>
  static void note_in(detail::notes& to, const Buffers& buffers, std::size_t n) {
    for_bytes(buffers, n, [&to](std::string_view bytes) { to.received(bytes); });
  }
  template <class Buffers>
  static void note_out(detail::notes& to, const Buffers& buffers, std::size_t n) {
    for_bytes(buffers, n, [&to](std::string_view bytes) { to.sent(bytes); });
  }

  std::shared_ptr<detail::notes> notes_;
  Next next_;
};

// Beast's customisation points, found by argument-dependent look-up.
template <class Next>
void teardown(::boost::beast::role_type role, tap<Next>& stream, error_code& ec) {
  using ::boost::beast::websocket::teardown;
  teardown(role, stream.next_layer(), ec);
}
template <class Next, class Handler>
void async_teardown(::boost::beast::role_type role, tap<Next>& stream, Handler&& handler) {
  using ::boost::beast::websocket::async_teardown;
  async_teardown(role, stream.next_layer(), std::forward<Handler>(handler));
}

}  // namespace adapters::beast::detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
