#include "kernel.hpp"

#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "memory.hpp"
#include "peer.hpp"

namespace torture {

const std::vector<row>& rows() {
  static const std::vector<row> all = {
#define FAILS(function, code) {#function, code, #code, outcome::fails},
#define RETRIED(function, code) {#function, code, #code, outcome::retried},
#define IGNORED(function, code) {#function, code, #code, outcome::ignored},
#include "calls.inc"
#undef FAILS
#undef RETRIED
#undef IGNORED
  };
  return all;
}

namespace {

std::atomic<long long> clock_now{1'000'000'000'000'000};

struct state {
  std::recursive_mutex mutex;
  std::vector<script> scripts;
  manners how;
  std::map<int, peer> sockets;  // by the client's end
  std::set<int> pipes;
  std::map<std::string_view, long> calls;
  long interruptible = 0;
  std::size_t made = 0;
  const row* failing = nullptr;
  long nth = 0;
  bool failed = false;
  std::string offence;
  long long began = 0;
  int threads = 0;
  std::condition_variable_any thread_ended;
};

// Never destroyed: an abandoned look-up may still close its pipe at the end of the program.
state& now() {
  static state& all = *new state;
  return all;
}

// Where the runtime of a sanitizer is linked in, its calls come here too.
thread_local int calls_deep = 0;
thread_local bool is_of_the_test = false;  // whether reset() was called in this thread

// In each call: nobody else is in one, and what is allocated is the test's own.
class entered {
 private:
  memory::own own_;
  std::unique_lock<std::recursive_mutex> hold_{now().mutex};

 public:
  entered() { ++calls_deep; }
  ~entered() { --calls_deep; }
  entered(const entered&) = delete;
  entered& operator=(const entered&) = delete;

  // Counts the call; the code that it is to report, 0 if none.
  int failure_of(std::string_view function) {
    if (calls_deep > 1) return 0;
    state& all = now();
    const long count = ++all.calls[function];
    if (all.failing == nullptr || all.failing->function != function || count != all.nth) return 0;
    all.failed = true;
    return all.failing->code;
  }
  int interruption() const { return now().how.interrupted && ++now().interruptible % 2 == 1 ? EINTR : 0; }
  bool fails(std::string_view function, bool may_be_interrupted = false) {
    int code = failure_of(function);
    if (code == 0 && may_be_interrupted) code = interruption();
    if (code != 0) errno = code;
    return code != 0;
  }
  void leave() { hold_.unlock(); }
};

peer* peer_of(int fd) {
  const auto found = now().sockets.find(fd);
  return found == now().sockets.end() ? nullptr : &found->second;
}

void step_all() {
  for (auto& [fd, other] : now().sockets) other.step();
}

// After these a connection is no more.
bool is_end(int code) { return code == ECONNRESET || code == EPIPE || code == ETIMEDOUT || code == ENOTCONN; }

void end_if_dead(int fd) {
  const int code = errno;
  if (is_end(code)) ::shutdown(fd, SHUT_RDWR);
  errno = code;
}

// A thread of the client's, counted until it is over.
struct thread_task {
  void* (*start)(void*);
  void* argument;
};

extern "C" void* run_thread(void* argument) {
  const thread_task task = *static_cast<thread_task*>(argument);
  {
    const entered in;
    delete static_cast<thread_task*>(argument);
  }
  task.start(task.argument);
  const entered in;
  --now().threads;
  now().thread_ended.notify_all();
  return nullptr;
}

std::size_t portion(std::size_t size) { return now().how.one_byte ? std::min<std::size_t>(size, 1) : size; }

}  // namespace

namespace kernel {

void reset(std::vector<script> peers, manners how) {
  state& all = now();
  const std::lock_guard<std::recursive_mutex> hold(all.mutex);
  is_of_the_test = true;
  all.scripts = std::move(peers);
  all.how = how;
  all.calls.clear();
  all.made = 0;
  all.interruptible = 0;
  all.failing = nullptr;
  all.failed = false;
  all.offence.clear();
  all.began = clock_now;
}

void fail(const row& what, long nth) {
  const std::lock_guard<std::recursive_mutex> hold(now().mutex);
  now().failing = &what;
  now().nth = nth;
  now().failed = false;
}

bool end() noexcept {
  const std::lock_guard<std::recursive_mutex> hold(now().mutex);
  now().failing = nullptr;
  return now().failed;
}

long calls(std::string_view function) {
  const std::lock_guard<std::recursive_mutex> hold(now().mutex);
  return now().calls[function];
}

void settle() {
  std::unique_lock<std::recursive_mutex> hold(now().mutex);
  now().thread_ended.wait(hold, [] { return now().threads == 0; });
}

int open_descriptors() {
  const std::lock_guard<std::recursive_mutex> hold(now().mutex);
  return static_cast<int>(now().sockets.size() + now().pipes.size());
}

const std::string& offence() { return now().offence; }

std::chrono::nanoseconds waited() { return std::chrono::nanoseconds(clock_now - now().began); }

}  // namespace kernel
}  // namespace torture

using torture::entered;
using torture::now;
using torture::peer_of;

extern "C" {

int __real_socket(int family, int type, int protocol);
int __real_connect(int fd, const sockaddr* to, socklen_t size);
ssize_t __real_send(int fd, const void* from, size_t size, int flags);
ssize_t __real_recv(int fd, void* to, size_t size, int flags);
ssize_t __real_write(int fd, const void* from, size_t size);
int __real_poll(pollfd* fds, nfds_t count, int timeout);
int __real_getsockopt(int fd, int level, int name, void* value, socklen_t* size);
int __real_setsockopt(int fd, int level, int name, const void* value, socklen_t size);
int __real_getsockname(int fd, sockaddr* name, socklen_t* size);
int __real_getpeername(int fd, sockaddr* name, socklen_t* size);
int __real_shutdown(int fd, int how);
int __real_close(int fd);
int __real_pipe2(int* fds, int flags);
int __real_eventfd(unsigned count, int flags);
int __real_getaddrinfo(const char* host, const char* port, const addrinfo* hints, addrinfo** list);
int __real_pthread_attr_init(pthread_attr_t* attributes);
int __real_pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*), void* argument);
ssize_t __real_getrandom(void* to, size_t size, unsigned flags);

