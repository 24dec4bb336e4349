#!/bin/sh
# A program that runs with the rights of its file's owner does not read the environment: set_uid.sh PROGRAM. It takes
# root to make one, and a file system that lets it be; without, 77 says that nothing was tested.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
HANDSHIM_POLICY=websockets-14.0
export HANDSHIM_POLICY
[ "$("$1")" = websockets-14.0 ] || { echo "an ordinary program must read it" >&2 && exit 1; }
[ "$(id -u)" = 0 ] || exit 77
chmod 755 "$folder"
cp "$1" "$folder/program"
chown 65534 "$folder/program"
chmod 4755 "$folder/program"
findmnt -n -o OPTIONS -T "$folder" 2>/dev/null | grep -q nosuid && exit 77
[ "$("$folder/program")" = unified-1 ] || { echo "a set-uid program read the environment" >&2 && exit 1; }
