// The same without handshim: a call, and std::system_error, caught.
#include <cstdio>
#include <stdexcept>
#include <system_error>

int call(int x) {
  if (x > 1) throw std::system_error(std::make_error_code(std::errc::connection_reset), "no");
  return x;
}

int main(int argc, char**) {
  try {
    return call(argc);
  } catch (const std::system_error& e) {
    std::puts(e.what());
  }
  return 1;
}
