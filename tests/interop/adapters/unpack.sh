#!/bin/sh
# unpack.sh PACKAGE DIRECTORY: unpacks a Debian package, without installing it, unless that was done.
set -eu
[ -f "$2/unpacked" ] && exit 0
mkdir -p "$2"
cd "$2"
apt-get download "$1" >log.txt 2>&1
dpkg -x "$1"_*.deb .
touch unpacked
