#!/bin/sh
# Who may include whom: reads every #include in src/ and include/ and fails on a step against the
# table below. Without an argument it also plants violations into a copy and sees each found.
# usage: tests/floors.sh [ROOT]
set -eu

self=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)/$(basename -- "$0")
home=$(dirname -- "$(dirname -- "$self")")

# room: the rooms below it. "program" is src/*.c, which knows everybody.
floors='
base:
pg: base
model: base pg
view: base model
live: base model
http: base
api: base model view live http
program: base pg model view live http api
'

# header: the only file, or the only folder, that may include it.
libraries='
openssl/ src/base/secret.c
zlib.h src/base/gzip.c
libpq-fe.h src/pg/
jansson.h src/model/
libxml/ src/view/
curl/ src/live/
civetweb.h src/http/
'

# The C library, POSIX and the kernel. A header that stands neither here nor above belongs to a
# library without a room.
system='
arpa/ assert.h ctype.h dirent.h errno.h fcntl.h float.h getopt.h grp.h ifaddrs.h inttypes.h
limits.h linux/ locale.h math.h net/ netdb.h netinet/ poll.h pthread.h pwd.h sched.h semaphore.h
signal.h spawn.h stdalign.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h stdio.h stdlib.h
stdnoreturn.h string.h strings.h sys/ syslog.h termios.h time.h unistd.h
'

