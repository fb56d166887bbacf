# shellcheck shell=sh
# run's third part: the service, the banner, and the end of both. Sourced by run.
# shellcheck disable=SC2154 # run and run_data.sh set the rest

service='' watcher='' stopping=no sockets=''

# A signal while the service runs asks it to drain; before that there is nothing to keep.
on_signal() {
    stopping=yes
    [ -n "$service" ] || exit "$1"
    kill -TERM "$service" 2>/dev/null || :
}

# Whatever happened: first the service, then the database.
clean_up() {
    status=$?
    trap - EXIT
    trap '' INT TERM HUP
    step_end
    if [ -n "$watcher" ]; then
        kill "$watcher" 2>/dev/null || :
        wait "$watcher" 2>/dev/null || :
    fi
    if [ -n "$service" ]; then
        kill -TERM "$service" 2>/dev/null || :
        wait "$service" || :
    fi
    if [ -n "$sockets" ]; then
        cluster_stop "$database" || status=1
        as_owner rm -rf "$sockets"
    fi
    exit "$status"
}

# Where the owner of the data cannot reach the build folder, it runs a copy.
service_program() {
    as_owner test -x "$program" && return 0
    # shellcheck disable=SC2016 # the inner shell's variables
    as_owner sh -c 'cat >"$1.new" && chmod 0700 "$1.new" && mv "$1.new" "$1"' sh "$data/progressd" <"$program"
    program=$data/progressd
}

# In a session of its own: Ctrl-C reaches only this script, which then asks the service to drain.
# If this script is killed, the service is asked the same by the kernel (pdeathsig). It keeps the
# lock (descriptor 9) as long as it lives.
service_start() {
    log=$data/service.log
    service_program
    # shellcheck disable=SC2016 # the inner shell's variables
    as_owner sh -c '[ ! -e "$1" ] || mv "$1" "$1.1"; umask 077; : >"$1"' sh "$log"
    set -- setpriv --pdeathsig TERM
    [ -z "$cluster_user" ] || set -- "$@" --reuid "$cluster_user" --regid "$(id -g "$cluster_user")" \
        --init-groups env HOME="$data"
    # shellcheck disable=SC2016 # the inner shell's variables
    PROGRESS_PORT=$port PROGRESS_DATA=$data setsid "$@" env -u PROGRESS_MIGRATE_URL \
        sh -c 'cd / && exec "$1" serve >>"$2" 2>&1 </dev/null' sh "$program" "$log" &
    service=$!
    if [ "$verbose" = yes ]; then
        tail -n +1 -f --pid="$service" "$log" >&2 9<&- &
    fi
    until ready=$(grep -m 1 '"event": *"ready"' "$log"); do
        kill -0 "$service" 2>/dev/null || service_wait
        sleep 0.02
    done
    port=$(printf '%s' "$ready" | sed -n 's/.*"port": *\([0-9][0-9]*\).*/\1/p')
    url=http://127.0.0.1:$port
    data_write run.lock "$$ $url/"
}

# Should the private PostgreSQL die, it is started again; the service finds it by itself. Ends with
# this script, however that ends.
database_watch() {
    while sleep 1 && is_alive "$$"; do
        cluster_is_live "$database" && continue
        say "PostgreSQL has ended by itself ($data/postgres.log); starting it again"
        if cluster_start "$database" "$sockets" "$data/postgres.log"; then
            say "PostgreSQL is back; nothing that was acknowledged is lost"
        else
            say "PostgreSQL does not start; the reason is above. Ctrl-C, mend it, then ./run"
            return
        fi
    done
}

# Waits for the end of the service, through any number of signals, and ends as it ended.
service_wait() {
    while :; do
        ended=0
        wait "$service" || ended=$?
        kill -0 "$service" 2>/dev/null || break
    done
    service=
    if [ "$stopping" = yes ] && [ "$ended" -eq 0 ]; then
        say "ended; what was stored is in $data"
        exit 0
    fi
    tail -n 20 "$log" >&2
    die "the service ended by itself or badly (status $ended): $log"
}

banner() {
    took=$(($(date +%s%N) / 1000000 - started / 1000000))
    printf '\nCerritos in Progress%s is ready, %d.%d s after you asked.\n\n' \
        "$([ -z "$demo" ] || printf ' (demo)')" $((took / 1000)) $((took % 1000 / 100))
    printf '  the plan  %s/   %s/goals   %s/embed\n' "$url" "$url" "$url"
    printf '  for staff %s/staff, with a key that may report\n' "$url"
    printf '  the API   %s/docs   %s/openapi.yaml\n' "$url" "$url"
    if [ "$private" = yes ]; then
        printf '  database  PostgreSQL %s in %s, no TCP; to enter it:\n' "$(cat "$database/PG_VERSION")" "$database"
        printf '            psql -h %s -p 5432 -U postgres progress\n' "$sockets"
        printf '  key       %s\n            for development, from %s\n' "$key" "$key_file"
    else
        printf '  database  yours (DATABASE_URL). A key to write with:\n'
        printf '            %s key create --name NAME --scope report --source NAME --holder "WHO"\n' "$(shell_word "$program")"
        key_file=KEY_FILE
    fi
    printf '  log       %s (--verbose: here)\n\nTry:\n' "$log"
    banner_lines
    printf '\nCtrl-C ends it all; the data stays.\n'
}

# Lines to paste. The date is today's where the plan is: tomorrow's would be refused.
banner_lines() {
    today=$(TZ=PST8PDT,M3.2.0,M11.1.0 date +%Y-%m-%d)
    key_word=$(shell_word "$key_file")
    cat <<END
  curl $url/goals/7

  curl $url/updates -H "Authorization: Bearer \$(cat $key_word)" \\
    -H 'Content-Type: application/json' -H 'Idempotency-Key: "hello-$(date +%Y%m%d-%H%M%S)"' \\
    -d '{"objective":"7.1","as_of":"$today","kind":"progress","status":"on_track","percent_complete":40,"summary":"A first update"}'

  curl $url/objectives/7.1
END
}
