// Input: the numbers of a failure's evidence, then its texts, each up to a byte 0xff. Whatever they are, all that is
// printed is well formed; and no secret is in it that stands where the documentation says that one is hidden.
#include "handshim/failure.hpp"

#include <array>
#include <cstdint>

#include "fuzz.hpp"

using handshim::disclosure;
using handshim::evidence;
using handshim::failure;
using handshim::fault;

namespace {

constexpr std::string_view secret = "hunter2hunter2";

// Texts of the input, some with a secret behind them; they live as long as the object.
class material {
 public:
  explicit material(fuzz::input& from) : in_(from) {}

  std::string_view plain() { return keep(std::string(in_.up_to('\xff'))); }
  // What the input says, and then the secret in a place of its own.
  std::string_view with(std::string_view before, std::string_view behind) {
    return keep(std::string(before).append(in_.up_to('\xff')).append(behind).append(secret));
  }

 private:
  std::string_view keep(std::string text) { return texts_.at(used_++) = std::move(text); }

  fuzz::input& in_;
  std::array<std::string, 24> texts_;
  std::size_t used_ = 0;
};

fault some_fault(unsigned number) {
  const handshim::fault_range all = handshim::all_faults();
  return (all.begin() + number % all.size())->id;
}

void read_numbers(fuzz::input& in, evidence& known) {
  known.native_value = static_cast<int>(in.number());
  known.http_status = static_cast<int>(in.byte() << 8 | in.byte());
  known.bytes_in = in.number();
  known.bytes_out = in.byte();
  known.close_received.code = static_cast<std::uint16_t>(in.byte() << 8 | in.byte());
  known.close_sent.code = static_cast<std::uint16_t>(in.byte() << 4);
  known.order = static_cast<handshim::close_order>(in.byte() % 3);
  known.elapsed = std::chrono::nanoseconds(static_cast<std::int64_t>(in.number()));
  known.attempt = in.byte();
  known.redirects = in.byte();
  known.body_complete = in.byte() % 2 == 1;
}

void read_texts(material& from, evidence& known) {
  known.backend = from.plain();
  known.endpoint = from.with("wss://user:pass@host/", "?token=");
  known.detail = from.with("", " password=");
  known.native_domain = from.plain();
  known.native_text = from.with("", "\nSet-Cookie: ");
  known.http_reason = from.plain();
  known.header = from.plain();
  known.body = from.plain();
  known.first_bytes = from.plain();
  known.close_received.reason = from.plain();
  known.close_sent.reason = from.plain();
}

void check(const failure& f, disclosure level, bool told) {
  fuzz::check_printed(f);
  fuzz::check_printed(f, level, [&](const std::string& text) {
    fuzz::expect(told || text.find(secret) == std::string::npos, "a secret is printed");
  });
  fuzz::expect(told || f.what().find(secret) == std::string::npos, "a secret is in what()");
}

void run(std::string_view bytes) {
  const bool told = bytes.find(secret.substr(0, 7)) != std::string_view::npos;
  fuzz::input in(bytes);
  const fault about = some_fault(in.byte());
  const auto level = static_cast<disclosure>(in.byte() % 3);
  const auto when = static_cast<handshim::phase>(in.byte() % 9);
  const std::error_code native = in.byte() % 2 == 0 ? std::error_code() : make_error_code(std::errc::broken_pipe);
  evidence known;
  read_numbers(in, known);
  material texts(in);
  read_texts(texts, known);
  const std::array<handshim::header_view, 3> headers = {{{texts.with("", "-token"), texts.plain()},
                                                         {texts.plain(), texts.plain()},
                                                         {"Location", texts.with("ws://a:b@c/", "?key=")}}};
  // The secret is the value here, not the end of the name.
  std::array<handshim::header_view, 3> shown = headers;
  shown[0] = {headers[0].name.substr(0, headers[0].name.size() - secret.size()), secret};
  known.headers = {shown.data(), shown.size()};
  const handshim::attempt_view attempt{texts.plain(), native, known.elapsed};
  known.attempts = {&attempt, 1};
  const failure one(about, known, native, when);
  const failure before[] = {one, failure(some_fault(in.byte())), one};
  known.earlier = {before, 3};
  check(failure(about, known, native, when), level, told);
}

const fuzz::target of_failures("failure", run);

}  // namespace
