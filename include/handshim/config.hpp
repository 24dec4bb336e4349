// Build switches and compiler facts. No switch changes a layout, nor the body of a function under one
// mangled name: see docs/design.md, "One definition".
#pragma once

// The compiled variant: link src/handshim.cpp and define HANDSHIM_COMPILED in every unit.
#if defined(HANDSHIM_COMPILED)
#define HANDSHIM_INLINE
#else
#define HANDSHIM_INLINE inline
#endif

// Types that cross the boundary of a shared library must be visible there, else libc++ does not catch them.
#if defined(_WIN32)
#define HANDSHIM_API
#else
#define HANDSHIM_API __attribute__((visibility("default")))
#endif

#if defined(__cpp_exceptions) || defined(__EXCEPTIONS) || defined(_CPPUNWIND)
#define HANDSHIM_HAS_EXCEPTIONS 1
#else
#define HANDSHIM_HAS_EXCEPTIONS 0
#endif

#if defined(__cpp_rtti) || defined(__GXX_RTTI) || defined(_CPPRTTI)
#define HANDSHIM_HAS_RTTI 1
#else
#define HANDSHIM_HAS_RTTI 0
#endif

// All declarations stand in this inline namespace, named for the ABI epoch: so that two shared libraries with handshims
// of two epochs do not take each other's for their own. It changes with a layout; no program names it.
#define HANDSHIM_ABI abi_1

// Functions whose body depends on RTTI live in an inline namespace that says so; the compiled variant has one
// body for all.
#if defined(HANDSHIM_COMPILED)
#define HANDSHIM_RTTI_VARIANT compiled
#elif HANDSHIM_HAS_RTTI
#define HANDSHIM_RTTI_VARIANT with_rtti
#else
#define HANDSHIM_RTTI_VARIANT without_rtti
#endif

// The same for what has exception classes in it.
#if defined(HANDSHIM_COMPILED)
#define HANDSHIM_EXCEPTIONS_VARIANT compiled
#elif HANDSHIM_HAS_EXCEPTIONS
#define HANDSHIM_EXCEPTIONS_VARIANT with_exceptions
#else
#define HANDSHIM_EXCEPTIONS_VARIANT without_exceptions
#endif

// The policy that this unit sees when nothing stronger was chosen: the name of a built-in one. It may stand in quotes,
// which are hard to pass on a command line, but keep macros and formatters off it in source code.
#if !defined(HANDSHIM_DEFAULT_POLICY)
#define HANDSHIM_DEFAULT_POLICY "unified-1"
#endif

// With HANDSHIM_FIXED_POLICY, a name like it, the unit sees that policy and no run-time choice but an explicit
// argument.

#define HANDSHIM_VERSION_MAJOR 0
#define HANDSHIM_VERSION_MINOR 1
#define HANDSHIM_VERSION_PATCH 0
#define HANDSHIM_VERSION "0.1.0"
