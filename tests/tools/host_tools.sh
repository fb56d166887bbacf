#!/bin/sh
# The host tools of the build, on small inputs good and bad.
# usage: tests/tools/host_tools.sh EMBED YAML_JSON WORDS
set -eu
embed=$1
yaml_json=$2
words=$3
include=$(CDPATH='' cd -- "$(dirname -- "$0")/../../include" && pwd -P)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
failed=0

verdict() {
    if [ "$1" -eq 0 ]; then
        printf 'ok - tools: %s\n' "$2"
    else
        printf 'not ok - tools: %s\n' "$2"
        sed 's/^/# /' said
        failed=1
    fi
}

# holds SENTENCE FUNCTION: each of its commands succeeds. In the background, because "set -e"
# sleeps inside an "if".
holds() {
    "$2" >said 2>&1 &
    if wait $!; then verdict 0 "$1"; else verdict 1 "$1"; fi
}

# refuses SENTENCE REASON COMMAND...: ends with 1 and names the reason.
refuses() {
    sentence=$1 reason=$2 status=0
    shift 2
    "$@" >said 2>&1 || status=$?
    if [ "$status" -eq 1 ] && grep -qF -- "$reason" said; then
        verdict 0 "$sentence"
    else
        verdict 1 "$sentence"
    fi
}

queries_become_statements() {
    cat >a.sql <<'END'
-- What stands before the first name only comments.

-- name: goals_list
-- a comment "inside" ??/ \x
select '[', '{é}'
  from goal where note = 'it''s';

-- name:  goals_get
select 1;
END
    "$embed" queries queries.h queries.c a.sql
    cat >use.c <<'END'
#include <stdio.h>
#include "queries.h"
int main(void) {
    printf("%zu %s %s\n", SQL_ALL_COUNT, SQL_ALL[0]->name, SQL_ALL[1]->name);
    printf("%s\n%s\n", SQL_goals_list.sql, SQL_goals_get.sql);
    return 0;
}
END
    cc -std=c17 -I "$include" use.c queries.c -o use
    ./use >got
    cat >expected <<'END'
2 goals_list goals_get
-- a comment "inside" ??/ \x
select '[', '{é}'
  from goal where note = 'it''s'
select 1
END
    diff expected got
}

files_keep_every_byte() {
    i=0
    while [ "$i" -lt 256 ]; do
        # shellcheck disable=SC2059 # the format is the byte
        printf "\\$(printf %03o "$i")7?"
        i=$((i + 1))
    done >bytes
    : >empty
    "$embed" files files.h files.c THINGS bytes=bytes empty=empty text=a.sql
    cat >use.c <<'END'
#include <stdio.h>
#include "files.h"
int main(void) {
    for (size_t i = 0; i < THINGS_COUNT; i++) {
        fprintf(stderr, "%s %zu %d\n", THINGS[i].name, THINGS[i].len, THINGS[i].bytes[THINGS[i].len]);
        fwrite(THINGS[i].bytes, 1, THINGS[i].len, stdout);
    }
    return THINGS_COUNT != 3;
}
END
    cc -std=c17 -I "$include" use.c files.c -o use
    ./use >got 2>names
    cat bytes empty a.sql | cmp - got
    printf 'bytes 768 0\nempty 0 0\ntext %d 0\n' "$(wc -c <a.sql)" | diff - names
}

no_file_makes_an_empty_list() {
    "$embed" files none.h none.c NONE
    "$embed" queries queries.h queries.c
    cc -std=c17 -I "$include" -c none.c -o none.o
    cc -std=c17 -I "$include" -c queries.c -o queries.o
}

yaml_becomes_json_in_order() {
    cat >a.yaml <<'END'
openapi: 3.1.0
z: {title: "x", one: '1', hex: 0x1F, octal: 0o17, part: 33.3, power: 1e3, minus: -7, plus: +7}
a: [~, null, yes, True, "true", 2026-01-01, "", .5, 1., -, 007]
200: ok
text: |
  "two"
  lines
fold: >-
  one
  línea
empty:
END
    "$yaml_json" a.yaml got
    cat >expected <<'END'
{"openapi":"3.1.0","z":{"title":"x","one":"1","hex":31,"octal":15,"part":33.3,"power":1000.0,"minus":-7,"plus":7},"a":[null,null,"yes",true,"true","2026-01-01","",0.5,1.0,"-",7],"200":"ok","text":"\"two\"\nlines\n","fold":"one línea","empty":null}
END
    diff expected got
}

catalogues_become_words() {
    cat >en.json <<'END'
{"@plural": "one", "hello": "Hello {name}?", "kind.a_b": "\"x", "n.one": "{count} thing", "n.other": "{count} things"}
END
    cat >zh-Hans.json <<'END'
{"n.other": "{count}件", "kind.a_b": "甲乙", "@plural": "none", "hello": "{name}，你好"}
END
    "$words" words.h words.c en.json zh-Hans.json
    cat >use.c <<'END'
#include <stdio.h>
#include "words.h"
int main(void) {
    for (int i = 0; i < LANG_COUNT; i++) {
        const struct wording *w = LANGUAGES[i].words;
        printf("%s %d %s %s ", LANGUAGES[i].tag, LANGUAGES[i].plural == PLURAL_ONE,
               w[WORD_HELLO].other, w[WORD_KIND_A_B].other);
        printf("%s %s\n", w[WORD_N].one ? w[WORD_N].one : "-", w[WORD_N].other);
    }
    return LANG_EN != 0 || LANG_ZH_HANS != 1 || WORD_COUNT != 3;
}
END
    cc -std=c17 use.c words.c -o use
    ./use >got
    cat >expected <<'END'
en 1 Hello {name}? "x {count} thing {count} things
zh-Hans 0 {name}，你好 甲乙 - {count}件
END
    diff expected got
}

