# shellcheck shell=sh
# What .ci/run and .ci/matrix run: steps, each of which is counted and timed. After common.sh; $steps holds the names of
# those that are wanted, between blanks; none: all.
passed=0 failed=0 skipped=0

wanted() { case $steps in "  " | *" $1 "*) true ;; *) false ;; esac; }

# How many tests of the last `meson test` of each log in a directory ended so.
count() { cat "$1"/meson-logs/testlog*.json 2>/dev/null | grep -cE "\"result\": \"($2)\"" || true; }

# step NAME DIRECTORY COMMAND...: the tests that ran in the directory count; - for a step without any.
step() {
  name=$1 directory=$2
  shift 2
  wanted "$name" || return 0
  began=$(date +%s) status=0 good=0 bad=0
  [ "$directory" = - ] || rm -f "$directory"/meson-logs/testlog*.json
  quietly "$@" || status=1
  if [ "$directory" != - ]; then
    good=$(count "$directory" 'OK|EXPECTEDFAIL')
    bad=$(count "$directory" 'FAIL|TIMEOUT|ERROR|INTERRUPT|UNEXPECTEDPASS')
  fi
  if [ "$status" = 0 ] && [ "$good" = 0 ]; then good=1; fi
  if [ "$status" != 0 ] && [ "$bad" = 0 ]; then bad=1; fi
  passed=$((passed + good)) failed=$((failed + bad))
  echo "$name: $good passed, $bad failed, $(($(date +%s) - began)) s"
}

# skip NAME REASON
skip() {
  wanted "$1" || return 0
  skipped=$((skipped + 1))
  echo "$1: skipped: $2"
}

cache=$(command -v ccache || true)

# What most rows build: the unit tests, in both variants where the standard is C++17, and each header alone.
programs='tests/unit tests/tool tests/build/libheaders-alone.a'

# strictly DIRECTORY COMPILER OPTION...: a build in which every warning is an error.
strictly() (
  directory=$1 CXX=$2
  export CXX
  shift 2
  build "$directory" --werror "$@"
)

# made DIRECTORY COMPILER OPTION...: the same for the programs of the tests, cached.
made() {
  made_in=$1 made_by="$cache $2"
  shift 2
  strictly "$made_in" "$made_by" -Dtests=enabled -Ddebug=false -Doptimization=0 "$@"
}

# ran DIRECTORY OPTION...: the unit tests of the programs in $ran_programs, all by default. The replay, which has
# deadlines, is .ci/run's, and so is what $ran_without (a pattern) names.
ran() {
  ran_in=$1
  shift
  # Names without blanks: splitting them is meant.
  # shellcheck disable=SC2046
  meson test -C "$ran_in" --no-rebuild --print-errorlogs --quiet "$@" \
    $(meson test -C "$ran_in" --no-rebuild --list 2>/dev/null |
      sed -nE "s#.* / ((${ran_programs:-unit|unit-compiled|tool})/.*)#\\1#p" |
      grep -vE "^(tool/tool_replay|${ran_without:-none})\$")
}

# standard DIRECTORY COMPILER STANDARD OPTION...
standard() (
  directory=$1 compiler=$2 standard=$3
  shift 3
  build_targets=$programs
  [ "$standard" != c++17 ] || build_targets="$programs tests/unit-compiled"
  made "$directory" "$compiler" "-Dcpp_std=$standard" "$@" && ran "$directory"
)
