// A shared library with hidden visibility that throws.
#pragma once

#include <system_error>

#define THROWER_API __attribute__((visibility("default")))

extern "C" {
/// 0: connection_refused, 1: a handshake timeout (two kinds in one object), 2: closed_normally.
THROWER_API void throw_from_library(int which);
THROWER_API void code_from_library(std::error_code* out);
}
