/* A history as a picture (SVG) with its title and description; its numbers stand in a table beside
 * it. */
#ifndef VIEW_CHART_H
#define VIEW_CHART_H

#include <stddef.h>

#include "base/buf.h"
#include "base/call.h"

/* A day as YYYY-MM-DD, and what was so. */
struct chart_point {
    const char *day;
    double value;
};

/* A level to compare with, named. */
struct chart_level {
    const char *name;
    double value;
};

struct chart {
    const char *id; /* unique in the page, of letters, digits and hyphens */
    const char *title, *description;
    const char *title_lang;           /* NULL: the page's */
    const struct chart_point *points; /* by day, the first one first */
    size_t count;                     /* at least 1 */
    const struct chart_level *levels;
    size_t level_count;
    double least, most;               /* what the scale must hold; it grows for what lies beyond */
    const char *first_day, *last_day; /* under the picture, in words */
    const char *(*label)(struct call *c, void *context, double value); /* of the scale */
    void *context;
};

void chart_add(struct call *c, struct buf *b, const struct chart *k);

/* Days since 1970-01-01 of a date that clock_is_date holds for one. */
long chart_day(const char *date);

#endif
