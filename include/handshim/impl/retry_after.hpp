// The value of a Retry-After header: seconds, or a date in one of the three forms of RFC 9110, section 5.6.7.
#pragma once

#include <string_view>

#include "handshim/config.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

/// Takes a text apart from the left; after the first part that is not there nothing is taken any more.
class text_scanner {
 public:
  explicit text_scanner(std::string_view text) noexcept : rest_(text) {}

  text_scanner& literal(std::string_view text) noexcept {
    good_ = good_ && rest_.substr(0, text.size()) == text;
    return skip(text.size());
  }
  /// That many digits.
  text_scanner& number(std::size_t digits, int& out) noexcept {
    out = 0;
    good_ = good_ && rest_.size() >= digits;
    for (std::size_t i = 0; good_ && i < digits; ++i) {
      good_ = rest_[i] >= '0' && rest_[i] <= '9';
      out = out * 10 + (rest_[i] - '0');
    }
    return skip(digits);
  }
  /// Two columns, the first of which may be a blank.
  text_scanner& padded_number(int& out) noexcept {
    if (!good_ || rest_.substr(0, 1) != " ") return number(2, out);
    return skip(1).number(1, out);
  }
  /// One of the words, which stand one behind the other, a blank between them; out is its place from 0.
  text_scanner& word(std::string_view words, int& out) noexcept {
    for (out = 0; good_ && !words.empty(); ++out) {
      const std::string_view one = words.substr(0, words.find(' '));
      if (rest_.substr(0, one.size()) == one) return skip(one.size());
      words.remove_prefix(one.size() == words.size() ? one.size() : one.size() + 1);
    }
    good_ = false;
    return *this;
  }
  bool done() const noexcept { return good_ && rest_.empty(); }

 private:
  text_scanner& skip(std::size_t n) noexcept {
    if (good_) rest_.remove_prefix(n);
    return *this;
  }

  std::string_view rest_;
  bool good_ = true;
};

/// A date of the proleptic Gregorian calendar, in UTC.
struct utc_time {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;  // months from 0
};

/// Seconds since 1970-01-01, leap seconds not counted.
constexpr long long seconds_since_epoch(const utc_time& t) noexcept {
  constexpr int days_before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
  const long long before = t.year - 1LL;  // the last whole year
  const bool leap = (t.year % 4 == 0 && t.year % 100 != 0) || t.year % 400 == 0;
  const long long days = before * 365 + before / 4 - before / 100 + before / 400 + days_before[t.month] + t.day - 1 +
                         (leap && t.month > 1 ? 1 : 0) - 719162;
  return ((days * 24 + t.hour) * 60 + t.minute) * 60 + t.second;
}
static_assert(seconds_since_epoch({1970, 0, 1, 0, 0, 0}) == 0);
static_assert(seconds_since_epoch({1994, 10, 6, 8, 49, 37}) == 784111777);

inline bool is_time_of_a_calendar(const utc_time& t) noexcept {
  constexpr int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return t.year >= 1 && t.day >= 1 && t.day <= days[t.month] && t.hour <= 23 && t.minute <= 59 && t.second <= 60;
}

/// What the header says, before anybody asks what time it is.
struct retry_after {
  enum class form { invalid, delay, date, date_of_two_digits };
  form as = form::invalid;
  long long delay = 0;  // seconds
  utc_time date;
};

inline constexpr long long longest_delay = 1000000000;  // more than thirty years: what is more is cut to it

inline retry_after read_delay(std::string_view text) noexcept {
  retry_after out;
  for (const char c : text) {
    if (c < '0' || c > '9') return {};
    out.delay = out.delay < longest_delay ? out.delay * 10 + (c - '0') : longest_delay;
  }
  if (out.delay > longest_delay) out.delay = longest_delay;
  out.as = text.empty() ? retry_after::form::invalid : retry_after::form::delay;
  return out;
}

inline retry_after read_http_date(std::string_view text) noexcept {
  constexpr std::string_view months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec";
  constexpr std::string_view days = "Mon Tue Wed Thu Fri Sat Sun";
  constexpr std::string_view long_days = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday";
  const auto clock = [](text_scanner& from, utc_time& t) -> text_scanner& {
    return from.number(2, t.hour).literal(":").number(2, t.minute).literal(":").number(2, t.second);
  };
  const auto found = [](retry_after::form as, const utc_time& t) {
    return retry_after{is_time_of_a_calendar(t) ? as : retry_after::form::invalid, 0, t};
  };
  utc_time t;
  int weekday = 0;
  text_scanner fixed(text);  // Sun, 06 Nov 1994 08:49:37 GMT
  fixed.word(days, weekday).literal(", ").number(2, t.day).literal(" ").word(months, t.month).literal(" ");
  if (clock(fixed.number(4, t.year).literal(" "), t).literal(" GMT").done()) return found(retry_after::form::date, t);
  text_scanner rfc850(text);  // Sunday, 06-Nov-94 08:49:37 GMT
  rfc850.word(long_days, weekday).literal(", ").number(2, t.day).literal("-").word(months, t.month).literal("-");
  if (clock(rfc850.number(2, t.year).literal(" "), t).literal(" GMT").done()) {
    t.year += 1900;
    return found(retry_after::form::date_of_two_digits, t);
  }
  text_scanner asctime(text);  // Sun Nov  6 08:49:37 1994
  asctime.word(days, weekday).literal(" ").word(months, t.month).literal(" ").padded_number(t.day).literal(" ");
  if (clock(asctime, t).literal(" ").number(4, t.year).done()) return found(retry_after::form::date, t);
  return {};
}

inline retry_after read_retry_after(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  const bool digits = !text.empty() && text.front() >= '0' && text.front() <= '9';
  return digits ? read_delay(text) : read_http_date(text);
}

/// How many seconds after `now`, in seconds since 1970, it asks to come back; 0 for a time that has passed.
inline long long seconds_to_wait(const retry_after& value, long long now) noexcept {
  if (value.as == retry_after::form::delay) return value.delay;
  utc_time date = value.date;
  // Two digits mean the year nearest to now: one that seems more than fifty years ahead has passed.
  if (value.as == retry_after::form::date_of_two_digits)
    while (seconds_since_epoch({date.year + 50, date.month, date.day, date.hour, date.minute, date.second}) <= now)
      date.year += 100;
  const long long left = seconds_since_epoch(date) - now;
  return left < 0 ? 0 : left < longest_delay ? left : longest_delay;
}

}  // namespace detail
}  // namespace HANDSHIM_ABI
}  // namespace handshim
