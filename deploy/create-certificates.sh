#!/bin/sh
# Creates a certificate authority of your own, and the certificates of Temporal and its clients for
# compose.cluster-tls.yml, in the folder SECRETS_DIR (./secrets). They are valid for ten years. To renew them, delete the
# .pem and .key files, run it again, and restart everything. Needs OpenSSL 1.1.1 or newer.
#   sh deploy/create-certificates.sh
set -eu
umask 077

directory=${SECRETS_DIR:-$(dirname "$0")/../secrets}
days=3650
mkdir -p "$directory"
chmod 700 "$directory"
cd "$directory"

for name in ca server client; do
  if [ -e "$name.pem" ]; then
    echo "$directory/$name.pem exists already; nothing was changed" >&2
    exit 1
  fi
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# quietly COMMAND…: shows what it says only if it fails
quietly() {
  "$@" >"$work/log" 2>&1 || {
    cat "$work/log" >&2
    exit 1
  }
}

# create_key NAME OPTION…: a key, and with it a certificate (-x509) or a request for one
create_key() {
  name=$1
  shift
  quietly openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -sha256 -keyout "$work/$name.key" "$@"
}

# issue NAME USAGE: a key and a certificate that the authority has signed
issue() {
  create_key "$1" -subj "/CN=$1" -out "$work/$1.csr"
  # `temporal` is the name of the server's container
  printf 'basicConstraints=critical,CA:FALSE\nextendedKeyUsage=%s\nsubjectAltName=DNS:temporal\n' "$2" >"$work/$1.ext"
  quietly openssl x509 -req -sha256 -days "$days" -in "$work/$1.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" \
    -set_serial "0x$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')" -extfile "$work/$1.ext" -out "$work/$1.pem"
}

create_key ca -x509 -days "$days" -subj '/CN=Barkeep' -addext keyUsage=critical,keyCertSign,cRLSign -out "$work/ca.pem"
# a node of the server is a client of the other nodes, too
issue server serverAuth,clientAuth
issue client clientAuth

# the key of the authority is not kept: with it, others could be let in. Nothing needs it until everything is renewed
for file in ca.pem server.pem server.key client.pem client.key; do
  cp "$work/$file" "$file"
  # readable for the users of the containers; the folder is closed to others
  chmod 644 "$file"
  echo "created $directory/$file"
done
