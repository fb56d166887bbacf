#!/bin/sh
# Every reader of the code that is not a test: one "ok" or "not ok" line each, with its findings.
# What is not installed is skipped, and says so.
# usage: tools/lint.sh [--build FOLDER] [NAME...]
# names: format floors shell migrations cppcheck analyzer tidy
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
build=$root/build-lint
case ${1-} in
    --build) build=$2 && shift 2 ;;
    -*) sed -n '/^set/q; s/^# //p' "$0" >&2 && exit 2 ;;
esac
cd "$root"
said=$(mktemp)
trap 'rm -f "$said"' EXIT
failed=0

sources() { find src tools -name '*.c' | sort; }

scripts() {
    find . \( -name .git -o -name 'build*' -o -name '.data*' \) -prune -o -type f -print | sort |
        while IFS= read -r file; do
            IFS= read -r first <"$file" || continue
            case $first in
                '#!/bin/sh' | '#!/usr/bin/env bash' | '# shellcheck shell='*) echo "$file" ;;
            esac
        done 2>/dev/null
}

lint_format() { tools/format.sh --check; }

lint_floors() { tests/floors.sh "$root"; }

# 2317 takes a function that is called by its name in a variable for dead.
lint_shell() { scripts | xargs -P 2 -n 4 shellcheck -x -e SC2317; }

lint_migrations() {
    tools/lint_migrations.py --self-test && tools/lint_migrations.py
}

lint_cppcheck() {
    cppcheck --quiet --std=c11 --language=c -j 2 --error-exitcode=1 --inline-suppr \
        --enable=warning,performance,portability --suppress=missingIncludeSystem \
        --suppress=normalCheckLevelMaxBranches --suppress='*:/usr/include/*' \
        --template='{file}:{line}: {id}: {message}' \
        -D_GNU_SOURCE -I include -I "$build/embedded" src tools
}

# Each file alone. The host tools free nothing, on purpose.
lint_analyzer() {
    # shellcheck disable=SC2046 # several words
    sources | grep '^src/' | xargs -P 2 -n 1 gcc -std=c17 -O1 -fanalyzer -D_GNU_SOURCE \
        -DPROGRESS_VERSION='""' -fdiagnostics-path-format=none -I include -I "$build/embedded" \
        $(pkg-config --cflags libpq jansson libcrypto zlib libxml-2.0) -S -o /dev/null
}

lint_tidy() { sources | xargs -P 2 -n 3 clang-tidy -p "$build" --quiet; }

# What the readers of C need: the flags of every file, and the headers that the build makes.
prepare() {
    cmake -S "$root" -B "$build" -DCMAKE_C_COMPILER=clang -DPROGRESS_TESTS=OFF &&
        cmake --build "$build" -j 2 --target queries migrations functions contract web catalogues \
            docs_files staff_files
}

# run NAME TOOL: a reader that finds nothing says nothing and ends with 0.
run() {
    case " $names " in
        *" $1 "*) ;;
        *) return 0 ;;
    esac
    if ! command -v "$2" >/dev/null; then
        printf 'ok - lint: %s # SKIP %s is not installed\n' "$1" "$2"
        return 0
    fi
    if "lint_$1" >"$said" 2>&1 && ! grep -qE '(warning|error|not ok)( -|:)' "$said"; then
        printf 'ok - lint: %s\n' "$1"
    else
        printf 'not ok - lint: %s\n' "$1"
        grep -vE '^ok|^[0-9]+ (warnings?|errors?) |^Suppressed |^Use -header-filter|^$' "$said" |
            sed 's/^/# /'
        failed=1
    fi
}

names=${*:-format floors shell migrations cppcheck analyzer tidy}
case " $names " in
    *" cppcheck "* | *" analyzer "* | *" tidy "*)
        if ! prepare >"$said" 2>&1; then
            echo 'not ok - lint: the build cannot be prepared'
            tail -n 20 "$said" | sed 's/^/# /'
            exit 1
        fi ;;
esac
run format clang-format
run floors awk
run shell shellcheck
run migrations python3
run cppcheck cppcheck
run analyzer gcc
run tidy clang-tidy
exit "$failed"
