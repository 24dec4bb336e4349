#include "handshim/net/error.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <ostream>
#include <string>

#include "handshim/net/impl/system_headers.hpp"

namespace net = handshim::net;
using net::stream_errc;

TEST_CASE("every stream code has its own text and the category handshim.net") {
  std::string seen;
  for (int value = 1; value <= 5; ++value) {
    const std::error_code code = static_cast<stream_errc>(value);
    CHECK(std::string(code.category().name()) == "handshim.net");
    CHECK(code.value() == value);
    CHECK_FALSE(code.message().empty());
    CHECK(seen.find(code.message() + "\n") == std::string::npos);
    seen += code.message() + "\n";
  }
  CHECK(std::error_code(99, net::stream_category()).message() == "unknown stream error");
}

TEST_CASE("stream codes equal the standard's conditions that mean the same") {
  CHECK(make_error_code(stream_errc::timed_out) == std::errc::timed_out);
  CHECK(make_error_code(stream_errc::interrupted) == std::errc::operation_canceled);
  CHECK(make_error_code(stream_errc::would_block) == std::errc::operation_would_block);
  CHECK(make_error_code(stream_errc::resolver_busy) == std::errc::resource_unavailable_try_again);
  CHECK(make_error_code(stream_errc::eof) != std::errc::connection_reset);
}

TEST_CASE("codes of getaddrinfo have the system's texts") {
  const auto code = net::getaddrinfo_error(EAI_NONAME);
  CHECK(std::string(code.category().name()) == "getaddrinfo");
  CHECK(code.value() == EAI_NONAME);
  std::string text = gai_strerror(EAI_NONAME);
  text.erase(text.find_last_not_of(". \r\n") + 1);  // Windows ends a line with it
  CHECK(code.message() == text);
}

#if !defined(_WIN32)
TEST_CASE("a system error inside getaddrinfo is errno's") {
  errno = EMFILE;
  CHECK(net::getaddrinfo_error(EAI_SYSTEM) == std::errc::too_many_files_open);
}
#endif
