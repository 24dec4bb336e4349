#!/bin/sh
# The classes that cross a shared library's boundary must be visible there: libc++ compares their addresses.
# Argument: the library.
set -eu
for class in error connection_refused invalid_handshake timeout_error; do
  nm -DC "$1" | grep -q " [VWBDR] typeinfo for handshim::abi_[0-9]*::$class\$" || {
    echo "typeinfo for handshim::$class is hidden in $1" >&2
    exit 1
  }
done
