# shellcheck shell=sh
# What .ci/matrix runs: steps, each of which is counted and timed. After common.sh; $steps holds the names of those that
# are wanted, between blanks; none: all.
passed=0 failed=0 skipped=0

wanted() { case $steps in "  " | *" $1 "*) true ;; *) false ;; esac; }

# How many tests of the last `meson test` in a directory ended so.
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
