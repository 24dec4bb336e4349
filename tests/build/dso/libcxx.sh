#!/bin/sh
# The programs of this directory built against libc++, which compares type information by address: libraries with hidden
# visibility that are linked, opened, and unloaded. Skipped (77) where no compiler has libc++. Runs in the project's root.
# With --compiler it only tells the compiler that it would take.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

printf '#include <system_error>\nint main() { throw std::system_error(std::error_code()); }\n' >"$work/probe.cpp"
compiler=
for candidate in ${LIBCXX_COMPILER:-clang++ clang++-19 clang++-18 clang++-17 clang++-16 clang++-15 clang++-14}; do
  "$candidate" -std=c++17 -stdlib=libc++ "$work/probe.cpp" -o "$work/probe" 2>/dev/null || continue
  compiler=$candidate
  break
done
if [ -z "$compiler" ]; then
  echo 'skipped: no clang++ with libc++ here (Debian: libc++-dev libc++abi-dev)'
  exit 77
fi
if [ "${1-}" = --compiler ]; then
  echo "$compiler"
  exit
fi

built() {
  out=$1
  shift
  "$compiler" -std=c++17 -stdlib=libc++ -O0 -Iinclude -fvisibility=hidden "$@" -o "$work/$out"
}
directory=tests/build/dso
built thrower.o -fPIC -c $directory/thrower.cpp &
built opened.o -c -DOPENED $directory/main.cpp &
wait
built libthrower.so -shared "$work/thrower.o"
built libkept.so -shared "$work/thrower.o" -Wl,-z,nodelete
built linked $directory/main.cpp "$work/libthrower.so" "-Wl,-rpath,$work"
built opened "$work/opened.o" -rdynamic -ldl
built unloaded $directory/unloaded.cpp -rdynamic -ldl
"$work/linked"
"$work/opened" "$work/libthrower.so"
"$work/unloaded" "$work/libkept.so" "$work/libthrower.so"
echo "passed with $compiler"
