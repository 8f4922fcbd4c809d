#!/bin/sh
# Dumps the database into the folder BACKUP_DIR, reads the dump back, and then deletes all but the newest BACKUP_KEEP. For a
# PostgreSQL of your own: `npm start` backs up the embedded one by itself. Needs pg_dump of the server's version or newer.
#   DATABASE_URL_FILE=/etc/barkeep/secrets/database-url BACKUP_DIR=/var/backups/barkeep sh deploy/backup/back-up.sh
set -eu
umask 077

keep=${BACKUP_KEEP:-7}
url=$(cat "$DATABASE_URL_FILE")
dump="$BACKUP_DIR/barkeep-$(date -u +%Y-%m-%dT%H-%M-%SZ).dump"
trap 'rm -f "$dump.part"' EXIT

# what the rows of bar_changes hold is valid only on the server that they came from
pg_dump --format=custom --exclude-table-data=bar_changes --file="$dump.part" --dbname="$url"
# decompresses all of it, so a dump that was cut short or damaged does not count
pg_restore --file=/dev/null "$dump.part"
mv "$dump.part" "$dump"

# the names sort by time
ls "$BACKUP_DIR"/barkeep-*.dump | sort -r | tail -n "+$((keep + 1))" | while read -r old; do rm "$old"; done
echo "$dump: $(wc -c <"$dump") bytes"
