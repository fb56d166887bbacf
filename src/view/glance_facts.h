/* What a glance says, found in whichever document it is of. */
#ifndef VIEW_GLANCE_FACTS_H
#define VIEW_GLANCE_FACTS_H

#include "view/glance.h"

struct facts {
    const char *name;           /* "7", "5.5"; NULL: the plan */
    const char *statement;      /* the city's own words */
    const char *translation;    /* of them, not outdated; NULL: there is none */
    const char *path;           /* of its own page */
    const struct doc *progress; /* percent, percent_is_minimum, reported, total */
    const char *percent;        /* "33.3"; NULL: nobody has reported one */
    const struct doc *counts;   /* objectives by status; NULL: it is one objective */
    const char *status;         /* its own, or the most severe; NULL: none describes it */
    const char *latest;         /* the day of the latest update; NULL: there is none */
    bool is_demo;
};

void glance_facts(struct call *c, const struct glance *g, struct facts *f);

/* "Goal 7"; of the plan its title. Escaped. */
void glance_add_name(struct buf *b, const struct glance *g, const struct facts *f);

/* "At least 8% (1 of 5 reported)"; a sentence too where nobody has reported a percent. */
void glance_add_percent(struct call *c, struct buf *b, const struct glance *g,
                        const struct facts *f);

#endif