int __wrap_socket(int, int, int) {
  entered in;
  if (in.fails("socket")) return -1;
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) return -1;
  const auto& scripts = now().scripts;
  const torture::script& its = scripts[std::min(now().made++, scripts.size() - 1)];
  now().sockets.emplace(ends[0], torture::peer(ends[1], its));
  return ends[0];
}

// The first connection takes a while to be made, as the later ones do not.
int __wrap_connect(int, const sockaddr*, socklen_t) {
  entered in;
  if (in.fails("connect", true)) return -1;
  if (now().made > 1 && now().scripts.size() > 1) return 0;
  errno = EINPROGRESS;
  return -1;
}

ssize_t __wrap_send(int fd, const void* from, size_t size, int flags) {
  entered in;
  if (in.fails("send", true)) return torture::end_if_dead(fd), -1;
  return __real_send(fd, from, torture::portion(size), flags);
}

ssize_t __wrap_recv(int fd, void* to, size_t size, int flags) {
  entered in;
  if (in.fails("recv", true)) return torture::end_if_dead(fd), -1;
  torture::step_all();
  return __real_recv(fd, to, torture::portion(size), flags);
}

ssize_t __wrap_write(int fd, const void* from, size_t size) {
  entered in;
  return in.fails("write", true) ? -1 : __real_write(fd, from, size);
}