# refuses_words OTHER REASON: beside the source above.
refuses_words() {
    printf '%s' "$1" >ko.json
    refuses "words $1 are refused" "$2" "$words" bad.h bad.c en.json ko.json
}

# refuses_source TEXT REASON
refuses_source() {
    printf '%s' "$1" >source.json
    refuses "source $1 is refused" "$2" "$words" bad.h bad.c source.json
}

# refuses_yaml TEXT REASON
refuses_yaml() {
    printf '%b' "$1" >bad.yaml
    refuses "yaml $(printf '%s' "$1" | tr '\n' ' ') is refused" "$2" "$yaml_json" bad.yaml bad.json
}

# refuses_sql TEXT REASON
refuses_sql() {
    printf '%b' "$1" >bad.sql
    refuses "sql $1 is refused" "$2" "$embed" queries bad.h bad.c bad.sql
}

holds 'queries become statements' queries_become_statements
holds 'files keep every byte' files_keep_every_byte
holds 'no file makes an empty list' no_file_makes_an_empty_list
refuses_sql 'select 1' 'bad.sql:1: a statement before the first'
refuses_sql '-- name: \nselect 1' 'bad.sql:1: a name is missing'
refuses_sql '-- name: a b\nselect 1' 'bad.sql:1: "a b" is no name'
refuses_sql '-- name: a\n-- name: b\nselect 1' 'bad.sql:1: a is empty'
refuses_sql '-- name: a\n ;\n' 'bad.sql:1: a is empty'
refuses_sql '-- name: a\nselect 1;\n\n-- name: a\nselect 2' 'bad.sql:4: a is already in bad.sql:1'
refuses 'a file that is not there is refused' 'none.sql: No such file' \
    "$embed" queries bad.h bad.c none.sql
refuses 'a file name twice is refused' 'the name x is there twice' \
    "$embed" files bad.h bad.c X x=a.sql x=a.sql
refuses 'a file without a name is refused' '"a.sql" is not NAME=PATH' \
    "$embed" files bad.h bad.c X a.sql
holds 'yaml becomes json in order' yaml_becomes_json_in_order
refuses_yaml 'a: 1\nb: 2\na: 3\n' 'bad.yaml:3:1: the key "a" is there twice'
refuses_yaml 'a: [1\nb: 2\n' 'bad.yaml:2:'
refuses_yaml 'a: &x 1\n' 'bad.yaml:1:4: anchors are not supported'
refuses_yaml 'a: *x\n' 'bad.yaml:1:4: aliases are not supported'
refuses_yaml 'a: !!str 1\n' 'bad.yaml:1:4: tags are not supported'
refuses_yaml '? [a]\n: 1\n' 'bad.yaml:1:3: a key must be a scalar'
refuses_yaml 'a: .inf\n' 'bad.yaml:1:4: JSON has no .inf'
refuses_yaml 'a: 99999999999999999999\n' 'bad.yaml:1:4: 99999999999999999999 is out of range'
refuses_yaml 'a: 1\n---\nb: 2\n' 'bad.yaml:2:1: a second document'
refuses_yaml '' 'no document'
refuses_yaml 'a: \0377\n' 'bad.yaml:'
holds 'catalogues become words' catalogues_become_words
n='"@plural":"none"' h='"hello":"{name}"' k='"kind.a_b":"x"' o='"n.other":"{count}"'
refuses_words "{$n,$k,$o}" 'ko.json: hello: is missing'
refuses_words "{$n,$h,$k}" 'ko.json: n: is missing'
refuses_words "{$n,$h,$k,$o,\"bye\":\"x\"}" 'ko.json: bye: is no key of en.json'
refuses_words "{$n,$h,$k,$o,\"hello.other\":\"{count}\"}" 'ko.json: hello.other: is no key of en.json'
refuses_words "{$n,$k,$o,\"hello\":\"\"}" 'ko.json: hello: must be a text'
refuses_words "{$n,$k,$o,\"hello\":[]}" 'ko.json: hello: must be a text'
refuses_words "{$n,$k,$o,\"hello\":\"{name} \"}" 'ko.json: hello: begins or ends with a space'
refuses_words "{$n,$k,$o,\"hello\":\"x\"}" 'ko.json: hello: {name} is missing'
refuses_words "{$n,$k,$o,\"hello\":\"{name} {nam}\"}" 'ko.json: hello: {nam} is not in the source'
refuses_words "{$n,$k,$o,\"hello\":\"{name} {\"}" 'ko.json: hello: a brace that belongs to no'
refuses_words "{$n,$k,$o,\"hello\":\"}{name}\"}" 'ko.json: hello: a brace that belongs to no'
refuses_words "{$n,$h,$k,$o,\"n.one\":\"{count}\"}" 'ko.json: n.one: this language has no such form'
refuses_words "{\"@plural\":\"one\",$h,$k,$o}" 'ko.json: n: its form .one is missing'
refuses_words "{$h,$k,$o}" 'ko.json: @plural: must be none, one or filipino'
refuses_words "{$n,$h,$h}" 'ko.json:1:'
refuses_words '[]' 'ko.json: must be an object'
refuses_source "{$n,\"Hello\":\"x\"}" 'source.json: Hello: a key has small letters'
refuses_source "{$n,\"a.b\":\"x\",\"a_b\":\"x\"}" 'source.json: a_b: is too like a.b'
refuses_source "{$n,\"a.other\":\"x\"}" 'source.json: a.other: {count} chooses the form'
refuses_source "{$n,\"a\":\"{x\"}" 'source.json: a: a brace that belongs to no'
refuses 'a catalogue that is not there is refused' 'none.json' "$words" bad.h bad.c none.json
exit "$failed"
