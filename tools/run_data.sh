# shellcheck shell=sh
# run's second part: the data folder, the build, the database and what is in it. Sourced by run.
# shellcheck disable=SC2154 # run sets: here build data demo port private may_build

# Settles where the data folder is and who owns it ($data, $cluster_user). Everything in it is
# written as that owner: root never writes into a folder that another user controls.
data_choose() {
    if [ "$private" = no ]; then return 0; fi
    if ! is_root; then
        [ ! -e "$data" ] || [ -O "$data" ] || die "the data folder $data belongs to $(stat -c %U "$data").
Start as that user (or with sudo), or choose another folder: PROGRESS_DATA=$HOME/progress-data ./run"
        return 0
    fi
    cluster_user=postgres
    if [ -e "$data/postgres" ] && [ "$(stat -c %U "$data/postgres")" != root ]; then
        cluster_user=$(stat -c %U "$data/postgres")
    fi
    data_reachable && return 0
    [ -z "${PROGRESS_DATA:-}" ] || die "the user $cluster_user, as which PostgreSQL runs, cannot enter $parent.
Choose a folder that it can reach: PROGRESS_DATA=/var/lib/progress-data ./run"
    data=/var/lib/cerritos-in-progress$demo
    say "the user $cluster_user, as which PostgreSQL runs, cannot enter $parent:"
    say "the data folder is $data"
}

# Can the owner get as far as the nearest folder above $data that exists ($parent)?
data_reachable() {
    parent=$(dirname "$data")
    while [ ! -d "$parent" ]; do
        parent=$(dirname "$parent")
    done
    as_owner test -x "$parent"
}

# Makes the data folder and takes its lock, or says who has it.
data_open() {
    if [ ! -d "$data" ]; then
        mkdir -p "$data" || die "the data folder $data cannot be made: choose another by PROGRESS_DATA"
    elif [ ! -e "$data/run.lock" ]; then
        [ -z "$(ls -A "$data")" ] || die "$data holds other things: give PROGRESS_DATA a folder of its own"
    fi
    chmod 0700 "$data" 2>/dev/null || :
    if [ -n "$cluster_user" ]; then
        chown "$cluster_user:" "$data"
        [ ! -e "$data/run.lock" ] || chown -h "$cluster_user:" "$data/run.lock"
    fi
    as_owner touch "$data/run.lock" || die "the data folder $data cannot be written: choose another by PROGRESS_DATA"
    exec 9<"$data/run.lock"
    if ! flock -n 9; then
        read -r other other_url <"$data/run.lock" || other=0 other_url=''
        ! is_alive "$other" || die "already running on $data: process $other, $other_url
Stop it (kill $other), or start another beside it:
  PROGRESS_PORT=$((port % 65535 + 1)) PROGRESS_DATA=$(shell_word "$data-2") ./run"
        say "the last run was killed; waiting for its service to end"
        flock -w 60 9 || die "the service of the last run, on $data, does not end"
    fi
    data_write run.lock "$$ http://127.0.0.1:$port/"
}

# data_write NAME TEXT: a file of the data folder, mode 0600. The lock is on the file itself, so
# it is written in place.
data_write() {
    # shellcheck disable=SC2016 # the inner shell's variables
    as_owner sh -c 'umask 077 && printf "%s\n" "$2" >"$1"' sh "$data/$1" "$2"
}

build_service() {
    program=$build/progressd
    if [ "$may_build" = no ]; then
        [ -x "$program" ] || die "--no-build, but there is no $program"
        return 0
    fi
    mkdir -p "$build" 2>/dev/null || :
    [ -w "$build" ] || die "the build folder $build cannot be written: choose another by BUILD_DIR"
    fresh=
    grep -qsx "CMAKE_HOME_DIRECTORY:INTERNAL=$here" "$build/CMakeCache.txt" || fresh=--fresh
    what="bringing the build up to date"
    [ -x "$program" ] || what="building (the first time takes a minute)"
    # shellcheck disable=SC2086 # empty or one word
    quietly "$what" cmake $fresh -S "$here" -B "$build" -DCMAKE_BUILD_TYPE=Release \
        -DPROGRESS_TESTS=OFF || die "the build failed (above)"
    quietly '' cmake --build "$build" -j "$(nproc)" || die "the build failed (above)"
}

