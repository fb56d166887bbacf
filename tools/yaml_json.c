/*
 * Host tool of the build: yaml_json IN.yaml OUT.json writes the contract as JSON, keys in their
 * order. Plain scalars follow the core schema of YAML 1.2, quoted ones are strings. What JSON
 * cannot say (tags, aliases, infinities, keys that are no scalars, a second document, a key twice)
 * is refused with its line and column. It frees nothing but what libyaml asks for.
 */
#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum { DEPTH_MAX = 64 };

static const char *input;

__attribute__((noreturn, format(printf, 2, 3))) static void die_at(yaml_mark_t mark,
                                                                   const char *format, ...) {
    va_list args;
    va_start(args, format);
    fprintf(stderr, "yaml_json: %s:%zu:%zu: ", input, mark.line + 1, mark.column + 1);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

__attribute__((noreturn)) static void die(const char *path, const char *why) {
    fprintf(stderr, "yaml_json: %s: %s\n", path, why);
    exit(1);
}

static yaml_event_t next_event(yaml_parser_t *parser) {
    yaml_event_t event;
    if (!yaml_parser_parse(parser, &event))
        die_at(parser->problem_mark, "%s", parser->problem ? parser->problem : "not YAML");
    return event;
}

/* True when text is a decimal number of the core schema; *whole says that it is an integer. */
static bool is_decimal(const char *text, bool *whole) {
    const char *at = text + (*text == '-' || *text == '+');
    size_t before = strspn(at, "0123456789");
    at += before;
    *whole = *at == '\0' && before > 0;
    if (*whole)
        return true;

    size_t after = 0;
    if (*at == '.') {
        after = strspn(at + 1, "0123456789");
        at += 1 + after;
    }
    if (before + after == 0)
        return false;
    if (*at == 'e' || *at == 'E') {
        at++;
        at += *at == '-' || *at == '+';
        size_t power = strspn(at, "0123456789");
        if (power == 0)
            return false;
        at += power;
    }
    return *at == '\0';
}

static json_t *integer(yaml_mark_t mark, const char *text, const char *digits, int base) {
    char *end = NULL;
    errno = 0;
    long long value = strtoll(digits, &end, base);
    if (errno != 0 || *end != '\0')
        die_at(mark, "%s is out of range", text);
    return json_integer(value);
}

static json_t *real(yaml_mark_t mark, const char *text) {
    errno = 0;
    json_t *value = json_real(strtod(text, NULL));
    if (!value || errno == ERANGE)
        die_at(mark, "%s is out of range", text);
    return value;
}

static bool is_one_of(const char *text, const char *const *words) {
    for (; *words; words++) {
        if (strcmp(text, *words) == 0)
            return true;
    }
    return false;
}

static json_t *plain(yaml_mark_t mark, const char *text) {
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
    static const char *const trues[] = {"true", "True", "TRUE", NULL};
    static const char *const falses[] = {"false", "False", "FALSE", NULL};
    static const char *const never[] = {".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", NULL};

    if (is_one_of(text, nulls))
        return json_null();
    if (is_one_of(text, trues))
        return json_true();
    if (is_one_of(text, falses))
        return json_false();
    if (is_one_of(text + (*text == '-' || *text == '+'), never))
        die_at(mark, "JSON has no %s", text);
    if (strncmp(text, "0x", 2) == 0 && text[2] &&
        strspn(text + 2, "0123456789abcdefABCDEF") == strlen(text + 2))
        return integer(mark, text, text + 2, 16);
    if (strncmp(text, "0o", 2) == 0 && text[2] && strspn(text + 2, "01234567") == strlen(text + 2))
        return integer(mark, text, text + 2, 8);

    bool whole = false;
    if (!is_decimal(text, &whole))
        return json_string(text);
    return whole ? integer(mark, text, text, 10) : real(mark, text);
}

static const char *scalar_text(const yaml_event_t *event) {
    const char *text = (const char *)event->data.scalar.value;
    if (strlen(text) != event->data.scalar.length)
        die_at(event->start_mark, "a NUL character");
    return text;
}

static void refuse_extras(const yaml_event_t *event, const yaml_char_t *anchor,
                          const yaml_char_t *tag) {
    if (anchor)
        die_at(event->start_mark, "anchors are not supported: use $ref");
    if (tag)
        die_at(event->start_mark, "tags are not supported");
}

static json_t *value_of(yaml_parser_t *parser, yaml_event_t *event, int depth);

static json_t *sequence(yaml_parser_t *parser, int depth) {
    json_t *list = json_array();
    for (;;) {
        yaml_event_t event = next_event(parser);
        bool over = event.type == YAML_SEQUENCE_END_EVENT;
        if (!over && json_array_append_new(list, value_of(parser, &event, depth)) != 0)
            die(input, "out of memory");
        yaml_event_delete(&event);
        if (over)
            return list;
    }
}

static json_t *mapping(yaml_parser_t *parser, int depth) {
    json_t *object = json_object();
    for (;;) {
        yaml_event_t key = next_event(parser);
        if (key.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&key);
            return object;
        }
        if (key.type != YAML_SCALAR_EVENT)
            die_at(key.start_mark, "a key must be a scalar");
        refuse_extras(&key, key.data.scalar.anchor, key.data.scalar.tag);
        const char *name = scalar_text(&key);
        if (json_object_get(object, name))
            die_at(key.start_mark, "the key \"%s\" is there twice", name);

        yaml_event_t event = next_event(parser);
        if (json_object_set_new(object, name, value_of(parser, &event, depth)) != 0)
            die(input, "out of memory");
        yaml_event_delete(&event);
        yaml_event_delete(&key);
    }
}

