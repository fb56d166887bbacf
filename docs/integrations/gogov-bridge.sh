#!/bin/sh
# What a GoGov export says of each week, put where the public reads it; gogov-bridge.sh --help.
set -eu

usage() {
    cat <<'END'
gogov-bridge.sh [--dry-run] [--until DAY] --map FILE EXPORT.csv

Reads an export of GoGov's cases (columns caseId, displayId, classification, status, dateEntered,
dateLastUpdated, dateExpectClose, dateClosed; others are not looked at) and reports, for each
classification in the map and each whole week, how many cases were closed in it, how many were open
and overdue at its end, and the median of days to close. What was reported before is not reported
twice: run it as often as you like, with the same export or a newer one.

  --map FILE    a line for each classification to report: the objective's code, then the
                classification as the export has it. Empty lines and those with # are left out.
                    7.1 Graffiti removal
  --until DAY   weeks that end after this day are not reported (YYYY-MM-DD; default: today)
  --dry-run     print what would be sent, a line a week, and send nothing; needs no key
  --help        this text

Environment:
  PROGRESS_URL       where the service is (http://127.0.0.1:8080)
  PROGRESS_KEY_FILE  a file with the key, which nobody else should be able to read; or
  PROGRESS_KEY       the key itself. It is never on a command line.
  GOGOV_SOURCE       the source that the key speaks for (gogov)
  GOGOV_TRIES        how often a request is tried when there is no answer, a 429 or a 503 (8)

Ends with 0 when all is there, 1 when something was refused or could not be sent, 2 when it was
called wrongly. Needs curl and jq.
END
}

say() { printf 'gogov-bridge: %s\n' "$*" >&2; }
die() { say "$*" && exit 1; }
misused() { say "$*; gogov-bridge.sh --help tells more" && exit 2; }

# ---- what is asked ----

dry_run=no until=$(date +%F) map='' export=''
while [ $# -gt 0 ]; do
    case $1 in
        -h | --help) usage && exit 0 ;;
        --dry-run) dry_run=yes ;;
        --map | --until)
            [ $# -ge 2 ] || misused "$1 needs a value"
            if [ "$1" = --map ]; then map=$2; else until=$2; fi
            shift ;;
        -*) misused "no option $1" ;;
        *) [ -z "$export" ] || misused "one export at a time"; export=$1 ;;
    esac
    shift
done
[ -n "$map" ] || misused "--map is missing"
[ -n "$export" ] || misused "the export is missing"
case $until in
    [0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]) ;;
    *) misused "--until is no day: $until" ;;
esac
for file in "$map" "$export"; do
    [ -r "$file" ] || die "cannot read $file"
done
for program in curl jq; do
    command -v "$program" >/dev/null || die "$program is not installed"
done
url=${PROGRESS_URL:-http://127.0.0.1:8080} source=${GOGOV_SOURCE:-gogov} tries=${GOGOV_TRIES:-8}
key=${PROGRESS_KEY:-}
if [ -n "${PROGRESS_KEY_FILE:-}" ]; then
    key=$(cat "$PROGRESS_KEY_FILE") || die "cannot read the key"
fi
[ "$dry_run" = yes ] || [ -n "$key" ] || die "no key: set PROGRESS_KEY_FILE or PROGRESS_KEY"
case $key in *[!A-Za-z0-9_-]*) die "what is given as the key is none" ;; esac

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM

# ---- from the export to a report a line: the external id, a tab, the body ----

# shellcheck disable=SC2016 # jq's own variables
program='
# RFC 4180: text to rows. Cut at the quotes, every second piece is within them; an empty piece between
# two of those was a quote itself.
def rows:
  ltrimstr("\ufeff") | split("\r\n") | join("\n") | split("\"") as $pieces
  | ($pieces | length) as $n
  | if $n > 0 and $n % 2 == 0 then error("a quote is not closed") else . end
  | foreach range($n + 1) as $i ({cell: "", row: [], out: []};
      .out = []
      | if $i == $n then
          (if .row == [] and .cell == "" then . else .out = [.row + [.cell]] end)
        elif $i % 2 == 1 then .cell += $pieces[$i]
        elif $pieces[$i] == "" and $i > 0 and $i < $n - 1 then .cell += "\""
        else
          reduce ($pieces[$i] | split("\n") | to_entries[]) as $line (.;
            (if $line.key > 0 then .out += [.row + [.cell]] | .row = [] | .cell = "" else . end)
            | reduce ($line.value | split(",") | to_entries[]) as $c (.;
                (if $c.key > 0 then .row += [.cell] | .cell = "" else . end) | .cell += $c.value))
        end;
      .out[])
  | select(. != [""]);

