#include "../../interop/child_server.hpp"
#include "client.hpp"

std::uint16_t bench::python_port() {
#if defined(BENCH_PYTHON_SERVER)
  static const interop::child_server one("/usr/bin/python3", BENCH_PYTHON_SERVER);
  return one.port();
#else
  return 0;
#endif
}
