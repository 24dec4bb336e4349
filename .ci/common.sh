# shellcheck shell=sh
# For the other scripts here, which source it: they then run in the project's root.
set -eu
cd "$(dirname "$0")/.."

# quietly COMMAND...: its output only if it fails.
quietly() {
  quietly_log=$(mktemp)
  quietly_status=0
  "$@" >"$quietly_log" 2>&1 || quietly_status=$?
  [ "$quietly_status" = 0 ] || cat "$quietly_log" >&2
  rm -f "$quietly_log"
  return "$quietly_status"
}

# configured DIRECTORY: whether Meson came to its end there.
configured() { [ -f "$1/build.ninja" ] && [ -f "$1/meson-info/meson-info.json" ]; }

# build DIRECTORY OPTION...: configures if that was not done, and builds $build_targets, or all if that is not set.
# What an earlier run left half made is made anew.
build() {
  build_dir=$1
  shift
  if ! configured "$build_dir"; then
    if [ -e "$build_dir" ] && [ ! -d "$build_dir/meson-private" ]; then
      echo "$PWD/$build_dir is in the way: it is no build directory of Meson" >&2
      return 1
    fi
    rm -rf "$build_dir"
    if ! quietly meson setup "$build_dir" "$@"; then
      rm -rf "$build_dir"
      return 1
    fi
  fi
  # Words without blanks: splitting them is meant.
  # shellcheck disable=SC2086
  quietly ninja -C "$build_dir" ${build_targets-}
}
