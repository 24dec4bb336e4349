#include "target.hpp"

#include <chrono>
#include <cstdlib>

#include "handshim/failure.hpp"
#include "handshim/rfc6455/uri.hpp"
#include "play.hpp"
#include "terminal.hpp"

namespace handshim::tool {

std::string public_uri(const std::string& text) {
  rfc6455::uri parts;
  const fault f = rfc6455::parse_uri(text, parts);
  evidence known;
  known.endpoint = text;
  return std::string(failure(f == fault::none ? fault::unclassified : f, known).evidence().endpoint);
}

std::string read_uri(const arguments& given) {
  given.at_most(1);
  if (given.positionals().empty() || given.positionals().front().empty())
    throw usage_error("which URI? Such as ws://127.0.0.1:8080/");
  return given.positionals().front();
}

// Digits with at most one point.
options::duration read_timeout(const arguments& given, const std::string& otherwise) {
  constexpr double longest = 86400;
  const std::string text = given.value("--timeout").value_or(otherwise);
  const bool decimal = !text.empty() && text.size() <= 32 &&
                       text.find_first_not_of("0123456789.") == std::string::npos &&
                       text.find('.') == text.rfind('.') && text != ".";
  const double seconds = decimal ? std::strtod(text.c_str(), nullptr) : 0;
  const auto time = std::chrono::duration_cast<options::duration>(std::chrono::duration<double>(seconds));
  if (seconds > longest || time.count() <= 0)
    throw usage_error("`--timeout` must be a number of seconds, over 0 and at most 86400, such as 2.5, not " +
                      in_ticks(text));
  return time;
}

std::string_view read_backend(const arguments& given) {
  const std::string named = given.value("--backend").value_or(std::string(backend_names().front()));
  for (const std::string_view name : backend_names())
    if (name == named) return name;
  throw usage_error(unknown_text("backend", named, backend_names()));
}

}  // namespace handshim::tool
