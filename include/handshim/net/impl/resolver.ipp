#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <memory>
#include <utility>

#include "handshim/net/error.hpp"
#include "handshim/net/impl/platform.hpp"
#include "handshim/net/resolver.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace net {
namespace detail {

HANDSHIM_INLINE std::atomic<resolve_function>& resolve_hook() noexcept {
  static std::atomic<resolve_function> function{&platform::get_addresses};
  return function;
}

HANDSHIM_INLINE std::atomic<unsigned>& abandoned_lookups() noexcept {
  static std::atomic<unsigned> count{0};
  return count;
}

// What a look-up found. It takes no memory of the heap: in its thread nobody could be told that there is none.
struct address_list {
  std::array<address, max_addresses> rows;
  std::size_t count = 0;

  const address* begin() const noexcept { return rows.data(); }
  const address* end() const noexcept { return rows.data() + count; }
};

inline void append(address_list& to, const addrinfo& row) noexcept {
  address found;
  if (row.ai_addr == nullptr || row.ai_addrlen > sizeof found.storage) return;
  std::memcpy(&found.storage, row.ai_addr, row.ai_addrlen);
  found.length = static_cast<socklen_t>(row.ai_addrlen);
  const auto equal = [&](const address& other) { return same_endpoint(found, other); };
  if (std::none_of(to.begin(), to.end(), equal)) to.rows[to.count++] = found;
}

HANDSHIM_INLINE std::error_code look_up(resolve_function function, const std::string& host, std::uint16_t port,
                                        int flags, address_list& found) noexcept {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  char service[8] = {};
  std::to_chars(service, service + sizeof service, port);
  addrinfo* list = nullptr;
  const int result = function(host.c_str(), service, &hints, &list);
  if (result != 0) return getaddrinfo_error(result);
  for (const addrinfo* row = list; row != nullptr && found.count < max_addresses; row = row->ai_next)
    append(found, *row);
  if (list != nullptr) ::freeaddrinfo(list);
  return found.count == 0 ? getaddrinfo_error(EAI_NONAME) : std::error_code();
}

// Shared by the caller and the thread; whoever leaves last destroys it.
struct lookup {
  enum state { running, done, abandoned };

  std::string host;
  std::uint16_t port = 0;
  resolve_function function = nullptr;
  std::atomic<state> now{running};
  descriptor busy;     // the write end of a pipe; closed by the thread when it is done
  address_list found;  // this and the error are the thread's until then
  std::error_code error;
};

inline void run(lookup& task) noexcept {
  task.error = look_up(task.function, task.host, task.port, 0, task.found);
  const bool abandoned = task.now.exchange(lookup::done) == lookup::abandoned;
  task.busy = descriptor();
  if (abandoned) --abandoned_lookups();
}

// Counted before it is said, so that the thread never takes back what was not counted yet.
inline void abandon(lookup& task) noexcept {
  ++abandoned_lookups();
  if (task.now.exchange(lookup::abandoned) == lookup::done) --abandoned_lookups();
}

extern "C" inline void* handshim_net_lookup_thread(void* argument) {
  const std::unique_ptr<std::shared_ptr<lookup>> task(static_cast<std::shared_ptr<lookup>*>(argument));
  run(**task);
  return nullptr;
}

inline std::error_code start(const std::shared_ptr<lookup>& task) {
  auto argument = std::make_unique<std::shared_ptr<lookup>>(task);
  const int error = platform::start_thread(&handshim_net_lookup_thread, argument.get());
  if (error == 0) argument.release();  // the thread's now
  return {error, platform::category()};
}

inline std::shared_ptr<lookup> make_lookup(const std::string& host, std::uint16_t port) {
  auto task = std::make_shared<lookup>();
  task->host = host;
  task->port = port;
  task->function = resolve_hook().load();
  return task;
}

inline std::vector<address> look_up_in_thread(const std::string& host, std::uint16_t port, deadline until,
                                              interrupter& stop, std::error_code& error) {
  if (abandoned_lookups() >= max_abandoned_lookups) {
    error = stream_errc::resolver_busy;
    return {};
  }
  pipe_ends finished = open_pipe(error);
  if (error) return {};
  const auto task = make_lookup(host, port);
  task->busy = std::move(finished.write);
  error = start(task);
  if (error) return {};
  error = stop.wait(finished.read.get(), direction::read, until);
  // The pipe says that the thread is done; only the load makes what it wrote visible.
  if (error || task->now.load() != lookup::done) {
    abandon(*task);
    return {};
  }
  error = task->error;
  return {task->found.begin(), task->found.end()};
}

// No name is longer (RFC 1035, section 2.3.4), and a NUL would silently cut it.
inline bool plausible(const std::string& host) noexcept {
  return !host.empty() && host.size() <= 255 && host.find('\0') == std::string::npos;
}

}  // namespace detail

HANDSHIM_INLINE std::vector<address> resolve(const std::string& host, std::uint16_t port, deadline until,
                                             interrupter& stop, std::error_code& error) {
  error = getaddrinfo_error(EAI_NONAME);
  if (!detail::plausible(host)) return {};
  detail::address_list found;
  error = detail::look_up(&platform::get_addresses, host, port, AI_NUMERICHOST, found);
  if (error != getaddrinfo_error(EAI_NONAME)) return {found.begin(), found.end()};
  error.clear();
  if (stop.triggered()) error = stream_errc::interrupted;
  if (until.passed()) error = stream_errc::timed_out;
  if (error) return {};
  return detail::look_up_in_thread(host, port, until, stop, error);
}

}  // namespace net
}  // namespace HANDSHIM_ABI
}  // namespace handshim
