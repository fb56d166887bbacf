#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/secret.h"
#include "model/moment.h"
#include "model/query.h"

/* The plain form: version, 16 hex digits of what it pins, then the keys, each after a line break
 * (no key holds one). */
#define CURSOR_VERSION "1"
enum { PIN_LEN = 16, CURSOR_MOST = 1400 }; /* in base64 it fits into a query */

static void pin(const struct query *q, const char *resource, char hex[SHA256_HEX]) {
    const char *parts[] = {resource, q->plan, q->as_of, q->filters, q->viewer, q->known_at};
    struct piece pieces[COUNT(parts) * 2];
    /* Without known_at as before there was one: a cursor that is out in the world stays good. */
    size_t count = q->known_at ? COUNT(parts) : COUNT(parts) - 1;
    for (size_t i = 0; i < count; i++) {
        const char *text = parts[i] ? parts[i] : "";
        pieces[i * 2] = (struct piece){text, strlen(text)};
        pieces[i * 2 + 1] = (struct piece){"", 1};
    }
    sha256_hex_pieces(pieces, count * 2, hex);
    hex[PIN_LEN] = '\0';
}

const char *cursor_write(struct call *c, const struct query *q, const char *resource,
                         const char *key1, const char *key2) {
    char hex[SHA256_HEX], plain[CURSOR_MOST];
    pin(q, resource, hex);
    int len = snprintf(plain, sizeof plain, CURSOR_VERSION "%s\n%s\n%s", hex, key1,
                       key2 ? key2 : "");
    char *text = len < CURSOR_MOST ? call_alloc(c, (size_t)len * 4 / 3 + 4) : NULL;
    if (text)
        base64url_encode(plain, (size_t)len, text);
    return text;
}

static bool is_number(const char *key, size_t most) {
    size_t digits = strspn(key, "0123456789");
    return digits > 0 && digits <= most && key[digits] == '\0';
}

/* What a page's keys are, so that PostgreSQL can read them as such: a name; a moment (in
 * microseconds) and an id; a place among the changes; what waits, by its place in the plan; a
 * language's number and a text's place; else a day and an id, or one or two of the plan's own
 * numbers. */
enum keys { KEYS_NUMBERS, KEYS_NAME, KEYS_MOMENT, KEYS_PLACE, KEYS_WORK, KEYS_TEXT };

static enum keys keys_of(const char *resource) {
    static const struct {
        const char *resource;
        enum keys keys;
    } OTHERS[] = {
        {"changes", KEYS_PLACE},     {"departments", KEYS_NAME}, {"feed", KEYS_MOMENT},
        {"measures", KEYS_NAME},     {"plans", KEYS_NAME},       {"work", KEYS_WORK},
        {"translations", KEYS_TEXT},
    };
    for (size_t i = 0; i < COUNT(OTHERS); i++)
        if (strcmp(OTHERS[i].resource, resource) == 0)
            return OTHERS[i].keys;
    return KEYS_NUMBERS;
}

static bool is_of(const char *key, const char *characters) {
    return *key && key[strspn(key, characters)] == '\0';
}

/* Where a tale of changes ends and what was told of it last, "<moment> 17"; or how far one is with
 * what there is: "+8" things, or behind the update ">17" (sql/functions/79_pull.sql). */
static bool is_rest(const char *key) {
    struct moment upto;
    const char *gap = strchr(key, ' ');
    if (*key == '+' || *key == '>')
        return is_number(key + 1, 18);
    char moment[CURSOR_MOST];
    if (!gap || !is_number(gap + 1, 18))
        return false;
    snprintf(moment, sizeof moment, "%.*s", (int)(gap - key), key);
    return moment_read(moment, &upto);
}

static bool is_place(const char *first, const char *second) {
    struct moment since;
    return moment_read(first, &since) && (!*second || is_rest(second));
}

static bool are_keys(const char *resource, const char *first, const char *second) {
    enum keys keys = keys_of(resource);
    if (keys == KEYS_NAME)
        return is_of(first, "abcdefghijklmnopqrstuvwxyz0123456789-") && !*second;
    if (keys == KEYS_PLACE)
        return is_place(first, second);
    if (keys == KEYS_MOMENT)
        return is_number(first, 16) && is_number(second, 18);
    if (keys == KEYS_WORK)
        return is_of(first, "~0123456789.") &&
               is_of(second, "abcdefghijklmnopqrstuvwxyz0123456789._:-");
    if (keys == KEYS_TEXT)
        return is_number(first, 9) && is_of(second, "0123456789.");
    if (clock_is_date(first))
        return is_number(second, 18);
    return is_number(first, 9) && (!*second || is_number(second, 9));
}

static bool refuse(struct call *c, const char *resource, const char *why) {
    const char *name = keys_of(resource) == KEYS_PLACE ? "after" : "cursor";
    fault_add(c, FAULT_PARAMETER, name, "%s", why);
    return fault_check(c);
}

bool cursor_read(struct call *c, const struct query *q, const char *resource, const char **key1,
                 const char **key2) {
    *key1 = *key2 = NULL;
    if (!q->cursor)
        return true;
    char hex[SHA256_HEX], plain[CURSOR_MOST];
    int64_t len = base64url_decode(q->cursor, strlen(q->cursor), plain, sizeof plain - 1);
    if (len < (int64_t)strlen(CURSOR_VERSION) + PIN_LEN + 2 || memchr(plain, '\0', (size_t)len))
        return refuse(c, resource, "is not a cursor that this service gave");
    plain[len] = '\0';
    char *keys = strchr(plain, '\n');
    char *second = keys ? strchr(keys + 1, '\n') : NULL;
    if (plain[0] != CURSOR_VERSION[0] || !second || keys != plain + 1 + PIN_LEN)
        return refuse(c, resource, "is not a cursor that this service gave");
    *keys++ = *second++ = '\0';
    pin(q, resource, hex);
    if (strcmp(plain + 1, hex) != 0)
        return refuse(
            c, resource,
            "belongs to another request: keep plan, filters, as_of and known_at as they were");
    if (!are_keys(resource, keys, second))
        return refuse(c, resource, "is not a cursor that this service gave");
    *key1 = call_strdup(c, keys);
    *key2 = *second ? call_strdup(c, second) : NULL;
    return *key1 && (*key2 || !*second);
}
