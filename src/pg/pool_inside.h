/* For what runs statements in a manner of its own: a connection of the pool, lent whole. */
#ifndef PG_POOL_INSIDE_H
#define PG_POOL_INSIDE_H

#include "conn.h"
#include "pg/pool.h"

/* A connection that is there; NULL fails the call. */
struct conn *pool_lend(struct call *c, struct pool *p);

/* Takes it back, with what became of it. */
void pool_take_back(struct pool *p, struct conn *k, enum conn_end end);

bool pool_prepares(const struct pool *p);

#endif
