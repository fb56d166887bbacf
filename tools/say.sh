# shellcheck shell=sh
# How run and test speak, and how they do a long step quietly. Sourced by them, never run.

say() { printf '%s\n' "$*" >&2; }

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

is_root() { [ "$(id -u)" -eq 0 ]; }

# Prints $1 so that a shell reads it back as one word.
shell_word() {
    case $1 in
        *[!A-Za-z0-9_./:=@%+,-]* | '') printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")" ;;
        *) printf '%s' "$1" ;;
    esac
}

# Does a process of this number run (and not only wait to be buried)?
is_alive() { grep -qs '^State:[[:space:]]*[A-WY]' "/proc/$1/status"; }

# The process of the step under way.
step_pid=

# quietly WHAT COMMAND...: says WHAT and runs the command; its output is shown only when it fails.
# The command runs beside the shell, which waits: so a trap fires at once, not when a long build is
# through. It gets a session of its own: step_end reaches all of it. Descriptor 9 is run's lock,
# which a step must not keep.
quietly() {
    quietly_what=$1
    shift
    [ -z "$quietly_what" ] || say "$quietly_what"
    quietly_log=$(mktemp)
    if [ "${verbose:-no}" = yes ]; then
        setsid "$@" >&2 </dev/null 9<&- &
    else
        setsid "$@" >"$quietly_log" 2>&1 </dev/null 9<&- &
    fi
    step_pid=$!
    quietly_status=0
    wait "$step_pid" || quietly_status=$?
    step_pid=
    if [ "$quietly_status" -ne 0 ]; then
        tail -n 60 "$quietly_log" >&2
    fi
    rm -f "$quietly_log"
    return "$quietly_status"
}

# Ends the step under way, if there is one, and waits for that.
step_end() {
    [ -n "$step_pid" ] || return 0
    kill -TERM -- "-$step_pid" 2>/dev/null || :
    wait "$step_pid" || :
}
