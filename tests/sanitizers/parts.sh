# shellcheck shell=sh
# The suites of ./test that run tests again in a build with instruments. Sourced by test.
# shellcheck disable=SC2154 # test and tests/support/parts.sh set: here part_log quick suite_log verbose

# instrumented NAME COMMAND OPTION...: COMMAND on a build of its own with these options of CMake.
# tests/e2e knows such a build by TEST_INSTRUMENTED: it then ends each service in order, never by SIGKILL,
# since leaks and counts are told at the end, and repeats less.
instrumented() {
    plain=$BUILD_DIR instruments=$1 body=$2
    shift 2
    case $plain in
        "$here/build-test") BUILD_DIR=$here/build-$instruments ;;
        *) BUILD_DIR=$plain-$instruments ;;
    esac
    if build "$BUILD_DIR" "$@"; then
        export TEST_INSTRUMENTED=1
        "$body"
        unset TEST_INSTRUMENTED
        [ "$quick" = yes ] || unset TEST_QUICK
    else
        record "not ok - $instruments: the build failed"
    fi
    BUILD_DIR=$plain
}

# ---- asan: memory and undefined behaviour ----

sanitized() { instrumented asan with_asan -DPROGRESS_SANITIZE=address,undefined; }

with_asan() {
    export ASAN_OPTIONS=detect_leaks=1:abort_on_error=1 UBSAN_OPTIONS=print_stacktrace=1
    programs test_
    programs api_
    export TEST_QUICK=1
    services
    unset ASAN_OPTIONS UBSAN_OPTIONS
}

# ---- tsan: races ----

# Of the programs on a database those with threads of their own: the rest is one thread's.
raced_programs='api_pool api_lost api_migrate api_limit api_freshness'
raced_services='tests/e2e/test_idempotency_races.py tests/e2e/test_drain.py'

raced() { instrumented tsan with_tsan -DPROGRESS_SANITIZE=thread; }

# Nothing is suppressed. CivetWeb, libpq, jansson and libxml2 have no instruments, but all that they lock and
# start goes through pthread, which ThreadSanitizer sees.
with_tsan() {
    tsan_runs || return 0
    reports=$BUILD_DIR/races
    rm -rf "$reports"
    mkdir -p "$reports"
    export TSAN_OPTIONS="log_path=$reports/of second_deadlock_stack=1"
    programs test_
    for program in $raced_programs; do
        part "$program" "$BUILD_DIR/tests/$program"
    done
    for file in $raced_services; do
        script "$file"
    done
    unset TSAN_OPTIONS
    part_under=
    tell_races
}

# Where a kernel spreads addresses too widely for it, it runs without that.
tsan_runs() {
    for part_under in '' 'setarch -R'; do
        if why=$($part_under "$BUILD_DIR/progressd" version 2>&1); then
            return 0
        fi
    done
    part_under=
    record "skip - tsan: ThreadSanitizer does not run on this kernel: $(printf '%s' "$why" | head -n 1)"
    return 1
}

# A report counts whoever lived through it: a line for each different one, with its stacks in the log.
tell_races() {
    for report in "$reports"/*; do
        [ -f "$report" ] || continue
        told=$(sed -n 's/^SUMMARY: //p' "$report" | head -n 1)
        ! grep -qsxF "not ok - tsan: $told" "$suite_log" || continue
        record "not ok - tsan: $told"
        sed 's/^/#   /' "$report" | head -n 80 | tee -a "$suite_log"
    done
    [ -n "$(ls "$reports")" ] || record 'ok - tsan: no thread got in the way of another'
}

# ---- coverage: what the tests reach ----

# Those of tests/e2e that reach what unit and api do not, the first of them with their long cases; the
# others send more of the same.
covered_whole='cli*'
covered_quick='api* audit cache changes cold_start descriptors drain faces fields imports kept languages open311 outage page plans
    queue redaction remind reports security_txt staff standards startup stream translations webhook*'

# With gcc, since gcov must be of the compiler's own version.
covered() {
    instrumented coverage with_counts -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=Debug -DPROGRESS_COVERAGE=ON
}

with_counts() {
    find "$BUILD_DIR" -name '*.gcda' -delete
    export TEST_QUICK=1
    programs test_
    programs api_
    services_named "$covered_quick"
    unset TEST_QUICK
    services_named "$covered_whole"
    part coverage python3 tests/sanitizers/coverage.py "$BUILD_DIR"
    # The table is for everybody; part shows it already when it shows all, or a fault.
    [ "$verbose" = yes ] || grep -q '^not ok ' "$part_log" || grep '^#' "$part_log"
}

# services_named WORDS: the files of tests/e2e that these match.
services_named() {
    for word in $1; do
        for file in tests/e2e/test_$word.py; do
            script "$file"
        done
    done
}
