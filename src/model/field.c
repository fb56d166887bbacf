#include "model/field.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "contact.h"

enum { NAME_MOST = 64, URL_MOST = 2000 };
#define NUMBER_BOUND 1e15 /* exclusive; as in sql/functions/61_measurements.sql */
static const double AMOUNT_BELOW = 1e12;
static const double COUNT_BELOW = 1e9;

/* ---- what a text of each type looks like ---- */

static bool is_digits(const char *text, size_t most) {
    size_t n = strspn(text, "0123456789");
    return n > 0 && n <= most && text[n] == '\0';
}

static bool is_name(const char *text) {
    size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789._-");
    return islower((unsigned char)*text) && text[n] == '\0' && n <= NAME_MOST;
}

static bool is_slug(const char *text) {
    size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return n > 0 && n <= NAME_MOST && text[n] == '\0' && text[0] != '-' && text[n - 1] != '-' &&
           !strstr(text, "--");
}

/* "3.10": two numbers without leading zeros. */
static bool is_code(const char *text) {
    for (int part = 0; part < 2; part++) {
        size_t n = strspn(text, "0123456789");
        if (n == 0 || n > 4 || text[0] == '0')
            return false;
        text += n;
        if (part == 0 && *text++ != '.')
            return false;
    }
    return *text == '\0';
}

static bool is_url(const char *text) {
    size_t scheme = strncmp(text, "https://", 8) == 0  ? 8
                    : strncmp(text, "http://", 7) == 0 ? 7
                                                       : 0;
    if (scheme == 0 || !isalnum((unsigned char)text[scheme]) || strlen(text) > URL_MOST)
        return false;
    for (const char *p = text; *p; p++)
        if (*p <= ' ' || *p > '~' || strchr("\"<>\\^`{|}", *p))
            return false;
    return true;
}

/* The C1 controls and the line and paragraph separators count too, as in PostgreSQL's [:cntrl:]. */
static bool has_control(const char *text) {
    for (const unsigned char *p = (const unsigned char *)text; *p; p++)
        if (*p < 0x20 || *p == 0x7f || (p[0] == 0xc2 && p[1] < 0xa0) ||
            (p[0] == 0xe2 && p[1] == 0x80 && (p[2] == 0xa8 || p[2] == 0xa9)))
            return true;
    return false;
}

/* Bytes of the white space at the start of text, Unicode's included; 0 when there is none. */
static size_t space_at(const char *text) {
    static const char *const SPACES[] = {"\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80",
                                         "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf",
                                         "\xe2\x81\x9f", "\xe3\x80\x80"};
    if (*text && strchr(" \t\r\n\v\f", *text))
        return 1;
    if (strncmp(text, "\xe2\x80", 2) == 0 && (unsigned char)text[2] <= 0x8a) /* U+2000 to U+200A */
        return 3;
    for (size_t i = 0; i < COUNT(SPACES); i++)
        if (strncmp(text, SPACES[i], strlen(SPACES[i])) == 0)
            return strlen(SPACES[i]);
    return 0;
}

/* At least what PostgreSQL's \S calls white space, so that both agree on what "nothing" is. */
static bool is_blank(const char *text) {
    for (size_t n; (n = space_at(text));)
        text += n;
    return *text == '\0';
}