static json_t *value_of(yaml_parser_t *parser, yaml_event_t *event, int depth) {
    if (depth > DEPTH_MAX)
        die_at(event->start_mark, "nested more than %d deep", DEPTH_MAX);

    switch (event->type) {
    case YAML_SCALAR_EVENT:
        refuse_extras(event, event->data.scalar.anchor, event->data.scalar.tag);
        if (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
            return plain(event->start_mark, scalar_text(event));
        return json_string(scalar_text(event));
    case YAML_SEQUENCE_START_EVENT:
        refuse_extras(event, event->data.sequence_start.anchor, event->data.sequence_start.tag);
        return sequence(parser, depth + 1);
    case YAML_MAPPING_START_EVENT:
        refuse_extras(event, event->data.mapping_start.anchor, event->data.mapping_start.tag);
        return mapping(parser, depth + 1);
    case YAML_ALIAS_EVENT: die_at(event->start_mark, "aliases are not supported: use $ref");
    default: die_at(event->start_mark, "a value is missing");
    }
}

static json_t *read_document(yaml_parser_t *parser) {
    json_t *document = NULL;
    for (;;) {
        yaml_event_t event = next_event(parser);
        bool over = event.type == YAML_STREAM_END_EVENT;
        if (event.type == YAML_DOCUMENT_START_EVENT) {
            if (document)
                die_at(event.start_mark, "a second document");
            yaml_event_t first = next_event(parser);
            document = value_of(parser, &first, 1);
            yaml_event_delete(&first);
        }
        yaml_event_delete(&event);
        if (over)
            return document;
    }
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fputs("usage: yaml_json IN.yaml OUT.json\n", stderr);
        return 2;
    }
    input = argv[1];
    FILE *in = fopen(input, "rb");
    if (!in)
        die(input, strerror(errno));

    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        die(input, "out of memory");
    yaml_parser_set_input_file(&parser, in);
    json_t *document = read_document(&parser);
    if (!document)
        die(input, "no document");
    yaml_parser_delete(&parser);
    fclose(in);

    /* 15 digits give back every decimal fraction that a person writes: 33.3,
     * not 33.299999999999997. */
    FILE *out = fopen(argv[2], "wb");
    if (!out)
        die(argv[2], strerror(errno));
    int refused = json_dumpf(document, out, JSON_COMPACT | JSON_REAL_PRECISION(15));
    if (refused != 0 || fputc('\n', out) == EOF || fclose(out) != 0)
        die(argv[2], "cannot be written");
    json_decref(document);
    return 0;
}
