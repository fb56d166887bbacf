#include "log_text.h"

#include <string.h>

#include "base/clock.h"
#include "escape.h"

static const char TRUNCATED[] = ",\"truncated\":true";

/* Kept free for a closing quote, the mark above, and the end of the line. */
enum { TAIL = 1 + sizeof(TRUNCATED) - 1 + 2 };

static const char *const level_names[] = {
    [LOG_DEBUG] = "debug",
    [LOG_INFO] = "info",
    [LOG_WARN] = "warn",
    [LOG_ERROR] = "error",
};

static void force(struct log_text *t, const char *text) {
    size_t len = strlen(text);
    memcpy(t->bytes + t->len, text, len);
    t->len += len;
}

/* For len bytes more. */
static bool has_room(struct log_text *t, size_t len) {
    t->full = t->full || t->len + len > LOG_LINE_MAX - TAIL;
    return !t->full;
}

/* All of it or nothing. */
static bool add(struct log_text *t, const char *text, size_t len) {
    if (!has_room(t, len))
        return false;
    memcpy(t->bytes + t->len, text, len);
    t->len += len;
    return true;
}

/* Names are our own and need no escape. */
static void add_name(struct log_text *t, const char *name) {
    size_t len = strlen(name);
    if (!has_room(t, len + 4))
        return;
    (void)add(t, ",\"", 2);
    (void)add(t, name, len);
    (void)add(t, "\":", 2);
}

/* That each of eight bytes stands for itself: none is a control, a quote, a backslash or beyond
 * ASCII. A byte's high bit comes to say that it is one of these; only from such a byte can a borrow
 * or a carry reach the next. */
static bool are_plain(const char text[8]) {
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t bytes;
    memcpy(&bytes, text, sizeof(bytes));
    uint64_t quote = (bytes ^ ones * '"') - ones;
    uint64_t backslash = (bytes ^ ones * '\\') - ones;
    uint64_t control = bytes - ones * ' ';
    uint64_t beyond = bytes | (bytes + ones);
    return ((quote | backslash | control | beyond) & ones * 0x80) == 0;
}

/* Bytes that stand for themselves: most of a log is nothing else, and a line is written for every
 * request. */
static size_t plain(const char *text, size_t len) {
    size_t n = 0;
    while (len - n >= 8 && are_plain(text + n))
        n += 8;
    while (n < len && text[n] >= ' ' && text[n] < 0x7f && text[n] != '"' && text[n] != '\\')
        n++;
    return n;
}

/* As much of the text as fits; the quotes are there in any case once the first is. */
static void add_string(struct log_text *t, const char *text) {
    if (!add(t, "\"", 1))
        return;
    size_t len = strlen(text);
    for (size_t at = 0; at < len;) {
        char out[ESCAPE_MAX];
        size_t spelled = 0, run = plain(text + at, len - at);
        if (run > 0 && t->len + run <= LOG_LINE_MAX - TAIL) {
            (void)add(t, text + at, run);
            at += run;
            continue;
        }
        at += escape_json(text + at, len - at, out, &spelled);
        if (!add(t, out, spelled))
            break;
    }
    force(t, "\"");
}

static const char *number_of(int64_t n, char out[24]) {
    uint64_t left = n < 0 ? -(uint64_t)n : (uint64_t)n;
    char *at = out + 23;
    *at = '\0';
    do
        *--at = (char)('0' + left % 10);
    while ((left /= 10) > 0);
    if (n < 0)
        *--at = '-';
    return at;
}

static const char *word_of(const struct log_field *f, char number[24]) {
    return f->type == LOG_INT    ? number_of(f->number, number)
           : f->type == LOG_TEXT ? "null"
           : f->number           ? "true"
                                 : "false";
}

/* A field whose name or number does not fit is taken back whole. */
static void add_field(struct log_text *t, const struct log_field *f) {
    size_t before = t->len;
    char number[24];
    add_name(t, f->name);
    bool begun = !t->full;
    if (f->type == LOG_TEXT && f->text) {
        add_string(t, f->text);
    } else {
        const char *word = word_of(f, number);
        begun = add(t, word, strlen(word));
    }
    if (!begun || t->bytes[t->len - 1] == ':')
        t->len = before;
}

void log_text_make(struct log_text *t, int64_t wall_us, enum log_level level, const char *event,
                   const struct log_field *fields) {
    t->len = 0;
    t->full = false;
    char time[25];
    clock_rfc3339(wall_us, time);
    force(t, "{\"time\":\"");
    force(t, time);
    force(t, "\",\"level\":\"");
    force(t, level_names[level]);
    force(t, "\",\"event\":");
    add_string(t, event);
    for (const struct log_field *f = fields; f && f->type != LOG_END && !t->full; f++)
        add_field(t, f);
    if (t->full)
        force(t, TRUNCATED);
    force(t, "}\n");
}
