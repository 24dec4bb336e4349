#!/bin/sh
# certificates.sh DIRECTORY: a CA that a test trusts (ca.pem), one that nobody does, and servers' certificates:
# good, expired, other-host and untrusted, each NAME.pem with its key in NAME.key.
set -eu
mkdir -p "$1"
cd "$1"

# authority NAME
authority() {
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.pem" -days 3650 -subj "/CN=handshim test $1" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign
}

# server NAME AUTHORITY SUBJECT-ALTERNATIVE-NAMES END-DATE
server() {
  openssl req -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=$1"
  printf '[ca]\ndefault_ca = it\n[it]\ndatabase = index.txt\nnew_certs_dir = .\nserial = serial\ndefault_md = sha256\n' >ca.conf
  printf 'policy = any\nunique_subject = no\nx509_extensions = server\n[any]\ncommonName = supplied\n' >>ca.conf
  printf '[server]\nsubjectAltName = %s\n' "$3" >>ca.conf
  : >index.txt
  [ -f serial ] || echo 01 >serial
  openssl ca -batch -config ca.conf -cert "$2.pem" -keyfile "$2.key" -in "$1.csr" -out "$1.pem" -notext \
    -startdate 20200101000000Z -enddate "$4"
}

{
  authority ca
  authority nobody
  here='DNS:localhost,IP:127.0.0.1'
  server good ca "$here" 20991231235959Z
  server expired ca "$here" 20200102000000Z
  server other-host ca 'DNS:example.invalid' 20991231235959Z
  server untrusted nobody "$here" 20991231235959Z
} >log.txt 2>&1 || { cat log.txt >&2 && exit 1; }