# Prints one line a room, or one a fault.
check() {
    root=$1
    (
        cd "$root"
        find src include -name '*.h' | sed 's/^/header /'
        # shellcheck disable=SC2016 # awk's own fields
        find src include -name '*.[ch]' | sort | xargs awk '
            { sub(/\r$/, "") }
            FNR == 1 { print "file", FILENAME }
            /^[ \t]*#[ \t]*include/ {
                sub(/^[ \t]*#[ \t]*include[ \t]*/, "")
                sub(/[ \t]*(\/[*\/].*)?$/, "")
                print "include", FILENAME, FNR, $0
            }'
    ) | awk -v floors="$floors" -v libraries="$libraries" -v system_headers="$system" '
        function fault(why) {
            printf "not ok - floors: %s:%d: %s\n", file, line, why
            bad[room]++
            found++
        }
        function room_of(path,   part) {
            split(path, part, "/")
            return part[1] == "src" && path !~ /^src\/[^\/]*\// ? "program" : part[2]
        }
        function may(from, to) { return from == to || ((from, to) in allowed) }
        function starts(text, with) { return substr(text, 1, length(with)) == with }

        # A name with a slash at its end stands for a folder.
        function covers(name, header) {
            return name ~ /\/$/ ? starts(header, name) : name == header
        }

        function foreign(header,   name) {
            for (name in owner) {
                if (!covers(name, header))
                    continue
                if (!covers(owner[name], file))
                    fault("<" header "> belongs to " owner[name] " alone")
                return
            }
            for (name in known)
                if (covers(name, header))
                    return
            fault("<" header "> is of no library that has a room")
        }

        function ours(header,   target) {
            if (header ~ /(^|\/)\.\.?(\/|$)/)
                return fault("\"" header "\" leaves the include path")
            if (header ~ /^generated\//)
                target = header == "generated/queries.h" ? "pg" : "base"
            else if (header !~ /\//)
                return beside(header)
            else if (("include/" header) in there)
                target = substr(header, 1, index(header, "/") - 1)
            else if (("src/" header) in there)
                return private(header)
            else
                return fault("\"" header "\" is nowhere")
            if (!may(room, target))
                fault("\"" header "\": " room " may not include " target)
        }

        function private(header) {
            if (file ~ /^include\//)
                fault("\"" header "\": a door shows no private header")
            else if (room != substr(header, 1, index(header, "/") - 1))
                fault("\"" header "\" is private to its room")
        }

        function beside(header,   folder) {
            folder = file
            sub(/[^\/]*$/, "", folder)
            if (file ~ /^include\//)
                fault("\"" header "\": a door names its headers by their room")
            else if (!((folder header) in there))
                fault("\"" header "\" is not beside the file")
        }

        BEGIN {
            count = split(floors, row, "\n")
            for (i = 1; i <= count; i++) {
                if (row[i] == "")
                    continue
                words = split(row[i], word, /[: ]+/)
                rooms[word[1]] = 1
                order[++room_count] = word[1]
                for (j = 2; j <= words; j++)
                    allowed[word[1], word[j]] = 1
            }
            count = split(libraries, row, "\n")
            for (i = 1; i <= count; i++)
                if (split(row[i], word, " ") == 2)
                    owner[word[1]] = word[2]
            count = split(system_headers, word, /[ \n]+/)
            for (i = 1; i <= count; i++)
                if (word[i] != "")
                    known[word[i]] = 1
        }
        $1 == "header" { there[$2] = 1; next }
        { file = $2; line = $3; room = room_of(file) }
        $1 == "file" && !(room in rooms) { line = 1; fault(room " is no room of the house") }
        !(room in rooms) { next }
        $1 == "file" { files[room]++; next }
        {
            includes[room]++
            header = $4
            if (NF > 4 || header !~ /^(<.*>|".*")$/)
                fault("an include that is neither <…> nor \"…\"")
            else if (header ~ /^</)
                foreign(substr(header, 2, length(header) - 2))
            else
                ours(substr(header, 2, length(header) - 2))
        }
        END {
            for (i = 1; i <= room_count; i++)
                if (!bad[order[i]])
                    printf "ok - floors: %s (%d files, %d includes)\n", order[i],
                        files[order[i]], includes[order[i]]
            exit found > 0
        }'
}

# plant FILE LINE WANTED: a copy of the house with LINE in FILE is refused, WANTED in the reason.
plant() {
    rm -rf "$scratch"/src "$scratch"/include
    cp -R "$home"/src "$home"/include "$scratch"
    mkdir -p "$scratch/$(dirname -- "$1")"
    printf '%s\n' "$2" >>"$scratch/$1"
    if check "$scratch" >"$scratch/said"; then
        printf 'not ok - floors: %s in %s is found\n' "$2" "$1"
        failed=1
    elif grep -F -- "not ok - floors: $1:" "$scratch/said" | grep -qF -- "$3"; then
        printf 'ok - floors: %s in %s is found\n' "$2" "$1"
    else
        printf 'not ok - floors: %s in %s is found for its own reason\n' "$2" "$1"
        sed 's/^/# /' "$scratch/said"
        failed=1
    fi
}

self_test() {
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    failed=0
    plant src/http/planted.c '#include "model/doc.h"' 'http may not include model'
    plant src/base/planted.c '#include "pg/pool.h"' 'base may not include pg'
    plant src/api/planted.c '#include "pg/pool.h"' 'api may not include pg'
    plant src/api/planted.c '#include "generated/queries.h"' 'api may not include pg'
    plant include/base/planted.h '#include "http/reply.h"' 'base may not include http'
    plant src/model/planted.c '#include "http/reply.h"' 'model may not include http'
    plant src/http/planted.c '#include "base/escape.h"' 'private to its room'
    plant include/base/planted.h '#include "base/escape.h"' 'a door shows no private header'
    plant src/http/planted.c '#include "../base/escape.h"' 'leaves the include path'
    plant src/http/planted.c '#include "escape.h"' 'not beside the file'
    plant src/http/planted.c '#include <jansson.h>' 'belongs to src/model/ alone'
    plant src/api/planted.c '  #  include  <jansson.h> /* why */' 'belongs to src/model/ alone'
    plant include/model/planted.h '#include <jansson.h>' 'belongs to src/model/ alone'
    plant src/base/planted.c '#include <openssl/evp.h>' 'belongs to src/base/secret.c alone'
    plant src/model/planted.c '#include <zlib.h>' 'belongs to src/base/gzip.c alone'
    plant src/planted.c '#include <libpq-fe.h>' 'belongs to src/pg/ alone'
    plant src/api/planted.c '#include <civetweb.h>' 'belongs to src/http/ alone'
    plant src/model/planted.c '#include <libxml/tree.h>' 'belongs to src/view/ alone'
    plant src/model/planted.c '#include <uuid/uuid.h>' 'is of no library that has a room'
    plant src/cellar/planted.c '#include "base/buf.h"' 'cellar is no room of the house'
    return "$failed"
}

if [ $# -gt 0 ]; then
    check "$1"
    exit
fi
status=0
check "$home" || status=1
self_test || status=1
exit "$status"
