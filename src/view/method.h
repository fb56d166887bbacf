/* How a percent came about, with the plan's own numbers, so that anybody can redo the sum. */
#ifndef VIEW_METHOD_H
#define VIEW_METHOD_H

#include "parts.h"

/* What is counted: the members of a "progress", by which name, and where each is found. */
struct method {
    enum word told, member;
    const char *name; /* "goal" or "code" */
    const char *path; /* with one %s */
};

/* <details> with the rule, a row for each counted member, and why others are left out. */
void add_method(struct call *c, struct buf *b, const struct page *p, const struct doc *progress,
                const struct method *m);

#endif
