// A thread that changes all that is one for the whole process, again and again: policy, candidate, policies of the
// program's own, observer; and takes the counters.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

#include "handshim/observe.hpp"
#include "handshim/raise.hpp"

namespace client_test {

// Until it is destroyed, which puts back all that it changed. What its observers are told of, and what it takes from
// the counters, is counted where the test says.
class changes {
 public:
  changes(std::atomic<long>& seen, std::atomic<long>& taken) : seen_(seen), taken_(taken) {
    handshim::take_counters();
    handshim::count_failures();
    observe();
    thread_ = std::thread([this] { work(); });
  }
  ~changes() {
    over_ = true;
    thread_.join();
    handshim::reset_observer();
    handshim::reset_policy();
    handshim::reset_candidate();
    handshim::count_failures(false);
    take();
  }
  changes(const changes&) = delete;
  changes& operator=(const changes&) = delete;

 private:
  void work() {
    using namespace handshim;
    const char* const names[] = {"unified-1", "websockets-13.1", "native", "websockets-17.0.1", "websockets-14.0"};
    for (unsigned i = 0; !over_; ++i) {
      set_policy(find_policy(names[i % 5]));
      set_candidate(find_policy(names[(i + 1) % 5]));
      if (i % 2 == 0) reset_candidate();
      define_policy("own-" + std::to_string(i % 7), "websockets-14.0,eof_in_response=eof_error");
      observe();
      read_counters().to_openmetrics();
      take();
    }
  }
  void observe() {
    handshim::set_observer({[](void* to, const handshim::event& e) noexcept {
                              *static_cast<std::atomic<long>*>(to) += e.kinds.size() > 0;
                            },
                            &seen_});
  }
  void take() { taken_ += static_cast<long>(handshim::take_counters().failures); }

  std::atomic<long>&seen_, &taken_;
  std::atomic<bool> over_{false};
  std::thread thread_;
};

}  // namespace client_test
