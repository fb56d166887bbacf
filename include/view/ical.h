/* A calendar of whole days as iCalendar (RFC 5545), to be subscribed to. */
#ifndef VIEW_ICAL_H
#define VIEW_ICAL_H

#include "base/buf.h"

/* Texts may hold anything; they are escaped, and lines folded at 75 octets. */
struct ical_event {
    const char *uid;   /* globally unique, and of the same thing for good */
    const char *day;   /* YYYY-MM-DD */
    const char *stamp; /* 20261102T170411Z */
    const char *summary;
    const char *category;
    const char *url;
};

void ical_begin(struct buf *b, const char *name);
void ical_add(struct buf *b, const struct ical_event *e);
void ical_end(struct buf *b);

#endif
