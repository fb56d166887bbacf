# shellcheck shell=sh
# The parts of ./test: the build, the databases, and the ways to run a suite. Sourced by test.
# shellcheck disable=SC2154 # test sets: here logs quick suite suite_log verbose

# shellcheck disable=SC2034 # test reads built
built=no cluster='' lanes='' time_limit=2400 part_under=''

# Nothing of the caller's own servers and settings may reach a test.
clean_environment() {
    for variable in $(env | sed -n 's/^\(PG[A-Z]*\|PROGRESS_[A-Z_]*\|DATABASE_URL\)=.*/\1/p'); do
        unset "$variable"
    done
    export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$here/tests/support" LC_ALL=C.UTF-8
}

# build FOLDER OPTION...: with these options of CMake.
build() {
    folder=$1
    shift
    werror=OFF
    [ "${CI:-}" != true ] || werror=ON
    fresh=
    grep -qsx "CMAKE_HOME_DIRECTORY:INTERNAL=$here" "$folder/CMakeCache.txt" || fresh=--fresh
    # shellcheck disable=SC2086 # empty or one word
    quietly "building ${folder#"$here"/}" cmake $fresh -S "$here" -B "$folder" -DPROGRESS_TESTS=ON \
        -DPROGRESS_WERROR=$werror "$@" || return 1
    quietly '' cmake --build "$folder" -j "$(nproc)"
}

cluster_for_lane() {
    cluster=$(mktemp -d /tmp/cip-test.XXXXXX)
    where=$(tests/support/cluster.sh start "$cluster") || die "there is no database for the tests (above)"
    export PGHOST="${where% *}" PGPORT="${where#* }" PGUSER=postgres PGDATABASE=postgres
    export TEST_DATABASE_URL="postgresql://postgres@/postgres?host=$PGHOST&port=$PGPORT"
}

clean_up() {
    status=$?
    trap - EXIT
    trap '' INT TERM
    step_end
    for pid in $lanes; do
        kill -TERM "$pid" 2>/dev/null || :
    done
    for pid in $lanes; do
        wait "$pid" || :
    done
    [ -z "$cluster" ] || tests/support/cluster.sh remove "$cluster"
    exit "$status"
}

# record LINE: a result that no program printed.
record() {
    printf '%s\n' "$1" | tee -a "$suite_log"
}

# Prints the sum of the results in a log.
sum() {
    awk '/^ok .*# SKIP/ || /^skip / { skipped++; next }
         /^ok /                     { passed++ }
         /^not ok /                 { failed++ }
         END { printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped }' "$1"
}

# part NAME COMMAND...: runs it and keeps its lines; shows all but what passed. Ending badly without
# saying which test failed is a failure too; a program that names no tests is one test. It runs
# beside the shell, as in quietly, and gets time to clean up after itself when it is ended. What
# part_under holds is put before the command. A file of which quick leaves out all is no test.
part() {
    part_name=$1
    shift
    part_log=$logs/$suite.part
    part_began=$(date +%s)
    # shellcheck disable=SC2086 # nothing, or a command and its option
    setsid timeout --kill-after=60 "$time_limit" $part_under "$@" >"$part_log" 2>&1 </dev/null 3<&- &
    step_pid=$!
    part_status=0
    wait "$step_pid" || part_status=$?
    step_pid=
    if [ "$part_status" -ne 0 ] && ! grep -q '^not ok ' "$part_log"; then
        printf 'not ok - %s: ended with status %d\n' "$part_name" "$part_status" >>"$part_log"
    elif ! grep -Eq '^(ok|not ok|skip|# [0-9]+ long cases left out)( |$)' "$part_log"; then
        printf 'ok - %s\n' "$part_name" >>"$part_log"
    fi
    # A sum of a part's own would be taken for the last line.
    sed -i -E '/^[0-9]+ passed, [0-9]+ failed/d' "$part_log"
    cat "$part_log" >>"$suite_log"
    printf '%5d s  %-10s %s\n' $(($(date +%s) - part_began)) "$suite" "$part_name" >>"$logs/times"
    if [ "$verbose" = yes ]; then
        cat "$part_log"
    elif grep -Eq '^(not ok|unsteady) ' "$part_log"; then
        grep -v '^ok ' "$part_log"
    else
        grep -E '^(skip |ok .*# SKIP)' "$part_log" || :
    fi
}

# ---- The commands of the table ----

is_program() { [ -f "$1" ] && [ -x "$1" ]; }

# script FILE: one program, or one file of Python's unittest.
script() {
    case $1 in
        *.py) part "$1" python3 tests/support/unittest_lines.py "$1" ;;
        *) part "$1" "$1" ;;
    esac
}

# folder FOLDER: each test_*.py of it and each other program.
folder() {
    found=no
    for file in "$1"/*; do
        case ${file##*/} in
            test_*.py) ;;
            *.py) continue ;;
            *) is_program "$file" || continue ;;
        esac
        found=yes
        script "$file"
    done
    [ "$found" = yes ] || record "not ok - $1: there is no test"
}

# programs PREFIX: the programs of this name in the build, each a suite of check.
programs() {
    found=no
    for file in "$BUILD_DIR/tests/$1"*; do
        is_program "$file" || continue
        found=yes
        part "${file##*/}" "$file"
    done
    [ "$found" = yes ] || record "not ok - $1*: there is no such program in $BUILD_DIR/tests"
}

# Whole files for which ./test quick has no time; the instrumented suites run their short forms.
slow_services='test_authorisation.py test_cache.py test_cold_start.py test_commit_cuts.py test_descriptors.py
    test_freshness.py test_hidden_drafts.py test_overload.py test_redaction.py test_secrets.py test_webhook_delivery.py'

is_too_slow() {
    [ "$quick" = yes ] || return 1
    # shellcheck disable=SC2086 # a word each
    printf '%s\n' $slow_services | grep -qx "${1##*/}"
}

# ./run has a suite of its own.
services() {
    found=no
    for file in tests/e2e/test_*.py; do
        case $file in
            tests/e2e/test_run.py | 'tests/e2e/test_*.py') continue ;;
        esac
        found=yes
        is_too_slow "$file" || script "$file"
    done
    [ "$found" = yes ] || record "not ok - tests/e2e: there is no test"
}
