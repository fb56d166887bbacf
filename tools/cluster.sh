# shellcheck shell=sh
# A private PostgreSQL in a folder: made, started, stopped. Needs tools/say.sh.
# PostgreSQL refuses to run as root: there, every step goes through another user, $cluster_user.

# The user that owns the cluster; empty: whoever runs this.
cluster_user=

# Runs a command as the owner of the cluster, from / (that user may not enter where we are).
as_owner() {
    if [ -n "$cluster_user" ]; then
        (cd / && exec runuser -u "$cluster_user" -- "$@")
    else
        (cd / && exec "$@")
    fi
}

# Prints the versions of PostgreSQL installed here, oldest first.
cluster_versions() {
    for cluster_path in /usr/lib/postgresql/*/bin/postgres; do
        [ -x "$cluster_path" ] || continue
        cluster_path=${cluster_path#/usr/lib/postgresql/}
        printf '%s\n' "${cluster_path%%/*}"
    done | sort -n
}

# Prints the folder of the programs for the cluster in folder $1 (the newest ones where there is no
# cluster yet). Fails if that version is not installed.
cluster_bin() {
    if [ -e "$1/PG_VERSION" ]; then
        cluster_version=$(cat "$1/PG_VERSION")
    else
        cluster_version=$(cluster_versions | tail -n 1)
    fi
    [ -x "/usr/lib/postgresql/$cluster_version/bin/postgres" ] || return 1
    printf '/usr/lib/postgresql/%s/bin\n' "$cluster_version"
}

# Makes a cluster in folder $1, whole or not at all: initdb killed midway leaves only $1.new.
cluster_make() {
    cluster_programs=$(cluster_bin "$1") || die "PostgreSQL's programs are not in /usr/lib/postgresql"
    as_owner rm -rf "$1.new"
    as_owner "$cluster_programs/initdb" -U postgres -A trust --no-sync -E UTF8 --locale=C.UTF-8 \
        -D "$1.new" && as_owner mv "$1.new" "$1"
}

# Is a server running on folder $1? Its first process stands in that folder. A number alone proves
# nothing: after a crash another program may have it.
cluster_is_live() {
    cluster_pid=$(sed -n 1p "$1/postmaster.pid" 2>/dev/null) || return 1
    [ -n "$cluster_pid" ] && [ "$(readlink "/proc/$cluster_pid/cwd")" = "$(realpath "$1")" ]
}

# A stale postmaster.pid whose number some other program has now would stop the server. The rest of
# the file stays: by it PostgreSQL sees processes that the dead server left behind.
cluster_clear_stale() {
    cluster_is_live "$1" && return 0
    [ ! -s "$1/postmaster.pid" ] || as_owner sed -i '1s/.*/99999999/' "$1/postmaster.pid"
}

# cluster_start FOLDER SOCKETS LOG [SETTING=VALUE...]: no TCP, a socket in folder SOCKETS, a session
# of its own (pg_ctl sees to that), so that Ctrl-C does not reach it before those who use it are done.
cluster_start() {
    cluster_folder=$1
    cluster_log=$3
    cluster_options="-p 5432 -c listen_addresses= -c 'unix_socket_directories=$2'"
    cluster_options="$cluster_options -c unix_socket_permissions=0700"
    shift 3
    for cluster_setting in "$@"; do
        cluster_options="$cluster_options -c '$cluster_setting'"
    done
    cluster_programs=$(cluster_bin "$cluster_folder") || return 1
    cluster_clear_stale "$cluster_folder"
    cluster_tries=0
    until as_owner "$cluster_programs/pg_ctl" start -s -w -t 60 -D "$cluster_folder" \
        -l "$cluster_log" -o "$cluster_options" </dev/null >/dev/null 2>&1 9<&-; do
        # What a killed server left behind ends within moments, by itself.
        cluster_tries=$((cluster_tries + 1))
        if [ "$cluster_tries" -gt 20 ] ||
            ! tail -n 5 "$cluster_log" | grep -qE 'still in use|lock file .* already exists'; then
            tail -n 20 "$cluster_log" >&2
            return 1
        fi
        sleep 0.25
    done
}

# cluster_stop FOLDER: ends its server, if there is one, and waits for that.
cluster_stop() {
    cluster_is_live "$1" || return 0
    as_owner "$(cluster_bin "$1")/pg_ctl" stop -s -w -t 60 -m fast -D "$1" >/dev/null
}

# cluster_kill FOLDER: the server and its processes are gone at once, as after a power cut.
cluster_kill() {
    cluster_is_live "$1" || return 0
    # shellcheck disable=SC2046 # one word for each process
    kill -KILL "$cluster_pid" $(cat "/proc/$cluster_pid/task/$cluster_pid/children") 2>/dev/null || :
    while cluster_is_live "$1"; do
        sleep 0.02
    done
}
