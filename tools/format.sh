#!/bin/sh
# Lays out every C file as .clang-format says; with --check only names those that it would change.
# usage: tools/format.sh [--check]
set -eu
cd -- "$(dirname -- "$0")/.."

files() { find src include tests tools -name '*.[ch]' | sort; }

check() {
    files | {
        status=0
        while IFS= read -r file; do
            clang-format "$file" | cmp -s - "$file" && continue
            echo "$file: not laid out; tools/format.sh does it"
            status=1
        done
        return "$status"
    }
}

case ${1-} in
    '') files | xargs -r clang-format -i ;;
    --check) check ;;
    *) echo 'usage: tools/format.sh [--check]' >&2 && exit 2 ;;
esac
