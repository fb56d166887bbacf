/* What one look for changes had to tell, made once and lent to every listener: immutable, with a
 * count of who holds it. */
#ifndef LIVE_BATCH_H
#define LIVE_BATCH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/call.h"
#include "model/change.h"

struct batch {
    const char *moment;        /* up to which everything has been told with it (model/moment.h) */
    const char *reset;         /* not NULL: no changes, but why all must be read again */
    const struct change *list; /* in the order in which they were made */
    size_t count;
    size_t size; /* of memory, this struct included */
    atomic_uint holders;
};

/* Copies all but reset, which is a constant; the caller holds it. NULL fails the call. */
struct batch *batch_new(struct call *c, const char *moment, const struct changes *changes);
struct batch *batch_new_reset(struct call *c, const char *moment, const char *reset);

/* One holder more; returns it. */
struct batch *batch_hold(struct batch *b);

/* One less; the last frees it. Accepts NULL. */
void batch_release(struct batch *b);
void batch_auto(struct batch **b); /* for AUTO(batch) */

#endif
