// The nearest of some words, for "did you mean".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "handshim/config.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

inline constexpr std::size_t compared_letters = 63;  ///< of a longer word the start counts

/// Edits (insert, delete, replace) between two words.
inline std::size_t edit_distance(std::string_view a, std::string_view b) noexcept {
  a = a.substr(0, compared_letters);
  b = b.substr(0, compared_letters);
  std::size_t row[compared_letters + 1];
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      const std::size_t added = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
      row[j] = added < replaced ? added : replaced;
    }
  }
  return row[b.size()];
}

inline std::string question_of(std::string_view word) { return "did you mean " + std::string(word) + "? "; }

/// Of the words offered, the one with the fewest edits; none if that would be another word: over a third of the
/// letters, and over two.
class nearest_word {
 public:
  explicit nearest_word(std::string_view wanted) noexcept
      : wanted_(wanted), distance_((wanted.size() / 3 > 2 ? wanted.size() / 3 : 2) + 1) {}
  void offer(std::string_view word) noexcept {
    const std::size_t n = wanted_.substr(0, compared_letters).size();
    const std::size_t m = word.substr(0, compared_letters).size();
    if ((n < m ? m - n : n - m) >= distance_) return;  // at least so many letters are too few or too many
    const std::size_t distance = edit_distance(wanted_, word);
    // As many edits as a word has letters make any word of any other.
    if (distance >= distance_ || distance >= word.size() || distance >= wanted_.size()) return;
    distance_ = distance;
    best_ = word;
  }
  /// "did you mean X? ", or nothing.
  std::string question() const { return best_.empty() ? std::string() : question_of(best_); }

 private:
  std::string_view wanted_, best_;
  std::size_t distance_;
};

}  // namespace detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
