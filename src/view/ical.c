#include "view/ical.h"

#include <string.h>

enum { LINE_MOST = 75 };

/* One content line: name, then value, folded between characters and never within one. */
static void add_line(struct buf *b, const char *name, const char *value, size_t len) {
    size_t column = strlen(name);
    buf_adds(b, name);
    for (size_t i = 0, step; i < len; i += step) {
        step = 1;
        while (i + step < len && ((unsigned char)value[i + step] & 0xC0) == 0x80)
            step++;
        if (column + step > LINE_MOST) {
            buf_adds(b, "\r\n ");
            column = 1;
        }
        buf_add(b, value + i, step);
        column += step;
    }
    buf_adds(b, "\r\n");
}

static void add_plain(struct buf *b, const char *name, const char *value) {
    add_line(b, name, value, strlen(value));
}

/* TEXT (RFC 5545, 3.3.11). Other control characters have no place in a line. */
static void add_text(struct buf *b, const char *name, const char *text) {
    AUTO(buf) struct buf escaped = {0};
    for (const char *at = text; *at; at++) {
        if (*at == '\n')
            buf_adds(&escaped, "\\n");
        else if (strchr("\\;,", *at))
            buf_addf(&escaped, "\\%c", *at);
        else if ((unsigned char)*at >= ' ' && *at != 0x7F)
            buf_addc(&escaped, *at);
    }
    if (escaped.failed)
        b->failed = true;
    else
        add_line(b, name, escaped.data ? escaped.data : "", escaped.len);
}

static void add_day(struct buf *b, const char *name, const char *day) {
    buf_addf(b, "%s;VALUE=DATE:%.4s%.2s%.2s\r\n", name, day, day + 5, day + 8);
}

void ical_begin(struct buf *b, const char *name) {
    buf_adds(b, "BEGIN:VCALENDAR\r\n"
                "VERSION:2.0\r\n"
                "PRODID:-//Cerritos in Progress//progressd//EN\r\n"
                "METHOD:PUBLISH\r\n"
                "REFRESH-INTERVAL;VALUE=DURATION:PT12H\r\n");
    add_text(b, "NAME:", name);
    add_text(b, "X-WR-CALNAME:", name);
}

/* A whole day of a calendar takes no time from anybody's own: transparent. Without an end it lasts
 * its day. */
void ical_add(struct buf *b, const struct ical_event *e) {
    buf_adds(b, "BEGIN:VEVENT\r\n");
    add_text(b, "UID:", e->uid);
    buf_addf(b, "DTSTAMP:%s\r\n", e->stamp);
    add_day(b, "DTSTART", e->day);
    add_text(b, "SUMMARY:", e->summary);
    add_text(b, "CATEGORIES:", e->category);
    add_plain(b, "URL:", e->url);
    buf_adds(b, "TRANSP:TRANSPARENT\r\nEND:VEVENT\r\n");
}

void ical_end(struct buf *b) {
    buf_adds(b, "END:VCALENDAR\r\n");
}
