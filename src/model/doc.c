#include "model/doc.h"

#include <ctype.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

/* A struct doc is jansson's value under another name. */
static json_t *value(const struct doc *d) {
    return (json_t *)(uintptr_t)d;
}

static const struct doc *doc_of(const json_t *j) {
    return (const struct doc *)j;
}

/* What PostgreSQL's numeric holds: at most 16,383 digits after the point, exponent and all. A
 * double would let more pass, as 0. */
enum { NUMBER_MOST = 1000, EXPONENT_MOST = 4 };

/* Bytes of the number, or of what looks like one, at the start of text; over len when it is too
 * long for the database. */
static size_t number_step(const char *text, size_t len) {
    size_t n = 0, digits = 0;
    bool in_exponent = false;
    for (; n < len && text[n] != '\0' && strchr("0123456789+-.eE", text[n]); n++) {
        in_exponent = in_exponent || text[n] == 'e' || text[n] == 'E';
        digits += in_exponent && isdigit((unsigned char)text[n]);
    }
    return n > NUMBER_MOST || digits > EXPONENT_MOST ? len + 1 : n;
}

/* The parser recurses, stops at NUL, and makes doubles: all three are settled before it starts. */
static bool check_shape(struct call *c, const char *bytes, size_t len) {
    int depth = 0;
    bool in_text = false;
    for (size_t i = 0; i < len; i++) {
        char byte = bytes[i];
        if (byte == '\0')
            return fail(c, ERR_MALFORMED, "the body has a NUL byte at offset %zu", i);
        if (in_text) {
            if (byte == '\\' && i + 1 < len && bytes[i + 1] != '\0')
                i++;
            else if (byte == '"')
                in_text = false;
        } else if (byte == '"') {
            in_text = true;
        } else if (byte == '[' || byte == '{') {
            if (++depth > DOC_DEPTH)
                return fail(c, ERR_MALFORMED, "the body is nested deeper than %d levels",
                            DOC_DEPTH);
        } else if (byte == ']' || byte == '}') {
            depth--;
        } else if (byte == '-' || isdigit((unsigned char)byte)) {
            i += number_step(bytes + i, len - i) - 1;
            if (i >= len)
                return fail(c, ERR_MALFORMED, "the body has a number that is too long");
        }
    }
    return true;
}

struct doc *doc_parse(struct call *c, const char *bytes, size_t len) {
    json_error_t why;
    if (len == 0) {
        fail(c, ERR_MALFORMED, "the body is empty; JSON is expected");
        return NULL;
    }
    if (!check_shape(c, bytes, len))
        return NULL;
    json_t *j = json_loadb(bytes, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
    if (!j && json_error_code(&why) == json_error_null_character)
        fail(c, ERR_MALFORMED, "the body has a text with \\u0000, which cannot be kept (line %d)",
             why.line);
    else if (!j)
        fail(c, ERR_MALFORMED, "the body is no JSON: %s (line %d, column %d)", why.text, why.line,
             why.column);
    return (struct doc *)j;
}

void doc_free(struct doc *d) {
    json_decref(value(d));
}

void doc_auto(struct doc **d) {
    doc_free(*d);
}

enum doc_type doc_type(const struct doc *d) {
    if (!d)
        return DOC_NONE;
    switch (json_typeof(value(d))) {
    case JSON_OBJECT: return DOC_OBJECT;
    case JSON_ARRAY: return DOC_LIST;
    case JSON_STRING: return DOC_TEXT;
    case JSON_INTEGER:
    case JSON_REAL: return DOC_NUMBER;
    case JSON_TRUE:
    case JSON_FALSE: return DOC_BOOL;
    case JSON_NULL: break;
    }
    return DOC_NULL;
}

const struct doc *doc_get(const struct doc *object, const char *name) {
    return doc_of(json_object_get(value(object), name));
}

const char *doc_text(const struct doc *d) {
    return json_string_value(value(d));
}

bool doc_bool(const struct doc *d) {
    return json_is_true(value(d));
}

double doc_number(const struct doc *d) {
    return json_number_value(value(d));
}

bool doc_is_integer(const struct doc *d) {
    return json_is_integer(value(d));
}

size_t doc_count(const struct doc *list) {
    return json_array_size(value(list));
}

const struct doc *doc_at(const struct doc *list, size_t index) {
    return doc_of(json_array_get(value(list), index));
}

bool doc_next(const struct doc *object, void **at, const char **name, const struct doc **member) {
    *at = *at ? json_object_iter_next(value(object), *at) : json_object_iter(value(object));
    if (!*at)
        return false;
    *name = json_object_iter_key(*at);
    *member = doc_of(json_object_iter_value(*at));
    return true;
}

const char *doc_get_text(const struct doc *object, const char *name) {
    return doc_text(doc_get(object, name));
}

const char *doc_get_number(struct call *c, const struct doc *object, const char *name) {
    const struct doc *number = doc_get(object, name);
    return doc_type(number) == DOC_NUMBER ? call_printf(c, "%.6g", doc_number(number)) : NULL;
}
