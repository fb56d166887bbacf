/* One connection that a thread keeps for itself: statements under a deadline, and what others
 * announce meanwhile (LISTEN). */
#ifndef PG_LINK_H
#define PG_LINK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/call.h"
#include "pg/pool.h"
#include "pg/rows.h"
#include "pg/stmt.h"

struct link;

/* Not connected yet. Of config size and checkout_ms mean nothing here; its strings must outlive the
 * link. channel: what is listened for. NULL fails the call. */
struct link *link_new(struct call *c, const struct pool_config *config, const char *channel);
void link_free(struct link *l); /* accepts NULL */

/* Connects and listens where it is not connected; nothing announced from now on is missed. */
MUST_CHECK bool link_open(struct call *c, struct link *l);

/* Runs a statement that may be repeated. After any doubt the connection is closed. */
MUST_CHECK bool link_run(struct call *c, struct link *l, const struct stmt *s,
                         const char *const *params, size_t count, struct rows **out);

/* To be polled for reading; -1: not connected. */
int link_fd(const struct link *l);

/* Takes in what has arrived: true when somebody else announced something. A connection that has
 * ended is closed. */
bool link_heard(struct link *l);

#endif
