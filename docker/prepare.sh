#!/bin/sh
# Makes what the other containers must not be born with, once, each where only its reader sees it:
# the passwords of the database's users, and a certificate where none was given.
# Runs as root, without a network; the owner of each file is the user of the container that reads it.
set -eu
umask 077

database=999 service=10001 proxy=10002
host=${PROGRESS_PUBLIC_HOST:-localhost}

# put FILE OWNER: standard input under this name, whole or not at all.
put() {
    cat >"$1.part"
    chmod 0400 "$1.part"
    chown "$2:$2" "$1.part"
    mv "$1.part" "$1"
}

# password NAME: of one user of the database.
password() {
    [ -e "/secrets/database/$1" ] || openssl rand -hex 24 | put "/secrets/database/$1" "$database"
}

# login FOLDER USER: its password once more, in the form that libpq reads.
login() {
    printf '*:*:*:progress_%s:%s\n' "$2" "$(cat "/secrets/database/$2")" | put "/secrets/$1/pgpass" "$service"
}

certificate() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 825 \
        -subj "/CN=$host" -addext "subjectAltName=DNS:$host" -keyout /tmp/key -out /tmp/certificate 2>/dev/null
    put /secrets/tls/key.pem "$proxy" </tmp/key
    put /secrets/tls/certificate.pem "$proxy" </tmp/certificate
    echo "made a certificate for $host that nobody vouches for; docs/containers.md says how to give another"
}

password superuser
password migrate
password service
login migrate migrate
login service service
[ -e /secrets/tls/certificate.pem ] || certificate
