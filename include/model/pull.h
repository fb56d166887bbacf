/* Changes as pages, for who keeps a copy: what was committed since its last page, in order and each
 * once; or, for who has none yet or one that cannot be brought up to date, how all things stand. */
#ifndef MODEL_PULL_H
#define MODEL_PULL_H

#include "model/entity.h"

/* Its filters and its name; neither list nor get. */
extern const struct entity changes;

/* {"data":[…],"snapshot":…,"reset":…,"page":{…},"links":{…}}: next_cursor is always there. A cursor
 * that is well-formed and leads nowhere begins anew and says so; one that is none of ours fails. */
MUST_CHECK bool pull_page(struct call *c, struct pool *p, const struct query *q,
                          struct document *out);

/* Forgets what is older than so many days (0: nothing is), some at a time until all is gone. */
MUST_CHECK bool pull_sweep(struct call *c, struct pool *p, int64_t days);

#endif
