// wine, where it differs from the Windows that it stands for.
#pragma once

#if defined(_WIN32)
#include "handshim/net/impl/system_headers.hpp"
#endif

namespace test_support {

inline bool is_under_wine() {
#if defined(_WIN32)
  const HMODULE library = ::GetModuleHandleA("ntdll.dll");
  return library != nullptr && ::GetProcAddress(library, "wine_get_version") != nullptr;
#else
  return false;
#endif
}

// Whether a reset was told, or, where that cannot be had, an end of the stream. The server of wine 8 reads SO_ERROR of
// every socket that it watches, which clears it, so that recv() tells an orderly end where Winsock documents
// WSAECONNRESET.
inline bool tells_reset(bool reset, bool end) { return reset || (end && is_under_wine()); }

}  // namespace test_support
