// The hierarchy that programs catch. Not declared in builds without exceptions.
#pragma once

#include <utility>

#include "handshim/policy.hpp"

#if HANDSHIM_HAS_EXCEPTIONS

namespace handshim {
inline namespace HANDSHIM_ABI {

namespace detail {
/// A std::system_error of the fault, a copy of one that is made once: that copy needs no memory. If there is no
/// memory to make it, the result has the fault's code but no text of its own.
std::system_error prebuilt(fault f) noexcept;
/// what() of a failure in that phase of which nothing else is known.
const char* what_line(fault f, phase p) noexcept;
}  // namespace detail

/// The root: all that handshim raises, under every policy but native. what() is one line; code() is the
/// fault's code, so `e.code() == handshim::condition::timeout` and `e.code() == std::errc::connection_refused`
/// work. Copying never throws; the object is immutable, so threads may share it. Since 0.1.
class HANDSHIM_API error : public std::system_error {
 public:
  error(const handshim::failure& f, const kind_list& what_it_is, const policy_choice& by) noexcept
      : error(handshim::failure(f), what_it_is, by) {}
  // A call: else each class that can be thrown repeats it.
  [[gnu::noinline]] error(handshim::failure&& f, const kind_list& what_it_is, const policy_choice& by) noexcept
      : std::system_error(detail::prebuilt(f.fault())), failure_(std::move(f)), kinds_(what_it_is), choice_(by) {
    failure_.observed_ = true;
  }

  const char* what() const noexcept override {
    if (const char* line = failure_.what_line()) return line;
    return detail::what_line(failure_.fault(), failure_.phase());
  }

  /// All that is known, apart from any exception class; keep a copy where the exception cannot be kept.
  const handshim::failure& failure() const noexcept { return failure_; }
  handshim::fault fault() const noexcept { return failure_.fault(); }
  handshim::condition condition() const noexcept { return failure_.condition(); }
  handshim::phase phase() const noexcept { return failure_.phase(); }
  /// The native error's code, if it had one.
  const std::error_code& native_code() const noexcept { return failure_.native_code(); }
  /// The status of the HTTP response, 0 if none came.
  int http_status() const noexcept { return failure_.evidence().http_status; }
  /// The close frame received; code 1006, which no frame can have, if none came (RFC 6455, section 7.1.5).
  int close_code() const noexcept {
    const int received = failure_.evidence().close_received.code;
    return received != 0 ? received : 1006;
  }
  std::string_view close_reason() const noexcept { return failure_.evidence().close_received.reason; }
  std::string describe(disclosure shown = disclosure::full) const { return failure_.describe(shown); }

  /// The most telling kind, for a switch.
  handshim::kind kind() const noexcept { return kinds_.primary(); }
  const kind_list& kinds() const noexcept { return kinds_; }
  /// Whether a handler for that class would catch this.
  bool is(handshim::kind k) const noexcept { return kinds_.is(k); }
  bool is(handshim::condition c) const noexcept { return failure_.is(c); }
  bool is(handshim::fault f) const noexcept { return failure_.is(f); }
#if HANDSHIM_HAS_RTTI
  /// This as another class of the hierarchy, or of the user's; null if it is not one. (The edges are
  /// virtual, so a static_cast down is not possible.)
  template <class K>
  const K* as() const noexcept {
    return dynamic_cast<const K*>(this);
  }
#endif

  /// The policy that decided on the class, and who chose it.
  const handshim::policy& policy() const noexcept { return choice_.policy; }
  policy_source source() const noexcept { return choice_.source; }

 protected:
  // Only for classes between the root and the most derived one, which initialises the root itself.
  error() noexcept : std::system_error(std::error_code()), choice_(handshim::policy()) {}

 private:
  handshim::failure failure_;
  kind_list kinds_;
  policy_choice choice_;
};

// Every edge is virtual: else an object that is two kinds of one branch has that branch twice, and its
// handler is passed over. Destructors are cold and not inlined so that each class's thunks jump to one and do not
// repeat it.
#include "handshim/data/rows_begin.inc"
#define KIND(number, name, base, description)                                                       \
  class HANDSHIM_API name : public virtual base {                                                   \
   public:                                                                                          \
    static constexpr handshim::kind kind_of = handshim::kind::name;                                 \
    explicit name(const handshim::failure& f, const policy_choice& by = policy_choice({})) noexcept \
        : error(f, kind_of, by) {}                                                                  \
    explicit name(handshim::failure&& f, const policy_choice& by = policy_choice({})) noexcept      \
        : error(std::move(f), kind_of, by) {}                                                       \
    name(const name&) noexcept = default;                                                           \
    name& operator=(const name&) noexcept = default;                                                \
    [[gnu::cold, gnu::noinline]] ~name() override = default;                                        \
                                                                                                    \
   protected:                                                                                       \
    name() noexcept = default;                                                                      \
  };                                                                                                \
  static_assert(std::is_nothrow_copy_constructible_v<name>, #name);
#include "handshim/data/kinds.inc"
#undef KIND
#include "handshim/data/rows_end.inc"

/// One object that is several kinds, caught by the handlers of each.
template <class... Kinds>
class HANDSHIM_API combined : public virtual Kinds... {
 public:
  static constexpr kind_list listed{Kinds::kind_of...};
  explicit combined(const handshim::failure& f, const policy_choice& by = policy_choice({})) noexcept
      : combined(f, listed, by) {}
  /// The same kinds in another order.
  combined(const handshim::failure& f, const kind_list& ordered, const policy_choice& by) noexcept
      : error(f, ordered, by) {}
  combined(handshim::failure&& f, const kind_list& ordered, const policy_choice& by) noexcept
      : error(std::move(f), ordered, by) {}
  combined(const combined&) noexcept = default;
  combined& operator=(const combined&) noexcept = default;
  [[gnu::cold, gnu::noinline]] ~combined() override = default;
};

}  // namespace HANDSHIM_ABI
}  // namespace handshim

#if !defined(HANDSHIM_COMPILED)
#include "handshim/impl/exceptions.ipp"
#endif

#endif  // HANDSHIM_HAS_EXCEPTIONS