# Days since 1970-01-01 of 2026-01-31, 2026-01-31T08:00:00 or 1/31/2026 8:00 AM; null of nothing.
def civil($y; $m; $d):
  (if $m <= 2 then $y - 1 else $y end) as $y
  | ($y / 400 | floor) as $era
  | ($y - $era * 400) as $yoe
  | (((153 * (if $m > 2 then $m - 3 else $m + 9 end) + 2) / 5 | floor) + $d - 1) as $doy
  | $era * 146097 + $yoe * 365 + ($yoe / 4 | floor) - ($yoe / 100 | floor) + $doy - 719468;
def day_of:
  if . == null or test("^\\s*$") then null
  else
    (capture("^\\s*(?<y>\\d{4})-(?<m>\\d\\d)-(?<d>\\d\\d)([T ]|\\s*$)")
     // capture("^\\s*(?<m>\\d{1,2})/(?<d>\\d{1,2})/(?<y>\\d{4})(\\s|$)")
     // error("no date: \(.)"))
    | map_values(tonumber)
    | if .m < 1 or .m > 12 or .d < 1 or .d > 31 then error("no date: \(.y)-\(.m)-\(.d)") else civil(.y; .m; .d) end
  end;
def date_of: . * 86400 | strftime("%Y-%m-%d");
# Monday is the first day of its week; 1970-01-01 was a Thursday.
def monday: . - ((. + 3) % 7 + 7) % 7;
# The week of its Thursday (ISO 8601).
def week_name: (. + 3) * 86400 | strftime("%G-w%V");

# For order alone, so that the zone does not matter: the newest change that the export knows of.
def moment:
  (day_of | date_of) + "T" +
  ((capture("(?<h>\\d{1,2}):(?<m>\\d\\d)(:(?<s>\\d\\d))?[0-9.]*\\s*(?<half>[AaPp][Mm])?") // {h: "0", m: "00", s: null, half: null})
   | ((.h | tonumber) % (if .half then 12 else 24 end) + (if .half and (.half | test("[Pp]")) then 12 else 0 end) | tostring
      | if length < 2 then "0" + . else . end) + ":" + .m + ":" + (.s // "00")) + "Z";

def median: sort | if length == 0 then null elif length % 2 == 1 then .[length / 2 | floor]
                   else (.[length / 2 - 1] + .[length / 2]) / 2 end;
def slug: ascii_downcase | [scan("[a-z0-9]+")] | join("-");
def plural($n; $one; $many): "\($n) \(if $n == 1 then $one else $many end)";

def map_of:
  [ split("\n")[] | rtrimstr("\r") | select(test("^\\s*(#|$)") | not)
    | (capture("^\\s*(?<objective>[1-9]\\d*\\.[1-9]\\d*)\\s+(?<classification>.*\\S)\\s*$") // error("no line of a map: \(.)")) ];

def table:
  [rows] as $table
  | ($table[0] // error("it is empty")) as $head
  | [("caseId", "classification", "dateEntered", "dateLastUpdated", "dateExpectClose", "dateClosed")
     | . as $name | {key: $name, value: ($head | index($name) // error("it has no column \($name)"))}] | from_entries
  | . as $at
  | [range(1; $table | length) as $i | $table[$i]
     | if length != ($head | length) then error("case \($i) has \(length) cells, not \($head | length)") else . end
     | { id: .[$at.caseId], classification: .[$at.classification], entered: (.[$at.dateEntered] | day_of),
         due: (.[$at.dateExpectClose] | day_of), closed: (.[$at.dateClosed] | day_of), changed: .[$at.dateLastUpdated] }
     | if .entered == null then error("case \(.id) has no dateEntered") else . end]
  # A case that stands there twice is the one that changed last.
  | [group_by(.id)[] | max_by(.changed | if test("\\d") then moment else "" end)];

($map | map_of) as $map
| ($until | day_of) as $until
| (. | table) as $cases
| ([$cases[].changed | select(test("\\d")) | moment] | max) as $moment
| $map[] as $m
| [$cases[] | select(.classification == $m.classification)] as $mine
| if $mine == [] then ("\($m.classification): the export has no such case" | stderr | empty) else . end
| ([$mine[].entered] | min | monday) as $first
| range($first; $until - 5; 7) as $from
| ($from + 6) as $to
| [$mine[] | select(.closed != null and .closed >= $from and .closed <= $to)] as $closed
| [$mine[] | select(.entered <= $to and (.closed == null or .closed > $to))] as $open
| ([$open[] | select(.due != null and .due < $to)] | length) as $overdue
| { objective: $m.objective, as_of: ($to | date_of), kind: "service_status",
    summary: "\($m.classification), week to \($to | date_of): \(plural($closed | length; "request"; "requests")) closed, \($open | length) open, \($overdue) overdue.",
    source_updated_at: $moment,
    service: { name: $m.classification, open: ($open | length), closed: ($closed | length), overdue: $overdue,
               median_days_to_close: ([$closed[] | .closed - .entered] | median),
               period: { from: ($from | date_of), to: ($to | date_of) } } }
| "\($m.classification | slug)-\($from | week_name)\t\(tojson)"
'
jq -rR -s --rawfile map "$map" --arg until "$until" "$program" "$export" >"$folder/reports" 2>"$folder/faults" || {
    sed 's/^jq: error ([^)]*): /gogov-bridge: '"$(basename -- "$export" | sed 's/[&/\]/\\&/g')"': /' "$folder/faults" >&2
    exit 1
}
[ ! -s "$folder/faults" ] || sed 's/^/gogov-bridge: /' "$folder/faults" >&2
if [ "$(cut -f 1 "$folder/reports" | sort | uniq -d | wc -l)" -gt 0 ]; then
    die "two classifications of the map have the same letters: their reports could not be told apart"
fi
if [ "$dry_run" = yes ]; then
    cat "$folder/reports"
    exit 0
fi

# ---- to the service ----

# Sends one; 0 when it is there. The key goes in by a pipe, the body by a file.
put() {
    code=$(printf 'header = "Authorization: Bearer %s"\n' "$key" |
        curl --silent --config - --max-time 30 --request PUT --header 'Content-Type: application/json' \
            --data-binary "@$folder/body" --dump-header "$folder/head" --output "$folder/answer" \
            --write-out '%{http_code}' "$url/updates/$source/$1") || code=000
    case $code in
        200 | 201) return 0 ;;
        000 | 429 | 503) return 75 ;;
        *)
            say "$1: $code $(jq -r '.detail // "" | tostring' "$folder/answer" 2>/dev/null || :)"
            return 1 ;;
    esac
}

# As long as the service asks for, else longer each time.
pause() {
    seconds=$(sed -n 's/^[Rr]etry-[Aa]fter: *\([0-9]\{1,4\}\).*/\1/p' "$folder/head" 2>/dev/null | head -n 1)
    [ "$code" != 000 ] && [ -n "$seconds" ] || seconds=$1
    sleep "$seconds"
}

send() {
    try=1
    while :; do
        result=0
        put "$1" || result=$?
        [ "$result" -eq 75 ] || return "$result"
        [ "$try" -lt "$tries" ] || die "$1: no answer after $tries tries (last: $code); run it again later"
        pause "$try"
        try=$((try + 1))
    done
}

created=0 known=0 refused=0
tab=$(printf '\t')
while IFS=$tab read -r name body; do
    printf '%s' "$body" >"$folder/body"
    if ! send "$name"; then
        refused=$((refused + 1))
    elif [ "$code" = 201 ]; then
        created=$((created + 1))
    else
        known=$((known + 1))
    fi
done <"$folder/reports"
say "$created new, $known known before, $refused refused"
[ "$refused" -eq 0 ]
