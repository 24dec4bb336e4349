#!/bin/bash
# What bash completes with the script that the command prints, and whether the manual page is well made. Argument: the command.
set -eu
handshim=$1
# shellcheck disable=SC1090
source <("$handshim" --completion)

# completes WANTED WORD...: the last word is the one at the cursor.
completes() {
  wanted=$1
  shift
  COMP_WORDS=(handshim "$@") COMP_CWORD=$# COMPREPLY=()
  _handshim || true  # compgen fails where nothing fits
  [ "${COMPREPLY[*]-}" = "$wanted" ] || {
    echo "handshim $*: completed to '${COMPREPLY[*]-}', not '$wanted'" >&2
    exit 1
  }
}

complete -p handshim >/dev/null
completes "policies" pol
completes "--version" --v
completes "--backend" probe --b
completes "new_mode" probe --backend n
completes "" serve --port ''
completes "meson_options.txt" policies --check meson_o
completes "" nonsense --x

page=$(mktemp)
trap 'rm -f "$page"' EXIT
"$handshim" --manual >"$page"
# Each command that the help lists has a section, and each of its options stands there and in what bash completes.
"$handshim" --help | sed -n '/^Commands:/,$s/^  \([a-z]*\) .*/\1/p' | while read -r command; do
  grep -q "^\.SS $command\$" "$page" || { echo "the manual page has no $command" >&2 && exit 1; }
  section=$(sed -n "/^\.SS $command\$/,/^\.S[SH] /p" "$page" | sed 's/^\.SS '"$command"'$//; s/\\-/-/g')
  offered=" $(sed -n "s/^    $command) options='\(.*\)' ;;\$/\1/p" <("$handshim" --completion)) "
  "$handshim" "$command" --help | sed -n 's/^  \(-h, \)\{0,1\}\(--[a-z-]*\).*/\2/p' | while read -r option; do
    case $offered in *" $option "*) ;; *) echo "completion: $command has no $option" >&2 && exit 1 ;; esac
    [ "$option" = --help ] || grep -qF -e "$option" <<<"$section" || {
      echo "the manual page: $command has no $option" >&2
      exit 1
    }
  done || exit 1
done
if command -v groff >/dev/null; then
  complaints=$(groff -man -Tutf8 -ww -z "$page" 2>&1) || true
  [ -z "$complaints" ] || { echo "$complaints" >&2 && exit 1; }
else
  echo "without groff the manual page is not formatted"
fi
echo "completed and formatted"
