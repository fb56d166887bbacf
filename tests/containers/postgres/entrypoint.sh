#!/bin/sh
# What the public image does at its start, for what this test needs of it.
set -eu
user=${POSTGRES_USER:-postgres}
database=${POSTGRES_DB:-$user}

first_start() {
    # shellcheck disable=SC2086 # options
    initdb -D "$PGDATA" -U "$user" --pwfile="$POSTGRES_PASSWORD_FILE" ${POSTGRES_INITDB_ARGS:-} >/dev/null
    printf 'host all all all scram-sha-256\n' >>"$PGDATA/pg_hba.conf"
    pg_ctl -D "$PGDATA" -w -o "-c listen_addresses=''" start >&2
    [ "$database" = postgres ] || createdb -U "$user" "$database"
    for file in /docker-entrypoint-initdb.d/*.sql; do
        psql -X -q -v ON_ERROR_STOP=1 -U "$user" -d "$database" -f "$file"
    done
    pg_ctl -D "$PGDATA" -w -m fast stop >/dev/null
}

chmod 0700 "$PGDATA"
[ -s "$PGDATA/PG_VERSION" ] || first_start
exec "$@" -c listen_addresses='*'
