#!/bin/sh
# Creates the files that all deployments hand to the programs as secrets, in the folder SECRETS_DIR (./secrets), and keeps
# those that exist. Only the hashes of the admin token and of the read token are kept: the script prints both once. A password or a
# token that you want to choose yourself can be given as POSTGRES_PASSWORD (letters and digits only), ADMIN_TOKEN or
# READ_TOKEN. The keys of the providers, and what sends alerts, are empty until you write them into their files.
#   sh deploy/create-secrets.sh
# With your own PostgreSQL, DATABASE_URL is how its owner reaches it; the roles reach the same database:
#   DATABASE_URL=postgres://barkeep:PASSWORD@db.example.com:5432/barkeep sh deploy/create-secrets.sh
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

hash() {
  if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi | cut -c1-64
}

# create_token NAME CHOSEN: keeps its hash, and prints a token that nobody has chosen
create_token() {
  if [ ! -e "$directory/$1-hash" ] && [ -e "$directory/$1" ]; then
    # of an earlier version, which ignored the line break at the end, and an empty file
    token=$(tr -d '\r' <"$directory/$1")
    if [ -n "$token" ]; then
      create "$1-hash" "sha256:$(printf %s "$token" | hash)"
      echo "$directory/$1 is no longer used: note the token elsewhere, and delete the file"
      return
    fi
  fi
  token=${2:-$(random)}
  if [ ! -e "$directory/$1-hash" ] && [ -z "$2" ]; then echo "The $1, which is shown only now: $token"; fi
  create "$1-hash" "sha256:$(printf %s "$token" | hash)"
}

# create_role NAME: a role of PostgreSQL that the set-up creates, with its password, in the database of its owner
create_role() {
  create "$1-database-url" "postgres://barkeep_$1:$(random)@$(sed -E 's,^[a-z]+://(.*@)?,,' "$directory/database-url")"
}

case ${POSTGRES_PASSWORD:-} in *[!A-Za-z0-9]*)
  echo 'POSTGRES_PASSWORD: use letters and digits only' >&2
  exit 2
  ;;
esac

if [ -z "${DATABASE_URL:-}" ]; then create postgres-password "${POSTGRES_PASSWORD:-$(random)}"; fi
create database-url "${DATABASE_URL:-postgres://barkeep:$(cat "$directory/postgres-password")@postgres:5432/barkeep}"
for role in worker api read; do create_role "$role"; done
create_token admin-token "${ADMIN_TOKEN:-}"
create_token read-token "${READ_TOKEN:-}"
for name in coingecko-api-key alpaca-key-id alpaca-secret-key alert-webhook-url alert-webhook-secret alert-mail-url otlp-headers; do create "$name" ''; done