int __wrap_poll(pollfd* fds, nfds_t count, int timeout) {
  entered in;
  if (in.failure_of("poll") != 0) return errno = now().failing->code, -1;
  if (in.interruption() != 0) {
    if (timeout > 0) torture::clock_now += 1'000'000;
    return errno = EINTR, -1;
  }
  torture::step_all();
  const torture::peer* other = peer_of(fds[0].fd);
  if (other != nullptr && other->never_connected()) fds[0].fd = -1 - fds[0].fd;
  const int ready = __real_poll(fds, count, 0);
  if (fds[0].fd < -1) fds[0].fd = -1 - fds[0].fd;
  if (ready != 0) return ready;
  if (other == nullptr) {  // a look-up in a thread, or a stream in memory
    in.leave();
    return __real_poll(fds, count, timeout);
  }
  if (timeout < 0) {
    now().offence = "it waits for ever";
    return errno = EIO, -1;
  }
  torture::clock_now += timeout * 1'000'000LL;
  return 0;
}

int __wrap_getsockopt(int fd, int level, int name, void* value, socklen_t* size) {
  entered in;
  if (in.fails("getsockopt")) return -1;
  if (name != SO_ERROR) return __real_getsockopt(fd, level, name, value, size);
  *static_cast<int*>(value) = in.failure_of("so_error");
  return 0;
}

int __wrap_setsockopt(int fd, int level, int name, const void* value, socklen_t size) {
  entered in;
  return in.fails("setsockopt") ? -1 : __real_setsockopt(fd, level, name, value, size);
}

int __wrap_getsockname(int fd, sockaddr* name, socklen_t* size) {
  entered in;
  return in.fails("getsockname") ? -1 : __real_getsockname(fd, name, size);
}

int __wrap_getpeername(int fd, sockaddr* name, socklen_t* size) {
  entered in;
  return in.fails("getpeername") ? -1 : __real_getpeername(fd, name, size);
}

int __wrap_shutdown(int fd, int how) {
  entered in;
  return in.fails("shutdown") ? -1 : __real_shutdown(fd, how);
}

// As Linux does it: whatever is reported, the descriptor is closed.
int __wrap_close(int fd) {
  entered in;
  if (now().sockets.erase(fd) + now().pipes.erase(fd) == 0)
    now().offence = "it closes a descriptor that is not its own";
  const int result = __real_close(fd);
  return in.fails("close", true) ? -1 : result;
}

int __wrap_pipe2(int* fds, int flags) {
  entered in;
  if (in.fails("pipe2")) return -1;
  const int result = __real_pipe2(fds, flags);
  if (result == 0) now().pipes.insert({fds[0], fds[1]});
  return result;
}

int __wrap_eventfd(unsigned count, int flags) {
  entered in;
  if (in.fails("eventfd")) return -1;
  const int result = __real_eventfd(count, flags);
  if (result >= 0) now().pipes.insert(result);
  return result;
}

// Every name has the same address.
int __wrap_getaddrinfo(const char* host, const char* port, const addrinfo* hints, addrinfo** list) {
  entered in;
  if (const int code = in.failure_of("getaddrinfo"); code != 0) {
    if (code == EAI_SYSTEM) errno = ENOMEM;
    return code;
  }
  in.leave();
  const bool name = host[0] > '9' && (hints->ai_flags & AI_NUMERICHOST) == 0;
  return __real_getaddrinfo(name ? "127.0.0.1" : host, port, hints, list);
}

int __wrap_pthread_attr_init(pthread_attr_t* attributes) {
  entered in;
  const int code = torture::is_of_the_test ? in.failure_of("pthread_attr_init") : 0;
  return code != 0 ? code : __real_pthread_attr_init(attributes);
}

int __wrap_pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*), void* argument) {
  entered in;
  if (const int code = in.failure_of("pthread_create"); code != 0) return code;
  ++now().threads;
  return __real_pthread_create(thread, attributes, torture::run_thread, new torture::thread_task{start, argument});
}

ssize_t __wrap_getrandom(void* to, size_t size, unsigned flags) {
  entered in;
  return in.fails("getrandom", true) ? -1 : __real_getrandom(to, size, flags);
}

// The one clock that the library looks at; a microsecond for each look, so that no loop lasts for ever.
int clock_gettime(clockid_t, timespec* to) noexcept {
  const long long at = torture::clock_now += 1'000;
  to->tv_sec = static_cast<time_t>(at / 1'000'000'000);
  to->tv_nsec = static_cast<long>(at % 1'000'000'000);
  return 0;
}

}  // extern "C"
