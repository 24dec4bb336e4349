// A shared library with hidden visibility that throws.
#pragma once

#include <system_error>

#define THROWER_API __attribute__((visibility("default")))

extern "C" {
/// 0: connection_refused, 1: a handshake timeout (two kinds in one object), 2: closed_normally; 3: what ended before
/// it began, under bridge(websockets-13.1,websockets-14.0), of which the program has no class.
THROWER_API void throw_from_library(int which);
/// Sets a handshim::policy to that bridge.
THROWER_API void bridge_from_library(void* policy);
THROWER_API void code_from_library(std::error_code* out);
/// Sets an std::exception_ptr to one of those that throw_from_library() throws.
THROWER_API void exception_from_library(int which, void* exception);
}
