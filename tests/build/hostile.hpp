// What other libraries' headers define before ours are read: Windows, Qt, X11, macOS, the C library. Each stands for
// text that compiles nowhere. The standard library comes first, as not even its headers live with all of these.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <climits>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <exception>
#include <functional>
#include <initializer_list>
#include <iosfwd>
#include <iterator>
#include <limits>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

#if defined(_WIN32)
#include <winsock2.h>
#include <ws2tcpip.h>

#include <windows.h>
#else
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>
#endif
#if defined(__linux__)
#include <sys/random.h>
#endif
#if defined(__GLIBCXX__) || defined(_LIBCPP_VERSION)
#include <cxxabi.h>
#endif

// Windows, some as functions.
#undef ABSOLUTE
#define ABSOLUTE hostile hostile
#undef CALLBACK
#define CALLBACK hostile hostile
#undef CONST
#define CONST hostile hostile
#undef CREATE_NEW
#define CREATE_NEW hostile hostile
#undef DELETE
#define DELETE hostile hostile
#undef DIFFERENCE
#define DIFFERENCE hostile hostile
#undef DOMAIN
#define DOMAIN hostile hostile
#undef ERROR
#define ERROR hostile hostile
#undef ERROR_SUCCESS
#define ERROR_SUCCESS hostile hostile
#undef FALSE
#define FALSE hostile hostile
#undef FAR
#define FAR hostile hostile
#undef IGNORE
#define IGNORE hostile hostile
#undef IN
#define IN hostile hostile
#undef INFINITE
#define INFINITE hostile hostile
#undef INPUT
#define INPUT hostile hostile
#undef NEAR
#define NEAR hostile hostile
#undef NO_DATA
#define NO_DATA hostile hostile
#undef NO_ERROR
#define NO_ERROR hostile hostile
#undef OPTIONAL
#define OPTIONAL hostile hostile
#undef OUT
#define OUT hostile hostile
#undef PASSTHROUGH
#define PASSTHROUGH hostile hostile
#undef RELATIVE
#define RELATIVE hostile hostile
#undef STATUS
#define STATUS hostile hostile
#undef STRICT
#define STRICT hostile hostile
#undef TEXT
#define TEXT hostile hostile
#undef TRUE
#define TRUE hostile hostile
#undef VOID
#define VOID hostile hostile
#undef _X
#define _X hostile hostile
#undef boolean
#define boolean hostile hostile
#undef cdecl
#define cdecl hostile hostile
#undef far
#define far hostile hostile
#undef huge
#define huge hostile hostile
#undef hyper
#define hyper hostile hostile
#undef interface
#define interface hostile hostile
#undef max
#define max(a, b) hostile a, b hostile
#undef min
#define min(a, b) hostile a, b hostile
#undef near
#define near hostile hostile
#undef pascal
#define pascal hostile hostile
#undef small
#define small hostile hostile
// X11.
#undef Always
#define Always hostile hostile
#undef Bool
#define Bool hostile hostile
#undef False
#define False hostile hostile
#undef None
#define None hostile hostile
#undef Status
#define Status hostile hostile
#undef Success
#define Success hostile hostile
#undef True
#define True hostile hostile
#undef Unsorted
#define Unsorted hostile hostile
// Qt, macOS (AssertMacros.h, mach) and doctest-like frameworks.
#undef CHECK
#define CHECK(a, b) hostile a, b hostile
#undef REQUIRE
#define REQUIRE(a, b) hostile a, b hostile
#undef TEST_CASE
#define TEST_CASE(a, b) hostile a, b hostile
#undef assert
#define assert(a) hostile a hostile
#undef emit
#define emit hostile hostile
#undef foreach
#define foreach hostile hostile
#undef forever
#define forever hostile hostile
#undef require
#define require(a) hostile a hostile
#undef signals
#define signals hostile hostile
#undef slots
#define slots hostile hostile
#undef verify
#define verify(a) hostile a hostile
// The C library, and compilers in their GNU modes.
#undef I
#define I hostile hostile
#undef OVERFLOW
#define OVERFLOW hostile hostile
#undef UNDERFLOW
#define UNDERFLOW hostile hostile
#undef complex
#define complex hostile hostile
#undef daylight
#define daylight hostile hostile
#undef hz
#define hz hostile hostile
#undef i386
#define i386 hostile hostile
#undef linux
#define linux hostile hostile
#undef major
#define major(a) hostile a hostile
#undef makedev
#define makedev(a, b) hostile a, b hostile
#undef minor
#define minor(a) hostile a hostile
#undef sun
#define sun hostile hostile
#undef timezone
#define timezone hostile hostile
#undef unix
#define unix hostile hostile
// What a program calls its own.
#undef CHANGE
#define CHANGE hostile hostile
#undef CLOSE_RULE
#define CLOSE_RULE hostile hostile
#undef CODE
#define CODE hostile hostile
#undef COMBINATION
#define COMBINATION hostile hostile
#undef DEBUG
#define DEBUG hostile hostile
#undef DOMAIN_IS
#define DOMAIN_IS hostile hostile
#undef FATAL
#define FATAL hostile hostile
#undef FAULT
#define FAULT hostile hostile
#undef FAULT_RULE
#define FAULT_RULE hostile hostile
#undef FIRST_BYTES
#define FIRST_BYTES hostile hostile
#undef HEADER_RULE
#define HEADER_RULE hostile hostile
#undef INFO
#define INFO hostile hostile
#undef KIND
#define KIND hostile hostile
#undef LINE
#define LINE hostile hostile
#undef LOG
#define LOG(a, b) hostile a, b hostile
#undef MEANING
#define MEANING hostile hostile
#undef PHASED
#define PHASED hostile hostile
#undef STATUS_RULE
#define STATUS_RULE hostile hostile
#undef TEXT_OF_CODE
#define TEXT_OF_CODE hostile hostile
#undef WARN
#define WARN hostile hostile
