#!/bin/sh
# A throwaway PostgreSQL for tests, from any language; tests/support/cluster.sh --help.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
# shellcheck source=tools/say.sh
. "$root/tools/say.sh"
# shellcheck source=tools/cluster.sh
. "$root/tools/cluster.sh"

usage() {
    cat <<'END'
tests/support/cluster.sh start|stop|kill|remove FOLDER [SETTING=VALUE...]

  start   makes a cluster in FOLDER (once) and starts it; prints the folder of its socket and its
          port. The superuser is "postgres", without a password. No fsync: it is for tests only.
  stop    ends it in order; start goes on with the same data on the same socket
  kill    ends it as a power cut does (SIGKILL); start goes on after that too
  remove  ends it and removes FOLDER

FOLDER is made if it is not there. Started by root, the server runs as the user "postgres", which
must be able to enter the folder above FOLDER: put it directly into /tmp.
END
}

start() {
    mkdir -p "$folder"
    [ -z "$cluster_user" ] || chown "$cluster_user:" "$folder"
    as_owner test -x "$folder" || die "the user $cluster_user cannot enter $folder: put it directly into /tmp"
    [ "${#folder}" -le 80 ] || die "$folder: too long a path for a socket"
    if [ ! -e "$folder/data/PG_VERSION" ]; then
        made=$(cluster_make "$folder/data" 2>&1) || die "initdb failed: $made"
        as_owner mkdir -m 0700 "$folder/socket"
    fi
    cluster_is_live "$folder/data" ||
        cluster_start "$folder/data" "$folder/socket" "$folder/log" fsync=off synchronous_commit=off \
            full_page_writes=off max_connections=300 "$@"
    printf '%s 5432\n' "$folder/socket"
}

[ "${1:-}" != --help ] || { usage && exit 0; }
[ $# -ge 2 ] || { usage >&2 && exit 2; }
action=$1
folder=$(realpath -m "$2")
shift 2
if is_root; then
    cluster_user=postgres
fi
case $action in
    start) start "$@" ;;
    stop) cluster_stop "$folder/data" ;;
    kill) cluster_kill "$folder/data" ;;
    remove)
        cluster_stop "$folder/data"
        rm -rf "$folder"
        ;;
    *) usage >&2 && exit 2 ;;
esac
