#!/bin/sh
# What GDB shows of failures and exceptions with handshim_gdb.py. Arguments: the script, and the program beside this one,
# built with debug information. Exit code 77, skipped, without GDB.
set -eu
command -v gdb >/dev/null 2>&1 || { echo "there is no gdb" && exit 77; }
out=$(gdb -nx -q -batch -ex 'set debuginfod enabled off' -ex "source $1" -ex 'break look' -ex run -ex 'print none' \
  -ex 'print bare' -ex 'print known' -ex 'print thrown' -ex 'print unasked' "$2" 2>&1) || true
case $out in *"ptrace: Operation not permitted"*) echo "gdb may not trace here" && exit 77 ;; esac

evidence='{what = ws://127.0.0.1:9001/chat?...: handshake: the connection ended before the HTTP response began'
evidence="$evidence [eof_before_status_line], backend = raw_sockets, endpoint = ws://127.0.0.1:9001/chat?..., bytes_out = 234}"
unasked='{backend = raw_sockets, endpoint = ws://127.0.0.1:9001/chat?..., bytes_out = 235}'
for line in '$1 = no handshim::failure' '$2 = handshim::failure connection_refused in connect' \
  "\$3 = handshim::failure eof_before_status_line in handshake = $evidence" \
  "\$4 = handshim::invalid_message = {failure = handshim::failure eof_before_status_line in handshake = $evidence}" \
  "\$5 = handshim::failure eof_before_status_line in handshake = $unasked"; do
  printf '%s\n' "$out" | grep -qxF -- "$line" || { printf 'not shown: %s\n%s\n' "$line" "$out" >&2 && exit 1; }
done
case $out in *secret*) echo "a secret is shown" >&2 && exit 1 ;; esac
echo "shown"