/* "2026-27", "2099-00": years that follow each other. */
static bool is_fiscal_year(const char *text) {
    static const char SHAPE[] = "dddd-dd";
    for (size_t i = 0; i < strlen(SHAPE); i++)
        if (SHAPE[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != SHAPE[i])
            return false;
    int first = (text[2] - '0') * 10 + text[3] - '0', second = (text[5] - '0') * 10 + text[6] - '0';
    return text[7] == '\0' && second == (first + 1) % 100;
}

static const char *refuse_choice(struct call *c, const struct field *f, const char *text) {
    AUTO(buf) struct buf list = {0};
    for (size_t i = 0; f->choices[i]; i++) {
        if (strcmp(f->choices[i], text) == 0)
            return NULL;
        buf_addf(&list, "%s%s", i ? ", " : "", f->choices[i]);
    }
    return call_printf(c, "must be one of: %s", list.data ? list.data : "");
}

static const char *refuse_text(struct call *c, const struct field *f, const char *text) {
    if (is_blank(text))
        return "must not be empty";
    if (f->max && utf8_length(text) > f->max)
        return call_printf(c, "must have at most %zu characters", f->max);
    return NULL;
}

static const char *refuse_external(struct call *c, const struct field *f, const char *text) {
    if (*text == '\0' || has_control(text))
        return "must have at least one character and no control characters";
    return utf8_length(text) > f->max ? call_printf(c, "must have at most %zu characters", f->max)
                                      : NULL;
}

/* RFC 3339 allows offsets up to 23:59, PostgreSQL up to 15:59. */
static bool is_time(const char *text) {
    int64_t at;
    if (!clock_parse_rfc3339(text, &at))
        return false;
    const char *offset = text + strlen(text) - strlen("+00:00");
    return strchr("+-", *offset) == NULL || strncmp(offset + 1, "16", 2) < 0;
}

const char *field_refuses(struct call *c, const struct field *f, const char *text) {
    switch (f->type) {
    case FIELD_TEXT: return refuse_text(c, f, text);
    case FIELD_EXTERNAL: return refuse_external(c, f, text);
    case FIELD_CHOICE: return refuse_choice(c, f, text);
    case FIELD_NAME:
        return is_name(text) ? NULL : "must match [a-z][a-z0-9._-]*, at most 64 characters";
    case FIELD_SLUG:
        return is_slug(text) ? NULL : "must be lower-case words and digits joined by hyphens";
    case FIELD_ID: return is_digits(text, 18) ? NULL : "must be an id: digits, as text";
    case FIELD_CODE: return is_code(text) ? NULL : "must be an objective's code such as \"5.5\"";
    case FIELD_DATE: return clock_is_date(text) ? NULL : "must be a date, YYYY-MM-DD";
    case FIELD_TIME:
        return is_time(text) ? NULL : "must be a time as in RFC 3339, 2026-11-02T17:04:11Z";
    case FIELD_URL: return is_url(text) ? NULL : "must be an http or https address";
    case FIELD_FISCAL_YEAR:
        return is_fiscal_year(text) ? NULL : "must be a fiscal year such as 2026-27";
    case FIELD_INTEGER:
        if (!is_digits(text, 9) || *text == '0')
            return "must be a whole number from 1";
        return f->max && strtoul(text, NULL, 10) > f->max
                   ? call_printf(c, "must be at most %zu", f->max)
                   : NULL;
    default: return NULL;
    }
}

/* ---- values ---- */

static bool has_decimals(double value, int decimals) {
    double scaled = value * pow(10, decimals);
    return fabs(scaled - nearbyint(scaled)) > 1e-6;
}

static const char *refuse_amount(double value) {
    if (!(fabs(value) < AMOUNT_BELOW))
        return "must be below a million million";
    /* the number nearest to so many cents is the one that such a text is read as */
    return nearbyint(value * 100) / 100 != value ? "must have at most two decimals" : NULL;
}

static const char *refuse_number(struct call *c, const struct field *f, double value) {
    if (f->type == FIELD_PERCENT) {
        if (!(value >= 0 && value <= 100))
            return "must be between 0 and 100";
        return has_decimals(value, 2) ? "must have at most two decimals" : NULL;
    }
    if (f->type == FIELD_WEIGHT) {
        if (!(value >= 0 && value <= 1000000))
            return "must be between 0 and 1000000";
        return has_decimals(value, 3) ? "must have at most three decimals" : NULL;
    }
    if (f->type == FIELD_NUMBER)
        return fabs(value) < NUMBER_BOUND ? NULL : "must have at most 15 digits before the point";
    if (f->type == FIELD_COUNT)
        return value >= 0 && value < COUNT_BELOW ? NULL : "must be from 0 to 999999999";
    if (f->type == FIELD_AMOUNT)
        return refuse_amount(value);
    if (value < 1 || (f->max && value > (double)f->max))
        return call_printf(c, "must be between 1 and %zu", f->max);
    return NULL;
}

static const char *TYPE_NAMES[] = {
    [DOC_BOOL] = "true or false", [DOC_NUMBER] = "a number",  [DOC_TEXT] = "text",
    [DOC_LIST] = "a list",        [DOC_OBJECT] = "an object",
};

static enum doc_type type_wanted(enum field_type type) {
    switch (type) {
    case FIELD_PERCENT:
    case FIELD_WEIGHT:
    case FIELD_NUMBER:
    case FIELD_AMOUNT:
    case FIELD_INTEGER:
    case FIELD_COUNT: return DOC_NUMBER;
    case FIELD_BOOL: return DOC_BOOL;
    case FIELD_LIST: return DOC_LIST;
    case FIELD_OBJECT: return DOC_OBJECT;
    default: return DOC_TEXT;
    }
}

static void check_value(struct call *c, const struct field *f, const struct doc *value,
                        const char *pointer);

static bool is_whole(const struct field *f) {
    return f->type == FIELD_INTEGER || f->type == FIELD_COUNT;
}

static void check_list(struct call *c, const struct field *f, const struct doc *list,
                       const char *pointer) {
    size_t count = doc_count(list);
    if (f->max && count > f->max) {
        fault_add(c, FAULT_POINTER, pointer, "must have at most %zu items", f->max);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const char *place = call_printf(c, "%s/%zu", pointer, i);
        if (place)
            check_value(c, f->fields, doc_at(list, i), place);
    }
}

static void check_value(struct call *c, const struct field *f, const struct doc *value,
                        const char *pointer) {
    enum doc_type wanted = type_wanted(f->type);
    if (f->type == FIELD_ANY)
        return;
    if (doc_type(value) == DOC_NULL) {
        if (f->flags & (FIELD_REQUIRED | FIELD_NOT_NULL))
            fault_add(c, FAULT_POINTER, pointer, "must not be null");
        return;
    }
    if (doc_type(value) != wanted || (is_whole(f) && !doc_is_integer(value))) {
        fault_add(c, FAULT_POINTER, pointer, "must be %s",
                  is_whole(f) ? "a whole number" : TYPE_NAMES[wanted]);
        return;
    }
    const char *refusal = NULL;
    if (wanted == DOC_TEXT)
        refusal = field_refuses(c, f, doc_text(value));
    else if (wanted == DOC_NUMBER)
        refusal = refuse_number(c, f, doc_number(value));
    else if (wanted == DOC_LIST)
        check_list(c, f, value, pointer);
    else if (wanted == DOC_OBJECT)
        field_check(c, f->fields, value, pointer);
    if (refusal)
        fault_add(c, FAULT_POINTER, pointer, "%s", refusal);
}

/* A name as a reference token of a JSON pointer (RFC 6901). */
static const char *pointer_to(struct call *c, const char *pointer, const char *name) {
    AUTO(buf) struct buf token = {0};
    for (; *name; name++)
        buf_adds(&token, *name == '~' ? "~0" : *name == '/' ? "~1" : (char[]){*name, '\0'});
    return call_printf(c, "%s/%s", pointer, token.data ? token.data : "");
}

static const struct field *find(const struct field *fields, const char *name) {
    for (; fields->name; fields++)
        if (strcmp(fields->name, name) == 0)
            return fields;
    return NULL;
}

void field_check(struct call *c, const struct field *fields, const struct doc *object,
                 const char *pointer) {
    if (doc_type(object) != DOC_OBJECT) {
        fault_add(c, FAULT_POINTER, pointer, "must be an object");
        return;
    }
    void *at = NULL;
    const char *name;
    const struct doc *value;
    while (doc_next(object, &at, &name, &value)) {
        const struct field *f = find(fields, name);
        const char *place = pointer_to(c, pointer, name);
        if (!place)
            return;
        if (f)
            check_value(c, f, value, place);
        else
            fault_add(c, FAULT_POINTER, place, "%s",
                      is_contact(name) ? "looks like a person's contact, which is never taken"
                                       : "is not a field of this resource");
    }
    for (const struct field *f = fields; f->name; f++)
        if ((f->flags & FIELD_REQUIRED) && !doc_get(object, f->name))
            fault_add(c, FAULT_POINTER, pointer_to(c, pointer, f->name), "is required");
}
