// Which kinds one object is at once: as a set, and as what is left when several lists are put together.
#pragma once

#include <cstddef>
#include <cstdint>

#include "handshim/kind.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

/// A bit for each kind, by its number.
using kind_set = std::uint64_t;

constexpr kind_set set_of(kind k) noexcept { return kind_set{1} << static_cast<unsigned>(k); }
constexpr kind_set set_of(const kind_list& kinds) noexcept {
  kind_set out = 0;
  for (const kind k : kinds) out |= set_of(k);
  return out;
}

/// Kinds in the order in which they came. A base of one that is there adds nothing, and what derives from one
/// that is there takes its place: each is left for which a handler is wanted beside the others'.
class kind_union {
 public:
  constexpr void add(kind fresh) noexcept {
    if (size_ == 0)  // most failures are of one kind
      all_[size_++] = fresh;
    else
      merge(fresh);
  }
  constexpr void add(const kind_union& others) noexcept {
    for (const kind k : others) add(k);
  }

  constexpr std::size_t size() const noexcept { return size_; }
  constexpr const kind* begin() const noexcept { return all_; }
  constexpr const kind* end() const noexcept { return all_ + size_; }
  constexpr kind_set set() const noexcept {
    kind_set out = 0;
    for (const kind k : *this) out |= set_of(k);
    return out;
  }
  /// The first three: a policy that has more at once cannot be found.
  constexpr kind_list list() const noexcept { return {at(0), at(1), at(2)}; }

 private:
  static constexpr std::size_t capacity = 8;  // of two policies, three and the mark of a phase each

  [[gnu::noinline]] constexpr void merge(kind fresh) noexcept {
    std::size_t kept = 0, place = size_;
    for (std::size_t i = 0; i < size_; ++i) {
      if (is_a(all_[i], fresh)) return;
      if (!is_a(fresh, all_[i]))
        all_[kept++] = all_[i];
      else if (place == size_)
        all_[place = kept++] = fresh;
    }
    if (place == size_ && kept < capacity) all_[kept++] = fresh;
    size_ = kept;
  }
  constexpr kind at(std::size_t i) const noexcept { return i < size_ ? all_[i] : kind::error; }

  kind all_[capacity] = {};
  std::size_t size_ = 0;
};

}  // namespace detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
