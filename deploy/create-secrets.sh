#!/bin/sh
# Creates the files that the Compose files mount as secrets, in the folder SECRETS_DIR (./secrets), and keeps those that
# exist. A password or a token that you want to choose yourself can be given as POSTGRES_PASSWORD (letters and digits
# only) or ADMIN_TOKEN. The keys of the providers, and the webhook of alerts, are empty until you write them into
# their files.
#   sh deploy/create-secrets.sh
set -eu
umask 077

directory=${SECRETS_DIR:-$(dirname "$0")/../secrets}
# Each container reads its files as a user of its own, so the files are readable for everybody; the folder is closed to
# all but its owner. Docker mounts the files one by one.
mkdir -p "$directory"
chmod 700 "$directory"

random() {
  od -An -N32 -tx1 /dev/urandom | tr -d ' \n'
}

# create NAME VALUE
create() {
  if [ -e "$directory/$1" ]; then
    echo "kept $directory/$1"
    return
  fi
  printf %s "$2" >"$directory/$1"
  chmod 644 "$directory/$1"
  echo "created $directory/$1"
}

case ${POSTGRES_PASSWORD:-} in *[!A-Za-z0-9]*)
  echo 'POSTGRES_PASSWORD: use letters and digits only' >&2
  exit 2
  ;;
esac

create postgres-password "${POSTGRES_PASSWORD:-$(random)}"
create database-url "postgres://barkeep:$(cat "$directory/postgres-password")@postgres:5432/barkeep"
create admin-token "${ADMIN_TOKEN:-$(random)}"
for name in coingecko-api-key alpaca-key-id alpaca-secret-key alert-webhook-url alert-webhook-secret; do create "$name" ''; done
