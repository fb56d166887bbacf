#include "log_text.h"

#include <inttypes.h>
#include <stdio.h>
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

/* All of it or nothing. */
static bool add(struct log_text *t, const char *text, size_t len) {
    if (t->full || t->len + len > LOG_LINE_MAX - TAIL) {
        t->full = true;
        return false;
    }
    memcpy(t->bytes + t->len, text, len);
    t->len += len;
    return true;
}

/* As much of the text as fits; the quotes are there in any case once the first is. */
static void add_string(struct log_text *t, const char *text) {
    if (!add(t, "\"", 1))
        return;
    size_t len = strlen(text);
    for (size_t at = 0; at < len;) {
        char out[ESCAPE_MAX];
        size_t spelled = 0;
        at += escape_json(text + at, len - at, out, &spelled);
        if (!add(t, out, spelled))
            break;
    }
    force(t, "\"");
}

/* A field whose name or number does not fit is taken back whole. */
static void add_field(struct log_text *t, const struct log_field *f) {
    size_t before = t->len;
    char number[24];
    (void)add(t, ",", 1);
    add_string(t, f->name);
    (void)add(t, ":", 1);
    if (f->type == LOG_INT)
        (void)snprintf(number, sizeof(number), "%" PRId64, f->number);
    else
        (void)snprintf(number, sizeof(number), "%s",
                       f->type == LOG_TEXT ? "null"
                       : f->number         ? "true"
                                           : "false");

    bool begun = !t->full;
    if (f->type == LOG_TEXT && f->text)
        add_string(t, f->text);
    else
        begun = add(t, number, strlen(number));
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
