// What a program is called back with, in place of std::function: <functional> is a tenth of some libraries' headers.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include "handshim/config.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace adapters::detail {

/// A copyable callable, or none. Copies share what they hold.
template <class... Args>
class callback {
 public:
  callback() = default;
  template <class Call, class = std::enable_if_t<std::is_invocable_v<Call&, Args...>>>
  callback(Call call) : held_(std::make_shared<Call>(std::move(call))), run_(&run<Call>) {
    if constexpr (std::is_constructible_v<bool, Call>)
      if (!static_cast<bool>(*static_cast<Call*>(held_.get()))) *this = {};
  }

  explicit operator bool() const noexcept { return run_ != nullptr; }
  void operator()(Args... args) const { run_(held_.get(), std::forward<Args>(args)...); }

 private:
  template <class Call>
  static void run(void* held, Args... args) {
    (*static_cast<Call*>(held))(std::forward<Args>(args)...);
  }

  std::shared_ptr<void> held_;
  void (*run_)(void*, Args...) = nullptr;
};

}  // namespace adapters::detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
