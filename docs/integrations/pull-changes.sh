#!/bin/sh
# Pulls what has changed into numbered CSV files; pull-changes.sh --help.
set -eu

usage() {
    cat <<'END'
pull-changes.sh [--plan SLUG] [--limit N] [--wait SECONDS] URL FOLDER

Asks the service at URL for all that has changed since the last run and leaves it in FOLDER:

  000000001-begin.csv     the first files hold everything as it is now; whatever you have from
  000000002-snapshot.csv  elsewhere and is not in them is gone
  000000003.csv           then each file holds changes, in order
  objectives.csv          how the objectives stand now, where anything has changed
  cursor                  up to where it has come: keep it with the files

Take the files in the order of their numbers, each once; "entity" and "id" name the thing that a
line replaces. Files may be moved away when they have been taken, the cursor may not. Where the
service cannot tell what was missed (a year away, a restored backup), a file "-begin" comes again.

It may be stopped anywhere, by kill -9 or a power cut too, and run again: a file is complete once
it is there, and the cursor moves after it. What was written and not yet counted is written again
under the same number.

  --plan SLUG     another plan than the active one
  --limit N       lines in a file at the most (500)
  --wait SECONDS  how long to go on asking while the service is busy or away (600); it waits as
                  Retry-After says

Exit code: 0 done; 1 it could not be had, the reason is on standard error; 2 usage; 75 another run
is under way. Needs curl, jq and flock.
END
}

die() {
    code=$1
    shift
    echo "pull-changes.sh: $*" >&2
    exit "$code"
}

read_arguments() {
    plan='' limit=500 wait=600
    while [ $# -gt 0 ]; do
        case $1 in
            -h | --help) usage && exit 0 ;;
            --plan) plan=${2:?"--plan needs a slug"} && shift 2 ;;
            --limit) limit=${2:?"--limit needs a number"} && shift 2 ;;
            --wait) wait=${2:?"--wait needs seconds"} && shift 2 ;;
            -*) die 2 "there is no option $1; --help names them" ;;
            *) break ;;
        esac
    done
    [ $# -eq 2 ] || die 2 "URL and FOLDER are needed; see --help"
    url=${1%/} folder=$2
}

# get PATH FILE: what does not come whole is an error; busy and away is waited for. What curl says is shown
# only if nothing helped.
get() {
    if ! curl -sS --fail-with-body --compressed --retry 1000 --retry-connrefused --retry-max-time "$wait" --max-time 60 \
        -D "$folder/new.head" -o "$2" "$url$1" 2>"$folder/new.errors"; then
        die 1 "$url$1: $(jq -r '.detail // .title' "$2" 2>/dev/null || tail -n 1 "$folder/new.errors")"
    fi
}

# keep NEW FILE: on the disk first, then under its name.
keep() {
    sync "$1"
    mv "$1" "$2"
    sync "$folder"
}

# The page in new.json as a table: some columns to look at, and the whole document.
as_csv() {
    jq -r '["change_id", "entity", "id", "op", "plan", "objective", "goal", "at", "tombstone", "status",
            "percent_complete", "title", "document"],
           (.data[] | [.change_id, .entity, .id, .op, .plan, .objective, .goal, .at, .tombstone, .document.status?,
                       .document.percent_complete?, (.document | .summary? // .statement? // .name? // .title?),
                       (.document | tojson)]) | @csv' "$folder/new.json"
}

# One page, its file, then the cursor: "how many files, the cursor".
pull_page() {
    number=0 cursor=''
    [ ! -e "$folder/cursor" ] || read -r number cursor <"$folder/cursor"
    get "/changes?limit=$limit${plan:+&plan=$plan}${cursor:+&after=$cursor}" "$folder/new.json"
    next=$(jq -er '.page.next_cursor' "$folder/new.json") || die 1 "$url/changes: this is no page of changes"
    if [ "$(jq '.data | length' "$folder/new.json")" -gt 0 ]; then
        number=$((number + 1)) moved=yes
        kind=$(jq -r --arg cursor "$cursor" \
            'if .reset or $cursor == "" then "-begin" elif .snapshot then "-snapshot" else "" end' "$folder/new.json")
        name=$folder/$(printf '%09d' "$number")
        as_csv >"$folder/new.csv"
        rm -f "$name.csv" "$name-begin.csv" "$name-snapshot.csv"
        keep "$folder/new.csv" "$name$kind.csv"
    fi
    if [ "$next" != "$cursor" ]; then
        echo "$number $next" >"$folder/new.cursor"
        keep "$folder/new.cursor" "$folder/cursor"
    fi
}

# What is computed (percent, status, overdue) moves without a change of its own.
pull_objectives() {
    get "/objectives.csv?dialect=rfc4180${plan:+&plan=$plan}" "$folder/new.csv"
    told=$(tr -d '\r' <"$folder/new.head" | sed -n 's/^[Cc][Ss][Vv]-[Ss][Hh][Aa]256: *//p' | tail -n 1)
    [ "$(sha256sum <"$folder/new.csv" | cut -d' ' -f1)" = "$told" ] || die 1 "objectives.csv did not come whole"
    keep "$folder/new.csv" "$folder/objectives.csv"
}

main() {
    read_arguments "$@"
    for tool in curl jq flock; do
        command -v "$tool" >/dev/null || die 1 "$tool is needed"
    done
    mkdir -p "$folder"
    exec 9>"$folder/lock"
    flock -n 9 || die 75 "another run is under way in $folder"
    moved=no
    pull_page
    while [ "$(jq '.page.has_more' "$folder/new.json")" = true ]; do
        pull_page
    done
    if [ "$moved" = yes ] || [ ! -e "$folder/objectives.csv" ]; then
        pull_objectives
    fi
    rm -f "$folder"/new.*
}

main "$@"
