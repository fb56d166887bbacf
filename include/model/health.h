/* Is the database there, and is it of this program's schema? And the sweep that keeps it tidy. */
#ifndef MODEL_HEALTH_H
#define MODEL_HEALTH_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/call.h"
#include "pg/pool.h"

/* One cheap statement. ERR_UNAVAILABLE when it is away or does not fit. */
MUST_CHECK bool health_check(struct call *c, struct pool *p);

/* True when the last write found the database's disk full. */
bool health_is_full(struct pool *p);

/* The connections of the pool, as Prometheus text. */
void health_add_metrics(struct buf *b, struct pool *p);

/* Forgets idempotency keys older than their promise (48 hours; 24 are promised), and deliveries of
 * webhooks that were settled a month ago. */
MUST_CHECK bool health_sweep(struct call *c, struct pool *p);

#endif
