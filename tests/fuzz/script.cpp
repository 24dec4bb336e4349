// Input: a byte that says whose script it is, then the script. It has steps that can be told, or an error with a place.
#include "script.hpp"

#include "fuzz.hpp"

namespace tool = handshim::tool;

namespace {

// What is shown to people.
void check_text(std::string_view text) {
  fuzz::expect(fuzz::is_utf8(text), "a text for people that is not UTF-8");
  fuzz::expect(!fuzz::has_control(text), "a control character in a text for people");
}

void check(const tool::server_step& step) {
  fuzz::expect(step.pause.count() >= 0 && step.pause.count() <= 600'000, "a pause out of bounds");
  fuzz::expect(step.count <= 1'000'000'000, "a count out of bounds");
  fuzz::expect(tool::fill_in(step.bytes, 65535, "accept").size() <= step.bytes.size(), "filled in, but longer");
}

void check(const tool::client_step& step) {
  fuzz::expect(step.pause.count() >= 0 && step.pause.count() <= 600'000, "a pause out of bounds");
  fuzz::expect(step.number >= 0 && step.number < 1e15, "a setting out of bounds");
}

template <class Parse>
void play(std::string_view script, Parse parse) {
  try {
    const auto steps = parse(script);
    fuzz::expect(!steps.empty() && steps.size() <= script.size(), "no step, or more than were written");
    for (const auto& step : steps) {
      check(step);
      check_text(tool::describe(step));
    }
  } catch (const tool::script_error& error) {
    fuzz::expect(error.position() >= 1 && error.position() <= script.size() + 1, "a place outside of the script");
    check_text(error.what());
  }
}

void run(std::string_view bytes) {
  fuzz::input in(bytes);
  const bool server = in.byte() % 2 == 0;
  if (server)
    play(in.rest(), tool::parse_server);
  else
    play(in.rest(), tool::parse_client);
}

const fuzz::target of_scripts("script", run);

}  // namespace