# The private PostgreSQL: made the first time, started, its address in DATABASE_URL.
database_start() {
    # The caller's own PostgreSQL settings are about another server.
    unset PGHOST PGHOSTADDR PGPORT PGUSER PGDATABASE PGPASSWORD PGPASSFILE PGSERVICE PGOPTIONS \
        PGSSLMODE PGDATA PGAPPNAME
    database=$data/postgres
    if [ ! -e "$database/PG_VERSION" ]; then
        as_owner rm -f "$data/development.key"
        say "making the database"
        made=$(cluster_make "$database" 2>&1) || die "initdb failed: $made"
    fi
    cluster_bin "$database" >/dev/null || database_other_version
    database_end_left_over
    # A socket's path may have 107 bytes: the data folder's own may be too long.
    sockets=$(as_owner mktemp -d /tmp/cip.XXXXXX)
    cluster_start "$database" "$sockets" "$data/postgres.log" ||
        die "PostgreSQL does not start: $data/postgres.log"
    database_sql postgres "select 'create database progress' where not exists
        (select from pg_database where datname = 'progress') \\gexec"
    export PROGRESS_MIGRATE_URL="postgresql://postgres@/progress?host=$sockets&port=5432"
    export DATABASE_URL="postgresql://progress_service@/progress?host=$sockets&port=5432"
}

# The service logs in with no right of its own but to be progress_app: what it may not do in
# production it may not do here.
database_user() {
    database_sql progress "select 'create role progress_service login in role progress_app'
        where not exists (select from pg_roles where rolname = 'progress_service') \\gexec"
}

# database_sql DATABASE SQL: as superuser, in the private one.
database_sql() {
    printf '%s\n' "$2" |
        psql -h "$sockets" -p 5432 -U postgres -d "$1" -X -q -v ON_ERROR_STOP=1 >&2 ||
        die "the database cannot be set up (above)"
}

# A run that was killed leaves its server running and the folder of its socket.
database_end_left_over() {
    left_over=$(sed -n 5p "$database/postmaster.pid" 2>/dev/null || :)
    cluster_stop "$database" || die "the server that the last run left on $database does not end"
    case $left_over in
        /tmp/cip.*) as_owner rm -rf "$left_over" ;;
    esac
}

database_other_version() {
    old=$(cat "$database/PG_VERSION")
    new=$(cluster_versions | tail -n 1)
    as=
    [ -z "$cluster_user" ] || as="runuser -u $cluster_user -- "
    bin=/usr/lib/postgresql
    die "the database in $database was made by PostgreSQL $old; installed here: $(cluster_versions | tr '\n' ' ')
Nothing was changed. Either install PostgreSQL $old again (apt-get install postgresql-$old) and start
as before, or, with both installed, upgrade it (the old folder stays as it is):
  cd /tmp
  $as$bin/$new/bin/initdb -U postgres -A trust -E UTF8 --locale=C.UTF-8 -D $(shell_word "$database-$new")
  $as$bin/$new/bin/pg_upgrade -U postgres -b $bin/$old/bin -B $bin/$new/bin -d $(shell_word "$database") -D $(shell_word "$database-$new")
  mv $(shell_word "$database") $(shell_word "$database-$old") && mv $(shell_word "$database-$new") $(shell_word "$database")
Or begin with an empty one beside it: PROGRESS_DATA=$(shell_word "$data-$new") ./run"
}

# Does a table of ours hold anything?
database_holds() {
    [ "$(psql -X -qAt -d "${PROGRESS_MIGRATE_URL:-$DATABASE_URL}" \
        -c "select exists (select from progress.$1)")" = t ]
}

# Schema and first contents. A plan that is there already is left alone: it may have been edited
# since, and the seed would put the old words back.
database_fill() {
    publish=--publish
    [ "$private" = yes ] || publish=
    quietly '' "$program" migrate || die "the database cannot be brought up to date (above)"
    if [ "$private" = yes ]; then database_user; fi
    if [ -n "$demo" ]; then
        database_holds plan || import demo.json --publish
        translate demo
        return 0
    fi
    database_holds plan || import plan.json
    database_holds published_update || database_holds draft_update || import public-record.json $publish
    translate
}

# Each time: a later version brings better ones. What a person has edited or reviewed stays.
translate() {
    for language in ko zh-Hans zh-Hant tl es "$@"; do
        quietly '' "$program" import "$here/seeds/translations/$language.csv" --shipped ||
            die "seeds/translations/$language.csv cannot be imported (above)"
    done
}

import() {
    import_file=$1
    shift
    quietly "importing seeds/$import_file" "$program" import "$here/seeds/$import_file" "$@" ||
        die "seeds/$import_file cannot be imported (above)"
}

# A key to write with, once, for the private database only.
key_make() {
    key_file=$data/development.key
    key=$(cat "$key_file" 2>/dev/null || :)
    [ -z "$key" ] || return 0
    said=$(mktemp)
    key=$("$program" key create --name development --scope report,publish,edit --source development \
        --holder "whoever started ./run" 2>"$said" 9<&-) || { cat "$said" >&2 && die "no development key was made (above)"; }
    rm -f "$said"
    data_write development.key "$key"
}
